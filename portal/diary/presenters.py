"""What diary pages say: plain values for templates, made from answers, days and advice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import MappingProxyType

from portal import clock
from portal.diary import schedule
from portal.diary.answers import LONGEST, LONGEST_REASON, Answers, Fields, Problem, Sent, read
from portal.diary.flags import CALL, FLAGS, NONE, ticked
from portal.diary.history import ActSeen, FlagSeen
from portal.diary.queries import Care, Version
from portal.diary.regions import BY_KEY
from portal.diary.schedule import Asked, VisitDay, writable_days
from portal.web.jinja import day as written_day
from portal.web.jinja import listed, lower_first, weekday, weekday_name
from portal.web.languages import gettext as _


@dataclass(frozen=True, slots=True)
class Filled:
    """The fields of a form as they stand: typed, kept, or stored."""

    fields: Fields = field(default_factory=dict)

    def one(self, name: str) -> str | None:
        """The single value of a field; None where nothing stands."""
        values = self.fields.get(name) or ()
        return values[0] if values else None

    def all(self, name: str) -> list[str]:
        """Every value of a field."""
        return list(self.fields.get(name) or ())

    def has(self, *names: str) -> bool:
        """Whether something stands in one of these fields."""
        return any(value for name in names for value in self.all(name))


@dataclass(frozen=True, slots=True)
class EntryPage:
    """The entry form of one day.

    `base_version` names the version a correction starts from (0 for a new day); `picked_lead`
    says from when the ticked places are; `other_days` can be written about as well. On an own
    phone nobody is signed in; `is_draft_waiting` then says that typed words wait for a sign-in.
    Without `is_read` nobody at the clinic reads what is written.
    `usual` are the places that stand first in the list, the one named most often first.
    """

    on: date
    title: str
    filled: Filled
    asked: Asked
    entry_key: str
    base_version: int
    today: date
    is_correction: bool = False
    is_restored_draft: bool = False
    is_withdrawn: bool = False
    picked_lead: str = ""
    problems: tuple[tuple[str, str], ...] = ()
    errors: Mapping[str, str] = field(default_factory=dict)
    other_days: tuple[date, ...] = ()
    last_on: date | None = None
    last_places: tuple[str, ...] = ()
    is_read: bool = True
    is_own_phone: bool = False
    is_draft_waiting: bool = False
    usual: tuple[str, ...] = ()

    @property
    def is_today(self) -> bool:
        """Whether the form is about the day it is."""
        return self.on == self.today

    @property
    def needled_words(self) -> str:
        """When the needling was that the questions are about, in a sentence."""
        on = self.asked.needled_on
        if on is None:
            return ""
        near = near_day(on, self.today)
        return near if (self.today - on).days <= 1 else _("on %(day)s", day=near)

    @property
    def view(self) -> str:
        """The side of the body shown first: the one with ticked places, else the back."""
        sides = [BY_KEY[key].view for key in self.filled.all("places") if key in BY_KEY]
        return "front" if sides and "back" not in sides else "back"

    @property
    def are_flags_open(self) -> bool:
        """Whether the red flags stand open: today's rule, one is ticked, or something is wrong."""
        is_ticked = bool(ticked(self.filled.all("flags")))
        return self.asked.flags_open or is_ticked or "flags" in self.errors

    @property
    def is_more_open(self) -> bool:
        """Whether the folded questions stand open, since one is answered or wrong."""
        names = ("pain_worst", "change", "sleep", "medicine", "managed", "note", "call_me")
        return self.filled.has(*names) or any(name in self.errors for name in names)


def title_of(on: date, today: date) -> str:
    """Name the diary of a day, as the patient would."""
    if on == today:
        return _("Today’s diary")
    if on == today - timedelta(days=1):
        return _("Yesterday’s diary")
    return _("Diary for %(day)s", day=weekday(on))


def near_day(on: date, today: date) -> str:
    """Name a day near today in a sentence: today, yesterday, Saturday, 3 November."""
    back = (today - on).days
    if back in {0, 1}:
        return _("today") if back == 0 else _("yesterday")
    return weekday_name(on) if 0 < back < schedule.WEEK else written_day(on)


def picked_lead(places_on: date, today: date) -> str:
    """Say from which day the ticked places were taken over."""
    return _("From %(day)s:", day=near_day(places_on, today))


