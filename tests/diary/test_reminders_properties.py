"""Ten years of days in four zones: nobody is reminded twice, and no asked day is left out."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal import clock
from portal.diary.reminders import (
    QUIET_AFTER,
    Asking,
    Kind,
    Prompted,
    due_prompt,
    heard_on,
    hours_of,
    is_night,
    open_day,
    unanswered,
)
from portal.diary.schedule import Plan, VisitDay, asked_days

ZONES = ("America/Toronto", "America/St_Johns", "Pacific/Auckland", "UTC")
A_DAY = timedelta(days=1)
FIRST, LAST = date(2026, 1, 1), date(2035, 12, 31)
TEN_YEARS = [FIRST + A_DAY * day for day in range((LAST - FIRST).days + 1)]

times = st.times().map(lambda at: at.replace(second=0, microsecond=0))
zones = st.sampled_from(ZONES)
offsets = st.integers(0, 100)
INSTANTS = st.integers(0, 10 * 365 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
ANY_START = st.dates(FIRST, LAST - timedelta(days=150))


@pytest.mark.parametrize("zone", ZONES)
@settings(max_examples=5)
@given(at=times)
def test_the_hours_of_each_day_follow_those_of_the_day_before(zone: str, at: time) -> None:
    hours = [hours_of(day, zone, at) for day in TEN_YEARS]
    assert all(opens < closes for opens, closes in hours)
    assert all(before[1] <= after[0] for before, after in pairwise(hours))


@pytest.mark.parametrize("zone", ZONES)
@settings(max_examples=3)
@given(at=times)
def test_each_day_is_open_in_its_own_hours_and_no_other(zone: str, at: time) -> None:
    for day in TEN_YEARS[::7]:
        opens, closes = hours_of(day, zone, at)
        assert open_day(opens, zone, at) == day
        assert open_day(closes - timedelta(microseconds=1), zone, at) == day
        assert open_day(closes, zone, at) is None
        assert open_day(opens - timedelta(microseconds=1), zone, at) is None


@pytest.mark.parametrize("zone", ZONES)
@given(at=times, now=INSTANTS)
def test_at_night_nothing_is_open_unless_the_night_was_chosen(
    zone: str, at: time, now: datetime
) -> None:
    if is_night(clock.local(now, zone).time()) and not is_night(at):
        assert open_day(now, zone, at) is None


@dataclass
class Evening:
    """A patient lived through hour by hour: `answers` says whether a reminder is answered."""

    zone: Callable[[datetime], str]
    plan: Callable[[date], Plan]
    at: time = time(20)
    visits: tuple[VisitDay, ...] = ()
    answers: Callable[[date], bool] = lambda _day: True
    prompts: list[Prompted] = field(default_factory=list)
    sent: list[datetime] = field(default_factory=list)
    wrote: date | None = None

    def live(self, hours: Iterator[datetime]) -> list[date]:
        """Run the reminders once an hour; each answer is written in the hour after."""
        for now in hours:
            found = due_prompt(self._asking(now), now)
            if found is not None:
                self.prompts.append(found)
                self.sent.append(now)
                if self.answers(found.on):
                    self.wrote = found.on
        return [prompt.on for prompt in self.prompts]

    def _asking(self, now: datetime) -> Asking:
        zone = self.zone(now)
        today = clock.local(now, zone).date()
        held = tuple(visit for visit in self.visits if visit.on <= today)
        return Asking(
            plan=self.plan(today),
            visits=self.visits,
            zone=zone,
            prompt_at=self.at,
            written=frozenset(filter(None, [self.wrote])),
            heard_on=heard_on(held, self.wrote),
            prompts=tuple(self.prompts[-6:]),
            has_questions=True,
        )


def hours(first: date, last: date) -> Iterator[datetime]:
    now = datetime(first.year, first.month, first.day, tzinfo=UTC) - A_DAY
    while now.date() <= last + A_DAY:
        yield now
        now += timedelta(hours=1)


def plan_of_year(year: int) -> Plan:
    """A year's plan with a pause over each change of the clock, in either half of the world."""
    spring, autumn = date(year, 3, 25), date(year, 9, 20)
    breaks = ((spring, spring + A_DAY * 5), (autumn, autumn + A_DAY * 5))
    return Plan(date(year, 1, 1), date(year, 12, 31), breaks=breaks)


