"""The pages as an administrator looks at them: whose they are, when they are due, how they read."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from portal.education.article import Article
from portal.education.overrides import Shelved
from portal.education.rules import reading_on

SOON: Final = timedelta(days=60)


class Due(StrEnum):
    """How near the next check of a page is."""

    LATER = "later"
    SOON = "soon"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class Row:
    """One page with its dates."""

    title: str
    path: str
    is_own: bool
    reviewed_on: date | None
    reviewer: str
    next_review: date
    due: Due
    grade: float
    version: int


def due_on(next_review: date, today: date) -> Due:
    """Overdue from the day after the date; soon in the 60 days before it."""
    if next_review < today:
        return Due.OVERDUE
    return Due.SOON if next_review - today <= SOON else Due.LATER


def rows_of(shelved: Shelved, *, today: date) -> list[Row]:
    """Every page, the most urgent first."""
    rows = [_row(page, shelved, today) for page in shelved.library.articles]
    return sorted(rows, key=lambda row: row.next_review)


def _row(page: Article, shelved: Shelved, today: date) -> Row:
    front = page.front
    return Row(
        title=front.title,
        path=page.path,
        is_own=page.file in shelved.own,
        reviewed_on=front.last_reviewed,
        reviewer=front.clinical_reviewer.name if front.clinical_reviewer else "",
        next_review=front.next_review,
        due=due_on(front.next_review, today),
        grade=reading_on(page).grade,
        version=front.version,
    )
