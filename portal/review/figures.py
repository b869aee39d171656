"""A diary made ready for counting, and what the days of one window say."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from portal.review.thresholds import Thresholds
from portal.review.windows import (
    Baseline,
    Day,
    VisitMark,
    Window,
    baseline_window,
    entry_days,
    mean,
    needling_visits,
    recent_window,
    settled,
    unsettled_dates,
)

FORTNIGHTS = 4


@dataclass(frozen=True, slots=True)
class Figures:
    """What the days of one window say.

    `settled` are the values of its settled days, oldest first. Means are None under the minimum
    of settled days, and so are `worst` and `high_days` (days on which the worst was 7 or more,
    over all `entry_days`).
    """

    window: Window
    entry_days: int
    settled: tuple[int, ...]
    mean: Fraction | None
    worst: int | None
    high_days: int | None
    interference: Fraction | None
    interference_days: int


@dataclass(frozen=True, slots=True)
class Diary:
    """A diary made ready: entry days and visits oldest first, and the days left out."""

    days: tuple[Day, ...]
    needlings: tuple[VisitMark, ...]
    unsettled: frozenset[date]
    thresholds: Thresholds

    def figures(self, window: Window) -> Figures:
        """What the days of this window say."""
        days = window.of(self.days)
        calm = settled(days, self.unsettled)
        pain = tuple(day.pain_average for day in calm if day.pain_average is not None)
        peaks = [day.peak for day in days if day.peak is not None]
        felt = [day.interference for day in calm if day.interference is not None]
        is_enough = len(pain) >= self.thresholds.settled_days
        return Figures(
            window=window,
            entry_days=len(days),
            settled=pain,
            mean=mean(pain) if is_enough else None,
            worst=max(peaks) if is_enough else None,
            high_days=sum(peak >= self.thresholds.high for peak in peaks) if is_enough else None,
            interference=mean(felt) if len(felt) >= self.thresholds.settled_days else None,
            interference_days=len(felt),
        )

    def baseline(self) -> tuple[Window, Baseline] | None:
        """Which days stand for "before"."""
        return baseline_window(
            self.days,
            self.needlings,
            length=self.thresholds.window_days,
            minimum=self.thresholds.settled_days,
        )

    def recent(self, today: date, *, visit_today: bool) -> Window:
        """Which days stand for "now"."""
        return recent_window(today, visit_today=visit_today, length=self.thresholds.window_days)

    def fortnights(self, recent: Window) -> tuple[Figures, ...]:
        """The four windows that end with the recent one, oldest first."""
        ends = (
            recent.last - timedelta(days=back * recent.length)
            for back in reversed(range(FORTNIGHTS))
        )
        return tuple(self.figures(Window.ending(end, length=recent.length)) for end in ends)


def diary_of(
    days: Iterable[Day], visits: Iterable[VisitMark], today: date, thresholds: Thresholds
) -> Diary:
    """The diary up to today, without the days that count in no figure."""
    needlings = needling_visits(visits, today=today)
    unsettled = unsettled_dates(needlings, days_after=thresholds.days_after)
    return Diary(entry_days(days, today=today), needlings, unsettled, thresholds)
