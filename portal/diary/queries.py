"""Reading the diary: what a reader may see of an episode, in plain values."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, bindparam, exists, func, select
from sqlalchemy.orm import Session, aliased

from portal import clock
from portal.accounts.models import Draft
from portal.accounts.reader import Reader
from portal.care.access import Sight, episodes_visible_to, keys_of, sight_of, visible_by
from portal.care.consent import consent_stands, is_agreed
from portal.care.models import (
    CareTeam,
    DiaryPlan,
    Episode,
    Patient,
    Practitioner,
    Restriction,
    Visit,
)
from portal.db import ClinicId, EntryId, EpisodeId, PatientId
from portal.diary.answers import Answers
from portal.diary.models import Entry, EntryPlace
from portal.diary.regions import in_order
from portal.diary.schedule import Plan, VisitDay, stored_plan
from portal.statements import Kept, at_most


@dataclass(frozen=True, slots=True)
class Care:
    """A patient's own episode as the diary needs it; `now` is the moment of this request.

    `is_consented` says that an agreement stands, `is_agreed` that one to today's text does;
    `is_draft_kept` that words typed before a sign-in ran out wait for this form.
    """

    episode_id: EpisodeId
    patient_id: PatientId
    clinic_id: ClinicId
    complaint: str
    zone: str
    started_on: date
    ended_on: date | None
    is_consented: bool
    is_agreed: bool
    has_reader: bool
    is_draft_kept: bool
    plan: Plan | None
    now: datetime

    @property
    def local_now(self) -> datetime:
        """This moment on the patient's own clock."""
        return clock.local(self.now, self.zone)

    @property
    def today(self) -> date:
        """The date it is for the patient."""
        return self.local_now.date()

    @property
    def is_open(self) -> bool:
        """Whether new entries are taken."""
        return self.ended_on is None and self.is_agreed

    @property
    def is_read(self) -> bool:
        """Whether somebody at the clinic reads this diary from now on."""
        return self.ended_on is None and self.is_consented and self.has_reader

    @property
    def is_to_agree(self) -> bool:
        """Whether only the agreement to a changed consent text is missing."""
        return self.ended_on is None and self.is_consented and not self.is_agreed


