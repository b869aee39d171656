"""What a row of the panel looks up: a day's verdict and numbers, newest version, review, visits."""

from datetime import date
from typing import Any

from sqlalchemy import (
    Cast,
    ColumnElement,
    Float,
    FromClause,
    ScalarSelect,
    bindparam,
    case,
    cast,
    func,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute

from portal.care.models import Episode, Visit
from portal.diary.models import Entry
from portal.review.models import EpisodeSummary, Review
from portal.review.summary import DAYS_AHEAD, LETTERS
from portal.review.trends import Verdict
from portal.statements import at_most

ONE = at_most(1)


def newest_entry(page: FromClause) -> ScalarSelect[Any]:
    """The version written last, up to which a review of this row reaches."""
    return (
        select(Entry.id)
        .where(Entry.episode_id == page.c.episode_id)
        .order_by(Entry.entered_at.desc(), Entry.id.desc())
        .limit(ONE)
        .correlate(page)
        .scalar_subquery()
    )


def own_review(page: FromClause) -> ScalarSelect[Any]:
    """The newest review that stands of who asks, with `access.keys_of(reader)`."""
    return (
        select(Review.id)
        .where(
            Review.episode_id == page.c.episode_id,
            Review.practitioner_id == bindparam("reader_practitioner"),
            Review.undone_at.is_(None),
        )
        .order_by(Review.at.desc(), Review.id.desc())
        .limit(ONE)
        .correlate(page)
        .scalar_subquery()
    )


def visit_today(today: ColumnElement[date]) -> ScalarSelect[Any]:
    """When today's visit is planned or was held; none without one."""
    return (
        select(func.min(func.coalesce(Visit.planned_for, Visit.held_at)))
        .where(
            Visit.episode_id == Episode.id,
            Visit.cancelled_at.is_(None),
            func.coalesce(Visit.held_on, Visit.planned_on) == today,
        )
        .correlate_except(Visit)
        .scalar_subquery()
    )


def next_visit(page: FromClause, today: ColumnElement[date]) -> ScalarSelect[Any]:
    """The next visit that is planned, from today on, and not yet recorded."""
    return (
        select(Visit.id)
        .where(
            Visit.episode_id == page.c.episode_id,
            Visit.cancelled_at.is_(None),
            Visit.held_on.is_(None),
            Visit.planned_on >= today,
        )
        .order_by(Visit.planned_for, Visit.id)
        .limit(ONE)
        .correlate_except(Visit)
        .scalar_subquery()
    )


def letter_of(ahead: ColumnElement[int]) -> ColumnElement[str]:
    """The verdict of the day that is so many days `ahead` of a summary."""
    verdicts = EpisodeSummary.verdicts
    return case(
        (ahead.between(0, DAYS_AHEAD), func.substr(verdicts, ahead + 1, 1)),
        (ahead < 0, func.substr(verdicts, 1, 1)),
        else_=LETTERS[Verdict.NOT_ENOUGH_DAYS],
    )


def on_day(
    values: InstrumentedAttribute[list[float | None]], ahead: ColumnElement[int]
) -> Cast[float]:
    """What a list kept ahead says of a day; nothing past its end."""
    place = case((ahead < 0, 0), else_=ahead)
    return cast(values.op("->>")(place), Float())
