"""Diaries in shorthand: a string of scores, one character a day, "." where nothing was written."""

from collections.abc import Iterable
from datetime import date, timedelta

from portal.review.trends import Day, Record, VisitMark, record_of

START = date(2026, 9, 1)


def on(number: int) -> date:
    return START + timedelta(days=number)


def days(scores: str, *, first: int = 0) -> list[Day]:
    """One Day for each digit; "x" is a 10."""
    return [
        Day(on(first + n), 10 if mark == "x" else int(mark))
        for n, mark in enumerate(scores.replace(" ", ""))
        if mark != "."
    ]


def visits(*numbers: int) -> list[VisitMark]:
    """Visits with needling on these days."""
    return [VisitMark(count, on(number)) for count, number in enumerate(numbers, 1)]


def record(
    diary: Iterable[Day], held: Iterable[VisitMark], *, today: int, visit_today: bool = False
) -> Record:
    return record_of(diary, held, today=on(today), visit_today=visit_today)


def after_two_weeks(before: str, recent: str, *, today: int = 41) -> Record:
    """A first visit on day 14, and the two weeks that end today."""
    return record(
        days(before) + days(recent, first=today - 13),
        visits(14),
        today=today,
    )