@dataclass(frozen=True, slots=True)
class Appointment:
    """A visit that is planned, or was held, with who needles."""

    on: date
    at: datetime | None
    number: int | None
    is_held: bool
    is_needling: bool
    practitioner: str
    profession: str

    def has_begun(self, now: datetime) -> bool:
        """Whether it was held, or its planned time has come; before that nobody asks about it."""
        return self.is_held or self.at is None or self.at <= now


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a day, with everything the patient said in it."""

    id: EntryId
    version: int
    entry_key: UUID
    entered_at: datetime
    is_late: bool
    reason: str
    withdrawn_at: datetime | None
    answers: Answers


def readable(reader: Reader, episode_id: EpisodeId) -> ColumnElement[bool]:
    """Return the condition that an entry belongs to this episode and this reader may see it."""
    return (Entry.episode_id == episode_id) & Entry.episode_id.in_(episodes_visible_to(reader))


@cache
def readable_by(sight: Sight) -> ColumnElement[bool]:
    """Return the same condition for statements that are built once; asked with `entry_keys`."""
    seen = Entry.episode_id.in_(select(Episode.id).where(visible_by(sight)))
    return (Entry.episode_id == bindparam("episode_id")) & seen


def entry_keys(reader: Reader, episode_id: EpisodeId) -> dict[str, object]:
    """Return what a statement with `readable_by` is asked with."""
    return {**keys_of(reader), "episode_id": episode_id}


@cache
def newest() -> ColumnElement[bool]:
    """Return the condition that an entry is the newest version of its day."""
    other = aliased(Entry)
    latest = (
        select(func.max(other.version))
        .where(other.episode_id == Entry.episode_id, other.about_on == Entry.about_on)
        .correlate(Entry)
        .scalar_subquery()
    )
    return Entry.version == latest


@cache
def somebody_reads() -> ColumnElement[bool]:
    """Return the condition that somebody of the care team reads Episode."""
    restricted = exists().where(
        Restriction.episode_id == CareTeam.episode_id,
        Restriction.practitioner_id == CareTeam.practitioner_id,
        Restriction.lifted_at.is_(None),
    )
    return exists().where(
        CareTeam.episode_id == Episode.id,
        CareTeam.until_at.is_(None),
        Practitioner.id == CareTeam.practitioner_id,
        Practitioner.is_active,
        ~restricted,
    )


@cache
def _plan_in_force() -> Select[UUID]:
    return (
        select(DiaryPlan.id)
        .where(DiaryPlan.episode_id == Episode.id)
        .order_by(DiaryPlan.made_at.desc(), DiaryPlan.id.desc())
        .limit(at_most(1))
        .correlate(Episode)
    )


def plan_of(row: DiaryPlan | None, zone: str) -> Plan | None:
    """Return a stored plan as the schedule reads it; its pause began when it was made."""
    if row is None:
        return None
    return stored_plan(
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        paused_until=row.paused_until,
        breaks=row.breaks,
        made_on=clock.local(row.made_at, zone).date(),
    )


def _plan_in(row: Row[*tuple[Any, ...]]) -> Plan | None:
    if row.made_at is None:
        return None
    return stored_plan(
        starts_on=row.plan_from,
        ends_on=row.plan_until,
        paused_until=row.paused_until,
        breaks=row.breaks,
        made_on=clock.local(row.made_at, row.zone).date(),
    )


@cache
def _own_care(sight: Sight) -> Kept:
    """The statement of `own_care`, built once: every page of a patient asks it."""
    draft = exists().where(
        Draft.account_id == bindparam("account_id"),
        Draft.form == bindparam("form"),
        Draft.expires_at > bindparam("now"),
    )
    return Kept(
        select(
            Episode.id,
            Episode.patient_id,
            Episode.clinic_id,
            Episode.complaint,
            Episode.started_on,
            Episode.ended_on,
            Patient.zone,
            DiaryPlan.starts_on.label("plan_from"),
            DiaryPlan.ends_on.label("plan_until"),
            DiaryPlan.paused_until,
            DiaryPlan.breaks,
            DiaryPlan.made_at,
            consent_stands().label("is_consented"),
            is_agreed().label("is_agreed"),
            somebody_reads().label("has_reader"),
            draft.label("is_draft_kept"),
        )
        .join(Patient, Patient.id == Episode.patient_id)
        .outerjoin(DiaryPlan, DiaryPlan.id == _plan_in_force().scalar_subquery())
        .where(Patient.id == bindparam("patient_id"), visible_by(sight))
        .order_by(Episode.ended_on.is_not(None), Episode.started_on.desc())
        .limit(at_most(1))
    )


def own_care(session: Session, reader: Reader, *, form: str = "") -> Care | None:
    """Return the patient's newest episode (an open one first); None when there is none yet.

    `form` names a form whose draft may be waiting.
    """
    now = clock.now()
    which = {
        **keys_of(reader),
        "patient_id": reader.patient_id,
        "account_id": reader.account_id,
        "form": form,
        "now": now,
    }
    found = _own_care(sight_of(reader)).first(session, **which)
    if found is None:
        return None
    return Care(
        episode_id=found.id,
        patient_id=found.patient_id,
        clinic_id=found.clinic_id,
        complaint=found.complaint,
        zone=found.zone,
        started_on=found.started_on,
        ended_on=found.ended_on,
        is_consented=bool(found.is_consented),
        is_agreed=bool(found.is_agreed),
        has_reader=bool(found.has_reader),
        is_draft_kept=bool(found.is_draft_kept),
        plan=_plan_in(found),
        now=now,
    )


def visits_of(session: Session, reader: Reader, episode_id: EpisodeId) -> tuple[Appointment, ...]:
    """Return the visits of an episode that are not cancelled, oldest first."""
    rows = _visits_by(sight_of(reader)).rows(session, **entry_keys(reader, episode_id))
    found = [_appointment(row) for row in rows]
    return tuple(sorted(found, key=lambda visit: (visit.on, visit.number or 0)))


@cache
def _visits_by(sight: Sight) -> Kept:
    return Kept(
        select(
            Visit.planned_on,
            Visit.planned_for,
            Visit.held_on,
            Visit.held_at,
            Visit.number,
            Visit.is_needling,
            Practitioner.display_name,
            Practitioner.profession,
        )
        .join(Practitioner, Practitioner.id == Visit.practitioner_id)
        .where(
            Visit.episode_id == bindparam("episode_id"),
            Visit.episode_id.in_(select(Episode.id).where(visible_by(sight))),
            Visit.cancelled_at.is_(None),
        )
    )


def _appointment(visit: Row[*tuple[Any, ...]]) -> Appointment:
    on = visit.held_on or visit.planned_on
    assert on is not None  # noqa: S101 - a constraint of the table
    return Appointment(
        on=on,
        at=visit.held_at or visit.planned_for,
        number=visit.number,
        is_held=visit.held_on is not None,
        is_needling=visit.is_needling,
        practitioner=visit.display_name,
        profession=visit.profession,
    )


def visit_days(visits: Iterable[Appointment]) -> tuple[VisitDay, ...]:
    """Return visits as the schedule reads them."""
    return tuple(
        VisitDay(None, visit.on, visit.is_needling) if visit.is_held else VisitDay(visit.on)
        for visit in visits
    )


def version_of(entry: Entry | Row[*tuple[Any, ...]], places: Iterable[str]) -> Version:
    """Return an entry as a plain value."""
    answers = Answers(
        pain_average=entry.pain_average,
        interference=entry.interference,
        needled=entry.needled,
        soreness=entry.soreness,
        grasp_felt=entry.grasp_felt,
        grasp_lasted=entry.grasp_lasted,
        flags=tuple(entry.flags),
        places=in_order(frozenset(places)),
        pain_worst=entry.pain_worst,
        change=entry.change,
        sleep=entry.sleep,
        medicine=entry.medicine,
        managed=entry.managed,
        note=entry.note,
        call_me=entry.call_me,
    )
    return Version(
        id=entry.id,
        version=entry.version,
        entry_key=entry.entry_key,
        entered_at=entry.entered_at,
        is_late=entry.is_late,
        reason=entry.reason,
        withdrawn_at=entry.withdrawn_at,
        answers=answers,
    )


def versions_of(
    session: Session, reader: Reader, episode_id: EpisodeId, *, on: date
) -> tuple[Version, ...]:
    """Return every version of one day, newest first."""
    asked = _versions_by(sight_of(reader))
    entries = asked.rows(session, **entry_keys(reader, episode_id), on=on)
    if not entries:
        return ()
    places: dict[EntryId, list[str]] = {entry.id: [] for entry in entries}
    rows = session.execute(
        select(EntryPlace.entry_id, EntryPlace.region).where(EntryPlace.entry_id.in_(places))
    )
    for entry_id, region in rows:
        places[entry_id].append(region)
    return tuple(version_of(entry, places[entry.id]) for entry in entries)


@cache
def _versions_by(sight: Sight) -> Kept:
    return Kept(
        select(*Entry.__table__.columns)
        .where(readable_by(sight), Entry.about_on == bindparam("on"))
        .order_by(Entry.version.desc())
    )
