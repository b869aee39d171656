"""Everything of one diary as dated keys and plain rows: nine statements for any page of it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from operator import attrgetter
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from portal.accounts.reader import Reader
from portal.care import access
from portal.care.models import Episode, NeedlingSite, Practitioner, Visit
from portal.db import EntryId, EpisodeId, VisitId
from portal.diary.models import Entry, EntryFlag, EntryPlace, Question
from portal.review.brief_facts import FlagRow, SiteRow
from portal.review.brief_queries import flag_rows
from portal.review.models import Review


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryKey:
    """One version of a day, with what the filters ask of it."""

    id: EntryId
    on: date
    version: int
    entered_at: datetime
    is_late: bool
    is_flagged: bool
    has_words: bool
    is_newest: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitSaid:
    """A visit as it stands now: planned, held, or called off.

    `is_timed` when it had an appointment on its day; else only the day is known, and `at`
    serves for the order alone.
    """

    id: VisitId
    on: date
    at: datetime
    is_timed: bool
    number: int | None
    is_held: bool
    is_needling: bool
    is_called_off: bool
    version: int
    practitioner: str
    note: str
    sites: tuple[SiteRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionSaid:
    """A question, and what became of it."""

    id: UUID
    body: str
    asked_at: datetime
    answered_at: datetime | None
    answered_by: str | None
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewSaid:
    """A review that was marked, up to the entry about which day, and whether it was undone."""

    id: UUID
    at: datetime
    practitioner: str
    covers_on: date | None
    undone_at: datetime | None


def entry_keys(session: Session, reader: Reader, episode_id: EpisodeId) -> list[EntryKey]:
    """Every version of every day, without its answers."""
    rows = session.execute(
        select(
            Entry.id,
            Entry.about_on,
            Entry.version,
            Entry.entered_at,
            Entry.is_late,
            or_(Entry.note != "", Entry.managed != "").label("has_words"),
            (func.max(Entry.version).over(partition_by=Entry.about_on) == Entry.version).label(
                "is_newest"
            ),
            select(EntryFlag.id)
            .where(EntryFlag.entry_id == Entry.id)
            .correlate(Entry)
            .exists()
            .label("is_flagged"),
        )
        .join(Episode, Episode.id == Entry.episode_id)
        .where(Entry.episode_id == episode_id, access.visible(reader))
    )
    return [
        EntryKey(
            id=row.id,
            on=row.about_on,
            version=row.version,
            entered_at=row.entered_at,
            is_late=row.is_late,
            is_flagged=bool(row.is_flagged),
            has_words=bool(row.has_words),
            is_newest=bool(row.is_newest),
        )
        for row in rows
    ]


def entries_by_id(session: Session, reader: Reader, ids: Collection[EntryId]) -> list[Entry]:
    """These versions with every answer."""
    return list(
        session.scalars(
            select(Entry)
            .join(Episode, Episode.id == Entry.episode_id)
            .where(Entry.id.in_(ids), access.visible(reader))
        )
    )


def places_by_entry(
    session: Session, reader: Reader, ids: Collection[EntryId]
) -> dict[EntryId, list[str]]:
    """The regions that these versions name."""
    rows = session.execute(
        select(EntryPlace.entry_id, EntryPlace.region)
        .join(Episode, Episode.id == EntryPlace.episode_id)
        .where(EntryPlace.entry_id.in_(ids), access.visible(reader))
        .order_by(EntryPlace.entry_id, EntryPlace.region)
    )
    return {
        entry_id: [region for _id, region in some]
        for entry_id, some in groupby(rows, key=attrgetter("entry_id"))
    }


def flags_said(session: Session, reader: Reader, episode_id: EpisodeId) -> tuple[FlagRow, ...]:
    """Every flag and call of the diary, with everything that was done about it."""
    return flag_rows(session, EntryFlag.episode_id == episode_id, access.visible(reader))


def visits_said(session: Session, reader: Reader, episode_id: EpisodeId) -> list[VisitSaid]:
    """Every visit, those called off too."""
    rows = session.execute(
        select(
            Visit.id,
            func.coalesce(Visit.held_on, Visit.planned_on).label("on"),
            func.coalesce(Visit.held_at, Visit.planned_for).label("at"),
            Visit.planned_on,
            Visit.number,
            Visit.held_on,
            Visit.is_needling,
            Visit.cancelled_at,
            Visit.version,
            Practitioner.display_name,
            Visit.note,
            NeedlingSite.place,
            NeedlingSite.side,
            NeedlingSite.grasp,
        )
        .join(Episode, Episode.id == Visit.episode_id)
        .join(Practitioner, Practitioner.id == Visit.practitioner_id)
        .outerjoin(
            NeedlingSite,
            and_(NeedlingSite.visit_id == Visit.id, NeedlingSite.version == Visit.version),
        )
        .where(Visit.episode_id == episode_id, access.visible(reader))
        .order_by(Visit.id, NeedlingSite.position)
    )
    return [_visit(list(some)) for _id, some in groupby(rows, key=attrgetter("id"))]


def _visit(rows: Sequence[Row[*tuple[Any, ...]]]) -> VisitSaid:
    first = rows[0]
    return VisitSaid(
        id=first.id,
        on=first.on,
        at=first.at,
        is_timed=first.planned_on == first.on,
        number=first.number,
        is_held=first.held_on is not None,
        is_needling=first.is_needling,
        is_called_off=first.cancelled_at is not None,
        version=first.version,
        practitioner=first.display_name,
        note=first.note,
        sites=tuple(
            SiteRow(row.place, row.side, row.grasp) for row in rows if row.place is not None
        ),
    )


def questions_said(session: Session, reader: Reader, episode_id: EpisodeId) -> list[QuestionSaid]:
    """Every question, answered and taken out ones too."""
    rows = session.execute(
        select(
            Question.id,
            Question.body,
            Question.asked_at,
            Question.answered_at,
            Practitioner.display_name,
            Question.withdrawn_at,
        )
        .join(Episode, Episode.id == Question.episode_id)
        .outerjoin(Practitioner, Practitioner.id == Question.answered_by_id)
        .where(Question.episode_id == episode_id, access.visible(reader))
    )
    return [
        QuestionSaid(
            id=row.id,
            body=row.body,
            asked_at=row.asked_at,
            answered_at=row.answered_at,
            answered_by=row.display_name,
            withdrawn_at=row.withdrawn_at,
        )
        for row in rows
    ]


def reviews_said(session: Session, reader: Reader, episode_id: EpisodeId) -> list[ReviewSaid]:
    """Every review, undone ones too: who, when, and up to which day's entry."""
    last = aliased(Entry)
    rows = session.execute(
        select(Review.id, Review.at, Practitioner.display_name, last.about_on, Review.undone_at)
        .join(Episode, Episode.id == Review.episode_id)
        .join(Practitioner, Practitioner.id == Review.practitioner_id)
        .outerjoin(last, last.id == Review.up_to_entry_id)
        .where(Review.episode_id == episode_id, access.visible(reader))
    )
    return [
        ReviewSaid(id=key, at=at, practitioner=who, covers_on=on, undone_at=undone)
        for key, at, who, on, undone in rows
    ]
