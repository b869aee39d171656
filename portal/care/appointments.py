"""Appointments as they stand in the clinic's own calendar, before anybody is matched to them."""

import hashlib
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

LARGEST = 256 * 1024
MOST_ROWS = 500
LONGEST_NAME = 200
_LONGEST_KEY = 200


class Problem(StrEnum):
    """Why one appointment cannot be read."""

    NO_DAY = "no-day"
    NO_TIME = "no-time"
    ODD_DAY = "odd-day"
    TWO_WAYS = "two-ways"
    ODD_TIME = "odd-time"
    GAP = "gap"
    TWICE = "twice"
    NO_ZONE = "no-zone"
    NO_NAME = "no-name"
    ODD_STATUS = "odd-status"
    REPEATS = "repeats"
    UNREADABLE = "unreadable"


class Fault(StrEnum):
    """Why a whole text cannot be read."""

    EMPTY = "empty"
    TOO_LARGE = "too-large"
    TOO_MANY = "too-many"
    NO_ROWS = "no-rows"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """One appointment of the text: when, for whom, with whom; `problem` where it is not clear.

    `line` is where it begins, from 1; `said` and `when` are how the text itself puts it. `names`
    are the ways in which the patient may be named; `number` is the clinic's own, where it stands by
    itself. `key` is the calendar's own name for it, where it has one.
    """

    line: int
    said: str = ""
    when: str = ""
    at: datetime | None = None
    names: tuple[str, ...] = ()
    number: str = ""
    practitioner: str = ""
    key: str | None = None
    is_cancelled: bool = False
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class ReadText:
    """What was read from a pasted text, or why nothing could be."""

    appointments: tuple[Appointment, ...] = ()
    fault: Fault | None = None


def instant(on: date, at: time, zone: str) -> datetime | Problem:
    """Return the instant at which the clock in a zone shows this day and time.

    A time that the clock leaves out in spring, or shows twice in autumn, is no one instant.
    """
    return instant_of_wall(datetime.combine(on, at.replace(tzinfo=None)), ZoneInfo(zone))


def instant_of_wall(wall: datetime, zone: ZoneInfo) -> datetime | Problem:
    """Return the instant of a time on the wall; see `instant`."""
    try:
        first = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
        second = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
        shown = first.astimezone(zone).replace(tzinfo=None, fold=0)
    except (OverflowError, ValueError):
        return Problem.ODD_DAY
    if shown != wall.replace(fold=0):
        return Problem.GAP
    return Problem.TWICE if first != second else first


def key_of(name: str) -> str | None:
    """Return a calendar's own name for an appointment as it is stored; a very long one hashed."""
    if not name:
        return None
    if len(name) <= _LONGEST_KEY:
        return name
    return f"sha256:{hashlib.sha256(name.encode(errors='replace')).hexdigest()}"


def folded(name: str) -> str:
    """Return a name as it is compared, at most 200 characters of it.

    One case, single spaces, no accents and one kind of apostrophe: a booking system often has
    Ines O'Neill where the chart has Inês O’Neill.
    """
    parted = unicodedata.normalize("NFKD", name[:LONGEST_NAME].replace("’", "'").casefold())
    return " ".join("".join(c for c in parted if not unicodedata.combining(c)).split())
