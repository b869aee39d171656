from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.diary.schedule import (
    EntryDay,
    Plan,
    VisitDay,
    asked_days,
    asked_on,
    is_late,
    needling_days,
    offered_day,
    stored_plan,
    writable_days,
)

START = date(2026, 9, 1)
PLAN = Plan(START, START + timedelta(weeks=12))
ZONES = ("America/Toronto", "America/St_Johns", "Europe/Berlin", "Pacific/Apia", "Asia/Kathmandu")

dates = st.dates(date(2025, 1, 1), date(2027, 12, 31))
visits = st.lists(
    st.builds(VisitDay, planned_on=dates, held_on=st.none() | dates, is_needling=st.booleans()),
    max_size=6,
)
entries = st.lists(
    st.builds(
        EntryDay,
        on=dates,
        needled=st.sampled_from([None, "yes", "no"]),
        soreness=st.none() | st.integers(0, 10),
    ),
    max_size=8,
)
plans = st.builds(
    lambda start, length, pause: Plan(start, start + timedelta(days=length), start, pause),
    dates,
    st.integers(0, 200),
    st.none() | dates,
)


def day(offset: int) -> date:
    return START + timedelta(days=offset)


def offsets(plan: Plan, known: list[VisitDay], *, last: int = 60) -> list[int]:
    return sorted((on - START).days for on in asked_days(plan, known, START, day(last)))


def held(offset: int, *, is_needling: bool = True) -> VisitDay:
    return VisitDay(None, day(offset), is_needling)


def planned(offset: int) -> VisitDay:
    return VisitDay(planned_on=day(offset))


def test_without_a_visit_it_is_14_days_and_then_weekly() -> None:
    assert offsets(PLAN, []) == [*range(14), 20, 27, 34, 41, 48, 55]


def test_daily_asking_ends_with_the_first_visit_and_its_week() -> None:
    assert offsets(PLAN, [held(3)], last=20) == [*range(11), 17]


def test_the_week_before_a_planned_visit_is_daily() -> None:
    assert offsets(PLAN, [planned(30)], last=40) == [*range(14), 20, *range(23, 38)]


def test_a_visit_held_early_leaves_only_the_week_before_its_planned_day_daily() -> None:
    early = VisitDay(planned_on=day(40), held_on=day(20))
    assert offsets(PLAN, [early], last=45) == [*range(14), *range(20, 28), *range(33, 40)]


def test_a_break_asks_again_on_its_last_day() -> None:
    broken = Plan(START, START + timedelta(weeks=12), breaks=((day(2), day(5)),))
    assert offsets(broken, [], last=8) == [0, 1, 5, 6, 7, 8]


def test_a_stored_pause_begins_on_the_day_it_was_made() -> None:
    stored = stored_plan(
        starts_on=START, ends_on=day(80), paused_until=day(6), breaks=(), made_on=day(3)
    )
    assert offsets(stored, [], last=8) == [0, 1, 2, 6, 7, 8]


def test_a_plan_that_ended_asks_nothing() -> None:
    assert offsets(Plan(START, day(3)), [held(2)]) == [0, 1, 2, 3]


def test_a_pause_asks_nothing_until_its_last_day() -> None:
    assert offsets(Plan(START, day(40), day(2), day(6)), [], last=9) == [0, 1, 6, 7, 8, 9]


@given(plans, visits, dates, dates)
def test_asked_days_lie_in_the_plan_and_in_the_range(
    plan: Plan, known: list[VisitDay], first: date, last: date
) -> None:
    found = asked_days(plan, known, first, last)
    assert all(first <= on <= last and plan.is_on(on) for on in found)


@given(plans, visits)
def test_the_diary_is_never_silent_for_more_than_a_week(plan: Plan, known: list[VisitDay]) -> None:
    found = sorted(asked_days(plan, known, plan.starts_on, plan.ends_on))
    gaps = [(later - earlier).days for earlier, later in pairwise(found)]
    pause = ((plan.paused_until or plan.starts_on) - plan.starts_on).days
    assert all(gap <= 7 + max(pause, 0) for gap in gaps)


@given(plans, visits, dates, dates)
def test_a_shorter_range_asks_the_same_days(
    plan: Plan, known: list[VisitDay], first: date, last: date
) -> None:
    whole = asked_days(plan, known, plan.starts_on, plan.ends_on)
    assert asked_days(plan, known, first, last) == {on for on in whole if first <= on <= last}


@given(st.datetimes(timezones=st.sampled_from(ZONES).map(ZoneInfo)))
def test_today_and_two_days_back_are_written_about(local: datetime) -> None:
    days = writable_days(local.date())
    assert [(local.date() - on).days for on in days] == [0, 1, 2]


