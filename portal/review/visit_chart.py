"""The visit-aligned chart: the days around every visit with needling, laid over each other."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from portal.review.drawing import (
    Box,
    Corner,
    Label,
    bars,
    level_line,
    polyline,
    runs,
    short,
    text_width,
    upright,
)
from portal.review.responses import ALIGNED, Aligned

TOP = 24.0
HANDLE = (9.0, 21.0)
NUMBERED = (-3, 3, 7, 10, 14)
HALF_TICK = 3.0
DASH = "h-3h6"
HALF = 0.5
SORE = (1, 2)
Stretch = Sequence[tuple[int, float]]


@dataclass(frozen=True, slots=True)
class VisitShape:
    """The measures of one drawing; in a roomy one the words stand beside the days."""

    medium: str
    width: float
    left: float
    right: float
    pain: float
    soreness: float
    font: float = 13.0
    is_roomy: bool = True

    @property
    def step(self) -> float:
        """The width of a day."""
        return (self.right - self.left) / len(ALIGNED)


VISITS_PHONE = VisitShape("phone", 240, 22, 236, 150, 54, is_roomy=False)
VISITS_DESKTOP = VisitShape("desktop", 672, 94, 662, 140, 44)
VISITS_PRINT = VisitShape("print", 470, 85, 462, 92, 30, font=12)


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitWords:
    """The words of the chart, in the reader's language; `title` is the finding."""

    title: str
    desc: str
    worst: str
    none: str
    no_soreness: str
    soreness: str
    counted: str
    day_zero: str
    minus: str = "−"


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitCurves:
    """One drawing, ready for its template: paths, single days as points, and labels."""

    shape: VisitShape
    height: float
    title: str
    desc: str
    after: str
    grid: str
    needle: str
    handle: str
    lines: str
    singles: tuple[Corner, ...]
    median: str
    soreness_lines: str
    soreness_singles: tuple[Corner, ...]
    labels: tuple[Label, ...]


@dataclass(frozen=True, slots=True)
class _Plan:
    """Where things stand in one drawing.

    `is_staggered` says that the counts need two rows because they would touch; `counts_end` is
    the lower edge of the counts and of their name.
    """

    shape: VisitShape
    words: VisitWords
    counts: tuple[int, ...]
    is_staggered: bool
    bottom: float
    counts_end: float
    lower_top: float
    lower_bottom: float
    height: float

    def x(self, number: float) -> float:
        """The middle of a day counted from the visit."""
        return self.shape.left + (number - ALIGNED.start + HALF) * self.shape.step

    def y(self, score: float) -> float:
        return self.bottom - score * self.shape.pain / 10

    def lower_y(self, score: float) -> float:
        return self.lower_bottom - score * self.shape.soreness / 10

    def pain(self, stretches: Iterable[Stretch]) -> list[list[Corner]]:
        """Where stretches of pain run."""
        return _drawn(self.shape, stretches, self.bottom, self.shape.pain)

    def soreness(self, stretches: Iterable[Stretch]) -> list[list[Corner]]:
        """Where stretches of soreness run."""
        return _drawn(self.shape, stretches, self.lower_bottom, self.shape.soreness)


def _drawn(
    shape: VisitShape, stretches: Iterable[Stretch], bottom: float, height: float
) -> list[list[Corner]]:
    days, heights = _days(shape), _heights(bottom, height)
    return [[(days[n], heights[value]) for n, value in run] for run in stretches]


@dataclass(frozen=True, slots=True)
class Stretches:
    """The lines of the chart without their gaps, the same for a drawing of any shape."""

    pain: Sequence[Stretch]
    soreness: Sequence[Stretch]
    median: Sequence[Stretch]


def stretches_of(aligned: Aligned) -> Stretches:
    """Cut each visit's line, and the middle one, where nothing was written."""
    return Stretches(
        [run for line in aligned.lines for run in runs(line.pain)],
        [run for line in aligned.lines for run in runs(line.soreness)],
        runs(aligned.medians),
    )


@lru_cache
def _heights(bottom: float, height: float) -> Mapping[float, str]:
    """The height of every whole and half score, written out; a median may lie between two."""
    scores = (n / 2 for n in range(21))
    return {score: short(bottom - score * height / 10) for score in scores}


@lru_cache
def _days(shape: VisitShape) -> tuple[str, ...]:
    return tuple(short(shape.left + (n + HALF) * shape.step) for n in range(len(ALIGNED)))


def _plan_of(shape: VisitShape, words: VisitWords, counts: tuple[int, ...]) -> _Plan:
    widest = max(text_width(str(count), font=shape.font) for count in counts)
    is_staggered = widest + HALF_TICK > shape.step
    rows = (2 if is_staggered else 1) + (0 if shape.is_roomy else 1)
    bottom = TOP + shape.pain
    counts_end = bottom + 4 + rows * (shape.font + 4)
    lower_top = counts_end + shape.font + 22
    lower_bottom = lower_top + shape.soreness
    return _Plan(
        shape=shape,
        words=words,
        counts=counts,
        is_staggered=is_staggered,
        bottom=bottom,
        counts_end=counts_end,
        lower_top=lower_top,
        lower_bottom=lower_bottom,
        height=lower_bottom + shape.font + 11,
    )


