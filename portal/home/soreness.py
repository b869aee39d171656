"""Soreness after each visit with needling, drawn by itself: it is never part of the pain."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from portal.review.drawing import short
from portal.review.responses import ALIGNED, Line
from portal.web.jinja import day
from portal.web.languages import gettext as _
from portal.web.languages import ngettext

DRAWN_DAYS = 8
WIDTH, STEP, BAR = 192.0, 24.0, 14.0
TOP, BOTTOM = 4.0, 44.0
FLOOR = 1.5  # a soreness of 0 is a sign of its own, unlike a day that was not written
MOST = 6


@dataclass(frozen=True, slots=True)
class SorenessRow:
    """One visit: its days 0 to 7 as bars, 0 as flat strokes, and the whole fortnight in words."""

    title: str
    words: str
    bars: str
    zeros: str
    gaps: str


def soreness_rows(lines: Sequence[Line]) -> tuple[SorenessRow, ...]:
    """Return the visits after which soreness was written down, the newest first, at most six."""
    known = [line for line in lines if any(value is not None for value in _after(line))]
    return tuple(_row(line) for line in reversed(known[-MOST:]))


def _after(line: Line) -> tuple[int | None, ...]:
    """Soreness from day 0 on."""
    return line.soreness[-ALIGNED[0] :]


def _row(line: Line) -> SorenessRow:
    values = _after(line)
    drawn = list(enumerate(values[:DRAWN_DAYS]))
    return SorenessRow(
        title=_title(line.visit.number, line.visit.on),
        words=_words(values),
        bars="".join(_bar(n, value) for n, value in drawn if value),
        zeros="".join(_bar(n, 0) for n, value in drawn if value == 0),
        gaps="".join(
            f"M{short((n + 0.5) * STEP)} {short(BOTTOM - 6)}v6" for n, v in drawn if v is None
        ),
    )


def _title(number: int, on: date) -> str:
    return _("Visit %(number)s, %(day)s", number=number, day=day(on))


def _bar(number: int, value: int) -> str:
    height = max(FLOOR, value * (BOTTOM - TOP) / 10)
    left = number * STEP + (STEP - BAR) / 2
    return f"M{short(left)} {short(BOTTOM)}v{short(-height)}h{short(BAR)}v{short(height)}z"


def _words(values: Sequence[int | None]) -> str:
    """Say the highest soreness, and the last day on which there was any."""
    known = [(n, value) for n, value in enumerate(values) if value is not None]
    highest = max(value for _n, value in known)
    if highest == 0:
        return ngettext(
            "Not sore on the %(num)s day written.",
            "Not sore on the %(num)s days written.",
            len(known),
        )
    last = max(n for n, value in known if value)
    if last == 0 and len(known) > 1:
        return _("Highest %(highest)s of 10, on the day itself.", highest=highest)
    if last < known[-1][0]:
        return _("Highest %(highest)s of 10, last sore on day %(day)s.", highest=highest, day=last)
    return _(
        "Highest %(highest)s of 10. The last answer, on day %(day)s, was %(value)s.",
        highest=highest,
        day=last,
        value=known[-1][1],
    )
