"""What to do now: one sentence and one button about the day most likely meant, in every state.

The words never praise and never reproach; a gap is a gap, and an end is an end.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum, auto

from portal.diary import schedule
from portal.diary.history import DayLine
from portal.diary.presenters import near_day
from portal.diary.queries import Care
from portal.diary.schedule import Plan, VisitDay
from portal.web.jinja import day as written_day
from portal.web.languages import gettext as _

SILENT_AFTER = 10  # days: a weekly rhythm missed once is no silence yet


class State(Enum):
    """How the diary stands for a patient who may write."""

    FIRST_DAY = auto()
    PAUSED = auto()
    OVER = auto()
    LAST_DAY = auto()
    BACK_AGAIN = auto()
    NIGHT = auto()
    NOT_ASKED = auto()
    ASKED = auto()


@dataclass(frozen=True, slots=True)
class DayLink:
    """A day that can be written or changed still."""

    on: date
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Now:
    """What to do now; `is_asked` says that the plan asks for it, so that the button leads."""

    on: date
    state: State
    sentence: str
    more: str
    button: str
    is_written: bool
    is_asked: bool
    unwritten: tuple[DayLink, ...]
    written: tuple[DayLink, ...]

    @property
    def is_over(self) -> bool:
        """Whether the plan asks for nothing any more, so that there is nothing to pause."""
        return self.state is State.OVER


def state_of(care: Care, on: date, visits: Sequence[VisitDay], *, last: date | None) -> State:
    """Return how the diary stands; `last` is the last day written about, None for no day."""
    if last is None:
        return State.FIRST_DAY
    ahead = _ahead(care.plan, visits, on)
    planned = _state_of_plan(care.plan, ahead, on)
    if planned is not None:
        return planned
    if (on - last).days >= SILENT_AFTER:
        return State.BACK_AGAIN
    if on < care.today:
        return State.NIGHT
    return State.ASKED if care.plan is None or on in ahead else State.NOT_ASKED


def _ahead(plan: Plan | None, visits: Sequence[VisitDay], on: date) -> frozenset[date]:
    """The days still asked for, from this one on."""
    if plan is None:
        return frozenset()
    return schedule.asked_days(plan, visits, on, max(on, plan.ends_on))


def _state_of_plan(plan: Plan | None, ahead: frozenset[date], on: date) -> State | None:
    """What the plan alone decides: a pause, its end, its last day; None on all other days."""
    if plan is None:
        return None
    if plan.is_paused(on):
        return State.PAUSED
    if not ahead:
        return State.OVER
    return State.LAST_DAY if ahead == {on} else None


def now_of(
    care: Care, lines: Sequence[DayLine], visits: Sequence[VisitDay], *, last: date | None
) -> Now:
    """Return what to do now; `lines` are the last days, withdrawn ones left out."""
    on = schedule.offered_day(care.local_now)
    known = {line.on for line in lines}
    others = [day for day in schedule.writable_days(care.today) if day != on]
    state = state_of(care, on, visits, last=last)
    is_written = on in known
    name = near_day(on, care.today)
    return Now(
        on=on,
        state=state,
        sentence=_done(on, care) if is_written else _sentence(state, care, (on, last)),
        more=_after(state) if is_written else _more(state),
        button=_("Change %(day)s’s diary", day=name)
        if is_written
        else _("Write %(day)s’s diary", day=name),
        is_written=is_written,
        is_asked=state not in {State.PAUSED, State.OVER, State.NOT_ASKED},
        unwritten=_links([day for day in others if day not in known], care.today),
        written=_links([day for day in others if day in known], care.today),
    )


def _links(days: Sequence[date], today: date) -> tuple[DayLink, ...]:
    return tuple(DayLink(day, near_day(day, today)) for day in days)


def _done(on: date, care: Care) -> str:
    return (
        _("Today’s diary is written.") if on == care.today else _("Yesterday’s diary is written.")
    )


def _sentence(state: State, care: Care, days: tuple[date, date | None]) -> str:
    on, last = days
    until = care.plan.paused_until if care.plan else None
    words = {
        State.FIRST_DAY: _("Your diary starts here. One number a day is enough."),
        State.PAUSED: _(
            "Your diary is paused until %(day)s.", day=written_day(until) if until else ""
        ),
        State.OVER: _("Your plan has ended. Nothing is asked of you now."),
        State.LAST_DAY: _("This is the last day that your plan asks for."),
        State.BACK_AGAIN: _(
            "Nothing was written for %(count)s days, and that is fine.",
            count=(on - (last or on)).days,
        ),
        State.NIGHT: _("It is late. Yesterday’s diary is not written yet; one number is enough."),
        State.NOT_ASKED: _("Your plan does not ask for today. You can write if you like."),
        State.ASKED: _("Today’s diary is not written yet. One number is enough."),
    }
    return words[state]


def _more(state: State) -> str:
    """What else is said while the day is not written."""
    words = {
        State.PAUSED: _("Until then nothing is asked. You can write all the same."),
        State.OVER: _("You can still write when something changes."),
        State.LAST_DAY: _("After it your diary ends by itself. One number is enough."),
        State.BACK_AGAIN: _("Start with today; one number is enough. The gap stays a gap."),
    }
    return words.get(state, "")


def _after(state: State) -> str:
    """What else is said once the day is written."""
    words = {
        State.OVER: _("Your plan has ended, so nothing is asked of you now."),
        State.LAST_DAY: _(
            "It was the last day that your plan asks for. You can still write when something "
            "changes."
        ),
    }
    return words.get(state, "")
