"""The sentences at the head of the trends: how it is now, how it was, and how sure that is."""

from dataclasses import dataclass

from portal.home.trends_queries import TrendFacts
from portal.review.thresholds import OWN
from portal.review.trends import Baseline, Figures, Reason, Record, Verdict
from portal.review.wording import (
    FORTNIGHT,
    change_range,
    direction,
    first_days,
    number,
    points_words,
)
from portal.web.jinja import day
from portal.web.languages import gettext as _
from portal.web.languages import ngettext


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """The page's first words.

    `now` and `then` end in a number that is printed apart, each empty where there is none.
    `verdict` is the review's word with its arrow, `range` and `counted` what it rests on.
    """

    now: str
    now_number: str = ""
    then: str = ""
    then_number: str = ""
    sub: str = ""
    verdict: str = ""
    arrow: str = ""
    range: str = ""
    counted: str = ""

    @property
    def is_change(self) -> bool:
        """Whether a change is stated, under which the fixed line must stand."""
        return bool(self.range)


def headline_of(record: Record, facts: TrendFacts) -> Headline:
    """Say where the pain stands, in the order: nothing, one day, too few days, an average."""
    if not record.days:
        return _nothing(facts)
    if len(record.days) == 1:
        return _one_day(record, facts)
    if record.recent.mean is None:
        return _too_few(record, facts)
    return _average(record, facts)


def _one_day(record: Record, facts: TrendFacts) -> Headline:
    """Say where the only day stands: one with a visit is drawn when that day is over.

    A diary that ended on that day is looked at as of it, so it never is.
    """
    if record.days[0].on <= record.recent.window.last:
        drawn = _("It is drawn below.")
    elif facts.care.ended_on:
        drawn = _("It stands in your diary.")
    else:
        drawn = _("It will be drawn here tomorrow.")
    average = _(
        "An average takes %(needed)s of %(length)s days.",
        needed=record.thresholds.settled_days,
        length=record.thresholds.window_days,
    )
    return Headline(now=_("One day is written so far."), sub=f"{drawn} {average}")


def _nothing(facts: TrendFacts) -> Headline:
    if facts.days:
        return Headline(
            now=_("No number for your pain is written yet."),
            sub=_("Your days are in your diary. One with a number will be drawn here."),
        )
    if not facts.care.is_open:
        return Headline(now=_("Your diary ended before a day was written."))
    return Headline(
        now=_("Nothing to show yet."),
        sub=_(
            "Your first day will be drawn here. An average comes with %(needed)s days, "
            "a comparison after your first visits.",
            needed=facts.thresholds.settled_days,
        ),
    )


def _stretch(record: Record, facts: TrendFacts) -> str:
    """Name the recent days: the last two weeks, or those of a diary that has ended."""
    length = record.recent.window.length
    last = _("the last two weeks") if length == FORTNIGHT else _("the last %(n)s days", n=length)
    return _("%(last)s of your diary", last=last) if facts.care.ended_on else last


def _too_few(record: Record, facts: TrendFacts) -> Headline:
    recent, needed = record.recent, record.thresholds.settled_days
    stretch = _stretch(record, facts)
    settled = len(recent.settled)
    if not recent.entry_days:
        now, sub = (
            _("There is no entry from %(stretch)s.", stretch=stretch),
            _("Earlier days are drawn below. An average takes %(needed)s days.", needed=needed),
        )
    else:
        now = ngettext(
            "%(num)s day is written in %(stretch)s.",
            "%(num)s days are written in %(stretch)s.",
            recent.entry_days,
            stretch=stretch,
        )
        sub = _average_takes(recent, settled, needed)
    then, then_number = _then(record)
    return Headline(now=now, sub=sub, then=then, then_number=then_number)


def _average_takes(recent: Figures, settled: int, needed: int) -> str:
    if settled == recent.entry_days:
        return _("An average takes %(needed)s. The days are drawn below.", needed=needed)
    return _(
        "%(settled)s of them count: the two days after a visit are left out, because soreness is "
        "common then. An average takes %(needed)s.",
        settled=settled,
        needed=needed,
    )


def _average(record: Record, facts: TrendFacts) -> Headline:
    recent = record.recent
    then, then_number = _then(record)
    change = record.change
    return Headline(
        now=_("In %(stretch)s your pain averaged about", stretch=_stretch(record, facts)),
        now_number=number(recent.mean or 0),
        then=then,
        then_number=then_number,
        sub=_left_out(record),
        verdict=_verdict(record.verdict) if change else _("No comparison yet"),
        arrow=direction(change.drop) if change else "",
        range=change_range(change) if change else "",
        counted=_counted(record, facts),
    )


