"""Change between two windows of settled days, and the verdict on it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

from portal.review.thresholds import USUAL, Thresholds
from portal.review.windows import mean


class Verdict(Enum):
    """What may be said about the time since before the first visit."""

    BETTER = "better"
    WORSE = "worse"
    ABOUT_THE_SAME = "about-the-same"
    NOT_CLEAR_YET = "not-clear-yet"
    NOT_ENOUGH_DAYS = "not-enough-days"


class Reason(Enum):
    """Why there are not enough days for a verdict."""

    NO_BASELINE = "no-baseline"
    OVERLAP = "overlap"
    TOO_FEW_BEFORE = "too-few-before"
    TOO_FEW_RECENT = "too-few-recent"


@dataclass(frozen=True, slots=True)
class Change:
    """How far the recent days lie under the earlier ones, and how sure that is.

    `drop` is mean before minus mean recent: above 0 is less pain now. `variance` is the squared
    standard error; both are exact, so that a threshold is met or not whatever the machine. The
    interval is the drop ± 1.96 standard errors.
    """

    drop: Fraction
    variance: Fraction
    quantile: Fraction
    days_before: int
    days_recent: int

    @property
    def standard_error(self) -> float:
        """How far the drop may stray by the diary's own ups and downs."""
        return math.sqrt(self.variance)

    @property
    def low(self) -> float:
        """The smaller end of the interval."""
        return float(self.drop) - float(self.quantile) * self.standard_error

    @property
    def high(self) -> float:
        """The larger end of the interval."""
        return float(self.drop) + float(self.quantile) * self.standard_error

    @property
    def is_clear(self) -> bool:
        """Whether the whole interval lies on one side of no change."""
        return self.drop**2 > self.quantile**2 * self.variance

    def is_within(self, points: Fraction) -> bool:
        """Whether the whole interval lies within so many points of no change."""
        room = points - abs(self.drop)
        return room >= 0 and room**2 >= self.quantile**2 * self.variance


def _scatter(values: Sequence[int]) -> Fraction:
    """The sum of squared distances from the mean."""
    return sum(value * value for value in values) - Fraction(sum(values) ** 2, len(values))


def change_between(
    before: Sequence[int], recent: Sequence[int], thresholds: Thresholds = USUAL
) -> Change:
    """The change from one set of settled days to another.

    Each day's scatter is pooled with what is known of people whose pain does not change, and the
    error is widened because neighbouring days resemble each other (Thresholds).
    """
    correlation = Fraction(thresholds.correlation)
    prior = thresholds.prior_days * Fraction(thresholds.deviation) ** 2
    freedom = len(before) + len(recent) - 2 + thresholds.prior_days
    spread = (_scatter(before) + _scatter(recent) + prior) / freedom
    days = Fraction(1, len(before)) + Fraction(1, len(recent))
    return Change(
        drop=mean(before) - mean(recent),
        variance=spread * days * (1 + correlation) / (1 - correlation),
        quantile=Fraction(thresholds.quantile),
        days_before=len(before),
        days_recent=len(recent),
    )


def _is_noticeable(size: Fraction, before: Fraction, thresholds: Thresholds) -> bool:
    """Whether a change of this size is one that people usually notice."""
    if size >= Fraction(thresholds.points):
        return True
    is_large_share = before > 0 and 100 * size >= Fraction(thresholds.percent) * before
    return is_large_share and size >= Fraction(thresholds.points_with_percent)


def verdict_on(change: Change, *, before: Fraction, thresholds: Thresholds = USUAL) -> Verdict:
    """What may be said of this change; `before` is the mean it started from."""
    if change.is_clear and _is_noticeable(change.drop, before, thresholds):
        return Verdict.BETTER
    if change.is_clear and _is_noticeable(-change.drop, before, thresholds):
        return Verdict.WORSE
    if change.is_within(Fraction(thresholds.points)):
        return Verdict.ABOUT_THE_SAME
    return Verdict.NOT_CLEAR_YET


def non_overlap(
    before: Sequence[int], recent: Sequence[int], *, higher_is_better: bool = False
) -> Fraction:
    """The share of day-pairs in which the recent day is the better one; ties count half (NAP).

    Parker, Vannest and Davis 2011. Raises ZeroDivisionError where one side is empty.
    """
    sign = 1 if higher_is_better else -1
    gains = [sign * (now - then) for then in before for now in recent]
    return Fraction(2 * sum(gain > 0 for gain in gains) + gains.count(0), 2 * len(gains))


def percent_lower(
    change: Change, *, before: Fraction, thresholds: Thresholds = USUAL
) -> Fraction | None:
    """The drop as a percent of where it started; none where that is too low to divide by."""
    if before <= 0 or before < Fraction(thresholds.percent_from):
        return None
    return 100 * change.drop / before