_ANCHOR: Mapping[str, str] = MappingProxyType(
    {
        **{name: f"{name}-0" for name in ("pain_average", "interference", "soreness")},
        **{name: f"{name}-0" for name in ("pain_worst", "sleep")},
        "needled": "needled-yes",
        "grasp_felt": "grasp_felt-none",
        "grasp_lasted": "grasp_lasted-under-a-minute",
        "flags": "flags-RF1",
        "places": "after-map",
        "change": "change-better",
        "medicine": "medicine-no",
    }
)


def _longest(name: str) -> int:
    return LONGEST_REASON if name == "reason" else LONGEST[name]


def problem_words(name: str, problem: Problem) -> str:
    """Say what to do about a field that could not be used."""
    if problem is Problem.MISSING:
        return _("Choose a number for your pain")
    if problem is Problem.BELOW_AVERAGE:
        return _("The worst moment cannot be lower than your average pain")
    if problem is Problem.TOO_LONG:
        return _("Use at most %(count)s characters here", count=_longest(name))
    if problem is Problem.NOT_A_SCORE:
        return _("Choose one number from 0 to 10")
    if problem is Problem.NOT_A_CHOICE:
        return _("Choose one of the answers")
    return _("One of the ticks could not be used; please look at them again")


def errors_of(sent: Sent) -> tuple[Mapping[str, str], tuple[tuple[str, str], ...]]:
    """Return the sentence for each field in the page's order, and the summary's links."""
    order = [name for name in (*Answers.__dataclass_fields__, "reason") if name in sent.problems]
    words = {name: problem_words(name, sent.problems[name]) for name in order}
    return words, tuple((_ANCHOR.get(name, name), words[name]) for name in order)


def _choice_words() -> Mapping[str, Mapping[str, str]]:
    return {
        "needled": {"yes": _("Yes"), "no": _("No")},
        "grasp_felt": {
            "none": _("No"),
            "a-little": _("A little"),
            "clearly": _("Clearly"),
            "strongly": _("Strongly"),
        },
        "grasp_lasted": {
            "under-a-minute": _("Under a minute"),
            "minutes": _("Minutes"),
            "hours": _("Hours"),
            "still-there": _("It is still there"),
        },
        "change": {"better": _("Better"), "same": _("About the same"), "worse": _("Worse")},
        "medicine": {
            "no": _("No"),
            "as-usual": _("As usual"),
            "more": _("More than usual"),
            "less": _("Less than usual"),
        },
    }


def flag_options() -> list[tuple[str, str]]:
    """Return the red flags to tick, in their order."""
    return [(code, str(flag.label)) for code, flag in FLAGS.items()]


def options(name: str) -> list[tuple[str, str]]:
    """Return the answers of a choice, in their order."""
    return list(_choice_words()[name].items())


def _score(value: int | None) -> str:
    return "" if value is None else _("%(score)s of 10", score=value)


def _ticks(codes: Sequence[str]) -> str:
    words = [str(FLAGS[code].label) for code in codes if code in FLAGS]
    return "\n".join(words) or (_("None of these") if NONE in codes else "")


def places_in_words(keys: Sequence[str]) -> str:
    """Name places in the figure's order, in words."""
    words = [_(BY_KEY[key].label) for key in keys]
    return listed([words[0], *map(lower_first, words[1:])]) if words else ""


def answer_rows(answers: Answers) -> list[tuple[str, str]]:
    """Return what was answered, as label and words; what was not is left out."""
    words = _choice_words()

    def chosen(name: str, value: str | None) -> str:
        return words[name].get(value or "", "")

    rows = [
        (_("Pain, on average"), _score(answers.pain_average)),
        (_("In the way of the day"), _score(answers.interference)),
        (_("Needles at the visit"), chosen("needled", answers.needled)),
        (_("Soreness where the needles went"), _score(answers.soreness)),
        (_("Muscle grabbed the needle"), chosen("grasp_felt", answers.grasp_felt)),
        (_("The cramp lasted"), chosen("grasp_lasted", answers.grasp_lasted)),
        (_("Anything new"), _ticks(answers.flags)),
        (_("Where"), places_in_words(answers.places)),
        (_("Pain, worst moment"), _score(answers.pain_worst)),
        (_("Compared with before the last visit"), chosen("change", answers.change)),
        (_("Sleep (0 is very well)"), _score(answers.sleep)),
        (_("Medicine for this pain"), chosen("medicine", answers.medicine)),
        (_("Managed"), answers.managed),
        (_("Note"), answers.note),
        (_("Asked for a call"), _("Yes") if answers.call_me else ""),
    ]
    return [(label, value) for label, value in rows if value]


