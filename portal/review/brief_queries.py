"""Everything the brief shows of one patient, read into plain values in nine statements."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Row,
    ScalarSelect,
    and_,
    bindparam,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session, aliased

from portal import clock
from portal.accounts.reader import Reader
from portal.care import access
from portal.care.models import (
    DiaryPlan,
    Episode,
    NeedlingSite,
    Patient,
    Practitioner,
    Visit,
)
from portal.clinics.models import Clinic
from portal.db import EpisodeId, PatientId
from portal.diary.assessment_queries import assessments_of
from portal.diary.models import Entry, EntryFlag, EntryPlace, FlagAct, Question
from portal.errors import OutOfSight
from portal.review.brief_facts import (
    ActRow,
    BriefFacts,
    FlagRow,
    Head,
    PlaceRow,
    QuestionRow,
    ReviewRow,
    SiteRow,
    VisitRow,
)
from portal.review.brief_reviews import standing_reviews
from portal.review.brief_versions import LONG_AGO, words_and_versions
from portal.review.summaries import (
    newest_plan,
    newest_version,
    plan_of,
    urgency,
)
from portal.review.summary import thresholds_from
from portal.review.written import written_days
from portal.statements import Kept, at_most

WEEKS_BACK = timedelta(weeks=10)


def brief_facts(session: Session, reader: Reader, patient_id: PatientId) -> BriefFacts:
    """Read everything a brief says: nine statements, whatever the number of entries.

    Raises OutOfSight where the reader may not see the patient's diary.
    """
    head = _head(session, reader, patient_id)
    reviews = standing_reviews(session, reader, head.episode_id)
    covered = _covered_until(reviews)
    today = clock.today(head.zone)
    recently = today - WEEKS_BACK
    texts, versions = words_and_versions(session, head, since=recently, reviewed=covered)
    return BriefFacts(
        head=head,
        at=clock.now(),
        days=written_days(session, [head.episode_id]).get(head.episode_id, ()),
        visits=_visits(session, head.episode_id),
        flags=_flags(session, reader, head, reviews),
        questions=_questions(session, head.episode_id),
        reviews=reviews,
        places=_places(
            session, head.episode_id, since=recently if covered else _recent(head, today)
        ),
        texts=texts,
        versions=versions,
        assessed=assessments_of(session, reader, head.episode_id),
    )


def _recent(head: Head, today: date) -> date:
    """The first day that a recent window can hold, which ends today or yesterday."""
    return today - timedelta(days=head.thresholds.window_days)


def _covered_until(reviews: Sequence[ReviewRow]) -> datetime | None:
    """When the last entry was written that the reader's own review covers."""
    return next((one.covers_until for one in reviews if one.is_own), None)


def _written_last() -> ScalarSelect[Any]:
    """The version written last, up to which a review of this page reaches."""
    written = aliased(Entry)
    return (
        select(written.id)
        .where(written.episode_id == Episode.id)
        .order_by(written.entered_at.desc(), written.id.desc())
        .limit(at_most(1))
        .correlate(Episode)
        .scalar_subquery()
    )


_HEAD = (
    select(
        Episode.id,
        Patient.given_name,
        Patient.preferred_name,
        Patient.family_name,
        Patient.date_of_birth,
        Patient.phone,
        Patient.zone,
        Episode.complaint,
        Episode.history,
        Episode.started_on,
        Episode.ended_on,
        Clinic.zone.label("clinic_zone"),
        Clinic.thresholds,
        DiaryPlan.starts_on,
        DiaryPlan.ends_on,
        DiaryPlan.paused_until,
        DiaryPlan.breaks,
        DiaryPlan.made_at,
        Entry.id.label("newest_id"),
        Entry.entered_at.label("newest_at"),
    )
    .join(Patient, Patient.id == Episode.patient_id)
    .join(Clinic, Clinic.id == Episode.clinic_id)
    .outerjoin(DiaryPlan, DiaryPlan.id == newest_plan())
    .outerjoin(Entry, Entry.id == _written_last())
    .order_by(Episode.ended_on.is_not(None), Episode.started_on.desc())
    .limit(at_most(1))
)


def _head(session: Session, reader: Reader, patient_id: PatientId) -> Head:
    which = {**access.keys_of(reader), "patient_id": patient_id}
    found = _head_by(access.sight_of(reader)).first(session, **which)
    if found is None:
        raise OutOfSight
    return _head_of(found, patient_id)


@cache
def _head_by(sight: access.Sight) -> Kept:
    return Kept(_HEAD.where(Patient.id == bindparam("patient_id"), access.visible_by(sight)))


def _head_of(row: Row[*tuple[Any, ...]], patient_id: PatientId) -> Head:
    return Head(
        episode_id=row.id,
        patient_id=patient_id,
        name=f"{row.preferred_name or row.given_name} {row.family_name}",
        born_on=row.date_of_birth,
        phone=row.phone,
        complaint=row.complaint,
        history=tuple(row.history),
        zone=row.zone,
        clinic_zone=row.clinic_zone,
        started_on=row.started_on,
        ended_on=row.ended_on,
        thresholds=thresholds_from(row.thresholds),
        plan=plan_of(row),
        newest_id=row.newest_id,
        newest_at=row.newest_at,
    )


