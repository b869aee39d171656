"""When each instrument is asked for: pure rules, without database or clock.

The PEG once a week while the plan is on; the PSFS at enrolment and in the three days before each
visit; the PGIC after the second visit and then in the three days before each visit (design.md
section 5). Nobody is asked during a pause. Doing one earlier or later is always allowed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from portal.diary.schedule import WEEK, Plan, VisitDay

PEG, PSFS, PGIC = "peg", "psfs", "pgic"
KINDS = (PEG, PSFS, PGIC)
DAYS_BEFORE_VISIT = 3
PGIC_FROM_VISIT = 2
LOOKS_AHEAD = 60


@dataclass(frozen=True, slots=True)
class DoneOn:
    """That an instrument was filled in on a day."""

    instrument: str
    on: date


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What the days of one episode rest on: the plan, the visits, and what was filled in."""

    plan: Plan | None
    visits: tuple[VisitDay, ...]
    done: tuple[DoneOn, ...]

    def last_done(self, instrument: str, day: date) -> date | None:
        """The last day up to this one on which the instrument was filled in."""
        days = [one.on for one in self.done if one.instrument == instrument and one.on <= day]
        return max(days, default=None)


def _is_on(rhythm: Rhythm, day: date) -> bool:
    return rhythm.plan is not None and rhythm.plan.is_on(day)


def _is_paused(rhythm: Rhythm, day: date) -> bool:
    return rhythm.plan is not None and rhythm.plan.is_paused(day)


def _window(visits: Sequence[VisitDay], day: date) -> date | None:
    """The first of the three days before a planned visit, if this day is one of them."""
    ahead = [visit.on for visit in visits if not visit.is_recorded]
    near = [on for on in ahead if 1 <= (on - day).days <= DAYS_BEFORE_VISIT]
    return min(near) - timedelta(days=DAYS_BEFORE_VISIT) if near else None


def _before_visit(rhythm: Rhythm, instrument: str, day: date) -> bool:
    opens = _window(rhythm.visits, day)
    last = rhythm.last_done(instrument, day)
    return opens is not None and (last is None or last < opens)


def _peg(rhythm: Rhythm, day: date) -> bool:
    last = rhythm.last_done(PEG, day)
    return _is_on(rhythm, day) and (last is None or (day - last).days >= WEEK)


def _psfs(rhythm: Rhythm, day: date) -> bool:
    is_first = _is_on(rhythm, day) and rhythm.last_done(PSFS, day) is None
    return is_first or _before_visit(rhythm, PSFS, day)


def _pgic(rhythm: Rhythm, day: date) -> bool:
    held = [visit.on for visit in rhythm.visits if visit.is_recorded and visit.on <= day]
    if len(held) < PGIC_FROM_VISIT:
        return False
    is_first = _is_on(rhythm, day) and rhythm.last_done(PGIC, day) is None
    return is_first or _before_visit(rhythm, PGIC, day)


_RULES = {PEG: _peg, PSFS: _psfs, PGIC: _pgic}


def is_due(rhythm: Rhythm, instrument: str, day: date) -> bool:
    """Whether this instrument is asked for on a day; one without a rule never is."""
    rule = _RULES.get(instrument)
    return rule is not None and not _is_paused(rhythm, day) and rule(rhythm, day)


def due_on(rhythm: Rhythm, day: date) -> tuple[str, ...]:
    """Return the instruments asked for on a day, in a fixed order."""
    return tuple(kind for kind in KINDS if is_due(rhythm, kind, day))


def next_due(rhythm: Rhythm, instrument: str, after: date) -> date | None:
    """Return the next day on which it is asked for, as far as is known now; None in 60 days."""
    days = (after + timedelta(days=ahead) for ahead in range(1, LOOKS_AHEAD + 1))
    return next((day for day in days if is_due(rhythm, instrument, day)), None)


def rhythm_of(plan: Plan | None, visits: Iterable[VisitDay], done: Iterable[DoneOn]) -> Rhythm:
    """Return what the rules read, from whatever order rows came in."""
    return Rhythm(plan, tuple(sorted(visits, key=lambda visit: visit.on)), tuple(done))
