"""The one record that page, print, text, PDF and exports of a review read.

Dated numbers and visits go in, one frozen record comes out: no database, no clock, no web. Every
rule is explained in docs/statistics.md.
"""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from statistics import stdev

from portal.review.change import (
    Change,
    Reason,
    Verdict,
    change_between,
    non_overlap,
    percent_lower,
    verdict_on,
)
from portal.review.figures import Diary, Figures, diary_of
from portal.review.responses import Aligned, Flare, Line, Response, responses_to
from portal.review.thresholds import USUAL, Thresholds
from portal.review.windows import (
    Baseline,
    Day,
    VisitMark,
    Window,
    settled,
    tenth,
)

__all__ = [
    "USUAL",
    "Aligned",
    "Baseline",
    "Change",
    "Completion",
    "Day",
    "Figures",
    "Flare",
    "Line",
    "Outlook",
    "OwnView",
    "Reason",
    "Record",
    "Response",
    "Swing",
    "Thresholds",
    "Verdict",
    "VisitMark",
    "Window",
    "fortnights_until",
    "outlook",
    "record_of",
    "tenth",
    "verdicts_ahead",
]

SWING_DAYS = 7
SWING_PAIRS = 5
NOTHING_ASKED: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class Completion:
    """How many of the days the plan asked for were written about, over the recent window.

    `entry_days` and `late` count all days written about, asked for or not.
    """

    asked: int
    written: int
    entry_days: int
    late: int


@dataclass(frozen=True, slots=True)
class Swing:
    """How much pain moves: spread of the settled days, and mean squared step between two days.

    Each is None where there are too few days for it.
    """

    deviation: float | None
    step: float | None


@dataclass(frozen=True, slots=True)
class OwnView:
    """The patient's own word on the time since before the last visit, and its day."""

    change: str
    on: date


@dataclass(frozen=True, slots=True)
class Record:
    """Everything the review says about one diary on one day.

    `days` are all entry days and `visits` all visits held up to today, oldest first. `change`,
    `overlap` (NAP) and `percent` are None where the verdict is "not enough days"; `percent` also
    where pain starts too low for one. `fortnights` are the four 14-day windows that end with the
    recent one. Figures, responses and curves end with the last day of the recent window; `days` go
    on to today. A positive drop, also of interference, means lower now.
    """

    today: date
    thresholds: Thresholds
    days: tuple[Day, ...]
    visits: tuple[VisitMark, ...]
    needlings: tuple[VisitMark, ...]
    unsettled: frozenset[date]
    recent: Figures
    baseline: Figures | None
    baseline_kind: Baseline | None
    completion: Completion
    verdict: Verdict
    reason: Reason | None
    change: Change | None
    overlap: Fraction | None
    percent: Fraction | None
    swing: Swing
    responses: tuple[Response, ...]
    aligned: Aligned
    interference_drop: Fraction | None
    own_view: OwnView | None
    fortnights: tuple[Figures, ...]


def _lack(baseline: Figures | None, recent: Figures) -> Reason | None:
    """Why there are not enough days; None where there are."""
    if baseline is None:
        return Reason.NO_BASELINE
    if baseline.window.overlaps(recent.window):
        return Reason.OVERLAP
    if baseline.mean is None:
        return Reason.TOO_FEW_BEFORE
    return Reason.TOO_FEW_RECENT if recent.mean is None else None


@dataclass(frozen=True, slots=True)
class _Judgement:
    """The verdict and what it rests on."""

    verdict: Verdict
    reason: Reason | None = None
    change: Change | None = None
    overlap: Fraction | None = None
    percent: Fraction | None = None


def _verdict(
    baseline: Figures | None, recent: Figures, thresholds: Thresholds
) -> tuple[Verdict, Reason | None, Change | None]:
    reason = _lack(baseline, recent)
    if reason or baseline is None or baseline.mean is None:
        return Verdict.NOT_ENOUGH_DAYS, reason, None
    change = change_between(baseline.settled, recent.settled, thresholds)
    return verdict_on(change, before=baseline.mean, thresholds=thresholds), None, change


def _judged(baseline: Figures | None, recent: Figures, thresholds: Thresholds) -> _Judgement:
    verdict, reason, change = _verdict(baseline, recent, thresholds)
    if baseline is None or baseline.mean is None or change is None:
        return _Judgement(verdict, reason)
    return _Judgement(
        verdict,
        change=change,
        overlap=non_overlap(baseline.settled, recent.settled),
        percent=percent_lower(change, before=baseline.mean, thresholds=thresholds),
    )


def _completion(days: Sequence[Day], window: Window, asked_on: Container[date]) -> Completion:
    written = window.of(days)
    return Completion(
        asked=sum(on in asked_on for on in window),
        written=sum(day.on in asked_on for day in written),
        entry_days=len(written),
        late=sum(day.is_late for day in written),
    )


