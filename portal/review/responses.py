"""What the days around each visit with needling say."""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import median

from portal.review.windows import Day, VisitMark, mean

ALIGNED = range(-3, 15)
DAYS_BEFORE = range(-3, 0)
FLARE_DAYS = range(3)
BEST_STARTS = range(3, 9)
RUN = 3
SORENESS_DAYS = range(15)
ENOUGH = 2
MEDIAN_FROM = 3
NEVER = 10**6


@dataclass(frozen=True, slots=True)
class Flare:
    """Pain that rose over the days just before a visit.

    `rise` is in points; `peak_day` and `back_on_day` count from the visit; `back_on_day` is None
    while pain is not back yet (or was not before the next visit).
    """

    rise: Fraction
    peak_day: int
    back_on_day: int | None


@dataclass(frozen=True, slots=True)
class Response:
    """The days around one visit with needling.

    `is_known` is False where too few days were written about; everything else is None then, and
    `is_written` tells whether there is any entry around the visit.
    `flare` is None where pain did not rise. `best` is the lowest mean of three days running on
    days 3 to 10. `soreness` is the highest, `sore_until` the last day on which it was above 0
    (None: never).
    """

    visit: VisitMark
    is_known: bool = False
    before: Fraction | None = None
    flare: Flare | None = None
    best: Fraction | None = None
    soreness: int | None = None
    sore_until: int | None = None
    is_written: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One visit's days from -3 to +14, None where nothing was written; the next visit ends it."""

    visit: VisitMark
    pain: tuple[int | None, ...]
    soreness: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Aligned:
    """All visits laid over each other at day 0.

    `counts` says for each day how many visits have a value; `medians` holds their median where
    there are at least three.
    """

    lines: tuple[Line, ...]
    counts: tuple[int, ...]
    medians: tuple[float | None, ...]

    @property
    def has_median(self) -> bool:
        """Whether any day has three visits to take the middle of."""
        return any(value is not None for value in self.medians)


@dataclass(frozen=True, slots=True)
class _Around:
    """One visit's stretch of diary by day number, from -3 on; the next visit is day `until`."""

    visit: VisitMark
    until: int
    pain: Mapping[int, int]
    soreness: Mapping[int, int]

    def known(self, numbers: Iterable[int]) -> list[int]:
        """Which of these days were written about."""
        return [n for n in numbers if n in self.pain]


def _stretches(days: Sequence[Day], needlings: Sequence[VisitMark]) -> list[_Around]:
    """Each visit's stretch; `days` and `needlings` come oldest first."""
    dates = [day.on.toordinal() for day in days]
    later = sorted({visit.on.toordinal() for visit in needlings})
    return [_stretch(visit, later, (days, dates)) for visit in needlings]


def _stretch(
    visit: VisitMark, visit_dates: Sequence[int], diary: tuple[Sequence[Day], Sequence[int]]
) -> _Around:
    """The days around a visit; dates are numbers here, since there are hundreds of them."""
    days, dates = diary
    zero = visit.on.toordinal()
    place = bisect_right(visit_dates, zero)
    until = visit_dates[place] - zero if place < len(visit_dates) else NEVER
    start = bisect_left(dates, zero + ALIGNED.start)
    stop = bisect_left(dates, zero + max(until, FLARE_DAYS.stop), lo=start)
    around = [(dates[n] - zero, days[n]) for n in range(start, stop)]
    sore_until = min(until, SORENESS_DAYS.stop)
    return _Around(
        visit,
        until,
        {n: day.pain_average for n, day in around if day.pain_average is not None},
        {n: day.soreness for n, day in around if day.soreness is not None and 0 <= n < sore_until},
    )


def _flare(around: _Around, before: Fraction) -> Flare | None:
    """The earliest peak on days 0 to 2 and the first day at or under the level before it."""
    peak_day = max(around.known(FLARE_DAYS), key=lambda n: (around.pain[n], -n))
    rise = around.pain[peak_day] - before
    if rise <= 0:
        return None
    level = math.floor(before)  # a whole number at or under the mean is at or under its floor
    later = (n for n, pain in around.pain.items() if pain <= level and peak_day < n < around.until)
    return Flare(rise, peak_day, next(later, None))


def _best(around: _Around) -> Fraction | None:
    """The lowest mean of three days running on days 3 to 10, before the next visit."""
    pain = around.pain
    sums = [
        pain[n] + pain[n + 1] + pain[n + 2]
        for n in BEST_STARTS
        if n + RUN <= around.until and n in pain and n + 1 in pain and n + 2 in pain
    ]
    return Fraction(min(sums), RUN) if sums else None


def _response(around: _Around) -> Response:
    before = [around.pain[n] for n in around.known(DAYS_BEFORE)]
    if len(before) < ENOUGH or len(around.known(FLARE_DAYS)) < ENOUGH:
        return Response(around.visit, is_written=bool(around.known(ALIGNED)))
    level = mean(before)
    return Response(
        visit=around.visit,
        is_known=True,
        before=level,
        flare=_flare(around, level),
        best=_best(around),
        soreness=max(around.soreness.values(), default=None),
        sore_until=max((n for n, sore in around.soreness.items() if sore > 0), default=None),
        is_written=True,
    )


def _line(around: _Around) -> Line:
    own = range(ALIGNED.start, min(ALIGNED.stop, around.until))
    gap = (None,) * (len(ALIGNED) - len(own))
    return Line(
        around.visit,
        (*map(around.pain.get, own), *gap),
        tuple(map(around.soreness.get, ALIGNED)),
    )


def _aligned(lines: tuple[Line, ...]) -> Aligned:
    columns = zip(*(line.pain for line in lines), strict=True) if lines else [()] * len(ALIGNED)
    known = [[value for value in column if value is not None] for column in columns]
    return Aligned(
        lines,
        tuple(len(column) for column in known),
        tuple(float(median(each)) if len(each) >= MEDIAN_FROM else None for each in known),
    )


def responses_to(
    days: Sequence[Day], needlings: Sequence[VisitMark]
) -> tuple[tuple[Response, ...], Aligned]:
    """Each visit's response, and all visits laid over each other.

    `days` are the entry days and `needlings` the visits with needling, both oldest first. A
    visit's days end where the next visit's begin; only the three days before a visit may be the
    days after the one before it.
    """
    stretches = _stretches(days, needlings)
    lines = tuple(_line(around) for around in stretches)
    return tuple(_response(around) for around in stretches), _aligned(lines)
