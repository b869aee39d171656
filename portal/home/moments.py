"""Which explainer fits this day: pure rules, each with its reason.

None of them reassures: where a red flag was ticked in the last two weeks, none applies.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from portal.diary.queries import Appointment

SOON = 3
AFTER = 3


@dataclass(frozen=True, slots=True)
class Moment:
    """One page to read, and why it is shown now."""

    href: str
    title: str
    why: str


@dataclass(frozen=True, slots=True)
class Situation:
    """What is true of a patient today."""

    today: date
    visits: Sequence[Appointment]
    has_entries: bool
    has_flag: bool
    felt_grasp: bool


def _days(count: int) -> str:
    return {0: _("today"), 1: _("tomorrow")}.get(count, _("in %(count)s days", count=count))


def _ago(count: int) -> str:
    return {0: _("today"), 1: _("yesterday")}.get(count, _("%(count)s days ago", count=count))


def _after_needling(now: Situation) -> Moment | None:
    ago = [(now.today - visit.on).days for visit in now.visits if visit.is_needling]
    recent = [days for days in ago if 0 <= days <= AFTER]
    if not recent:
        return None
    why = _("Shown because you had needling %(when)s", when=_ago(min(recent)))
    return Moment("/learn/after-your-visit", _("After your visit, and when to call"), why)


def _grasp(now: Situation) -> Moment | None:
    if not now.felt_grasp:
        return None
    why = _("Shown because you felt the muscle grab the needle")
    return Moment("/learn/the-grasp", _("What the grasp feels like"), why)


def _first_visit(now: Situation) -> Moment | None:
    if any(visit.is_held for visit in now.visits):
        return None
    ahead = [(visit.on - now.today).days for visit in now.visits]
    soon = [days for days in ahead if 0 <= days <= SOON]
    if not soon:
        return None
    why = _("Shown because your first visit is %(when)s", when=_days(min(soon)))
    return Moment("/learn/before-your-visit", _("Before your visit"), why)


def _first_day(now: Situation) -> Moment | None:
    if now.has_entries:
        return None
    why = _("Shown because your diary starts here")
    return Moment("/learn/your-diary", _("What your diary is for, and when it ends"), why)


_RULES = (_after_needling, _grasp, _first_visit, _first_day)


def moment_for(now: Situation) -> Moment | None:
    """Return the one page that fits today best; None when none does, or a flag was ticked."""
    if now.has_flag:
        return None
    found = (rule(now) for rule in _RULES)
    return next((moment for moment in found if moment is not None), None)
