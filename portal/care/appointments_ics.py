"""Appointments from a calendar file (iCalendar, RFC 5545), one event at a time.

Each event is cut out of the text and read by itself: an event that is broken spoils no other,
and rules of time zones that a file brings along are never run. Zones go by their names.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Event

from portal.care.appointments import (
    LONGEST_NAME,
    MOST_ROWS,
    Appointment,
    Fault,
    Problem,
    ReadText,
    folded,
    instant_of_wall,
    key_of,
)

_CANCEL = re.compile(r"^METHOD:CANCEL\s*$", re.IGNORECASE | re.MULTILINE)
# What stands between a name and the rest of a title: "Mia Tremblay – IMS (room 2)".
_BETWEEN = re.compile(r"\s[-–—|/]\s|[(:;]")


def is_calendar(text: str) -> bool:
    """Whether a text is a calendar file rather than a table."""
    return text.lstrip()[:15].upper().startswith(("BEGIN:VCALENDAR", "BEGIN:VEVENT"))


def read_ics(text: str, zone: str) -> ReadText:
    """Read the events of a calendar; a time without a zone is on the clinic's clock."""
    events = list(_events(text))
    if not events:
        return ReadText(fault=Fault.NO_ROWS)
    if len(events) > MOST_ROWS:
        return ReadText(fault=Fault.TOO_MANY)
    is_cancelling = _CANCEL.search(text) is not None
    found = tuple(_appointment(line, body, ZoneInfo(zone)) for line, body in events)
    return ReadText(
        tuple(replace(one, is_cancelled=True) for one in found) if is_cancelling else found
    )


def _events(text: str) -> Iterator[tuple[int, str]]:
    """Each event with the line it begins on; what is nested in it (alarms) is left out."""
    event: list[str] = []
    begun, within = 0, 0
    for line, raw in enumerate(text.splitlines(), 1):
        mark = raw.strip().upper()
        if mark == "BEGIN:VEVENT":
            event, begun, within = [], line, 0
        elif begun and mark == "END:VEVENT":
            yield begun, "\r\n".join(("BEGIN:VEVENT", *event, "END:VEVENT"))
            begun = 0
        elif begun:
            within += mark.startswith("BEGIN:")
            if not within:
                event.append(raw)
            within -= bool(within) and mark.startswith("END:")


def _appointment(line: int, body: str, zone: ZoneInfo) -> Appointment:
    try:
        event = Event.from_ical(body)
        return _read(line, event, zone)
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError):
        return Appointment(line=line, problem=Problem.UNREADABLE)


def _read(line: int, event: Any, zone: ZoneInfo) -> Appointment:
    title = " ".join(str(event.get("SUMMARY") or "").split())[:LONGEST_NAME]
    made = Appointment(
        line=line,
        said=title,
        names=_names(title, event),
        practitioner=_common_name(event.get("ORGANIZER")),
        key=_key(event),
        is_cancelled=str(event.get("STATUS") or "").upper() == "CANCELLED",
    )
    if event.get("RRULE") or event.get("RDATE"):
        return replace(made, problem=Problem.REPEATS)
    at = _instant(event.get("DTSTART"), zone)
    if isinstance(at, Problem):
        return replace(made, problem=at)
    return replace(made, at=at, problem=None if made.names else Problem.NO_NAME)


def _names(title: str, event: Any) -> tuple[str, ...]:
    """The whole title, its parts, and whoever is invited; each may be the patient's name."""
    parts = [title, *_BETWEEN.split(title)]
    parts += [piece for part in parts for piece in part.split(",")]
    invited = event.get("ATTENDEE") or []
    people = invited if isinstance(invited, list) else [invited]
    parts += [_common_name(person) for person in people[:10]]
    return tuple(dict.fromkeys(filter(None, (folded(part.strip(" )-–—")) for part in parts))))


def _common_name(person: Any) -> str:
    return str(getattr(person, "params", {}).get("CN", ""))[:LONGEST_NAME]


def _key(event: Any) -> str | None:
    """The calendar's own name of an event; one of a series by its first day as well."""
    name = str(event.get("UID") or "").strip()
    if not name:
        return None
    again = event.get("RECURRENCE-ID")
    return key_of(f"{name}/{again.to_ical().decode()}" if again is not None else name)


def _instant(start: Any, zone: ZoneInfo) -> datetime | Problem:
    if start is None or isinstance(start, list):
        return Problem.NO_DAY
    found = start.dt
    if not isinstance(found, datetime):
        return Problem.NO_TIME
    if found.tzinfo is None and "TZID" in start.params:
        return Problem.NO_ZONE
    if found.tzinfo is not None and not isinstance(found.tzinfo, ZoneInfo):
        return found if found.utcoffset() is not None else Problem.NO_ZONE
    named = found.tzinfo or zone
    return instant_of_wall(found.replace(tzinfo=None, second=0, microsecond=0), named)