def _swing(days: Sequence[Day], window: Window, unsettled: frozenset[date]) -> Swing:
    values = [
        (day.on, day.pain_average)
        for day in settled(window.of(days), unsettled)
        if day.pain_average is not None
    ]
    steps = [
        (now - then) ** 2
        for (earlier, then), (later, now) in pairwise(values)
        if later - earlier == timedelta(days=1)
    ]
    return Swing(
        stdev(value for _, value in values) if len(values) >= SWING_DAYS else None,
        sum(steps) / len(steps) if len(steps) >= SWING_PAIRS else None,
    )


def _own_view(days: Sequence[Day], window: Window) -> OwnView | None:
    said = [OwnView(day.change, day.on) for day in window.of(days) if day.change]
    return said[-1] if said else None


def _interference_drop(baseline: Figures | None, recent: Figures) -> Fraction | None:
    if baseline is None or baseline.window.overlaps(recent.window):
        return None
    if baseline.interference is None or recent.interference is None:
        return None
    return baseline.interference - recent.interference


def _is_visited(visits: Sequence[VisitMark], on: date) -> bool:
    return any(visit.on == on for visit in visits)


def record_of(
    days: Iterable[Day],
    visits: Iterable[VisitMark],
    *,
    today: date,
    visit_today: bool,
    asked_on: Container[date] = NOTHING_ASKED,
    thresholds: Thresholds = USUAL,
) -> Record:
    """What the review says about a diary today.

    `days` hold at most one Day per date, in any order; `visits` are those held. `today` is the
    date in the patient's zone; `visit_today` says that a visit is planned today (one held today
    is seen). `asked_on` are the dates the plan asked for.
    """
    marks = tuple(sorted((v for v in visits if v.on <= today), key=lambda v: (v.on, v.number)))
    diary = diary_of(days, marks, today, thresholds)
    recent = diary.recent(today, visit_today=visit_today or _is_visited(marks, today))
    found = diary.baseline()
    fortnights = diary.fortnights(recent)
    now = fortnights[-1]
    before = diary.figures(found[0]) if found else None
    judged = _judged(before, now, thresholds)
    until_now = Window(date.min, recent.last).of(diary.days)
    responses, aligned = responses_to(until_now, diary.needlings)
    return Record(
        today=today,
        thresholds=thresholds,
        days=diary.days,
        visits=marks,
        needlings=diary.needlings,
        unsettled=diary.unsettled,
        recent=now,
        baseline=before,
        baseline_kind=found[1] if found else None,
        completion=_completion(diary.days, recent, asked_on),
        verdict=judged.verdict,
        reason=judged.reason,
        change=judged.change,
        overlap=judged.overlap,
        percent=judged.percent,
        swing=_swing(diary.days, recent, diary.unsettled),
        responses=responses,
        aligned=aligned,
        interference_drop=_interference_drop(before, now),
        own_view=_own_view(diary.days, recent),
        fortnights=fortnights,
    )


def fortnights_until(record: Record, last: date) -> tuple[Figures, ...]:
    """The four windows that end on an earlier day, for the days before those usually drawn."""
    diary = Diary(record.days, record.needlings, record.unsettled, record.thresholds)
    return diary.fortnights(Window.ending(last, length=record.thresholds.window_days))


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a day will say if nothing more is written: the verdict, the level and the drop."""

    verdict: Verdict
    level: Fraction | None
    drop: Fraction | None


def outlook(
    days: Iterable[Day],
    visits: Iterable[VisitMark],
    *,
    today: date,
    visits_on: Container[date] = NOTHING_ASKED,
    thresholds: Thresholds = USUAL,
    days_ahead: int = 14,
) -> tuple[Outlook, ...]:
    """What today and each of the next days will say, as if nothing more were written.

    `visits_on` are the dates on which a visit is planned. Past the last one the verdict
    is "not enough days": by then no day of the diary is recent.
    """
    marks = tuple(visits)
    diary = diary_of(days, marks, today, thresholds)
    found = diary.baseline()
    before = diary.figures(found[0]) if found else None

    def said(on: date) -> Outlook:
        visit_today = on in visits_on or _is_visited(marks, on)
        recent = diary.figures(diary.recent(on, visit_today=visit_today))
        verdict, _, change = _verdict(before, recent, thresholds)
        return Outlook(verdict, recent.mean, change.drop if change else None)

    return tuple(said(today + timedelta(days=n)) for n in range(days_ahead + 1))


def verdicts_ahead(
    days: Iterable[Day],
    visits: Iterable[VisitMark],
    *,
    today: date,
    visits_on: Container[date] = NOTHING_ASKED,
    thresholds: Thresholds = USUAL,
) -> tuple[Verdict, ...]:
    """The verdict today and on each of the next 14 days, as if nothing more were written."""
    ahead = outlook(days, visits, today=today, visits_on=visits_on, thresholds=thresholds)
    return tuple(each.verdict for each in ahead)
