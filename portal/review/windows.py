"""The days of a diary, the visits, and the windows of days that are compared."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum
from fractions import Fraction
from operator import attrgetter
from typing import NamedTuple


class Day(NamedTuple):  # a year has hundreds: made in a third of the time of a dataclass
    """What the patient wrote about one day: the newest version of that day's entry.

    All scores are whole numbers 0-10. `change` is the patient's own word ("better", "same",
    "worse"). `is_late` says that the day was written about on a later day. A day without an
    average pain counts in no figure.
    """

    on: date
    pain_average: int | None = None
    pain_worst: int | None = None
    interference: int | None = None
    soreness: int | None = None
    change: str | None = None
    is_late: bool = False

    @property
    def peak(self) -> int | None:
        """The worst moment of the day, or the day's average where no worst was given."""
        return self.pain_average if self.pain_worst is None else self.pain_worst


_date = attrgetter("on")


@dataclass(frozen=True, slots=True)
class VisitMark:
    """A visit that was held; `on` is day 0 of what follows it."""

    number: int
    on: date
    is_needling: bool = True


@dataclass(frozen=True, slots=True)
class Window:
    """A run of calendar days, both ends included."""

    first: date
    last: date

    @classmethod
    def ending(cls, last: date, *, length: int) -> "Window":
        """The window of so many days that ends on this one."""
        return cls(last - timedelta(days=length - 1), last)

    @classmethod
    def starting(cls, first: date, *, length: int) -> "Window":
        """The window of so many days that begins on this one."""
        return cls(first, first + timedelta(days=length - 1))

    @property
    def length(self) -> int:
        """How many calendar days it holds."""
        return (self.last - self.first).days + 1

    def __contains__(self, on: date) -> bool:
        return self.first <= on <= self.last

    def __iter__(self) -> Iterator[date]:
        return map(date.fromordinal, range(self.first.toordinal(), self.last.toordinal() + 1))

    def overlaps(self, other: "Window") -> bool:
        """Whether the two share a day."""
        return self.first <= other.last and other.first <= self.last

    def of(self, days: Sequence[Day]) -> tuple[Day, ...]:
        """Those of the days, given oldest first, that lie in it."""
        start = bisect_left(days, self.first, key=_date)
        return tuple(days[start : bisect_right(days, self.last, lo=start, key=_date)])


class Baseline(Enum):
    """Which days stand for "before"."""

    BEFORE_FIRST_VISIT = "before-first-visit"
    FIRST_TWO_WEEKS = "first-two-weeks"


def entry_days(days: Iterable[Day], *, today: date) -> tuple[Day, ...]:
    """The days that count, oldest first: those with an average pain and not after today."""
    counted = (day for day in days if day.pain_average is not None and day.on <= today)
    return tuple(sorted(counted, key=_date))


def needling_visits(visits: Iterable[VisitMark], *, today: date) -> tuple[VisitMark, ...]:
    """The visits with needling up to today, oldest first."""
    held = (visit for visit in visits if visit.is_needling and visit.on <= today)
    return tuple(sorted(held, key=lambda visit: (visit.on, visit.number)))


def unsettled_dates(needlings: Iterable[VisitMark], *, days_after: int) -> frozenset[date]:
    """The dates on which soreness after needling is common: days 1 and 2, never day 0."""
    return frozenset(
        visit.on + timedelta(days=n) for visit in needlings for n in range(1, days_after + 1)
    )


def settled(days: Iterable[Day], unsettled: frozenset[date]) -> tuple[Day, ...]:
    """The entry days that are not day 1 or day 2 after a visit with needling."""
    return tuple(day for day in days if day.on not in unsettled)


def recent_window(today: date, *, visit_today: bool, length: int) -> Window:
    """The days ending today, or yesterday when a visit is planned or held today."""
    return Window.ending(today - timedelta(days=1) if visit_today else today, length=length)


def baseline_window(
    days: Sequence[Day], needlings: Sequence[VisitMark], *, length: int, minimum: int
) -> tuple[Window, Baseline] | None:
    """The days before the first visit with needling, or the diary's first two weeks.

    The second is taken where the first hold too few entry days; without a visit with needling,
    or without a diary, there is no baseline. `days` and `needlings` come oldest first.
    """
    if not needlings or not days:
        return None
    before = Window.ending(needlings[0].on - timedelta(days=1), length=length)
    if len(before.of(days)) >= minimum:
        return before, Baseline.BEFORE_FIRST_VISIT
    return Window.starting(days[0].on, length=length), Baseline.FIRST_TWO_WEEKS


def mean(values: Sequence[int]) -> Fraction:
    """The exact mean of whole numbers."""
    return Fraction(sum(values), len(values))


def tenth(value: Fraction | float) -> Decimal:
    """A figure as it is shown: one decimal, half away from zero, never a negative zero.

    Both signs round alike, so that a change and its mirror image show the same number.
    """
    if isinstance(value, Fraction):
        exact = Decimal(value.numerator) / Decimal(value.denominator)
    else:
        exact = Decimal(repr(value))
    return exact.quantize(Decimal("0.1"), ROUND_HALF_UP) + 0
