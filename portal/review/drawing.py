"""What every chart of the review is drawn with: scales, paths, and labels that keep apart.

All of it is geometry in the drawing's own units; the look (colour, weight) is the style sheet's.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Literal, NamedTuple

NARROW = frozenset("iljtfrI.,:;'’()|! ")
WIDE = frozenset("mwMW%—")
ASCENT = 0.72
DESCENT = 0.22

Anchor = Literal["start", "middle", "end"]
SHIFTS = MappingProxyType({"start": 0.0, "middle": 0.5, "end": 1.0})
Point = tuple[float, float]
Corner = tuple[str, str]


class Box(NamedTuple):  # a brief makes hundreds of both
    """A rectangle: left, top, right, bottom."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """How wide it is."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """How high it is."""
        return self.bottom - self.top

    def meets(self, other: "Box") -> bool:
        """Whether the two share more than an edge."""
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom


class Label(NamedTuple):
    """A word or number in a drawing; `css` is its class, `y` its baseline."""

    text: str
    x: float
    y: float
    anchor: Anchor = "start"
    css: str = ""

    def box(self, font: float) -> Box:
        """The room it takes at this type size."""
        width = text_width(self.text, font=font, is_bold=self.css != "")
        left = self.x - SHIFTS[self.anchor] * width
        return Box(left, self.y - ASCENT * font, left + width, self.y + DESCENT * font)


@lru_cache(maxsize=1024)
def text_width(text: str, *, font: float, is_bold: bool = False) -> float:
    """About how wide a text is in the house's face, on the wide side."""
    ems = sum(0.3 if each in NARROW else 0.84 if each in WIDE else 0.54 for each in text)
    return font * ems * (1.06 if is_bold else 1.0)


def short(value: float) -> str:
    """A coordinate to a tenth, in as few characters as possible."""
    text = f"{value:.1f}"
    return "0" if text in {"0.0", "-0.0"} else text.removesuffix(".0")


def points(places: Sequence[Corner]) -> str:
    """A path whose corners are these places, to carry one marker each.

    A single place is written twice: some browsers draw no marker on a lone move.
    """
    if not places:
        return ""
    path = "M" + " ".join(f"{x} {y}" for x, y in places)
    return f"{path}h0" if len(places) == 1 else path


def runs(values: Iterable[float | None]) -> list[list[tuple[int, float]]]:
    """The stretches without a gap: each value with its place."""
    found: list[list[tuple[int, float]]] = [[]]
    for n, value in enumerate(values):
        if value is None:
            found.append([])
        else:
            found[-1].append((n, value))
    return [run for run in found if run]


def polyline(run: Sequence[Corner]) -> str:
    """A line through these places."""
    return "M" + "L".join(f"{x} {y}" for x, y in run)


def bars(boxes: Iterable[Box]) -> str:
    """One path that fills all these rectangles."""
    return "".join(
        f"M{short(box.left)} {short(box.top)}h{short(box.width)}v{short(box.height)}"
        f"H{short(box.left)}z"
        for box in boxes
    )


def level_line(x1: float, x2: float, y: float) -> str:
    """A level line from left to right."""
    return f"M{short(x1)} {short(y)}H{short(x2)}"


def upright(x: float, y1: float, y2: float) -> str:
    """An upright line from top to bottom."""
    return f"M{short(x)} {short(y1)}V{short(y2)}"


def stretches(places: Iterable[int]) -> list[tuple[int, int]]:
    """The first and last of each run of neighbours, so that shading never doubles."""
    found: list[tuple[int, int]] = []
    for place in sorted(places):
        if found and place == found[-1][1] + 1:
            found[-1] = (found[-1][0], place)
        else:
            found.append((place, place))
    return found


def apart(upper: float, lower: float, *, gap: float, within: Point) -> Point:
    """Two places pushed at least a gap apart, both alike, and kept within these bounds."""
    low, high = within
    upper, lower = max(low, min(upper, high)), max(low, min(lower, high))
    push = max(0.0, gap - (lower - upper)) / 2
    upper, lower = upper - push, lower + push
    shift = max(0.0, low - upper) - max(0.0, lower - high)
    return upper + shift, lower + shift
