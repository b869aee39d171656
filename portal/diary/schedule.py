"""What the diary asks, and on which days: pure rules, without database or clock.

Day 0 of a visit is the day it was held; a planned visit counts from its planned day until it is
recorded or cancelled.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

FIRST_DAYS = 14
DAYS_AFTER_VISIT = 7
DAYS_BEFORE_VISIT = 7
WEEK = 7
DAYS_BACK = 2
NIGHT_ENDS_AT = 4
SORE_ALWAYS = 3
SORE_AT_MOST = 14
NEEDLED_WITHIN = 3
A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Plan:
    """A diary plan: from enrolment until its end, with at most one pause that runs or lies ahead.

    `paused_until` is the first day asked again; `paused_from` the first day of the pause. `breaks`
    are earlier stretches without asking, as pairs of the same kind.
    """

    starts_on: date
    ends_on: date
    paused_from: date | None = None
    paused_until: date | None = None
    breaks: tuple[tuple[date, date], ...] = ()

    def is_on(self, day: date) -> bool:
        """Whether the plan runs on this day: begun, not over, not paused, in no break."""
        return self.starts_on <= day <= self.ends_on and not self.is_paused(day)

    def is_paused(self, day: date) -> bool:
        """Whether this day lies in the pause, or in an earlier one."""
        if any(first <= day < again for first, again in self.breaks):
            return True
        if self.paused_until is None:
            return False
        return (self.paused_from or self.starts_on) <= day < self.paused_until


def stored_plan(
    *,
    starts_on: date,
    ends_on: date,
    paused_until: date | None,
    breaks: Sequence[Sequence[str]],
    made_on: date,
) -> Plan:
    """Return a plan as it was stored; its pause began on the day it was made."""
    paused_from = made_on if paused_until else None
    earlier = tuple((date.fromisoformat(a), date.fromisoformat(b)) for a, b in breaks)
    return Plan(starts_on, ends_on, paused_from, paused_until, earlier)


@dataclass(frozen=True, slots=True)
class VisitDay:
    """A visit that is not cancelled, as the diary sees it."""

    planned_on: date | None = None
    held_on: date | None = None
    is_needling: bool = False

    @property
    def on(self) -> date:
        """The day it was held, or is planned for."""
        found = self.held_on or self.planned_on
        if found is None:
            raise ValueError("a visit is planned or held")
        return found

    @property
    def is_recorded(self) -> bool:
        """Whether the practitioner has recorded it."""
        return self.held_on is not None


@dataclass(frozen=True, slots=True)
class EntryDay:
    """What earlier days of the diary say about needling."""

    on: date
    needled: str | None = None
    soreness: int | None = None


def _days(first: date, last: date) -> Iterator[date]:
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)


def _between(days: int, least: int, most: int) -> bool:
    return least <= days <= most


def daily_days(plan: Plan, visits: Sequence[VisitDay]) -> frozenset[date]:
    """Return the days around which every day is asked, whether or not the plan runs then.

    From enrolment to the first visit (at most 14 days), on days 0 to 7 after each visit, and on
    the 7 days before a planned one.
    """
    first = min((visit.on for visit in visits), default=date.max)
    days = set(_days(plan.starts_on, min(plan.starts_on + (FIRST_DAYS - 1) * A_DAY, first)))
    for visit in visits:
        days.update(_days(visit.on, visit.on + DAYS_AFTER_VISIT * A_DAY))
        if visit.planned_on is not None:
            before = visit.planned_on - DAYS_BEFORE_VISIT * A_DAY
            days.update(_days(before, visit.planned_on - A_DAY))
    return frozenset(days)


def asked_days(plan: Plan, visits: Iterable[VisitDay], first: date, last: date) -> frozenset[date]:
    """Return the days from `first` to `last` on which the plan asks for an entry."""
    daily = daily_days(plan, tuple(visits))
    asked: set[date] = set()
    due = plan.starts_on
    for day in _days(plan.starts_on, min(last, plan.ends_on)):
        if (day >= due or day in daily) and not plan.is_paused(day):
            due = day + WEEK * A_DAY
            asked.add(day)
    return frozenset(day for day in asked if day >= first)


def writable_days(today: date) -> tuple[date, ...]:
    """Return the days a new entry may be about: today and the two before, newest first."""
    return tuple(today - timedelta(days=back) for back in range(DAYS_BACK + 1))


def offered_day(local_now: datetime) -> date:
    """Return the day the patient is most likely writing about: before 04:00 it is yesterday."""
    night = local_now.hour < NIGHT_ENDS_AT
    return local_now.date() - timedelta(days=1 if night else 0)


def is_late(about_on: date, local_now: datetime) -> bool:
    """Whether an entry about this day, written now, is written later than its own evening."""
    return about_on < offered_day(local_now)


def needling_days(visits: Iterable[VisitDay], entries: Iterable[EntryDay]) -> frozenset[date]:
    """Return the days of visits with needling, as recorded or as the patient has told."""
    known = tuple(visits)
    recorded = {visit.on for visit in known if visit.is_recorded and visit.is_needling}
    told = {_told_day(known, entry.on) for entry in entries if entry.needled == "yes"}
    return frozenset(recorded | told)


def _told_day(visits: Sequence[VisitDay], on: date) -> date:
    """Return the visit that a "yes, I had needles" written about this day tells of."""
    near = [v.on for v in visits if _between((on - v.on).days, 0, NEEDLED_WITHIN)]
    return max(near, default=on)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which of the items that come and go are asked on one day.

    `needled_on` is the latest day with needling that the questions are about; `flags_open` says
    that the list of red flags stands open instead of folded.
    """

    needled: bool
    soreness: bool
    grasp: bool
    change: bool
    flags_open: bool
    is_first: bool
    needled_on: date | None


