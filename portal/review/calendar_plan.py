"""Where things stand in a calendar chart, and the words it needs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache

from portal.review.drawing import short, text_width
from portal.review.trends import Record, Window

DAYS = 56
TOP = 36.0
HANDLE = (21.0, 33.0)
MARK_BASELINE = 13.0
LINE_GAP = 15.0


@dataclass(frozen=True, slots=True)
class Shape:
    """The measures of one drawing; `left` and `right` are the edges of its days.

    `font` is the type size the style sheet sets in it. In a roomy drawing the words stand beside
    the days, else among them, halfway between two scores so that no dot is covered.
    """

    medium: str
    width: float
    left: float
    right: float
    pain: float
    interference: float
    font: float = 13.0
    dot: float = 3.2
    small_dot: float = 2.4
    is_roomy: bool = True

    @property
    def step(self) -> float:
        """The width of a day."""
        return (self.right - self.left) / DAYS


# As narrow as the narrowest panel each stands in, so that it is only ever enlarged.
PHONE = Shape("phone", 240, 22, 236, 200, 52, dot=1.9, small_dot=1.5, is_roomy=False)
COLUMN = Shape("desktop", 640, 94, 534, 220, 50, dot=2.5, small_dot=2.0)
DESKTOP = Shape("desktop", 672, 94, 568, 172, 42, dot=2.5, small_dot=1.9)
PRINT = Shape("print", 470, 85, 376, 124, 30, font=12, dot=2.0, small_dot=1.6)


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarWords:
    """The words of the chart, in the reader's language; `title` is the finding.

    `noticeable_short` is for drawings in which `noticeable` has no room.
    """

    title: str
    desc: str
    worst: str
    none: str
    interference: str
    completely: str
    not_at_all: str
    written: str
    noticeable: str
    noticeable_short: str
    baseline: str
    recent: str
    day: Callable[[date], str]
    number: Callable[[Fraction], str]


@dataclass(frozen=True, slots=True)
class Plan:
    """Where things stand in one drawing: heights of both panels, of the strip, of the whole.

    `is_caption_apart` says that the lower panel's ends need a line of their own above it; `ends`
    are both in one line. `days`, `scores` and `lower_scores` are the coordinates of every day and
    whole score written out, since most of a drawing is made of them.
    """

    shape: Shape
    window: Window
    words: CalendarWords
    ends: str
    is_caption_apart: bool
    bottom: float
    lower_top: float
    lower_bottom: float
    strip: float
    height: float
    days: tuple[str, ...]
    scores: tuple[str, ...]
    lower_scores: tuple[str, ...]

    def x(self, on: date) -> float:
        """The middle of a day."""
        return self.edge(on) + self.shape.step / 2

    def edge(self, on: date) -> float:
        """The left edge of a day."""
        return self.shape.left + (on - self.window.first).days * self.shape.step

    def y(self, score: float) -> float:
        """The height of a pain score."""
        return self.bottom - score * self.shape.pain / 10

    def lower_y(self, score: float) -> float:
        """The height of a score in the panel beneath."""
        return self.lower_bottom - score * self.shape.interference / 10


@lru_cache
def _days(shape: Shape) -> tuple[str, ...]:
    return tuple(short(shape.left + (n + 0.5) * shape.step) for n in range(DAYS))


@lru_cache
def _scores(bottom: float, height: float) -> tuple[str, ...]:
    return tuple(short(bottom - score * height / 10) for score in range(11))


def plan_of(shape: Shape, window: Window, words: CalendarWords) -> Plan:
    """The plan of one drawing."""
    ends = f"0 {words.not_at_all}, 10 {words.completely}"
    widths = (
        text_width(each, font=shape.font, is_bold=True) for each in (words.interference, ends)
    )
    is_tight = sum(widths) + LINE_GAP > shape.right - shape.left
    is_caption_apart = is_tight and not shape.is_roomy
    bottom = TOP + shape.pain
    lower_top = bottom + (46.0 if is_caption_apart else 30.0)
    lower_bottom = lower_top + shape.interference
    strip = lower_bottom + (16.0 if shape.is_roomy else 28.0)
    return Plan(
        shape=shape,
        window=window,
        words=words,
        ends=ends,
        is_caption_apart=is_caption_apart,
        bottom=bottom,
        lower_top=lower_top,
        lower_bottom=lower_bottom,
        strip=strip,
        height=strip + 32.0,
        days=_days(shape),
        scores=_scores(bottom, shape.pain),
        lower_scores=_scores(lower_bottom, shape.interference),
    )


def band_edges(record: Record) -> tuple[float, float] | None:
    """The scores between which a change is not yet noticeable; none without a baseline mean."""
    if record.baseline is None or record.baseline.mean is None:
        return None
    mean, room = float(record.baseline.mean), float(record.thresholds.points)
    return max(0.0, mean - room), min(10.0, mean + room)
