"""What a reader may see of visits."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from portal import clock
from portal.accounts.reader import Reader
from portal.care import access
from portal.care.models import Episode, NeedlingSite, Patient, Practitioner, Visit
from portal.care.visits import Site
from portal.clinics.models import Clinic
from portal.db import EpisodeId, PatientId, VisitId
from portal.errors import OutOfSight


@dataclass(frozen=True, slots=True)
class CareRecord:
    """The episode of care behind a staff page, in plain values.

    Days are days of the patient's `zone`; times of visits are on the clinic's clock.
    """

    episode_id: EpisodeId
    patient_id: PatientId
    patient_name: str
    complaint: str
    zone: str
    clinic_zone: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class VisitRecordShown:
    """One recorded visit with its newest sites."""

    visit_id: VisitId
    number: int | None
    held_on: date
    version: int
    note: str
    practitioner: str
    sites: tuple[Site, ...]


@dataclass(frozen=True, slots=True)
class PlannedVisit:
    """A visit to come; `planned_for` is the time on the clinic's clock."""

    visit_id: VisitId
    planned_for: datetime
    is_from_calendar: bool


def care_record(session: Session, reader: Reader, patient_id: PatientId) -> CareRecord:
    """Return a patient's episode of care; raises OutOfSight when the reader may not see it."""
    episode, patient = access.visible_episode(session, reader, patient_id)
    return CareRecord(
        episode_id=episode.id,
        patient_id=patient.id,
        patient_name=patient.name,
        complaint=episode.complaint,
        zone=patient.zone,
        clinic_zone=session.get_one(Clinic, episode.clinic_id).zone,
        is_open=episode.ended_on is None,
    )


def episode_for_writing(session: Session, reader: Reader, patient_id: PatientId) -> Episode:
    """Return the episode inside a writing transaction, with the permission looked up anew."""
    return access.visible_episode(session, reader, patient_id)[0]


def recorded_visits(
    session: Session, reader: Reader, patient_id: PatientId
) -> list[VisitRecordShown]:
    """Return a patient's recorded visits, the newest first."""
    rows = session.execute(
        select(Visit, Practitioner.display_name, NeedlingSite)
        .join(Episode, Episode.id == Visit.episode_id)
        .join(Patient, Patient.id == Episode.patient_id)
        .join(Practitioner, Practitioner.id == Visit.practitioner_id)
        .outerjoin(
            NeedlingSite,
            and_(NeedlingSite.visit_id == Visit.id, NeedlingSite.version == Visit.version),
        )
        .where(Patient.id == patient_id, access.visible(reader), Visit.held_on.is_not(None))
        .order_by(Visit.held_on.desc(), Visit.id, NeedlingSite.position)
    ).all()
    grouped: dict[VisitId, tuple[Visit, str, list[NeedlingSite]]] = {}
    for visit, name, site in rows:
        kept = grouped.setdefault(visit.id, (visit, name, []))
        if site is not None:
            kept[2].append(site)
    return [_shown(visit, name, sites) for visit, name, sites in grouped.values()]


def _shown(visit: Visit, practitioner: str, sites: list[NeedlingSite]) -> VisitRecordShown:
    assert visit.held_on is not None  # noqa: S101 - the query asks for held visits
    return VisitRecordShown(
        visit_id=visit.id,
        number=visit.number,
        held_on=visit.held_on,
        version=visit.version,
        note=visit.note,
        practitioner=practitioner,
        sites=tuple(_site(site) for site in sites),
    )


def _site(found: NeedlingSite) -> Site:
    return Site(found.place, found.side, found.grasp, found.region, found.segment)


def recorded_visit(
    session: Session, reader: Reader, patient_id: PatientId, visit_id: VisitId
) -> VisitRecordShown:
    """Return one recorded visit; raises OutOfSight when the reader may not see it."""
    for visit in recorded_visits(session, reader, patient_id):
        if visit.visit_id == visit_id:
            return visit
    raise OutOfSight


def planned_visits(
    session: Session, reader: Reader, patient_id: PatientId
) -> tuple[PlannedVisit, ...]:
    """Return the visits of a patient that are planned and not recorded, the next one first."""
    rows = session.execute(
        select(Visit.id, Visit.planned_for, Clinic.zone, Visit.source_key)
        .join(Episode, Episode.id == Visit.episode_id)
        .join(Clinic, Clinic.id == Episode.clinic_id)
        .where(
            Episode.patient_id == patient_id,
            access.visible(reader),
            Visit.held_on.is_(None),
            Visit.cancelled_at.is_(None),
            Visit.planned_for.is_not(None),
        )
        .order_by(Visit.planned_for, Visit.id)
    )
    return tuple(
        PlannedVisit(visit_id, clock.local(at, zone), is_from_calendar=key is not None)
        for visit_id, at, zone, key in rows
        if at is not None
    )


def planned_visit(
    session: Session, reader: Reader, patient_id: PatientId, visit_id: VisitId
) -> PlannedVisit | None:
    """Return one planned visit; None for one that was recorded, cancelled or never there."""
    planned = planned_visits(session, reader, patient_id)
    return next((one for one in planned if one.visit_id == visit_id), None)


def refuse_strange_visit(
    session: Session, reader: Reader, patient_id: PatientId, visit_id: VisitId
) -> None:
    """Raise OutOfSight for a visit that is none of this patient's, whatever became of it."""
    found = session.scalar(
        select(Visit.id)
        .join(Episode, Episode.id == Visit.episode_id)
        .where(Visit.id == visit_id, Episode.patient_id == patient_id, access.visible(reader))
    )
    if found is None:
        raise OutOfSight
