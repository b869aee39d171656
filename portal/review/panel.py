"""The panel in words: each row says why it stands where it stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlencode

from portal import clock
from portal.db import EntryId, PatientId
from portal.diary.flags import short_label
from portal.review.charts import Spark, sparkline
from portal.review.panel_queries import AT_ONCE, Days, Filter, Look, PanelPage, PanelRow, Wanted
from portal.review.queries import VisitToday
from portal.review.summary import SPARK_DAYS
from portal.review.trends import Verdict
from portal.review.wording import NOTHING, direction, number, verdict_words
from portal.web.jinja import clock_time, day_short, weekday
from portal.web.languages import gettext as _
from portal.web.languages import lazy_gettext as lazy
from portal.web.languages import ngettext

DAYS_AGO = 6
FIRST_WEEK = 7


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a row stands here; the tone is that of the chip component."""

    words: str
    tone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowShown:
    """One row of the panel, every cell said."""

    patient_id: PatientId
    name: str
    complaint: str
    reason: Reason
    is_top: bool
    spark: Spark
    written: str
    level: str
    verdict: str
    change: str
    direction: str
    next_visit: str
    last_entry: str
    read: str
    up_to: EntryId | None


@dataclass(frozen=True, slots=True)
class FilterShown:
    """One filter with how many patients it shows; `name` is what a form sends for it."""

    name: str
    label: str
    count: int
    href: str
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelShown:
    """The whole panel page."""

    summary: str
    filters: tuple[FilterShown, ...]
    rows: tuple[RowShown, ...]
    words: str
    filter: str
    is_empty: bool
    pages: str
    previous: str
    next: str
    page: int


def panel_of(page: PanelPage, days: Days, wanted: Wanted) -> PanelShown:
    """Say everything the panel page says."""
    rows, counts, total = page.rows, page.counts, page.found
    verdicts = {one: verdict_words(one) for one in {row.verdict for row in rows}}
    first = (wanted.page - 1) * AT_ONCE
    last = first + len(rows)
    return PanelShown(
        summary=_summary(counts, days),
        filters=tuple(_filter(one, count, wanted) for one, count in page.named.items()),
        rows=tuple(_row(row, days, verdicts) for row in rows),
        words=wanted.words,
        filter=wanted.filter.value,
        is_empty=not counts[Filter.ALL],
        pages=_("%(first)s to %(last)s of %(total)s", first=first + 1, last=last, total=total)
        if rows
        else "",
        previous=address_of(wanted, page=wanted.page - 1) if wanted.page > 1 else "",
        next=address_of(wanted, page=wanted.page + 1) if last < total else "",
        page=wanted.page,
    )


def _summary(counts: Mapping[Filter, int], days: Days) -> str:
    visits, flags = counts[Filter.TODAY], counts[Filter.FLAGS]
    parts = [
        ngettext("%(num)s visit today", "%(num)s visits today", visits),
        ngettext("%(num)s patient with an open flag", "%(num)s patients with an open flag", flags),
    ]
    return f"{weekday(days.today)}. {', '.join(parts)}."


_FILTERS = {
    Filter.ALL: lazy("All"),
    Filter.FLAGS: lazy("Open flags"),
    Filter.WORSE: lazy("Worse"),
    Filter.TODAY: lazy("Visits today"),
    Filter.ASKED: lazy("Questions and calls"),
    Filter.NO_RESPONSE: lazy("No response"),
    Filter.QUIET: lazy("Quiet"),
}


def _filter(one: Filter, count: int, wanted: Wanted) -> FilterShown:
    return FilterShown(
        one.value,
        str(_FILTERS[one]),
        count,
        address_of(Wanted(one)),
        is_current=one is wanted.filter,
    )


def address_of(wanted: Wanted, *, page: int = 0) -> str:
    """The panel's address with this filter and page; never with the name searched for (S-061)."""
    parts: dict[str, str] = {}
    if wanted.filter is not Filter.ALL:
        parts["show"] = wanted.filter.value
    if (page or wanted.page) > 1:
        parts["page"] = str(page or wanted.page)
    return "/clinic" + (f"?{urlencode(parts)}" if parts else "")


