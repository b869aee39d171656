"""Which section of an explainer fits this day: pure rules, each with its reason in words.

The first rule that fits wins, so the order is the order of need. None of them reassures: where a
red flag was ticked in the last two weeks, none applies.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from portal.diary.queries import Appointment
from portal.web.languages import gettext as _

SOON: Final = 3
AFTER: Final = 3
THIRD_DAY: Final = 3
A_WEEK: Final = 7
SOME_VISITS: Final = 4
_BRUISE: Final = re.compile(r"\bbruis|\bblack and blue", re.IGNORECASE)
_TIRED: Final = re.compile(r"\bdrows|\btired\b|\bsleepy\b|\bexhausted\b", re.IGNORECASE)
_AFRAID: Final = re.compile(r"\bafraid\b|\bscared\b|\bnervous\b|\bfear of needles\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Moment:
    """One section to read, and why it is shown now."""

    href: str
    title: str
    why: str

    @property
    def slug(self) -> str:
        """The page the section is in."""
        return self.href.removeprefix("/learn/").partition("#")[0]


@dataclass(frozen=True, slots=True)
class Situation:
    """What is true of a patient today; soreness and words are those of the newest entry."""

    today: date
    visits: Sequence[Appointment]
    has_entries: bool
    has_flag: bool
    felt_grasp: bool
    soreness: int | None = None
    words: str = ""
    last_written: date | None = None
    has_questions: bool = False

    @property
    def since_needling(self) -> int | None:
        """Days since the last needling; 0 is the day itself, None where there was none."""
        ago = [(self.today - visit.on).days for visit in self.visits if visit.is_needling]
        return min((days for days in ago if days >= 0), default=None)

    @property
    def until_visit(self) -> int | None:
        """Days to the next visit that was not held yet; None where none is planned."""
        ahead = [(visit.on - self.today).days for visit in self.visits if not visit.is_held]
        return min((days for days in ahead if days >= 0), default=None)

    @property
    def held(self) -> int:
        """How many visits there were."""
        return sum(visit.is_held for visit in self.visits)

    @property
    def is_newest_fresh(self) -> bool:
        """Whether the newest entry is of today or the day before."""
        return self.last_written is None or (self.today - self.last_written).days <= 1


def _days(count: int) -> str:
    return {0: _("today"), 1: _("tomorrow")}.get(count, _("in %(count)s days", count=count))


def _ago(count: int) -> str:
    return {0: _("today"), 1: _("yesterday")}.get(count, _("%(count)s days ago", count=count))


def _sore_on_the_third_day(now: Situation) -> Moment | None:
    since = now.since_needling
    if not now.soreness or not now.is_newest_fresh or since is None:
        return None
    if not THIRD_DAY <= since <= A_WEEK:
        return None
    why = _("Shown because you are still sore, and had needling %(when)s", when=_ago(since))
    return Moment("/learn/after-your-visit#later", _("Sore after day 3, and when to call"), why)


def _bruise(now: Situation) -> Moment | None:
    if not now.is_newest_fresh or not _BRUISE.search(now.words):
        return None
    why = _("Shown because you wrote about a bruise")
    return Moment("/learn/safety#risks", _("Bruises, and other risks in numbers"), why)


def _tired(now: Situation) -> Moment | None:
    since = now.since_needling
    if since is None or since > 1 or not now.is_newest_fresh or not _TIRED.search(now.words):
        return None
    why = _("Shown because you wrote that you are tired after needling")
    return Moment("/learn/after-your-visit#what", _("The first hours after needling"), why)


def _evening_after_needling(now: Situation) -> Moment | None:
    if now.since_needling != 0:
        return None
    why = _("Shown because you had needling %(when)s", when=_ago(0))
    return Moment("/learn/after-your-visit#what", _("The first hours, and when to call"), why)


def _after_needling(now: Situation) -> Moment | None:
    since = now.since_needling
    if since is None or since > AFTER:
        return None
    why = _("Shown because you had needling %(when)s", when=_ago(since))
    return Moment("/learn/after-your-visit", _("After your visit, and when to call"), why)


def _grasp(now: Situation) -> Moment | None:
    if not now.felt_grasp:
        return None
    why = _("Shown because you felt the muscle grab the needle")
    return Moment("/learn/the-grasp", _("What the grasp feels like"), why)


def _afraid(now: Situation) -> Moment | None:
    if now.until_visit is None or not now.is_newest_fresh or not _AFRAID.search(now.words):
        return None
    why = _("Shown because you wrote that you are afraid")
    return Moment("/learn/the-grasp#stop", _("You can stop at any moment"), why)


def _first_visit(now: Situation) -> Moment | None:
    if now.held or now.until_visit is None or now.until_visit > SOON:
        return None
    why = _("Shown because your first visit is %(when)s", when=_days(now.until_visit))
    return Moment("/learn/before-your-visit", _("Before your visit"), why)


def _no_questions_yet(now: Situation) -> Moment | None:
    if not now.held or now.has_questions or now.until_visit is None or now.until_visit > SOON:
        return None
    why = _(
        "Shown because your visit is %(when)s, and no question is written",
        when=_days(now.until_visit),
    )
    return Moment("/learn/before-your-visit#ask", _("Questions you could ask"), why)


def _tell_us_first(now: Situation) -> Moment | None:
    if not now.held or now.until_visit is None or now.until_visit > SOON:
        return None
    why = _("Shown because your visit is %(when)s", when=_days(now.until_visit))
    return Moment("/learn/after-your-visit#tell-us", _("What to tell us first"), why)


def _some_visits(now: Situation) -> Moment | None:
    if now.held < SOME_VISITS or now.held % SOME_VISITS:
        return None
    why = _("Shown because you have had %(count)s visits", count=now.held)
    return Moment("/learn/questions#no-change", _("What if nothing changes?"), why)


def _silent_week(now: Situation) -> Moment | None:
    if now.last_written is None or (now.today - now.last_written).days < A_WEEK:
        return None
    why = _("Shown because nothing was written for a week, which is fine")
    return Moment("/learn/your-diary#when", _("When your diary asks, and when not"), why)


def _first_day(now: Situation) -> Moment | None:
    if now.has_entries:
        return None
    why = _("Shown because your diary starts here")
    return Moment("/learn/your-diary", _("What your diary is for, and when it ends"), why)


RULES: Final[tuple[Callable[[Situation], Moment | None], ...]] = (
    _sore_on_the_third_day,
    _bruise,
    _tired,
    _evening_after_needling,
    _grasp,
    _after_needling,
    _afraid,
    _first_visit,
    _no_questions_yet,
    _tell_us_first,
    _some_visits,
    _silent_week,
    _first_day,
)


def moment_for(now: Situation) -> Moment | None:
    """Return the one page that fits today best; None when none does, or a flag was ticked."""
    if now.has_flag:
        return None
    found = (rule(now) for rule in RULES)
    return next((moment for moment in found if moment is not None), None)
