"""Appointments from a table: comma, semicolon or tab between columns, with or without a heading."""

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from types import MappingProxyType

from portal.care.appointments import (
    LONGEST_NAME,
    MOST_ROWS,
    Appointment,
    Fault,
    Problem,
    ReadText,
    folded,
    instant,
    key_of,
)

_HEADINGS: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("date", "day", "appointment date", "start date", "visit date"), "date"),
        **dict.fromkeys(("time", "start time", "from", "appointment time", "at"), "time"),
        **dict.fromkeys(("start", "starts", "starts at", "date and time", "when"), "start"),
        **dict.fromkeys(("name", "patient", "client", "patient name", "client name"), "name"),
        **dict.fromkeys(("first name", "given name", "first"), "given"),
        **dict.fromkeys(("last name", "family name", "surname", "last"), "family"),
        **dict.fromkeys(
            ("clinic number", "number", "patient number", "chart number", "chart", "patient id"),
            "number",
        ),
        **dict.fromkeys(
            ("practitioner", "provider", "with", "therapist", "clinician", "staff member"),
            "practitioner",
        ),
        **dict.fromkeys(("status", "state"), "status"),
        **dict.fromkeys(("uid", "appointment id", "booking id", "id"), "key"),
    }
)
_USUAL = ("date", "time", "name", "practitioner")
_CANCELLED = frozenset({"cancelled", "canceled", "cancel"})
_STANDS = frozenset(
    {"", "booked", "confirmed", "unconfirmed", "scheduled", "rescheduled", "planned", "active"}
    | {"pending", "tentative", "new", "open", "accepted", "arrived", "checked in"}
)
_NUMERIC_DAY = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})")
_WORDED = ("%d %B %Y", "%d %b %Y", "%B %d %Y", "%b %d %Y", "%d-%b-%Y", "%Y/%m/%d")
_MONTHS = _NOON = 12


def read_csv(text: str, zone: str) -> ReadText:
    """Read a table; days and times are on the clinic's clock."""
    rows = _rows(text)
    if rows is None:
        return ReadText(fault=Fault.UNREADABLE)
    if not rows:
        return ReadText(fault=Fault.NO_ROWS)
    columns = _columns(rows[0][1])
    body = rows[1:] if columns else rows
    named = [(line, _named(cells, columns or _USUAL)) for line, cells in body]
    if not named:
        return ReadText(fault=Fault.NO_ROWS)
    if len(named) > MOST_ROWS:
        return ReadText(fault=Fault.TOO_MANY)
    is_day_first = _is_day_first(_day_and_hour(cells)[0] for _line, cells in named)
    return ReadText(
        tuple(_appointment(line, cells, zone, is_day_first=is_day_first) for line, cells in named)
    )


def _rows(text: str) -> list[tuple[int, list[str]]] | None:
    """The rows with the line each ends on; None for a text that is no table."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    mark = max(",;\t", key=first.count)
    reader = csv.reader(text.splitlines(keepends=True), delimiter=mark)
    try:
        return [(reader.line_num, cells) for cells in reader if any(map(str.strip, cells))]
    except csv.Error:
        return None


def _columns(cells: Sequence[str]) -> tuple[str, ...]:
    """What the columns hold, if this row is a heading."""
    found = tuple(_HEADINGS.get(folded(cell), "") for cell in cells)
    return found if {"date", "start"} & set(found) else ()


def _named(cells: Sequence[str], columns: Sequence[str]) -> dict[str, str]:
    pairs = zip(columns, cells, strict=False)
    return {name: " ".join(cell.split()) for name, cell in pairs if name and cell.strip()}


def _is_day_first(days: Iterable[str]) -> bool | None:
    """Whether 11/12/2026 is in December, as far as the other days of the text tell."""
    found = [match for day in days if (match := _NUMERIC_DAY.fullmatch(day))]
    day_first = any(int(match[1]) > _MONTHS for match in found)
    month_first = any(int(match[2]) > _MONTHS for match in found)
    return None if day_first == month_first else day_first


def _appointment(
    line: int, cells: Mapping[str, str], zone: str, *, is_day_first: bool | None
) -> Appointment:
    name = cells.get("name") or " ".join(filter(None, (cells.get("given"), cells.get("family"))))
    number = cells.get("number", "")
    day, hour = _day_and_hour(cells)
    made = Appointment(
        line=line,
        said=", ".join(filter(None, (name, number)))[:LONGEST_NAME],
        when=" ".join(filter(None, (day, hour)))[:LONGEST_NAME],
        names=tuple(filter(None, (folded(name),))),
        number=folded(number),
        practitioner=cells.get("practitioner", ""),
        key=key_of(cells.get("key", "")),
        is_cancelled=folded(cells.get("status", "")) in _CANCELLED,
    )
    at = _instant(day, hour, zone, is_day_first=is_day_first)
    if not (made.names or made.number):
        return replace(made, problem=Problem.NO_NAME)
    if not made.is_cancelled and folded(cells.get("status", "")) not in _STANDS:
        return replace(made, problem=Problem.ODD_STATUS)
    return replace(made, problem=at) if isinstance(at, Problem) else replace(made, at=at)


def _day_and_hour(cells: Mapping[str, str]) -> tuple[str, str]:
    """The day and the time, also where one column holds both."""
    start = cells.get("start", "")
    day, _mark, hour = start.replace("T", " ", 1).partition(" ") if start else ("", "", "")
    return cells.get("date", day), cells.get("time", hour)


def _instant(day: str, hour: str, zone: str, *, is_day_first: bool | None) -> datetime | Problem:
    if not day:
        return Problem.NO_DAY
    on = _day(day, is_day_first=is_day_first)
    if isinstance(on, Problem):
        return on
    if not hour:
        return Problem.NO_TIME
    at = _hour(hour)
    return Problem.ODD_TIME if at is None else instant(on, at, zone)


def _day(typed: str, *, is_day_first: bool | None) -> date | Problem:
    found = _NUMERIC_DAY.fullmatch(typed)
    if found is not None:
        return _numeric(int(found[1]), int(found[2]), int(found[3]), is_day_first=is_day_first)
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return _worded(typed.replace(",", " ").replace(".", " "))


def _numeric(first: int, second: int, year: int, *, is_day_first: bool | None) -> date | Problem:
    if is_day_first is None and first != second and max(first, second) <= _MONTHS:
        return Problem.TWO_WAYS
    day, month = (first, second) if is_day_first or first > _MONTHS else (second, first)
    try:
        return date(year, month, day)
    except ValueError:
        return Problem.ODD_DAY


def _worded(typed: str) -> date | Problem:
    plain = " ".join(typed.split())
    for form in _WORDED:
        try:
            return datetime.strptime(plain, form).replace(tzinfo=UTC).date()
        except ValueError:
            continue
    return Problem.ODD_DAY


def _hour(typed: str) -> time | None:
    """A time such as 10:40, 9:05, 14:15:00 or 2:15 pm; None for anything else."""
    found = re.fullmatch(
        r"(\d{1,2})(?:[:.h](\d{2}))?(?::\d{2})?\s*([ap])?\.?(?:m\.?)?", typed.lower(), re.ASCII
    )
    if found is None or (found[2] is None and found[3] is None):
        return None
    hour, minute = int(found[1]), int(found[2] or 0)
    if found[3] is not None:
        if not 1 <= hour <= _NOON:
            return None
        hour = hour % _NOON + (_NOON if found[3] == "p" else 0)
    try:
        return time(hour, minute)
    except ValueError:
        return None
