"""The calendar months that a patient leafs through, from the first day in care until today."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_MONTH = re.compile(r"((?:19|20)[0-9]{2})-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month; `name` is how an address writes it: 2026-11."""

    first: date

    @property
    def name(self) -> str:
        """The month in an address."""
        return f"{self.first:%Y-%m}"

    @property
    def earlier(self) -> "Month":
        """The month before."""
        return month_of(self.first - timedelta(days=1))

    @property
    def later(self) -> "Month":
        """The month after."""
        return month_of(self.first + timedelta(days=31))

    def instants(self, zone: str) -> tuple[datetime, datetime]:
        """Return when it begins and when the next one begins, by the clock on the wall."""
        return _midnight(self.first, zone), _midnight(self.later.first, zone)


def _midnight(on: date, zone: str) -> datetime:
    return datetime.combine(on, time(0), ZoneInfo(zone)).astimezone(UTC)


def month_of(on: date) -> Month:
    """Return the month of a day."""
    return Month(on.replace(day=1))


def month_asked(text: str, *, first: Month, last: Month) -> Month:
    """Return the month that an address names, kept within `first` and `last`; else the last."""
    found = _MONTH.fullmatch(text)
    if found is None:
        return last
    return max(first, min(last, Month(date(int(found[1]), int(found[2]), 1))))


def months_between(first: Month, last: Month) -> Iterator[Month]:
    """Yield the months from the last back to the first."""
    while last >= first:
        yield last
        last = last.earlier
