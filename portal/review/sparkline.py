"""The small drawings: a row's last 28 days, and how dark each place of the body figure is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from math import ceil

from portal.review.drawing import level_line, short, upright
from portal.review.trends import Record, Window

SPARK_DAYS = 28
LEFT, RIGHT, TOP, BOTTOM = 4.0, 154.0, 4.0, 42.0
RADIUS = 2.0
LEVELS = 3
STEP = (RIGHT - LEFT) / (SPARK_DAYS - 1)


@dataclass(frozen=True, slots=True)
class Spark:
    """28 days of pain on the common 0-10 scale, each field a path ("" for none).

    `written` of the 28 days have an entry; the words beside the drawing say so.
    """

    dots: str
    needles: str
    baseline: str
    written: int


def _x(number: int) -> float:
    return LEFT + number * STEP


def _y(score: float) -> float:
    return BOTTOM - score * (BOTTOM - TOP) / 10


# A dot is one arc that all but closes; these are the same few for every patient.
_DOTS = [
    [f"M{short(_x(n))} {short(_y(s) - RADIUS)}a2 2 0 1 0 .01 0z" for s in range(11)]
    for n in range(SPARK_DAYS)
]
_NEEDLES = [upright(_x(n), 2, 44) for n in range(SPARK_DAYS)]


def sparkline(
    pain: Sequence[int | None], needled: Sequence[int], baseline: Fraction | float | None
) -> Spark:
    """A row's last 28 days: `pain` oldest first, `needled` the places in it of needling visits."""
    known = [(n, score) for n, score in enumerate(pain) if score is not None]
    return Spark(
        dots="".join(_DOTS[n][score] for n, score in known),
        needles="".join(_NEEDLES[n] for n in needled),
        baseline="" if baseline is None else level_line(LEFT, RIGHT, _y(float(baseline))),
        written=len(known),
    )


def sparkline_of(record: Record) -> Spark:
    """The sparkline of a record: the 28 days that end with its recent window."""
    window = Window.ending(record.recent.window.last, length=SPARK_DAYS)
    pain: dict[int, int | None] = {
        (day.on - window.first).days: day.pain_average for day in window.of(record.days)
    }
    needled = [visit.on - window.first for visit in record.needlings if visit.on in window]
    mean = record.baseline.mean if record.baseline else None
    return sparkline(
        [pain.get(n) for n in range(SPARK_DAYS)],
        [gap // timedelta(days=1) for gap in needled],
        mean,
    )


def shades(counts: Mapping[str, int], *, days: int) -> dict[str, int]:
    """How dark each place is, 1 to 3: the third of the days written about on which it was named."""
    return {
        place: min(LEVELS, ceil(Fraction(LEVELS * count, days)))
        for place, count in counts.items()
        if count > 0 and days > 0
    }