def typed_rows(fields: Fields) -> list[tuple[str, str]]:
    """Return what was typed into a form that was not taken, with every word of it."""
    sent = read(fields)
    labels = {"managed": _("Managed"), "note": _("Note"), "reason": _("Why you change it")}
    long = [name for name in labels if sent.problems.get(name) is Problem.TOO_LONG]
    rows = answer_rows(sent.answers)
    rows += [(labels[name], "\n".join(fields[name])) for name in long]
    return [*rows, (labels["reason"], sent.reason)] if sent.reason else rows


@dataclass(frozen=True, slots=True)
class VersionShown:
    """One version of a day, as the history shows it.

    `changes` are the answers that differ from the version it replaced: label, before, now.
    """

    number: int
    title: str
    written: str
    reason: str
    rows: list[tuple[str, str]]
    changes: tuple[tuple[str, str, str], ...] = ()


def _what_happened(version: Version, before: Version | None) -> str:
    if version.withdrawn_at is not None:
        return _("Taken out")
    if before is None:
        return _("First written")
    return _("Put back") if before.withdrawn_at is not None else _("Corrected")


def version_shown(version: Version, before: Version | None, care: Care) -> VersionShown:
    """Return one version for the history; `before` is the version it replaced."""
    at = clock.local(version.entered_at, care.zone)
    written = _("%(day)s, %(time)s", day=weekday(at.date()), time=f"{at:%H:%M}")
    if version.is_late and before is None:
        written = _("%(written)s, written later", written=written)
    return VersionShown(
        version.version,
        _what_happened(version, before),
        written,
        version.reason,
        answer_rows(version.answers),
        _changes(version, before) if before else (),
    )


def _changes(version: Version, before: Version) -> tuple[tuple[str, str, str], ...]:
    """Which answers a version changed, in the page's order; an answer left out is "–"."""
    was, now = dict(answer_rows(before.answers)), dict(answer_rows(version.answers))
    labels = [*now, *(label for label in was if label not in now)]
    return tuple(
        (label, was.get(label, "–"), now.get(label, "–"))
        for label in labels
        if was.get(label) != now.get(label)
    )


def other_days(on: date, today: date) -> tuple[date, ...]:
    """Return the other days a new entry may be about, newest first."""
    return tuple(day for day in writable_days(today) if day != on)


def plan_fact(care: Care, visits: Sequence[VisitDay]) -> str:
    """Say when the diary is due next, and when the plan ends."""
    plan, today = care.plan, care.today
    if plan is None:
        return ""
    if plan.is_paused(today) and plan.paused_until is not None:
        return _("Your diary is paused until %(day)s.", day=written_day(plan.paused_until))
    ahead = schedule.asked_days(plan, visits, today + timedelta(days=1), plan.ends_on)
    if not ahead:
        return _("Your plan has no more days. You can still write when something changes.")
    following = min(ahead)
    return _(
        "Your plan asks again %(day)s. It ends on %(end)s.",
        day=_("tomorrow")
        if following == today + timedelta(days=1)
        else _("on %(day)s", day=weekday(following)),
        end=written_day(plan.ends_on),
    )


def flags_shown(flags: Sequence[FlagSeen], care: Care) -> list[tuple[str, str]]:
    """Return what was flagged about a day, and what the clinic did about it: who and when."""
    return [(_flag_label(flag.code), _flag_state(flag, care)) for flag in flags]


def _flag_label(code: str) -> str:
    return _("Asked for a call") if code == CALL else str(FLAGS[code].label)


def _flag_state(flag: FlagSeen, care: Care) -> str:
    if flag.acts:
        return "\n".join(_act_words(act, care) for act in flag.acts)
    if not care.is_read:
        return _not_read(flag)
    if flag.is_unticked:
        return _("You took the tick away later. It stays on your practitioner’s list.")
    return _("Waiting on your practitioner’s list.")


def _not_read(flag: FlagSeen) -> str:
    """Say of a flag in a diary that nobody reads where it stands: with the clinic's flag reader."""
    if flag.is_unticked:
        return _("You took the tick away later. It stays on the clinic’s list.")
    return _("On the clinic’s list. Nobody reads this diary now, so it may not be seen.")


def _act_words(act: ActSeen, care: Care) -> str:
    on = written_day(clock.local(act.at, care.zone).date())
    words = {
        "spoke-at-visit": _("%(name)s spoke with you about it at a visit, %(day)s."),
        "called": _("%(name)s called you about it, %(day)s."),
        "no-answer": _("%(name)s tried to reach you, %(day)s."),
        "sent-to-doctor": _("%(name)s sent you to a doctor about it, %(day)s."),
    }
    return words[act.how] % {"name": act.name, "day": on}
