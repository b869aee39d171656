"""The words that stand in the charts, and what their pictures say to those who do not see them."""

from functools import cache

from portal.review.charts import CalendarWords, VisitWords
from portal.review.responses import MEDIAN_FROM
from portal.review.thresholds import OWN
from portal.review.trends import Baseline, Record
from portal.review.wording import finding, first_days, level, number, points_words
from portal.web.jinja import MINUS, day, day_short, listed
from portal.web.languages import gettext as _
from portal.web.languages import ngettext

CALENDAR_DAYS = 56


def calendar_words(record: Record, *, is_own: bool = False) -> CalendarWords:
    """The words of the calendar chart; `is_own` where the patient reads about themselves."""
    points = points_words(record.thresholds.points)
    return CalendarWords(
        title=_calendar_title(record),
        desc=calendar_description(record),
        worst=_("worst"),
        none=_("no pain"),
        interference=_("Gets in the way"),
        completely=_("completely"),
        not_at_all=_("not at all"),
        written=_("days written"),
        noticeable=_noticeable(record),
        noticeable_short=_("noticeable change (%(points)s)", points=points),
        baseline=_baseline(record, is_own=is_own),
        recent=_("last %(n)s days", n=record.recent.window.length),
        day=cache(day_short),
        number=cache(number),
    )


def _noticeable(record: Record) -> str:
    points = points_words(record.thresholds.points)
    if record.thresholds.source_of("points") == OWN:
        return _("change this clinic looks for (%(points)s)", points=points)
    return _("change people usually notice (%(points)s)", points=points)


def _baseline(record: Record, *, is_own: bool) -> str:
    if record.baseline_kind is Baseline.FIRST_TWO_WEEKS:
        first = first_days(record)
        return _("your %(first)s", first=first) if is_own else first
    return _("before your first visit") if is_own else _("before first visit")


def _calendar_title(record: Record) -> str:
    if not record.days:
        return _("Pain by day: no entries yet")
    return _("Pain by day: %(finding)s", finding=finding(record))


def calendar_description(record: Record) -> str:
    """The chart's numbers in sentences."""
    parts = [_before(record), _recent(record), _visits(record), _gaps(record)]
    return " ".join(part for part in parts if part)


def _before(record: Record) -> str:
    if record.baseline is None or record.baseline.mean is None:
        return ""
    days, mean = len(record.baseline.settled), number(record.baseline.mean)
    if record.baseline_kind is Baseline.FIRST_TWO_WEEKS:
        return _(
            "In the %(first)s of the diary pain averaged %(mean)s over %(n)s settled days.",
            first=first_days(record),
            mean=mean,
            n=days,
        )
    return _("Before the first visit pain averaged %(mean)s over %(n)s days.", mean=mean, n=days)


def _recent(record: Record) -> str:
    recent = record.recent
    if recent.mean is None:
        return _("The last %(n)s days: %(level)s.", n=recent.window.length, level=level(recent))
    return _(
        "In the last %(of)s days it averaged %(mean)s over %(n)s settled days.",
        of=recent.window.length,
        mean=number(recent.mean),
        n=len(recent.settled),
    )


def _visits(record: Record) -> str:
    last = record.recent.window.last
    shown = [day(v.on) for v in record.visits if 0 <= (last - v.on).days < CALENDAR_DAYS]
    if not shown:
        return ""
    return ngettext("Visit on %(days)s.", "Visits on %(days)s.", len(shown), days=listed(shown))


def _gaps(record: Record) -> str:
    last = record.recent.window.last
    days = [each for each in record.days if 0 <= (last - each.on).days < CALENDAR_DAYS]
    late = sum(each.is_late for each in days)
    return _(
        "%(written)s of %(of)s days have an entry, %(late)s of them written later.",
        written=len(days),
        of=CALENDAR_DAYS,
        late=late,
    )


def visit_words(record: Record) -> VisitWords:
    """The words of the visit-aligned chart."""
    return VisitWords(
        title=_("Pain from 3 days before to 14 days after each visit with needling"),
        desc=_visit_description(record),
        worst=_("worst"),
        none=_("no pain"),
        no_soreness=_("none"),
        soreness=_("Soreness where the needles went"),
        counted=_("visits counted"),
        day_zero=_("day 0"),
        minus=MINUS,
    )


def _visit_description(record: Record) -> str:
    lines = len(record.aligned.lines)
    parts = [
        ngettext(
            "One thin line for %(num)s visit.", "A thin line for each of %(num)s visits.", lines
        ),
        median_words(record),
        _("Soreness is drawn below, apart."),
    ]
    return " ".join(part for part in parts if part)


def median_short(record: Record) -> str:
    """What the thick line is in the fewest words, or when it will be drawn."""
    if record.aligned.has_median:
        return _("Thick: median of 3 or more.")
    return _("The median is drawn after %(n)s visits.", n=MEDIAN_FROM)


def median_words(record: Record) -> str:
    """What the thick line is, or when it will be drawn."""
    if record.aligned.has_median:
        return _("The thick line is the median of the visits with a value that day.")
    return _("The median is drawn after %(n)s visits.", n=MEDIAN_FROM)
