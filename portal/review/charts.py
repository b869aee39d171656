"""The calendar chart: 56 days of pain, the visits among them, and how much pain got in the way.

One record per drawing; a phone, a column, a desktop and a sheet of paper each have their own, so
that type never shrinks. The rules are those of docs/statistics.md, "Charts".
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import NamedTuple

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
from portal.review.drawing import Box, Label, bars, level_line, points, short, stretches, upright
from portal.review.sparkline import Spark, shades, sparkline, sparkline_of
from portal.review.trends import Figures, Record, VisitMark, Window, fortnights_until
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
    "calendars",
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


class _Mark(NamedTuple):
    """A day that was written about, by its place in the window."""

    place: int
    pain: int | None
    interference: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """What a calendar shows, the same in every shape: days by their place in the window.

    `uncounted` are the first and last place of each stretch after needling; `missing` are the
    days without an entry, from the diary's first day on.
    """

    record: Record
    window: Window
    steps: Sequence[Figures]
    visits: Sequence[VisitMark]
    prompt: Sequence[_Mark]
    late: Sequence[_Mark]
    uncounted: Sequence[tuple[int, int]]
    missing: Sequence[int]


def _shown(record: Record, last: date | None) -> _Shown:
    window = Window.ending(last or record.recent.window.last, length=DAYS)
    first = window.first.toordinal()
    days = window.of(record.days)
    marks = [
        (day.is_late, _Mark(day.on.toordinal() - first, day.pain_average, day.interference))
        for day in days
    ]
    written = {mark.place for _, mark in marks}
    begun = record.days[0].on.toordinal() - first if record.days else DAYS
    return _Shown(
        record=record,
        window=window,
        steps=record.fortnights if last is None else fortnights_until(record, window.last),
        visits=[visit for visit in record.visits if visit.on in window],
        prompt=[mark for is_late, mark in marks if not is_late],
        late=[mark for is_late, mark in marks if is_late],
        uncounted=stretches(on.toordinal() - first for on in record.unsettled if on in window),
        missing=[n for n in range(max(begun, 0), DAYS) if n not in written],
    )


def calendar(
    record: Record, shape: Shape, words: CalendarWords, *, last: date | None = None
) -> Calendar:
    """The 56 days that end with the recent window, or those that end on an earlier day."""
    return _drawn(_shown(record, last), shape, words)


def calendars(
    record: Record, shapes: Iterable[Shape], words: CalendarWords
) -> tuple[Calendar, ...]:
    """The same days in several shapes; what they show is looked for once."""
    shown = _shown(record, None)
    return tuple(_drawn(shown, shape, words) for shape in shapes)


def _drawn(shown: _Shown, shape: Shape, words: CalendarWords) -> Calendar:
    record, visits, steps = shown.record, shown.visits, shown.steps
    plan = plan_of(shape, shown.window, words)
    return Calendar(
        shape=shape,
        height=plan.height,
        title=words.title,
        desc=words.desc,
        band=_band(record, plan),
        after=_after(shown.uncounted, plan),
        grid=_grid(plan),
        baseline=_baseline(record, plan),
        needles=_needles(visits, plan),
        handles="".join(upright(plan.x(v.on), *HANDLE) for v in visits if v.is_needling),
        steps=_steps([(each.window, each.mean) for each in steps], plan, plan.y),
        interference_steps=_steps(
            [(each.window, each.interference) for each in steps], plan, plan.lower_y
        ),
        dots=_dots(shown.prompt, plan),
        late_dots=_dots(shown.late, plan),
        interference_dots=_lower_dots(shown.prompt, plan),
        late_interference_dots=_lower_dots(shown.late, plan),
        written=_cells(shown.prompt, plan),
        written_late=_cells(shown.late, plan),
        missing=_missing(shown.missing, plan),
        labels=(*axis_labels(plan), *visit_labels(visits, plan), *notes(record, steps, plan)),
    )


def _band(record: Record, plan: Plan) -> str:
    edges = band_edges(record)
    if edges is None:
        return ""
    low, high = edges
    return bars([Box(plan.shape.left, plan.y(high), plan.shape.right, plan.y(low))])


def _after(stretches: Sequence[tuple[int, int]], plan: Plan) -> str:
    """The days after needling that are not counted, in both panels."""
    step, left = plan.shape.step, plan.shape.left
    spans = [(left + start * step, left + end * step + step + 0.01) for start, end in stretches]
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


def _dots(marks: Iterable[_Mark], plan: Plan) -> str:
    days, scores = plan.days, plan.scores
    return points([(days[n], scores[pain]) for n, pain, _ in marks if pain is not None])


def _lower_dots(marks: Iterable[_Mark], plan: Plan) -> str:
    days, scores = plan.days, plan.lower_scores
    return points([(days[n], scores[felt]) for n, _, felt in marks if felt is not None])


def _cells(marks: Iterable[_Mark], plan: Plan) -> str:
    """The strip of days written: one upright bar each."""
    width = 2 * plan.shape.step / 3
    bar = f" {short(plan.strip)}h{short(-width / 2)}v8h{short(width)}v-8z"
    return "".join([f"M{plan.days[mark.place]}{bar}" for mark in marks])


def _missing(places: Iterable[int], plan: Plan) -> str:
    """A tick for each day without an entry."""
    tick = f" {short(plan.strip + 1)}v6"
    return "".join([f"M{plan.days[place]}{tick}" for place in places])