# Statements are built once: putting one together costs more than running it.
_OF: BindParameter[EpisodeId] = bindparam("episode_id")
_SINCE: BindParameter[Any] = bindparam("since")
_VISITS = Kept(
    select(
        Visit.id,
        Visit.number,
        Visit.planned_for,
        Visit.planned_on,
        Visit.held_on,
        Visit.is_needling,
        Practitioner.display_name,
        NeedlingSite.place,
        NeedlingSite.side,
        NeedlingSite.grasp,
    )
    .join(Practitioner, Practitioner.id == Visit.practitioner_id)
    .outerjoin(
        NeedlingSite,
        and_(NeedlingSite.visit_id == Visit.id, NeedlingSite.version == Visit.version),
    )
    .where(Visit.episode_id == _OF, Visit.cancelled_at.is_(None))
    .order_by(func.coalesce(Visit.held_on, Visit.planned_on), Visit.id, NeedlingSite.position)
)


def _visits(session: Session, episode_id: EpisodeId) -> tuple[VisitRow, ...]:
    rows = _VISITS.rows(session, episode_id=episode_id)
    return tuple(_visit(some) for some in _grouped(rows))


def _grouped(rows: Iterable[Row[*tuple[Any, ...]]]) -> Iterable[list[Row[*tuple[Any, ...]]]]:
    """Rows that begin with the same key, which stand side by side."""
    return (list(some) for _key, some in groupby(rows, key=itemgetter(0)))


def _visit(rows: Sequence[Row[*tuple[Any, ...]]]) -> VisitRow:
    first = rows[0]
    return VisitRow(
        id=first.id,
        number=first.number,
        planned_for=first.planned_for,
        planned_on=first.planned_on,
        held_on=first.held_on,
        is_needling=first.is_needling,
        practitioner=first.display_name,
        sites=tuple(
            SiteRow(row.place, row.side, row.grasp) for row in rows if row.place is not None
        ),
    )


_FLAGS = (
    select(
        EntryFlag.id,
        EntryFlag.entry_id,
        EntryFlag.code,
        EntryFlag.about_on,
        EntryFlag.raised_at,
        EntryFlag.unticked_at,
        EntryFlag.opened_at,
        EntryFlag.acknowledged_at,
        Entry.note.label("entry_note"),
        FlagAct.at,
        FlagAct.how,
        FlagAct.note,
        Practitioner.display_name,
    )
    .join(Episode, Episode.id == EntryFlag.episode_id)
    .join(Entry, Entry.id == EntryFlag.entry_id)
    .outerjoin(FlagAct, FlagAct.flag_id == EntryFlag.id)
    .outerjoin(Practitioner, Practitioner.id == FlagAct.practitioner_id)
    .order_by(
        urgency(EntryFlag.code), EntryFlag.raised_at, EntryFlag.code, EntryFlag.id, FlagAct.at
    )
)


def flag_rows(session: Session, *conditions: ColumnElement[bool]) -> tuple[FlagRow, ...]:
    """Flags with what was done about them, the most urgent and longest waiting first."""
    return _flag_rows(session.execute(_FLAGS.where(*conditions)))


def _flag_rows(rows: Iterable[Row[*tuple[Any, ...]]]) -> tuple[FlagRow, ...]:
    return tuple(_flag(some) for some in _grouped(rows))


def _flag(rows: Sequence[Row[*tuple[Any, ...]]]) -> FlagRow:
    first = rows[0]
    return FlagRow(
        id=first.id,
        entry_id=first.entry_id,
        code=first.code,
        about_on=first.about_on,
        raised_at=first.raised_at,
        unticked_at=first.unticked_at,
        opened_at=first.opened_at,
        acknowledged_at=first.acknowledged_at,
        note=first.entry_note,
        acts=tuple(
            ActRow(row.at, row.how, row.note, row.display_name)
            for row in rows
            if row.at is not None
        ),
    )


def _flags(
    session: Session, reader: Reader, head: Head, reviews: Sequence[ReviewRow]
) -> tuple[FlagRow, ...]:
    """Open flags of all the patient's episodes; those raised or settled since the last review."""
    own = next((one for one in reviews if one.is_own), None)
    which = {
        **access.keys_of(reader),
        "patient_id": head.patient_id,
        "episode_id": head.episode_id,
        "covered": own.covers_until if own else LONG_AGO,
        "reviewed": own.at if own else LONG_AGO,
    }
    return _flag_rows(_flags_by(access.sight_of(reader)).rows(session, **which))


@cache
def _flags_by(sight: access.Sight) -> Kept:
    is_later = or_(
        EntryFlag.raised_at > bindparam("covered"),
        EntryFlag.acknowledged_at > bindparam("reviewed"),
    )
    return Kept(
        _FLAGS.where(
            Episode.patient_id == bindparam("patient_id"),
            access.visible_by(sight),
            or_(EntryFlag.acknowledged_at.is_(None), and_(EntryFlag.episode_id == _OF, is_later)),
        )
    )


_QUESTIONS = Kept(
    select(Question.id, Question.body, Question.asked_at, Question.edited_at)
    .where(
        Question.episode_id == _OF,
        Question.answered_at.is_(None),
        Question.withdrawn_at.is_(None),
    )
    .order_by(Question.position, Question.asked_at)
)


def _questions(session: Session, episode_id: EpisodeId) -> tuple[QuestionRow, ...]:
    rows = _QUESTIONS.tuples(session, episode_id=episode_id)
    return tuple(QuestionRow(*row) for row in rows)


_PLACES = Kept(
    select(Entry.about_on, EntryPlace.region, Entry.entered_at)
    .join(EntryPlace, EntryPlace.entry_id == Entry.id)
    .where(
        Entry.episode_id == _OF,
        Entry.about_on >= _SINCE,
        Entry.withdrawn_at.is_(None),
        newest_version(),
    )
    .order_by(Entry.about_on, EntryPlace.region)
)


def _places(session: Session, episode_id: EpisodeId, *, since: date) -> tuple[PlaceRow, ...]:
    rows = _PLACES.tuples(session, episode_id=episode_id, since=since)
    return tuple(PlaceRow(*row) for row in rows)
