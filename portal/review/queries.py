"""What a reader may see of reviews, flags and the day's visits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, ScalarSelect, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from portal import clock
from portal.accounts.models import Account
from portal.accounts.reader import Reader
from portal.care import access
from portal.care.models import Episode, Patient, Practitioner, Visit
from portal.clinics.models import Clinic
from portal.db import EpisodeId, FlagId, PatientId, QuestionId
from portal.diary.flags import CALL
from portal.diary.models import EntryFlag, Question
from portal.errors import OutOfSight
from portal.review.brief_facts import FlagRow
from portal.review.brief_queries import flag_rows
from portal.review.models import Review


@dataclass(frozen=True, slots=True)
class LastRead:
    """Who of the clinic read a diary last, and when; `on` is the patient's own date."""

    name: str
    profession: str
    at: datetime
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class FlaggedPatient:
    """What the flag reader sees of a patient: whom to call, and the flags that wait."""

    patient_id: PatientId
    name: str
    phone: str
    email: str
    zone: str
    is_in_care: bool
    flags: tuple[FlagRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitToday:
    """One of the day's visits; `at` is an instant. Flags and calls are those that wait."""

    patient_id: PatientId
    name: str
    complaint: str
    at: datetime
    is_held: bool
    practitioner: str
    flags: int = 0
    calls: int = 0


def last_read(session: Session, reader: Reader, episode_id: EpisodeId) -> LastRead | None:
    """Return who read this diary last and when, for the patient to see; None if nobody has."""
    found = session.execute(
        select(
            Practitioner.display_name,
            Practitioner.profession,
            Review.at,
            Patient.zone,
        )
        .join(Practitioner, Practitioner.id == Review.practitioner_id)
        .join(Episode, Episode.id == Review.episode_id)
        .join(Patient, Patient.id == Episode.patient_id)
        .where(
            Review.episode_id == episode_id,
            Review.undone_at.is_(None),
            access.visible(reader),
        )
        .order_by(Review.at.desc())
        .limit(1)
    ).first()
    if found is None:
        return None
    name, profession, at, zone = found
    return LastRead(name, profession, at, clock.local(at, zone).date())


def zone_of_clinic(session: Session, reader: Reader) -> str:
    """Return the zone of the reader's clinic."""
    return session.scalars(select(Clinic.zone).where(Clinic.id == reader.clinic_id)).one()


def waiting_flags(session: Session, reader: Reader) -> list[FlaggedPatient]:
    """Return the patients whose flags or calls wait, the most urgent first.

    The clinic's flag reader and deputy see those of the whole clinic; others those in their care.
    """
    waits = and_(EntryFlag.acknowledged_at.is_(None), access.flags_visible_to(reader))
    rows = session.execute(
        select(
            EntryFlag.id,
            Patient.id,
            Patient.given_name,
            Patient.preferred_name,
            Patient.family_name,
            Patient.phone,
            Account.email,
            Patient.zone,
            access.visible(reader),
        )
        .join(Episode, Episode.id == EntryFlag.episode_id)
        .join(Patient, Patient.id == Episode.patient_id)
        .join(Account, Account.id == Patient.account_id)
        .where(waits)
    ).all()
    people = {row[0]: row for row in rows}
    grouped: dict[PatientId, list[FlagRow]] = {}
    for flag in flag_rows(session, waits):
        if flag.id in people:
            grouped.setdefault(people[flag.id][1], []).append(flag)
    return [_flagged(people[flags[0].id], flags) for flags in grouped.values()]


def open_flags(session: Session, reader: Reader, patient_id: PatientId) -> tuple[FlagRow, ...]:
    """Return the flags and calls of one patient that wait, the most urgent first, calls last.

    Those of earlier episodes are among them; empty where the reader may not see the patient.
    """
    return flag_rows(
        session,
        Episode.patient_id == patient_id,
        EntryFlag.acknowledged_at.is_(None),
        access.visible(reader),
    )


def zone_of_patient(session: Session, reader: Reader, patient_id: PatientId) -> str:
    """Return the zone of a patient whom the reader may see; raises OutOfSight."""
    return access.visible_episode(session, reader, patient_id)[1].zone


def _flagged(row: Row[*tuple[Any, ...]], flags: Sequence[FlagRow]) -> FlaggedPatient:
    _flag_id, patient_id, given, preferred, family, phone, email, zone, is_in_care = row
    return FlaggedPatient(
        patient_id=patient_id,
        name=f"{preferred or given} {family}",
        phone=phone,
        email=email,
        zone=zone,
        is_in_care=bool(is_in_care),
        flags=tuple(flags),
    )


def visits_today(session: Session, reader: Reader, zone: str) -> list[VisitToday]:
    """Return the visits of the clinic's day of patients in the reader's care, in order."""
    first = datetime.combine(clock.today(zone), time(), tzinfo=ZoneInfo(zone))
    last = datetime.combine(first.date() + timedelta(days=1), time(), tzinfo=ZoneInfo(zone))
    at = func.coalesce(Visit.planned_for, Visit.held_at)
    rows = session.execute(
        select(
            Patient.id,
            Patient.given_name,
            Patient.preferred_name,
            Patient.family_name,
            Episode.complaint,
            Visit.planned_for,
            Visit.held_at,
            Visit.held_on,
            Practitioner.display_name,
            _waiting(EntryFlag.code != CALL),
            _waiting(EntryFlag.code == CALL),
        )
        .join(Episode, Episode.id == Visit.episode_id)
        .join(Patient, Patient.id == Episode.patient_id)
        .join(Practitioner, Practitioner.id == Visit.practitioner_id)
        .where(
            access.in_care(reader),
            Visit.cancelled_at.is_(None),
            or_(
                and_(
                    Visit.held_on.is_(None),
                    Visit.planned_for >= first,
                    Visit.planned_for < last,
                ),
                and_(Visit.held_at >= first, Visit.held_at < last),
            ),
        )
        .order_by(at, Visit.id)
    )
    return [_visit_today(row) for row in rows]


def _waiting(kind: ColumnElement[bool]) -> ScalarSelect[int]:
    """How many flags of one kind wait, of all the patient's episodes."""
    own = aliased(Episode)
    return (
        select(func.count())
        .select_from(EntryFlag)
        .join(own, own.id == EntryFlag.episode_id)
        .where(own.patient_id == Patient.id, EntryFlag.acknowledged_at.is_(None), kind)
        .correlate(Patient)
        .scalar_subquery()
    )


def _visit_today(row: Row[*tuple[Any, ...]]) -> VisitToday:
    patient_id, given, preferred, family, complaint, planned_for, held_at, held_on, *rest = row
    who, flags, calls = rest
    return VisitToday(
        patient_id=patient_id,
        name=f"{preferred or given} {family}",
        complaint=complaint,
        at=planned_for or held_at,
        is_held=held_on is not None,
        practitioner=who,
        flags=flags,
        calls=calls,
    )


def episode_to_act_on(session: Session, reader: Reader, patient_id: PatientId) -> EpisodeId:
    """Return the episode behind a brief, the permission looked up anew (S-038).

    Raises OutOfSight where the reader may not see it.
    """
    return access.visible_episode(session, reader, patient_id)[0].id


def flag_to_act_on(
    session: Session, reader: Reader, patient_id: PatientId, flag_id: FlagId
) -> EntryFlag:
    """Return a flag that the reader may act on; raises OutOfSight otherwise."""
    found = session.scalar(
        select(EntryFlag)
        .join(Episode, Episode.id == EntryFlag.episode_id)
        .where(
            EntryFlag.id == flag_id,
            Episode.patient_id == patient_id,
            access.flags_visible_to(reader),
        )
    )
    if found is None:
        raise OutOfSight
    return found


def question_to_act_on(
    session: Session, reader: Reader, patient_id: PatientId, question_id: QuestionId
) -> Question:
    """Return a question of a patient in the reader's care; raises OutOfSight otherwise."""
    found = session.scalar(
        select(Question)
        .join(Episode, Episode.id == Question.episode_id)
        .where(
            Question.id == question_id,
            Episode.patient_id == patient_id,
            access.visible(reader),
        )
    )
    if found is None:
        raise OutOfSight
    return found
