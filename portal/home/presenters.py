"""What the patient's first page says beside today's state: visit, plan, readers, flags."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from portal import clock
from portal.diary import schedule
from portal.diary.flags import CALL
from portal.diary.history import ActSeen, FlagSeen
from portal.diary.plan_words import outline, patient_words
from portal.diary.presenters import near_day
from portal.diary.queries import Appointment, Care
from portal.diary.schedule import VisitDay
from portal.review.queries import LastRead
from portal.web.jinja import day as written_day
from portal.web.jinja import day_short, lower_first, weekday, weekday_name
from portal.web.languages import gettext as _
from portal.web.languages import ngettext

PROMPTED = frozenset({3, 1})  # days before a visit


@dataclass(frozen=True, slots=True)
class NextVisit:
    """The next visit, and how much of the time since the last one is gone."""

    title: str
    sentence: str
    days: int
    gone: int
    start: str
    end: str


def _in_days(days: int) -> str:
    if days == 0:
        return _("Your visit is today")
    if days == 1:
        return _("Next visit tomorrow")
    return _("Next visit in %(count)s days", count=days)


def next_visit(care: Care, visits: Sequence[Appointment]) -> NextVisit | None:
    """Return the next planned visit; None where none is planned."""
    ahead = [visit for visit in visits if not visit.is_held and visit.on >= care.today]
    if not ahead:
        return None
    coming = ahead[0]
    held = [visit for visit in visits if visit.is_held and visit.on <= care.today]
    start = held[-1].on if held else care.started_on
    profession = lower_first(coming.profession)
    who = _("with %(name)s, %(profession)s", name=coming.practitioner, profession=profession)
    at = clock.local(coming.at, care.zone) if coming.at is not None else None
    when = weekday(coming.on) if at is None else f"{weekday(coming.on)}, {at:%H:%M}"
    return NextVisit(
        title=_in_days((coming.on - care.today).days),
        sentence=_("%(when)s, %(who)s.", when=when, who=who),
        days=(coming.on - start).days,
        gone=(care.today - start).days,
        start=_last_words(held, care),
        end=day_short(coming.on),
    )


def _last_words(held: Sequence[Appointment], care: Care) -> str:
    if not held:
        return _("Start, %(day)s", day=day_short(care.started_on))
    last = held[-1]
    on = _("Today") if last.on == care.today else day_short(last.on)
    if last.number is None:
        return on
    return _("%(day)s, visit %(number)s", day=on, number=last.number)


def plan_words(care: Care, visits: Sequence[VisitDay]) -> str:
    """Say in a sentence when the diary is asked for, and until when."""
    return patient_words(outline(care.plan, visits, care.today))


@dataclass(frozen=True, slots=True)
class Seen:
    """Who read the diary last, in words."""

    title: str
    sentence: str


def seen(reading: LastRead | None, care: Care) -> Seen | None:
    """Return who read the diary last; None while nobody has."""
    if reading is None:
        return None
    at = clock.local(reading.at, care.zone)
    on = at.date()
    when = near_day(on, care.today) if on == care.today else written_day(on)
    title = _("%(name)s read your diary on %(day)s", name=reading.name, day=when)
    if on == care.today:
        title = _("%(name)s read your diary today", name=reading.name)
    return Seen(
        title,
        _(
            "%(profession)s, at %(time)s.",
            profession=_titled(reading.profession),
            time=f"{at:%H:%M}",
        ),
    )


@dataclass(frozen=True, slots=True)
class FlagLine:
    """What became of a warning sign, or of a wish to be called, of one day.

    `link` is what a link to that day says; empty where everything is told.
    """

    on: date
    sentence: str
    link: str
    has_advice: bool


def flag_lines(flags: Sequence[FlagSeen], care: Care) -> list[FlagLine]:
    """Say which flags and calls of a patient are open, and who answered the others; no comfort."""
    by_day: dict[tuple[date, bool], list[FlagSeen]] = {}
    for flag in flags:
        if flag.about_on is not None:
            by_day.setdefault((flag.about_on, flag.code == CALL), []).append(flag)
    return [_flag_line(on, found, care) for (on, _is_call), found in by_day.items()]


def _flag_line(on: date, flags: Sequence[FlagSeen], care: Care) -> FlagLine:
    is_call = flags[0].code == CALL
    day = written_day(on)
    said = (
        _("You asked for a call on %(day)s.", day=day)
        if is_call
        else _("You ticked a warning sign on %(day)s.", day=day)
    )
    acts = dict.fromkeys(_act_words(act, care) for flag in flags for act in flag.acts)
    is_open = any(flag.is_open for flag in flags)
    is_ticked = any(flag.is_open and not flag.is_unticked for flag in flags)
    link = (_("What happens now") if is_call else _("What to do")) if is_ticked else ""
    if is_open and not is_ticked:
        link = _("Look at that day")
    return FlagLine(on, " ".join([said, *acts]), link, has_advice=is_ticked)


def _act_words(act: ActSeen, care: Care) -> str:
    day = written_day(clock.local(act.at, care.zone).date())
    words = {
        "spoke-at-visit": _("%(name)s answered it on %(day)s: spoke at the visit."),
        "called": _("%(name)s answered it on %(day)s: called you."),
        "no-answer": _("%(name)s tried to reach you on %(day)s."),
        "sent-to-doctor": _("%(name)s answered it on %(day)s: sent you to a doctor."),
    }
    return words[act.how] % {"name": act.name, "day": day}


def _titled(words: str) -> str:
    return words[:1].upper() + words[1:]


@dataclass(frozen=True, slots=True)
class AskPrompt:
    """Three days and one day before a visit: whether there is anything to ask."""

    title: str
    sentence: str


def ask_prompt(care: Care, visits: Sequence[Appointment], *, waiting: int) -> AskPrompt | None:
    """Return the prompt for questions; None on every other day."""
    ahead = [visit for visit in visits if not visit.is_held and visit.on >= care.today]
    if not ahead or (ahead[0].on - care.today).days not in PROMPTED:
        return None
    coming = ahead[0]
    title = _("Anything to ask on %(day)s?", day=weekday_name(coming.on))
    if not care.is_read:
        return AskPrompt(
            title, _("Nobody reads it before you meet. You can keep it here till then.")
        )
    if waiting:
        return AskPrompt(
            title,
            ngettext(
                "%(num)s question is written. %(name)s sees it before you meet.",
                "%(num)s questions are written. %(name)s sees them before you meet.",
                waiting,
                name=coming.practitioner,
            ),
        )
    sentence = _("What you write now, %(name)s sees before you meet.", name=coming.practitioner)
    return AskPrompt(title, sentence)


def after_visit(care: Care, visits: Sequence[Appointment]) -> str:
    """Say which of the seven days after a visit this is; empty on other days or in a pause."""
    plan = care.plan
    held = [visit for visit in visits if visit.is_held and visit.on <= care.today]
    if plan is None or not plan.is_on(care.today) or not held or held[-1].number is None:
        return ""
    gone = (care.today - held[-1].on).days
    if not 0 < gone <= schedule.DAYS_AFTER_VISIT:
        return ""
    return _(
        "Day %(gone)s of the %(days)s after visit %(number)s.",
        gone=gone,
        days=schedule.DAYS_AFTER_VISIT,
        number=held[-1].number,
    )


@dataclass(frozen=True, slots=True)
class Intro:
    """What the diary is for, how much it asks, and when it ends: shown until the first entry."""

    why: str
    how: str
    end: str


def intro(care: Care) -> Intro:
    """Return the three things to know on the first day."""
    end = (
        _(
            "It ends by itself on %(day)s. Thinking of pain each day for long does not suit "
            "everybody.",
            day=written_day(care.plan.ends_on),
        )
        if care.plan
        else _("It ends when you and your practitioner say so, and you can stop at any time.")
    )
    return Intro(
        _("So that your practitioner knows how your days went before picking up a needle."),
        _("About a minute, on the days your plan asks for. You can skip any of them."),
        end,
    )