def _waits_for_record(visits: Sequence[VisitDay], day: date) -> bool:
    return any(
        not visit.is_recorded and _between((day - visit.on).days, 0, NEEDLED_WITHIN)
        for visit in visits
    )


def _is_sore(needled_on: date, entries: Sequence[EntryDay], day: date) -> bool:
    offset = (day - needled_on).days
    if offset <= SORE_ALWAYS:
        return True
    if offset > SORE_AT_MOST:
        return False
    answers = [
        (entry.on, entry.soreness)
        for entry in entries
        if needled_on <= entry.on < day and entry.soreness is not None
    ]
    return max(answers, default=(needled_on, 0))[1] > 0


def asked_on(day: date, visits: Iterable[VisitDay], entries: Iterable[EntryDay]) -> Asked:
    """Return what is asked on a day, given the visits and the entries about other days."""
    known = tuple(visits)
    before = tuple(entry for entry in entries if entry.on < day)
    needlings = [on for on in needling_days(known, before) if on <= day]
    needled_on = max(needlings, default=None)
    needled = _waits_for_record(known, day)
    since = (day - needled_on).days if needled_on is not None else None
    first_after = needled_on is not None and not any(e.on >= needled_on for e in before)
    return Asked(
        needled=needled,
        soreness=needled or (needled_on is not None and _is_sore(needled_on, before, day)),
        grasp=needled or first_after,
        change=bool(needlings) or any(v.is_recorded and v.on <= day for v in known),
        flags_open=needled or not before or (since is not None and since <= DAYS_AFTER_VISIT),
        is_first=not before,
        needled_on=needled_on,
    )


def asked_unseen(day: date, visits: Iterable[VisitDay]) -> Asked:
    """Return what is asked by the visits alone, where nothing written before may show (S-027).

    Soreness and grasp are asked on days 0 to 3 after a visit with needling; no day is named.
    """
    asked = asked_on(day, visits, ())
    since = (day - asked.needled_on).days if asked.needled_on is not None else None
    return replace(
        asked,
        grasp=asked.needled or (since is not None and since <= SORE_ALWAYS),
        flags_open=asked.needled or (since is not None and since <= DAYS_AFTER_VISIT),
        is_first=False,
        needled_on=None,
    )
