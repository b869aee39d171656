"""The charts' numbers as rows of words, for the tables beneath them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from portal.review.responses import ALIGNED
from portal.review.trends import Figures, Flare, Record, Response
from portal.review.wording import NOTHING, level, number
from portal.web.jinja import day_short, listed, minus
from portal.web.languages import gettext as _


@dataclass(frozen=True, slots=True)
class ResponseWords:
    """One visit's row: every cell is said, "–" where there is nothing to say.

    `unknown` is the sentence for a visit with too few entries around it, else empty.
    """

    before: str
    flare: str
    back: str
    best: str
    soreness: str
    sore_until: str
    unknown: str


def response_words(response: Response, *, last: date | None = None) -> ResponseWords:
    """Say how the days around one visit went; `last` is the last day that is looked at."""
    if not response.is_known or response.before is None:
        return ResponseWords(
            before=NOTHING,
            flare=NOTHING,
            back=NOTHING,
            best=NOTHING,
            soreness=NOTHING,
            sore_until=NOTHING,
            unknown=_unknown(response, last),
        )
    sore = response.soreness
    return ResponseWords(
        before=number(response.before),
        flare=_flare(response.flare),
        back=_back(response.flare),
        best=NOTHING if response.best is None else number(response.best),
        soreness=NOTHING if sore is None else str(sore),
        sore_until=NOTHING
        if response.sore_until is None
        else _("day %(n)s", n=response.sore_until),
        unknown="",
    )


def _unknown(response: Response, last: date | None) -> str:
    """Why the days around a visit are not compared."""
    if not response.visit.is_needling:
        return NOTHING
    if last is not None and last <= response.visit.on:
        return _("too early to compare")
    if response.is_written:
        return _("too few entries to compare")
    return _("no entries around this visit")


def _flare(flare: Flare | None) -> str:
    if flare is None:
        return _("no flare")
    return _("%(n)s higher, day %(day)s", n=number(flare.rise), day=flare.peak_day)


def _back(flare: Flare | None) -> str:
    if flare is None:
        return NOTHING
    return _("not back yet") if flare.back_on_day is None else str(flare.back_on_day)


@dataclass(frozen=True, slots=True)
class FortnightRow:
    """One line of the chart's table."""

    days: str
    visits: str
    level: str
    interference: str
    written: str

    @property
    def cells(self) -> tuple[str, ...]:
        """The row from left to right."""
        return (self.days, self.visits, self.level, self.interference, self.written)


def fortnight_rows(record: Record, fortnights: Sequence[Figures] = ()) -> list[FortnightRow]:
    """The chart's steps as a table, oldest first."""
    return [_fortnight_row(record, each) for each in fortnights or record.fortnights]


def _fortnight_row(record: Record, figures: Figures) -> FortnightRow:
    window = figures.window
    numbers = [str(visit.number) for visit in record.visits if visit.on in window]
    return FortnightRow(
        days=_("%(first)s to %(last)s", first=day_short(window.first), last=day_short(window.last)),
        visits=listed(numbers) if numbers else NOTHING,
        level=level(figures),
        interference=NOTHING if figures.interference is None else number(figures.interference),
        written=_("%(n)s of %(of)s", n=figures.entry_days, of=window.length),
    )


@dataclass(frozen=True, slots=True)
class DayRow:
    """One day in the chart's table of days."""

    on: date
    pain: str
    interference: str
    note: str

    @property
    def cells(self) -> tuple[str, ...]:
        """The row from left to right."""
        return (day_short(self.on), self.pain, self.interference, self.note)


def day_rows(record: Record, *, days: int = 56) -> list[DayRow]:
    """The chart's dots as a table, newest first; days without an entry are left out."""
    last = record.recent.window.last
    return [
        DayRow(
            day.on,
            NOTHING if day.pain_average is None else str(day.pain_average),
            NOTHING if day.interference is None else str(day.interference),
            _("written later") if day.is_late else "",
        )
        for day in reversed(record.days)
        if 0 <= (last - day.on).days < days
    ]


@dataclass(frozen=True, slots=True)
class AroundRow:
    """One day, counted from the visit, in the table of the visit-aligned chart."""

    day: str
    median: str
    count: str
    values: str

    @property
    def cells(self) -> tuple[str, ...]:
        """The row from left to right."""
        return (self.day, self.median, self.count, self.values)


def around_rows(record: Record) -> list[AroundRow]:
    """The visit-aligned chart as a table: median, count, and each visit's value in order."""
    aligned = record.aligned
    values_by_day = [[line.pain[n] for line in aligned.lines] for n in range(len(ALIGNED))]
    return [
        AroundRow(
            minus(n) if n <= 0 else f"+{n}",
            NOTHING if median is None else number(median),
            str(count),
            " ".join(NOTHING if value is None else str(value) for value in values) or NOTHING,
        )
        for n, median, count, values in zip(
            ALIGNED,
            aligned.medians,
            aligned.counts,
            values_by_day,
            strict=True,
        )
    ]
