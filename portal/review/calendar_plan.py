"""Where things stand in a calendar chart, and the words it needs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from portal.review.drawing import text_width
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


PHONE = Shape("phone", 240, 22, 236, 200, 52, dot=1.9, small_dot=1.5, is_roomy=False)
COLUMN = Shape("desktop", 678, 96, 570, 240, 54, dot=2.8, small_dot=2.2)
DESKTOP = Shape("desktop", 828, 104, 716, 240, 54)
PRINT = Shape("print", 470, 80, 382, 124, 30, font=11, dot=2.0, small_dot=1.6)


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
    """Where things stand in one drawing."""

    shape: Shape
    window: Window
    words: CalendarWords

    @property
    def bottom(self) -> float:
        """Where no pain is drawn."""
        return TOP + self.shape.pain

    @property
    def is_caption_apart(self) -> bool:
        """Whether the lower panel's ends need a line of their own above it."""
        if self.shape.is_roomy:
            return False
        words = (self.words.interference, self.ends)
        room = sum(text_width(each, font=self.shape.font, is_bold=True) for each in words)
        return room + LINE_GAP > self.shape.right - self.shape.left

    @property
    def ends(self) -> str:
        """Both ends of the lower panel in one line."""
        return f"0 {self.words.not_at_all}, 10 {self.words.completely}"

    @property
    def lower_top(self) -> float:
        """The upper edge of the panel beneath."""
        return self.bottom + (46.0 if self.is_caption_apart else 30.0)

    @property
    def lower_bottom(self) -> float:
        """The lower edge of the panel beneath."""
        return self.lower_top + self.shape.interference

    @property
    def strip(self) -> float:
        """The upper edge of the strip of days written."""
        return self.lower_bottom + (16.0 if self.shape.is_roomy else 28.0)

    @property
    def height(self) -> float:
        """The height of the whole drawing."""
        return self.strip + 32.0

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


def band_edges(record: Record) -> tuple[float, float] | None:
    """The scores between which a change is not yet noticeable; none without a baseline mean."""
    if record.baseline is None or record.baseline.mean is None:
        return None
    mean, room = float(record.baseline.mean), float(record.thresholds.points)
    return max(0.0, mean - room), min(10.0, mean + room)
