"""A month of the diary: a grid with the number in each day, and the same days as a list."""

import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from portal.diary.history import DayLine
from portal.diary.queries import Appointment, Care
from portal.diary.schedule import writable_days
from portal.web.jinja import day_year

Month = tuple[date, date]
Span = tuple[date | None, date | None]
_MONTH = re.compile(r"((?:19|20)[0-9]{2})-(0[1-9]|1[0-2])")
WEEK = 7


@dataclass(frozen=True, slots=True)
class Cell:
    """One day of the grid; `line` is what was written, `can_write` that it still may be."""

    on: date
    line: DayLine | None
    can_write: bool
    is_today: bool
    visit: Appointment | None
    is_inside: bool


@dataclass(frozen=True, slots=True)
class MonthPage:
    """A month as shown: whole weeks from Monday, the days as a list, and its neighbours."""

    title: str
    weeks: tuple[tuple[Cell, ...], ...]
    days: tuple[Cell, ...]
    is_empty: bool
    earlier: str
    later: str


def _whole(year: int, month: int) -> Month:
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])


def month_of(wanted: str, care: Care, span: Span) -> Month:
    """Return the first and last day of the month asked for, else of the newest with a day."""
    found = _MONTH.fullmatch(wanted)
    if found:
        return _whole(int(found[1]), int(found[2]))
    newest = care.today if care.is_open else (span[1] or care.today)
    return _whole(newest.year, newest.month)


def _cells(
    care: Care, lines: Sequence[DayLine], visits: Sequence[Appointment], month: Month
) -> list[Cell]:
    first, last = month
    start = first - timedelta(days=first.weekday())
    end = last + timedelta(days=WEEK - 1 - last.weekday())
    by_day = {line.on: line for line in lines}
    visited = {visit.on: visit for visit in visits}
    open_days = writable_days(care.today) if care.is_open else ()
    days = (start + timedelta(days=offset) for offset in range((end - start).days + 1))
    return [
        Cell(
            on=on,
            line=by_day.get(on),
            can_write=on in open_days,
            is_today=on == care.today,
            visit=visited.get(on),
            is_inside=first <= on <= last,
        )
        for on in days
    ]


def _named(on: date) -> str:
    return f"{on:%Y-%m}"


def month_page(
    care: Care,
    lines: Sequence[DayLine],
    visits: Sequence[Appointment],
    *,
    month: Month,
    span: Span,
) -> MonthPage:
    """Return what the history shows of a month; days not written about are plain gaps."""
    cells = _cells(care, lines, visits, month)
    first, last = month
    begins = span[0] or care.today
    shown = [c for c in cells if c.is_inside and c.on <= care.today and (c.line or c.can_write)]
    return MonthPage(
        title=day_year(first).partition(" ")[2],
        weeks=tuple(tuple(cells[at : at + WEEK]) for at in range(0, len(cells), WEEK)),
        days=tuple(reversed(shown)),
        is_empty=span[0] is None,
        earlier=_named(first - timedelta(days=1)) if begins < first else "",
        later=_named(last + timedelta(days=1)) if last < care.today else "",
    )
