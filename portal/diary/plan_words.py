"""A diary plan in one sentence, for the patient and for the practitioner."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from portal.diary.schedule import Plan, VisitDay, asked_days
from portal.web.jinja import day as written_day
from portal.web.jinja import weekday
from portal.web.languages import gettext as _


class State(StrEnum):
    """What a plan does from a day on."""

    NONE = "none"
    PAUSED = "paused"
    ENDED = "ended"
    DONE = "done"
    LAST = "last"
    TO_THE_END = "to-the-end"
    DAILY = "daily"
    ONCE = "once"
    WEEKLY = "weekly"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Outline:
    """The plan from a day on: asked next on `first`, every evening until `until`, over on `ends`.

    In a pause `first` is the first day asked again.
    """

    state: State
    first: date = date.min
    until: date = date.min
    ends: date = date.min


def outline(plan: Plan | None, visits: Sequence[VisitDay], today: date) -> Outline:
    """Return what a plan does from today on."""
    if plan is None:
        return Outline(State.NONE)
    if today > plan.ends_on:
        return Outline(State.ENDED, ends=plan.ends_on)
    if plan.paused_until is not None and plan.is_paused(today):
        return Outline(State.PAUSED, plan.paused_until, ends=plan.ends_on)
    ahead = sorted(asked_days(plan, visits, today, plan.ends_on))
    if not ahead:
        return Outline(State.DONE, ends=plan.ends_on)
    until = _run(ahead)
    return Outline(_state(ahead, until, today), ahead[0], until, plan.ends_on)


def _state(ahead: Sequence[date], until: date, today: date) -> State:
    if until == today:
        return State.LAST if len(ahead) == 1 else State.ONCE
    if ahead[0] > today:
        return State.WEEKLY if until == ahead[0] else State.LATER
    return State.TO_THE_END if until == ahead[-1] else State.DAILY


def _run(days: Sequence[date]) -> date:
    """Return the last of the days that follow each other from the first one on."""
    last = days[0]
    for day in days[1:]:
        if day != last + timedelta(days=1):
            break
        last = day
    return last


def patient_words(found: Outline) -> str:
    """Say to the patient when the diary is asked for, and until when."""
    said = {
        State.NONE: _("You have no plan yet. Write when you like."),
        State.PAUSED: _("Paused until %(first)s. Your diary ends on %(end)s."),
        State.ENDED: _("Your plan has ended. You can still write when something changes."),
        State.DONE: _("Nothing more is asked. Your diary ends on %(end)s."),
        State.LAST: _("Today for the last time. Your diary ends on %(end)s."),
        State.TO_THE_END: _("Every evening until %(until)s. Then your diary ends."),
        State.DAILY: _(
            "Every evening until %(until)s, then once a week or around visits, until %(end)s."
        ),
        State.ONCE: _("Today, then about once a week. Your diary ends on %(end)s."),
        State.WEEKLY: _("Next on %(next)s. Your diary ends on %(end)s."),
        State.LATER: _("Every evening from %(first)s until %(until)s. Your diary ends on %(end)s."),
    }
    return said[found.state] % _days(found)


def staff_words(found: Outline) -> str:
    """Say to the practitioner what the plan asks from today on."""
    said = {
        State.NONE: _("There is no plan. The patient can write at any time."),
        State.PAUSED: _("Paused: nothing is asked until %(first)s. The plan ends on %(end)s."),
        State.ENDED: _("The plan ended on %(end)s. The patient can still write."),
        State.DONE: _("Nothing more is asked until the plan ends on %(end)s."),
        State.LAST: _("Today for the last time. The plan ends on %(end)s."),
        State.TO_THE_END: _("Every evening until %(until)s, when the plan ends."),
        State.DAILY: _(
            "Every evening until %(until)s, then once a week or around visits, until %(end)s."
        ),
        State.ONCE: _("Today, then about once a week, until %(end)s."),
        State.WEEKLY: _("Once a week or around visits, next on %(next)s, until %(end)s."),
        State.LATER: _("Every evening from %(first)s until %(until)s. The plan ends on %(end)s."),
    }
    return said[found.state] % _days(found)


def _days(found: Outline) -> dict[str, str]:
    return {
        "first": written_day(found.first),
        "next": weekday(found.first),
        "until": written_day(found.until),
        "end": written_day(found.ends),
    }
