"""The calendar chart: 56 days of pain, the visits among them, and how much pain got in the way.

One record per drawing; a phone, a column, a desktop and a sheet of paper each have their own, so
that type never shrinks. The rules are those of docs/statistics.md, "Charts".
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from portal.review.calendar_labels import axis_labels, notes, visit_labels
from portal.review.calendar_plan import (
    COLUMN,
    DAYS,
    DESKTOP,
    HANDLE,
    PHONE,
    PRINT,
    TOP,
    CalendarWords,
    Plan,
    Shape,
    band_edges,
    plan_of,
)
from portal.review.drawing import Box, Label, bars, joined, level_line, points, short, upright
from portal.review.sparkline import Spark, shades, sparkline, sparkline_of
from portal.review.trends import Day, Record, VisitMark, Window, fortnights_until
from portal.review.visit_chart import (
    VISITS_DESKTOP,
    VISITS_PHONE,
    VISITS_PRINT,
    VisitCurves,
    VisitShape,
    VisitWords,
    visit_curves,
    visit_drawings,
)

__all__ = [
    "COLUMN",
    "DESKTOP",
    "PHONE",
    "PRINT",
    "VISITS_DESKTOP",
    "VISITS_PHONE",
    "VISITS_PRINT",
    "Calendar",
    "CalendarWords",
    "Shape",
    "Spark",
    "VisitCurves",
    "VisitShape",
    "VisitWords",
    "calendar",
    "shades",
    "sparkline",
    "sparkline_of",
    "visit_curves",
    "visit_drawings",
]

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """One drawing, ready for its template: every field but `labels` is a path ("" for none)."""

    shape: Shape
    height: float
    title: str
    desc: str
    band: str
    after: str
    grid: str
    baseline: str
    needles: str
    handles: str
    steps: str
    interference_steps: str
    dots: str
    late_dots: str
    interference_dots: str
    late_interference_dots: str
    written: str
    written_late: str
    missing: str
    labels: tuple[Label, ...]


def calendar(
    record: Record, shape: Shape, words: CalendarWords, *, last: date | None = None
) -> Calendar:
    """The 56 days that end with the recent window, or those that end on an earlier day."""
    window = Window.ending(last or record.recent.window.last, length=DAYS)
    plan = plan_of(shape, window, words)
    days = window.of(record.days)
    visits = [visit for visit in record.visits if visit.on in window]
    steps = record.fortnights if last is None else fortnights_until(record, window.last)
    lower = [day for day in days if day.interference is not None]
    return Calendar(
        shape=shape,
        height=plan.height,
        title=words.title,
        desc=words.desc,
        band=_band(record, plan),
        after=_after(record, plan),
        grid=_grid(plan),
        baseline=_baseline(record, plan),
        needles=_needles(visits, plan),
        handles="".join(upright(plan.x(v.on), *HANDLE) for v in visits if v.is_needling),
        steps=_steps([(each.window, each.mean) for each in steps], plan, plan.y),
        interference_steps=_steps(
            [(each.window, each.interference) for each in steps], plan, plan.lower_y
        ),
        dots=_dots(days, plan, is_late=False),
        late_dots=_dots(days, plan, is_late=True),
        interference_dots=_lower_dots(lower, plan, is_late=False),
        late_interference_dots=_lower_dots(lower, plan, is_late=True),
        written=_cells(days, plan, is_late=False),
        written_late=_cells(days, plan, is_late=True),
        missing=_missing(record, days, plan),
        labels=(*axis_labels(plan), *visit_labels(visits, plan), *notes(record, steps, plan)),
    )


def _band(record: Record, plan: Plan) -> str:
    edges = band_edges(record)
    if edges is None:
        return ""
    low, high = edges
    return bars([Box(plan.shape.left, plan.y(high), plan.shape.right, plan.y(low))])


def _after(record: Record, plan: Plan) -> str:
    """The days after needling that are not counted, in both panels."""
    shown = (on for on in record.unsettled if on in plan.window)
    spans = joined((plan.edge(on), plan.edge(on) + plan.shape.step + 0.01) for on in shown)
    upper = [Box(left, TOP, right, plan.bottom) for left, right in spans]
    lower = [Box(left, plan.lower_top, right, plan.lower_bottom) for left, right in spans]
    return bars(upper + lower)


def _grid(plan: Plan) -> str:
    heights = [plan.y(0), plan.y(5), plan.y(10), plan.lower_y(0), plan.lower_y(10)]
    return "".join(level_line(plan.shape.left, plan.shape.right, y) for y in heights)


def _baseline(record: Record, plan: Plan) -> str:
    if record.baseline is None or record.baseline.mean is None:
        return ""
    y = plan.y(float(record.baseline.mean))
    return level_line(plan.shape.left, plan.shape.right, y)


def _needles(visits: Iterable[VisitMark], plan: Plan) -> str:
    return "".join(
        upright(plan.x(visit.on), HANDLE[0] + 3 if visit.is_needling else TOP, plan.bottom)
        + upright(plan.x(visit.on), plan.lower_top, plan.lower_bottom)
        for visit in visits
    )


def _steps(
    means: Sequence[tuple[Window, Fraction | None]], plan: Plan, y: Callable[[float], float]
) -> str:
    """The mean of each fortnight as a level line, joined to the next; a gap where there is none."""
    path = ""
    was_drawn = False
    for window, value in means:
        is_drawn = value is not None and window.last >= plan.window.first
        if is_drawn:
            left = max(plan.edge(window.first), plan.shape.left)
            height, right = short(y(float(value or 0))), short(plan.edge(window.last + ONE_DAY))
            path += f"{'V' if was_drawn else f'M{short(left)} '}{height}H{right}"
        was_drawn = is_drawn
    return path


def _dots(days: Iterable[Day], plan: Plan, *, is_late: bool) -> str:
    return points(
        [
            (plan.day(day.on), plan.scores[day.pain_average])
            for day in days
            if day.is_late is is_late and day.pain_average is not None
        ]
    )


def _lower_dots(days: Iterable[Day], plan: Plan, *, is_late: bool) -> str:
    return points(
        [
            (plan.day(day.on), plan.lower_scores[day.interference])
            for day in days
            if day.is_late is is_late and day.interference is not None
        ]
    )


def _cells(days: Iterable[Day], plan: Plan, *, is_late: bool) -> str:
    """The strip of days written: one upright bar each."""
    width = 2 * plan.shape.step / 3
    start, end = f"h{short(-width / 2)}", f"v8h{short(width)}v-8z"
    top = short(plan.strip)
    return "".join(
        f"M{plan.day(day.on)} {top}{start}{end}" for day in days if day.is_late is is_late
    )


def _missing(record: Record, days: Sequence[Day], plan: Plan) -> str:
    """A tick for each day without an entry, from the diary's first day on."""
    written = {day.on for day in days}
    begun = record.days[0].on if record.days else date.max
    top = short(plan.strip + 1)
    gaps = (on for on in plan.window if on >= begun and on not in written)
    return "".join(f"M{plan.day(on)} {top}v6" for on in gaps)