def _row(row: PanelRow, days: Days, verdicts: Mapping[Verdict, str]) -> RowShown:
    spark = _spark(row)
    is_known = row.verdict is not Verdict.NOT_ENOUGH_DAYS and row.change is not None
    change = row.change or 0.0
    return RowShown(
        patient_id=row.patient_id,
        name=row.name,
        complaint=row.complaint,
        reason=reason_of(row),
        is_top=row.look is Look.FLAG,
        spark=spark,
        written=_("%(n)s of %(of)s days", n=spark.written, of=SPARK_DAYS),
        level=NOTHING if row.level is None else number(row.level),
        verdict=verdicts[row.verdict],
        change=number(abs(change)) if is_known else "",
        direction=direction(change),
        next_visit=_next_visit(row.next_visit_on, row.next_visit_at, row.today, days.clinic_zone),
        last_entry=ago(row.last_entry_on, row.today),
        read=_read(row, days),
        up_to=row.newest_id,
    )


def _read(row: PanelRow, days: Days) -> str:
    """When the reader marked all of a diary as reviewed; empty where something is new."""
    if row.read_at is None or row.read_up_to != row.newest_id:
        return ""
    return ago(clock.local(row.read_at, days.clinic_zone).date(), days.today)


def _spark(row: PanelRow) -> Spark:
    first = row.today.toordinal() - SPARK_DAYS + 1
    return sparkline(
        list(map(row.recent.get, range(first, first + SPARK_DAYS))),
        [on - first for on in row.needled_on if 0 <= on - first < SPARK_DAYS],
        row.baseline,
    )


def reason_of(row: PanelRow) -> Reason:
    """Why this patient stands here, in words."""
    said = {
        Look.FLAG: _flag,
        Look.CALL: _call,
        Look.WORSE: lambda _row: _("Worse than before the first visit"),
        Look.VISIT_TODAY: lambda _row: _("Visit today"),
        Look.QUESTION: _question,
        Look.NO_RESPONSE: _no_response,
        Look.QUIET: _quiet,
        Look.REST: _rest,
    }
    tones = {Look.FLAG: "alert", Look.REST: "plain"}
    return Reason(said[row.look](row), tones.get(row.look, ""))


def _flag(row: PanelRow) -> str:
    said = _(
        "Open flag: %(flag)s, %(day)s",
        flag=short_label(row.flag_code or ""),
        day=day_short(row.flagged_on or row.today),
    )
    more = row.flags - 1
    return said + (ngettext(", and %(num)s more", ", and %(num)s more", more) if more else "")


def _call(row: PanelRow) -> str:
    return _("Asked for a call, %(day)s", day=day_short(row.called_on or row.today))


def _question(row: PanelRow) -> str:
    return ngettext("%(num)s open question", "%(num)s open questions", row.questions)


def _no_response(row: PanelRow) -> str:
    return ngettext(
        "No response after %(num)s visit", "No response after %(num)s visits", row.needlings
    )


def _quiet(row: PanelRow) -> str:
    days = (row.today - (row.last_entry_on or row.started_on)).days
    return ngettext("Quiet: no entry for %(num)s day", "Quiet: no entry for %(num)s days", days)


def _rest(row: PanelRow) -> str:
    if (row.today - row.started_on).days < FIRST_WEEK:
        return _("Nothing waiting. First diary week")
    if row.last_entry_on is None:
        return _("Nothing waiting. No entry yet")
    if row.last_entry_on == row.today:
        return _("Nothing waiting. Wrote today")
    return _("Nothing waiting")


def _next_visit(on: date | None, at: datetime | None, today: date, zone: str) -> str:
    if on is None or at is None:
        return NOTHING
    time = clock_time(clock.local(at, zone))
    match (on - today).days:
        case 0:
            return _("Today %(time)s", time=time)
        case 1:
            return _("Tomorrow %(time)s", time=time)
    return day_short(on)


def ago(on: date | None, today: date) -> str:
    """A past day as people say it: Today, Yesterday, 3 days ago, 28 Oct."""
    if on is None:
        return NOTHING
    days = (today - on).days
    if days <= 0:
        return _("Today")
    if days == 1:
        return _("Yesterday")
    if days <= DAYS_AGO:
        return ngettext("%(num)s day ago", "%(num)s days ago", days)
    return day_short(on)


@dataclass(frozen=True, slots=True)
class TodayShown:
    """One of the day's visits."""

    patient_id: PatientId
    time: str
    name: str
    complaint: str
    practitioner: str
    status: str
    flags: int
    calls: int


def visit_shown(visit: VisitToday, zone: str) -> TodayShown:
    """Say when a visit of today is, by the clinic's clock, and whether it is recorded."""
    return TodayShown(
        visit.patient_id,
        clock_time(clock.local(visit.at, zone)),
        visit.name,
        visit.complaint,
        visit.practitioner,
        _("Recorded") if visit.is_held else _("Planned"),
        visit.flags,
        visit.calls,
    )
