"""Who may break the glass for whose record, and whose glass is broken now."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, bindparam, exists, select
from sqlalchemy.orm import Session

from portal import clock
from portal.accounts.reader import Reader
from portal.care import access
from portal.care.appointments import folded
from portal.care.models import BreakGlass, CareTeam, Consent, Episode, Patient, Restriction
from portal.clinics.models import Clinic
from portal.db import EpisodeId, PatientId
from portal.statements import Kept, at_most


@dataclass(frozen=True, slots=True)
class Sought:
    """By what somebody is looked for: the clinic's number, or full name and date of birth."""

    number: str = ""
    name: str = ""
    born_on: date | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The one patient who fits; `is_in_sight` says that no glass needs to be broken."""

    patient_id: PatientId
    episode_id: EpisodeId
    is_in_sight: bool


@dataclass(frozen=True, slots=True)
class Glass:
    """A glass that is broken now: until when, by the clinic's clock, and the reason given."""

    until: datetime
    reason: str


def patient_behind_glass(session: Session, reader: Reader, sought: Sought) -> Found | None:
    """Return the one patient of the reader's clinic who fits exactly; None for none or several.

    None likewise for somebody of another clinic, for oneself, for whoever shut this practitioner
    out, and where consent was taken back: the answer never tells who is a patient.
    """
    rows = session.execute(
        select(Patient, Episode.id, access.visible(reader).label("in_sight"))
        .join(Episode, Episode.patient_id == Patient.id)
        .where(
            Patient.clinic_id == reader.clinic_id,
            Patient.account_id != reader.account_id,
            _fits(sought),
            _may_be_opened(reader),
        )
        .order_by(Episode.ended_on.is_not(None), Episode.started_on.desc())
    ).all()
    found: dict[PatientId, Found] = {}
    for patient, episode_id, in_sight in rows:
        if sought.number or _same_name(patient, sought.name):
            found.setdefault(patient.id, Found(patient.id, episode_id, bool(in_sight)))
    return next(iter(found.values())) if len(found) == 1 else None


def _fits(sought: Sought) -> ColumnElement[bool]:
    if sought.number:
        return Patient.clinic_number == sought.number
    return Patient.date_of_birth == sought.born_on


def _same_name(patient: Patient, typed: str) -> bool:
    given = {patient.given_name, patient.preferred_name or patient.given_name}
    return folded(typed) in {folded(f"{one} {patient.family_name}") for one in given}


def _may_be_opened(reader: Reader) -> ColumnElement[bool]:
    consent = exists().where(Consent.episode_id == Episode.id, Consent.withdrawn_at.is_(None))
    shut_out = exists().where(
        Restriction.episode_id == Episode.id,
        Restriction.practitioner_id == reader.practitioner_id,
        Restriction.lifted_at.is_(None),
    )
    return consent & ~shut_out


# Built once: every page of a record asks it.
_BROKEN = Kept(
    select(BreakGlass.until_at, BreakGlass.reason, Clinic.zone)
    .join(Episode, Episode.id == BreakGlass.episode_id)
    .join(Clinic, Clinic.id == Episode.clinic_id)
    .where(
        Episode.patient_id == bindparam("patient_id"),
        BreakGlass.practitioner_id == bindparam("practitioner_id"),
        BreakGlass.until_at > bindparam("now"),
        ~exists().where(
            CareTeam.episode_id == Episode.id,
            CareTeam.practitioner_id == bindparam("practitioner_id"),
            CareTeam.until_at.is_(None),
        ),
    )
    .order_by(BreakGlass.until_at.desc())
    .limit(at_most(1))
)


def broken_glass(session: Session, reader: Reader, patient_id: PatientId) -> Glass | None:
    """Return the glass by which the reader sees this patient now; None for the care team."""
    row = _BROKEN.first(
        session,
        patient_id=patient_id,
        practitioner_id=reader.practitioner_id,
        now=clock.now(),
    )
    return Glass(clock.local(row[0], row[2]), row[1]) if row else None
