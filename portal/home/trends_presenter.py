"""What the page of trends says: the review's record in the patient's own terms."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, timedelta

from portal.diary.presenters import places_in_words
from portal.diary.queries import Care, visit_days
from portal.diary.schedule import asked_days
from portal.home.soreness import SorenessRow, soreness_rows
from portal.home.trends_queries import WHERE_DAYS, Managed, TrendFacts
from portal.home.trends_words import Headline, headline_of, remarks_of
from portal.review.chart_words import calendar_words
from portal.review.charts import COLUMN, PHONE, PRINT, Calendar, CalendarWords, calendar, shades
from portal.review.summary import planned_dates, visit_marks
from portal.review.tables import DayRow, FortnightRow, day_rows, fortnight_rows
from portal.review.thresholds import OWN
from portal.review.trends import Record, Window, fortnights_until, record_of
from portal.review.wording import caution, points_words
from portal.web.jinja import day, is_iso_day, lower_first
from portal.web.languages import gettext as _
from portal.web.languages import ngettext

CHART_DAYS = 56
MANAGED_SHOWN = 6


@dataclass(frozen=True, slots=True)
class WhereShown:
    """The places of the last four weeks: shades of the figure, and the same in words."""

    shades: dict[str, int]
    words: str
    window: str


@dataclass(frozen=True, slots=True)
class ChartShown:
    """The eight weeks that are drawn, with their numbers; `earlier` and `later` lead to others.

    Both are days on which other weeks end, or None. `length` is how many days an average spans.
    """

    drawings: tuple[Calendar, ...]
    window: str
    length: int
    fortnights: tuple[FortnightRow, ...]
    days: tuple[DayRow, ...]
    earlier: date | None
    later: date | None
    is_latest: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendsPage:
    """Everything the page says; `chart` is None where there is nothing to draw."""

    care: Care
    headline: Headline
    remarks: tuple[str, ...]
    chart: ChartShown | None
    soreness: tuple[SorenessRow, ...]
    where: WhereShown
    managed: tuple[Managed, ...]
    gaps: str
    caution: str
    noticeable: str


def own_record(facts: TrendFacts) -> Record:
    """Return the same record that the practitioner's brief reads, as of the page's last day."""
    care, last = facts.care, facts.last
    numbered = list(zip((v.number for v in facts.visits), visit_days(facts.visits), strict=True))
    first = last - timedelta(days=CHART_DAYS)
    asked = (
        asked_days(care.plan, [visit for _n, visit in numbered], first, last)
        if care.plan
        else frozenset()
    )
    return record_of(
        [each.day for each in facts.days],
        visit_marks(numbered, facts.days, today=last),
        today=last,
        visit_today=last in planned_dates(numbered),
        asked_on=asked,
        thresholds=facts.thresholds,
    )


def shown_until(wanted: str, facts: TrendFacts) -> date | None:
    """Return the day on which the asked-for weeks end; None for the latest, or nonsense."""
    if not is_iso_day(wanted) or not facts.days:
        return None
    until = date.fromisoformat(wanted)
    return until if facts.days[0].day.on <= until < facts.last else None


def trends_page(facts: TrendFacts, *, until: date | None = None) -> TrendsPage:
    """Say what a diary shows; `until` ends the drawn weeks on an earlier day."""
    record = own_record(facts)
    return TrendsPage(
        care=facts.care,
        headline=headline_of(record, facts),
        remarks=remarks_of(record, facts),
        chart=_chart(record, until) if record.days else None,
        soreness=soreness_rows(record.aligned.lines),
        where=_where(facts, record),
        managed=facts.managed[:MANAGED_SHOWN],
        gaps=_gaps(record),
        caution=caution(),
        noticeable=_noticeable(record),
    )


def _span(window: Window) -> str:
    return _("%(first)s to %(last)s", first=day(window.first), last=day(window.last))


def _chart(record: Record, until: date | None) -> ChartShown:
    last = until or record.recent.window.last
    window = Window.ending(last, length=CHART_DAYS)
    words = calendar_words(record, is_own=True)
    if until is not None:
        words = _words_of_earlier(words, record, window)
    before = window.first - timedelta(days=1)
    after = window.last + timedelta(days=CHART_DAYS)
    is_latest = until is None
    return ChartShown(
        drawings=tuple(calendar(record, shape, words, last=until) for shape in _SHAPES),
        window=_span(window),
        length=record.recent.window.length,
        fortnights=tuple(
            fortnight_rows(record, () if is_latest else fortnights_until(record, last))
        ),
        days=_days(record, window),
        earlier=before if record.days[0].on <= before else None,
        later=after if not is_latest and after < record.recent.window.last else None,
        is_latest=is_latest,
    )


_LOW = replace(PHONE, width=256, right=252, pain=160, interference=40)
_SHAPES = (_LOW, COLUMN, PRINT)


def _words_of_earlier(words: CalendarWords, record: Record, window: Window) -> CalendarWords:
    """The words of weeks further back: nothing is found in them, they are only shown."""
    shown = len(window.of(record.days))
    written = ngettext("%(num)s day is written.", "%(num)s days are written.", shown)
    return replace(words, title=_("Pain by day, %(span)s", span=_span(window)), desc=written)


def _days(record: Record, window: Window) -> tuple[DayRow, ...]:
    shown = replace(record, days=window.of(record.days))
    return tuple(day_rows(shown, days=(record.today - window.first).days + 1))


def _where(facts: TrendFacts, record: Record) -> WhereShown:
    window = Window.ending(record.recent.window.last, length=WHERE_DAYS)
    recent = [place for place in facts.places if place.on in window]
    counts = Counter(place.region for place in recent)
    days = max(len({place.on for place in recent}), len(window.of(record.days)))
    return WhereShown(shades(counts, days=days), _places(counts, days), _span(window))


def _places(counts: Counter[str], days: int) -> str:
    if not counts:
        return _("No place was picked in these four weeks.")
    named = ", ".join(
        f"{lower_first(places_in_words([key]))} {n}" for key, n in counts.most_common()
    )
    return ngettext(
        "Of %(num)s day written: %(places)s.",
        "Of %(num)s days written: %(places)s.",
        days,
        places=named,
    )


def _gaps(record: Record) -> str:
    """Say how many asked days stand empty, without a reproach."""
    blank = record.completion.asked - record.completion.written
    if blank <= 0:
        return ""
    return ngettext(
        "Of the last %(length)s days, %(num)s that your plan asked for is blank, and that is fine. "
        "A gap stays a gap; nothing is guessed.",
        "Of the last %(length)s days, %(num)s that your plan asked for are blank, and that is "
        "fine. A gap stays a gap; nothing is guessed.",
        blank,
        length=record.recent.window.length,
    )


def _noticeable(record: Record) -> str:
    """Say what the pale band in the chart stands for, and who found it."""
    points = points_words(record.thresholds.points)
    if record.thresholds.source_of("points") == OWN:
        return _("The pale band: less than the %(points)s your clinic looks for.", points=points)
    return _(
        "The pale band: less than the %(points)s that people usually notice "
        "(Farrar 2001, Pain 94, 149).",
        points=points,
    )