def visit_curves(aligned: Aligned, shape: VisitShape, words: VisitWords) -> VisitCurves:
    """A thin line for each visit, gaps left, and the median where three visits have a value."""
    return visit_drawings(aligned, [shape], words)[0]


def visit_drawings(
    aligned: Aligned, shapes: Iterable[VisitShape], words: VisitWords
) -> tuple[VisitCurves, ...]:
    """The same curves in several shapes; where they are cut is looked for once."""
    cut = stretches_of(aligned)
    return tuple(_curves(cut, _plan_of(shape, words, aligned.counts)) for shape in shapes)


def _curves(cut: Stretches, plan: _Plan) -> VisitCurves:
    shape, words = plan.shape, plan.words
    pain, sore = plan.pain(cut.pain), plan.soreness(cut.soreness)
    return VisitCurves(
        shape=shape,
        height=plan.height,
        title=words.title,
        desc=words.desc,
        after=_after(plan),
        grid=_grid(plan),
        needle=upright(plan.x(0), HANDLE[1], plan.bottom)
        + upright(plan.x(0), plan.lower_top, plan.lower_bottom),
        handle=upright(plan.x(0), *HANDLE),
        lines=_lines(pain),
        singles=_singles(pain),
        median=_median(plan.pain(cut.median)),
        soreness_lines=_lines(sore),
        soreness_singles=_singles(sore),
        labels=(*_axis(plan), *_counts(plan), *_numbers(plan)),
    )


def _after(plan: _Plan) -> str:
    left, right = plan.x(SORE[0] - HALF), plan.x(SORE[-1] + HALF)
    panels = [(TOP, plan.bottom), (plan.lower_top, plan.lower_bottom)]
    return bars(Box(left, top, right, bottom) for top, bottom in panels)


def _grid(plan: _Plan) -> str:
    heights = [plan.y(0), plan.y(5), plan.y(10), plan.lower_y(0), plan.lower_y(10)]
    return "".join(level_line(plan.shape.left, plan.shape.right, y) for y in heights)


def _lines(stretches: Sequence[Sequence[Corner]]) -> str:
    return "".join(polyline(run) for run in stretches if len(run) > 1)


def _singles(stretches: Sequence[Sequence[Corner]]) -> tuple[Corner, ...]:
    """Days without a neighbour, each place once."""
    return tuple(sorted({run[0] for run in stretches if len(run) == 1}))


def _median(stretches: Sequence[Sequence[Corner]]) -> str:
    """The middle line; a day without a neighbour is a short dash."""
    return "".join(
        polyline(run) if len(run) > 1 else f"M{run[0][0]} {run[0][1]}{DASH}" for run in stretches
    )


def _axis(plan: _Plan) -> Iterator[Label]:
    words, shape = plan.words, plan.shape
    x = shape.left - (8 if shape.is_roomy else 4)
    ends = (words.worst, words.none, words.worst, words.no_soreness)
    numbers = (("10", plan.y(10)), ("0", plan.y(0)))
    lower = (("10", plan.lower_y(10)), ("0", plan.lower_y(0)))
    for word, (number, y) in zip(ends, numbers + lower, strict=True):
        yield Label(f"{word} {number}" if shape.is_roomy else number, x, y + 4, "end")
    yield Label("5", x, plan.y(5) + 4, "end")
    if not shape.is_roomy:
        tops, bottoms = shape.font + 1, -6
        heights = (plan.y(10) + tops, plan.y(0) + bottoms)
        lower_heights = (plan.lower_y(10) + tops, plan.lower_y(0) + bottoms)
        for word, y in zip(ends, heights + lower_heights, strict=True):
            yield Label(word, shape.right - 4, y, "end", "t-halo")
    yield Label(words.soreness, shape.left, plan.lower_top - 9, css="t-strong")


def _counts(plan: _Plan) -> Iterator[Label]:
    """How many visits have a value on each day, under the day."""
    shape, first = plan.shape, plan.bottom + 4 + plan.shape.font + 3
    for n, (number, count) in enumerate(zip(ALIGNED, plan.counts, strict=True)):
        row = n % 2 if plan.is_staggered else 0
        yield Label(str(count), plan.x(number), first + row * (shape.font + 4), "middle")
    if shape.is_roomy:
        yield Label(plan.words.counted, shape.left - 8, first, "end")
    else:
        yield Label(plan.words.counted, shape.left, plan.counts_end, "start")


def _numbers(plan: _Plan) -> Iterator[Label]:
    """The days from the visit, under both panels."""
    y = plan.lower_bottom + plan.shape.font + 5
    for number in NUMBERED:
        text = f"+{number}" if number > 0 else f"{plan.words.minus}{-number}"
        half = text_width(text, font=plan.shape.font) / 2
        yield Label(text, min(plan.x(number), plan.shape.width - half), y, "middle")
    yield Label(plan.words.day_zero, plan.x(0), y, "middle")
