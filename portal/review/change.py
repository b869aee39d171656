"""Change between two windows of settled days, and the verdict on it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from functools import lru_cache

from portal.review.thresholds import USUAL, Thresholds


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


@dataclass(frozen=True, slots=True)
class _Rule:
    """The thresholds as exact fractions, turned once: a year of days asks them often."""

    points: Fraction
    points_with_percent: Fraction
    percent: Fraction
    prior: Fraction
    widening: Fraction
    quantile: Fraction


@lru_cache(maxsize=32)
def _rule(thresholds: Thresholds) -> _Rule:
    correlation = Fraction(thresholds.correlation)
    return _Rule(
        points=Fraction(thresholds.points),
        points_with_percent=Fraction(thresholds.points_with_percent),
        percent=Fraction(thresholds.percent),
        prior=thresholds.prior_days * Fraction(thresholds.deviation) ** 2,
        widening=(1 + correlation) / (1 - correlation),
        quantile=Fraction(thresholds.quantile),
    )


def _scatter(values: Sequence[int]) -> int:
    """The sum of squared distances from the mean, times the number of values."""
    return len(values) * sum(value * value for value in values) - sum(values) ** 2


def change_between(
    before: Sequence[int], recent: Sequence[int], thresholds: Thresholds = USUAL
) -> Change:
    """The change from one set of settled days to another.

    Each day's scatter is pooled with what is known of people whose pain does not change, and the
    error is widened because neighbouring days resemble each other (Thresholds).
    """
    rule = _rule(thresholds)
    earlier, later = len(before), len(recent)
    both = earlier * later
    freedom = earlier + later - 2 + thresholds.prior_days
    scatter = Fraction(_scatter(before) * later + _scatter(recent) * earlier, both)
    days = Fraction(earlier + later, both * freedom)
    return Change(
        drop=Fraction(sum(before) * later - sum(recent) * earlier, both),
        variance=(scatter + rule.prior) * days * rule.widening,
        quantile=rule.quantile,
        days_before=earlier,
        days_recent=later,
    )


def _is_noticeable(size: Fraction, before: Fraction, thresholds: Thresholds) -> bool:
    """Whether a change of this size is one that people usually notice."""
    rule = _rule(thresholds)
    if size >= rule.points:
        return True
    if size < rule.points_with_percent:
        return False
    return before > 0 and 100 * size >= rule.percent * before


def verdict_on(change: Change, *, before: Fraction, thresholds: Thresholds = USUAL) -> Verdict:
    """What may be said of this change; `before` is the mean it started from."""
    if _is_noticeable(abs(change.drop), before, thresholds) and change.is_clear:
        return Verdict.BETTER if change.drop > 0 else Verdict.WORSE
    if change.is_within(_rule(thresholds).points):
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