def visits_of_year(year: int) -> tuple[VisitDay, ...]:
    return tuple(VisitDay(None, date(year, month, 15)) for month in (1, 4, 11))


def steady(zone: str, plan: Plan, visits: tuple[VisitDay, ...]) -> Evening:
    """A patient who answers every reminder, in one zone, with one plan."""
    return Evening(lambda _now: zone, lambda _day: plan, visits=visits)


@pytest.mark.parametrize("zone", ZONES)
def test_in_ten_years_every_asked_day_is_reminded_of_once(zone: str) -> None:
    for year in range(2026, 2036):
        plan, visits = plan_of_year(year), visits_of_year(year)
        reminded = steady(zone, plan, visits).live(hours(plan.starts_on, plan.ends_on))
        assert reminded == sorted(asked_days(plan, visits, plan.starts_on, plan.ends_on))


plans = st.builds(
    lambda start, length, first, off: Plan(
        start,
        start + A_DAY * length,
        breaks=((start + A_DAY * first, start + A_DAY * (first + off)),),
    ),
    ANY_START,
    st.integers(0, 100),
    offsets,
    st.integers(0, 30),
)


@settings(max_examples=25)
@given(
    plan=plans,
    zone=zones,
    moved_to=zones,
    moved_after=offsets,
    held=st.lists(offsets, max_size=3),
    answered=st.sets(offsets),
    at=times,
)
def test_whatever_happens_nobody_is_reminded_twice(
    *,
    plan: Plan,
    zone: str,
    moved_to: str,
    moved_after: int,
    held: list[int],
    answered: set[int],
    at: time,
) -> None:
    moved_at = datetime.combine(plan.starts_on + A_DAY * moved_after, time(12), UTC)
    evening = Evening(
        lambda now: zone if now < moved_at else moved_to,
        lambda _day: plan,
        at,
        tuple(VisitDay(None, plan.starts_on + A_DAY * day) for day in sorted(held)),
        lambda day: (day - plan.starts_on).days in answered,
    )
    reminded = evening.live(hours(plan.starts_on, plan.ends_on))
    assert reminded == sorted(set(reminded))
    assert all(plan.is_on(day) for day in reminded)


@settings(max_examples=25)
@given(plan=plans, zone=zones, at=times)
def test_silence_is_met_with_four_reminders_and_no_more(plan: Plan, zone: str, at: time) -> None:
    evening = Evening(lambda _now: zone, lambda _day: plan, at, answers=lambda _day: False)
    reminded = evening.live(hours(plan.starts_on, plan.ends_on))
    assert len(reminded) <= QUIET_AFTER
    assert all((later - day).days >= 7 for day, later in pairwise(reminded[1:]))


@settings(max_examples=25)
@given(before=plans, length=st.integers(0, 100), changed_after=offsets, zone=zones)
def test_a_plan_that_changes_loses_no_day_that_it_asks_for(
    before: Plan, length: int, changed_after: int, zone: str
) -> None:
    changed_on = before.starts_on + A_DAY * changed_after
    after = Plan(
        before.starts_on,
        before.starts_on + A_DAY * max(length, changed_after),
        breaks=before.breaks,
    )
    evening = Evening(lambda _now: zone, lambda day: before if day < changed_on else after)
    reminded = evening.live(hours(before.starts_on, after.ends_on))
    later = [day for day in reminded if day >= changed_on]
    assert later == sorted(asked_days(after, (), changed_on, after.ends_on))


@given(plan=plans, visits=st.lists(offsets, max_size=3), first=offsets, last=offsets)
def test_a_part_of_the_plan_asks_what_the_whole_asks(
    plan: Plan, visits: list[int], first: int, last: int
) -> None:
    held = [VisitDay(None, plan.starts_on + A_DAY * day) for day in visits]
    from_on, to_on = plan.starts_on + A_DAY * first, plan.starts_on + A_DAY * last
    whole = asked_days(plan, held, plan.starts_on, plan.ends_on)
    part = asked_days(plan, held, from_on, to_on)
    assert part == frozenset(day for day in whole if from_on <= day <= to_on)


@given(prompts=st.sets(st.dates(FIRST, LAST), max_size=9), heard=st.dates(FIRST, LAST))
def test_what_is_unanswered_lies_after_the_last_word(prompts: set[date], heard: date) -> None:
    known = [Prompted(kind, day) for day in prompts for kind in Kind]
    assert unanswered(known, heard) == sorted(day for day in prompts if day > heard)
