"""How far each row of the panel was read: the newest version, and the reader's own review."""

from typing import Any

from sqlalchemy import FromClause, ScalarSelect, select

from portal.accounts.reader import Reader
from portal.diary.models import Entry
from portal.review.models import Review


def newest_entry(page: FromClause) -> ScalarSelect[Any]:
    """The version written last, up to which a review of this row reaches."""
    return (
        select(Entry.id)
        .where(Entry.episode_id == page.c.episode_id)
        .order_by(Entry.entered_at.desc(), Entry.id.desc())
        .limit(1)
        .correlate(page)
        .scalar_subquery()
    )


def own_review(page: FromClause, reader: Reader) -> ScalarSelect[Any]:
    """The reader's own newest review that stands."""
    return (
        select(Review.id)
        .where(
            Review.episode_id == page.c.episode_id,
            Review.practitioner_id == reader.practitioner_id,
            Review.undone_at.is_(None),
        )
        .order_by(Review.at.desc(), Review.id.desc())
        .limit(1)
        .correlate(page)
        .scalar_subquery()
    )
