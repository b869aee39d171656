"""A small line of an instrument's scores over true time, on its own scale from 0 to 10.

All of it is geometry in the drawing's own units, 240 wide so that type stays at 13 px on a phone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

WIDTH, HEIGHT = 240, 118
LEFT, RIGHT = 66, 222
TOP, BOTTOM = 22, 94
HIGHEST = 10


@dataclass(frozen=True, slots=True)
class ScoredOn:
    """A score on a day, and its number as it is written."""

    on: date
    value: Fraction
    words: str


@dataclass(frozen=True, slots=True)
class Dot:
    """One score: where it stands, and its number where that is written beside it."""

    x: float
    y: float
    words: str


@dataclass(frozen=True, slots=True)
class SmallLine:
    """The drawing: a line through dots; its two grid lines stand for 0 and 10."""

    first: ScoredOn
    last: ScoredOn
    width: int
    height: int
    path: str
    grid: str
    dots: tuple[Dot, ...]
    left: int
    right: int
    top: int
    bottom: int


def small_line(scores: Sequence[ScoredOn]) -> SmallLine | None:
    """Return the drawing of two scores or more, oldest first; None for fewer.

    The first and the last number are written; the others stand in the table.
    """
    if len(scores) < 2:  # noqa: PLR2004 - a line takes two
        return None
    first, last = scores[0].on, scores[-1].on
    span = max(1, (last - first).days)
    places = [
        (
            round(LEFT + (RIGHT - LEFT) * (one.on - first).days / span, 1),
            round(float(BOTTOM - (BOTTOM - TOP) * one.value / HIGHEST), 1),
        )
        for one in scores
    ]
    ends = {0, len(scores) - 1}
    dots = tuple(Dot(x, y, scores[n].words if n in ends else "") for n, (x, y) in enumerate(places))
    return SmallLine(
        first=scores[0],
        last=scores[-1],
        width=WIDTH,
        height=HEIGHT,
        path="M" + "L".join(f"{x} {y}" for x, y in places),
        grid=f"M{LEFT} {TOP}H{RIGHT}M{LEFT} {BOTTOM}H{RIGHT}",
        dots=dots,
        left=LEFT,
        right=RIGHT,
        top=TOP,
        bottom=BOTTOM,
    )
