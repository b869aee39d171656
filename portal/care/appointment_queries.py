"""What pasted appointments are matched with: the reader's own patients and their visits."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from portal import clock
from portal.accounts.reader import Reader
from portal.care.access import visible
from portal.care.appointments import folded
from portal.care.models import CareTeam, Episode, Patient, Practitioner, Visit
from portal.clinics.models import Clinic
from portal.db import EpisodeId, PatientId, PractitionerId, VisitId


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A patient in the reader's care whose episode is open; `names` as they are compared."""

    patient_id: PatientId
    episode_id: EpisodeId
    name: str
    zone: str
    names: frozenset[str]
    number: str
    team: frozenset[PractitionerId]


@dataclass(frozen=True, slots=True)
class KnownVisit:
    """A visit as a calendar may know it, also one that was cancelled or held."""

    visit_id: VisitId
    episode_id: EpisodeId
    planned_for: datetime
    key: str | None
    is_held: bool
    is_cancelled: bool


@dataclass(frozen=True, slots=True)
class Known:
    """Everything that pasted appointments are matched with, read at one moment."""

    zone: str
    today: date
    own_id: PractitionerId | None
    patients: tuple[Candidate, ...] = ()
    visits: tuple[KnownVisit, ...] = ()
    colleagues: dict[str, PractitionerId] = field(default_factory=dict)


def known_to(session: Session, reader: Reader) -> Known:
    """Return what the reader's appointments are matched with; four statements."""
    zone = session.scalars(select(Clinic.zone).where(Clinic.id == reader.clinic_id)).one()
    return Known(
        zone=zone,
        today=clock.today(zone),
        own_id=reader.practitioner_id,
        patients=_patients(session, reader),
        visits=_visits(session, reader),
        colleagues=_colleagues(session, reader),
    )


def zone_of_clinic(session: Session, reader: Reader) -> str:
    """Return the zone of the reader's clinic."""
    return session.scalars(select(Clinic.zone).where(Clinic.id == reader.clinic_id)).one()


def _own_episodes(reader: Reader) -> Select[EpisodeId]:
    """The open episodes that the reader is in the care team of, and may see.

    A record that was opened with a reason for an hour is read, not planned in.
    """
    in_team = select(CareTeam.episode_id).where(
        CareTeam.practitioner_id == reader.practitioner_id, CareTeam.until_at.is_(None)
    )
    return select(Episode.id).where(
        visible(reader),
        Episode.clinic_id == reader.clinic_id,
        Episode.ended_on.is_(None),
        Episode.id.in_(in_team),
    )


def _patients(session: Session, reader: Reader) -> tuple[Candidate, ...]:
    rows = session.execute(
        select(Episode.id, Patient, CareTeam.practitioner_id)
        .join(Patient, Patient.id == Episode.patient_id)
        .join(CareTeam, CareTeam.episode_id == Episode.id)
        .where(Episode.id.in_(_own_episodes(reader)), CareTeam.until_at.is_(None))
    )
    people: dict[EpisodeId, Patient] = {}
    teams: dict[EpisodeId, set[PractitionerId]] = {}
    for episode_id, patient, practitioner_id in rows:
        people[episode_id] = patient
        teams.setdefault(episode_id, set()).add(practitioner_id)
    return tuple(
        Candidate(
            patient_id=patient.id,
            episode_id=episode_id,
            name=patient.name,
            zone=patient.zone,
            names=frozenset(_spellings(patient)),
            number=folded(patient.clinic_number),
            team=frozenset(teams[episode_id]),
        )
        for episode_id, patient in people.items()
    )


def _spellings(patient: Patient) -> set[str]:
    """The ways in which a calendar writes a name: in full, as called, and family name first."""
    firsts = {patient.given_name, patient.preferred_name or patient.given_name}
    last = patient.family_name
    return {
        folded(words)
        for first in firsts
        for words in (f"{first} {last}", f"{last}, {first}", f"{last} {first}")
    }


def _visits(session: Session, reader: Reader) -> tuple[KnownVisit, ...]:
    since = clock.now() - timedelta(days=2)
    rows = session.execute(
        select(
            Visit.id,
            Visit.episode_id,
            Visit.planned_for,
            Visit.source_key,
            Visit.held_on,
            Visit.cancelled_at,
        )
        .where(
            Visit.episode_id.in_(_own_episodes(reader)),
            Visit.planned_for.is_not(None),
            or_(Visit.planned_for >= since, Visit.source_key.is_not(None)),
        )
        .order_by(Visit.cancelled_at.is_not(None), Visit.planned_for, Visit.id)
    )
    return tuple(
        KnownVisit(key, of, at, source, held is not None, cancelled is not None)
        for key, of, at, source, held, cancelled in rows
        if at is not None
    )


def _colleagues(session: Session, reader: Reader) -> dict[str, PractitionerId]:
    rows = session.execute(
        select(Practitioner.display_name, Practitioner.id)
        .where(Practitioner.clinic_id == reader.clinic_id, Practitioner.is_active)
        .order_by(Practitioner.id)
    )
    return {folded(name): key for name, key in rows}
