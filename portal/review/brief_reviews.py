"""The reviews of a diary that stand, and the days that were written after the reader's own."""

from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    FromClause,
    Select,
    Uuid,
    and_,
    bindparam,
    exists,
    func,
    select,
)
from sqlalchemy.orm import Session, aliased

from portal.accounts.reader import Reader
from portal.care.models import Practitioner
from portal.db import EpisodeId
from portal.diary.models import Entry
from portal.review.brief_facts import ReviewRow
from portal.review.models import Review
from portal.statements import Kept

_OF: BindParameter[EpisodeId] = bindparam("episode_id")
_WRITTEN = aliased(Entry, name="written")


def _standing() -> FromClause:
    """The newest review of one practitioner, and the newest of all others, each with its place."""
    is_own = Review.practitioner_id == bindparam("practitioner_id", type_=Uuid())
    newest_first = (Review.at.desc(), Review.id.desc())
    place = func.row_number().over(partition_by=is_own, order_by=newest_first)
    return (
        select(
            Review.at,
            Review.practitioner_id,
            Review.up_to_entry_id,
            is_own.label("is_own"),
            place.label("place"),
        )
        .where(Review.episode_id == _OF, Review.undone_at.is_(None))
        .subquery()
    )


def _reviews() -> Select[Any]:
    """Both reviews, one's own with a row for each day written since."""
    standing = _standing()
    until = func.coalesce(Entry.entered_at, standing.c.at)
    return (
        select(
            standing.c.practitioner_id,
            standing.c.at,
            Practitioner.display_name,
            until,
            _WRITTEN.about_on,
        )
        .join(Practitioner, Practitioner.id == standing.c.practitioner_id)
        .outerjoin(Entry, Entry.id == standing.c.up_to_entry_id)
        .outerjoin(_WRITTEN, and_(standing.c.is_own, *_came_after(until)))
        .where(standing.c.place == 1)
        .order_by(standing.c.at.desc(), standing.c.practitioner_id)
    )


def _came_after(until: ColumnElement[Any]) -> tuple[ColumnElement[bool], ...]:
    """A day whose newest version was written after that, and is not one that takes it out."""
    newer = aliased(Entry, name="newer")
    is_old = exists().where(
        newer.episode_id == _WRITTEN.episode_id,
        newer.about_on == _WRITTEN.about_on,
        newer.version > _WRITTEN.version,
    )
    return (
        _WRITTEN.episode_id == _OF,
        _WRITTEN.entered_at > until,
        _WRITTEN.withdrawn_at.is_(None),
        ~is_old,
    )


_REVIEWS = Kept(_reviews())


def standing_reviews(
    session: Session, reader: Reader, episode_id: EpisodeId
) -> tuple[ReviewRow, ...]:
    """The reader's own newest review that stands, and the newest of somebody else."""
    own = reader.practitioner_id
    rows = _REVIEWS.tuples(session, episode_id=episode_id, practitioner_id=own)
    return tuple(
        _review([tuple(row) for row in some], is_own=who == own)
        for who, some in groupby(rows, key=itemgetter(0))
    )


def _review(rows: list[tuple[Any, ...]], *, is_own: bool) -> ReviewRow:
    _who, at, name, until, _on = rows[0]
    written = frozenset(row[-1] for row in rows if row[-1] is not None)
    return ReviewRow(at, name, is_own, until, written)