def _then(record: Record) -> tuple[str, str]:
    """How it was before, where those days stand apart from the recent ones."""
    before = record.baseline
    if before is None or before.mean is None or before.window.overlaps(record.recent.window):
        return "", ""
    if record.baseline_kind is Baseline.FIRST_TWO_WEEKS:
        said = _("In the %(first)s of your diary it was about", first=first_days(record))
        return said, number(before.mean)
    return _("Before your first visit it was about"), number(before.mean)


def _left_out(record: Record) -> str:
    written = ngettext("%(num)s day written.", "%(num)s days written.", record.recent.entry_days)
    if len(record.recent.settled) == record.recent.entry_days:
        return written
    left_out = _("The two days after a visit are left out, because soreness is common then.")
    return f"{written} {left_out}"


def _verdict(verdict: Verdict) -> str:
    words = {
        Verdict.BETTER: _("Better"),
        Verdict.WORSE: _("Worse"),
        Verdict.ABOUT_THE_SAME: _("About the same"),
        Verdict.NOT_CLEAR_YET: _("Not clear yet"),
        Verdict.NOT_ENOUGH_DAYS: _("No comparison yet"),
    }
    return words[verdict]


def _counted(record: Record, facts: TrendFacts) -> str:
    """Which days the comparison rests on, or why there is none."""
    change = record.change
    if change is None:
        return _reason(record, facts)
    counted = ngettext(
        "%(num)s day now against %(before)s before.",
        "%(num)s days now against %(before)s before.",
        change.days_recent,
        before=change.days_before,
    )
    said = {
        Verdict.NOT_CLEAR_YET: _("Your days go up and down too much to say more."),
        Verdict.ABOUT_THE_SAME: _less_than(record),
    }.get(record.verdict, "")
    return f"{counted} {said}".strip()


def _less_than(record: Record) -> str:
    points = points_words(record.thresholds.points)
    if record.thresholds.source_of("points") == OWN:
        return _("Less than the %(points)s your clinic looks for.", points=points)
    return _("Less than the %(points)s that people usually notice.", points=points)


def _reason(record: Record, facts: TrendFacts) -> str:
    before = len(record.baseline.settled) if record.baseline else 0
    words = {
        Reason.NO_BASELINE: _("There was no visit with needling yet to compare with."),
        Reason.OVERLAP: _(
            "It is early: the days before your first visits and %(stretch)s overlap.",
            stretch=_stretch(record, facts),
        ),
        Reason.TOO_FEW_BEFORE: ngettext(
            "Only %(num)s day of the %(first)s of your diary counts; %(needed)s are needed.",
            "Only %(num)s days of the %(first)s of your diary count; %(needed)s are needed.",
            before,
            first=first_days(record),
            needed=record.thresholds.settled_days,
        ),
    }
    return words.get(record.reason, "") if record.reason else ""


def remarks_of(record: Record, facts: TrendFacts) -> tuple[str, ...]:
    """What else must be known to read the page: ended, written from memory, own words."""
    said = (_ended(facts), _only_late(record), _interference(record), _own_view(record))
    return tuple(words for words in said if words)


def _ended(facts: TrendFacts) -> str:
    if facts.care.ended_on is None:
        return ""
    return _(
        "Your diary ended on %(day)s. This is how it looked then.", day=day(facts.care.ended_on)
    )


def _only_late(record: Record) -> str:
    if not record.days or not all(each.is_late for each in record.days):
        return ""
    return ngettext(
        "It was written on a later day, from memory, so it is an open dot.",
        "All of them were written on a later day, from memory, so they are open dots.",
        len(record.days),
    )


def _interference(record: Record) -> str:
    now, drop = record.recent.interference, record.interference_drop
    if now is None:
        return ""
    if drop is None or record.baseline is None or record.baseline.interference is None:
        return _("Pain got in the way of your days about %(now)s of 10.", now=number(now))
    return _(
        "Pain got in the way of your days about %(now)s of 10, before it was %(then)s.",
        now=number(now),
        then=number(record.baseline.interference),
    )


def _own_view(record: Record) -> str:
    view = record.own_view
    if view is None:
        return ""
    words = {
        "better": _("Your own word on %(day)s: better than before your last visit."),
        "same": _("Your own word on %(day)s: about the same as before your last visit."),
        "worse": _("Your own word on %(day)s: worse than before your last visit."),
    }
    return words[view.change] % {"day": day(view.on)}