@given(st.datetimes(timezones=st.just(UTC)), st.sampled_from(ZONES))
def test_the_day_offered_can_be_written_and_is_never_late(at: datetime, zone: str) -> None:
    local = at.astimezone(ZoneInfo(zone))
    assert offered_day(local) in writable_days(local.date())
    assert not is_late(offered_day(local), local)
    assert not is_late(local.date(), local)


@pytest.mark.parametrize(
    ("clock", "back"), [("00:00", 1), ("03:59", 1), ("04:00", 0), ("23:59", 0)]
)
def test_before_four_in_the_morning_it_is_still_yesterday(clock: str, back: int) -> None:
    local = datetime.fromisoformat(f"2026-11-10T{clock}:00-05:00")
    assert offered_day(local) == date(2026, 11, 10) - timedelta(days=back)


def test_yesterdays_diary_at_noon_is_late() -> None:
    assert is_late(date(2026, 11, 9), datetime(2026, 11, 10, 12, tzinfo=UTC))


def test_the_night_the_clocks_go_back_is_one_day() -> None:
    zone = ZoneInfo("America/Toronto")
    once = datetime(2026, 11, 1, 5, 30, tzinfo=UTC).astimezone(zone)
    again = datetime(2026, 11, 1, 6, 30, tzinfo=UTC).astimezone(zone)
    assert offered_day(once) == offered_day(again) == date(2026, 10, 31)


@pytest.mark.parametrize("offset", [0, 3])
def test_needles_are_asked_about_until_the_visit_is_recorded(offset: int) -> None:
    assert asked_on(day(10 + offset), [planned(10)], []).needled
    assert not asked_on(day(10 + offset), [held(10)], []).needled


def test_needles_are_not_asked_about_four_days_later() -> None:
    assert not asked_on(day(14), [planned(10)], []).needled


def test_soreness_and_grasp_stand_below_needles() -> None:
    asked = asked_on(day(10), [planned(10)], [])
    assert asked.soreness
    assert asked.grasp


@pytest.mark.parametrize("offset", range(4))
def test_soreness_is_asked_on_days_0_to_3(offset: int) -> None:
    assert asked_on(day(10 + offset), [held(10)], []).soreness


@pytest.mark.parametrize(
    ("last", "offset", "expected"), [(2, 4, "yes"), (0, 4, "no"), (1, 14, "yes"), (1, 15, "no")]
)
def test_soreness_is_asked_while_above_0_to_day_14(last: int, offset: int, expected: str) -> None:
    told = [EntryDay(day(12), soreness=last)]
    assert asked_on(day(10 + offset), [held(10)], told).soreness is (expected == "yes")


def test_soreness_of_the_visits_own_day_counts() -> None:
    assert asked_on(day(14), [held(10)], [EntryDay(day(10), soreness=3)]).soreness


def test_soreness_is_not_asked_without_needling() -> None:
    assert not asked_on(day(10), [held(10, is_needling=False)], []).soreness


def test_grasp_is_asked_on_the_first_entry_after_needling_only() -> None:
    assert asked_on(day(12), [held(10)], [EntryDay(day(9))]).grasp
    assert not asked_on(day(12), [held(10)], [EntryDay(day(11))]).grasp


def test_change_is_asked_after_the_first_visit() -> None:
    assert not asked_on(day(9), [held(10)], []).change
    assert asked_on(day(10), [held(10)], []).change


def test_flags_stand_open_on_the_first_entry() -> None:
    assert asked_on(day(0), [], []).flags_open
    assert not asked_on(day(1), [], [EntryDay(day(0))]).flags_open


@pytest.mark.parametrize(("offset"), [0, 7])
def test_flags_stand_open_for_a_week_after_needling(offset: int) -> None:
    assert asked_on(day(10 + offset), [held(10)], [EntryDay(day(1))]).flags_open


def test_flags_are_folded_from_the_eighth_day_on() -> None:
    assert not asked_on(day(18), [held(10)], [EntryDay(day(1))]).flags_open


def test_a_patients_own_yes_counts_as_needling() -> None:
    told = [EntryDay(day(11), needled="yes")]
    assert needling_days([planned(10)], told) == {day(10)}


def test_a_patients_yes_tells_of_the_latest_of_two_visits() -> None:
    told = [EntryDay(day(11), needled="yes")]
    assert needling_days([planned(9), planned(10)], told) == {day(10)}


def test_needles_that_are_planned_are_not_needles_yet() -> None:
    assert needling_days([VisitDay(day(10), is_needling=True)], []) == frozenset()


@given(dates, visits, entries)
def test_later_days_change_nothing(on: date, known: list[VisitDay], told: list[EntryDay]) -> None:
    earlier = [entry for entry in told if entry.on < on]
    assert asked_on(on, known, told) == asked_on(on, known, earlier)


def test_a_visit_needs_a_day() -> None:
    with pytest.raises(ValueError, match="planned or held"):
        _ = VisitDay().on
