"""When PEG, PSFS and PGIC are asked for."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.diary.checks import (
    KINDS,
    PEG,
    PGIC,
    PSFS,
    DoneOn,
    due_on,
    is_due,
    next_due,
    rhythm_of,
)
from portal.diary.schedule import Plan, VisitDay

START = date(2026, 9, 1)
PLAN = Plan(START, START + timedelta(weeks=12))


def on(days: int) -> date:
    return START + timedelta(days=days)


def held(*days: int) -> list[VisitDay]:
    return [VisitDay(None, on(day), is_needling=True) for day in days]


def planned(*days: int) -> list[VisitDay]:
    return [VisitDay(on(day)) for day in days]


def done(kind: str, *days: int) -> list[DoneOn]:
    return [DoneOn(kind, on(day)) for day in days]


def test_all_but_the_pgic_is_asked_at_enrolment() -> None:
    assert due_on(rhythm_of(PLAN, (), ()), START) == (PEG, PSFS)


@pytest.mark.parametrize(("day", "is_asked"), [(0, False), (6, False), (7, True), (20, True)])
def test_peg_is_asked_a_week_after_the_last(day: int, *, is_asked: bool) -> None:
    assert is_due(rhythm_of(PLAN, (), done(PEG, 0)), PEG, on(day)) is is_asked


@pytest.mark.parametrize("day", [-1, 85])
def test_peg_is_asked_only_while_the_plan_is_on(day: int) -> None:
    assert not is_due(rhythm_of(PLAN, (), ()), PEG, on(day))


def test_peg_is_not_asked_without_a_plan() -> None:
    assert not is_due(rhythm_of(None, (), ()), PEG, START)


def test_psfs_is_not_asked_again_between_visits() -> None:
    assert not is_due(rhythm_of(PLAN, held(10), done(PSFS, 0)), PSFS, on(30))


@pytest.mark.parametrize(
    ("day", "is_asked"), [(26, False), (27, True), (29, True), (30, False), (31, False)]
)
def test_psfs_is_asked_in_the_three_days_before_a_visit(day: int, *, is_asked: bool) -> None:
    rhythm = rhythm_of(PLAN, planned(30), done(PSFS, 0))
    assert is_due(rhythm, PSFS, on(day)) is is_asked


def test_psfs_done_in_the_window_is_enough() -> None:
    assert not is_due(rhythm_of(PLAN, planned(30), done(PSFS, 27)), PSFS, on(29))


def test_psfs_done_on_the_day_before_the_window_is_asked_again() -> None:
    assert is_due(rhythm_of(PLAN, planned(30), done(PSFS, 26)), PSFS, on(27))


def test_psfs_before_a_visit_is_asked_after_the_plan_has_ended() -> None:
    assert is_due(rhythm_of(PLAN, planned(100), done(PSFS, 0)), PSFS, on(98))


@pytest.mark.parametrize("days", [(), (5,)])
def test_pgic_is_not_asked_before_the_second_visit(days: tuple[int, ...]) -> None:
    assert not is_due(rhythm_of(PLAN, held(*days) + planned(20), ()), PGIC, on(19))


@pytest.mark.parametrize("day", [12, 13, 25])
def test_pgic_is_asked_from_the_second_visit_on(day: int) -> None:
    assert is_due(rhythm_of(PLAN, held(5, 12), ()), PGIC, on(day))


def test_pgic_is_asked_again_before_the_next_visit_only() -> None:
    rhythm = rhythm_of(PLAN, held(5, 12) + planned(30), done(PGIC, 13))
    assert [day for day in range(13, 40) if is_due(rhythm, PGIC, on(day))] == [27, 28, 29]


def test_a_visit_that_was_held_opens_no_window() -> None:
    rhythm = rhythm_of(PLAN, held(5, 12, 30), done(PGIC, 13) + done(PSFS, 0) + done(PEG, 26))
    assert due_on(rhythm, on(29)) == ()


def test_nothing_is_asked_in_a_pause() -> None:
    paused = Plan(START, PLAN.ends_on, paused_from=on(10), paused_until=on(20))
    rhythm = rhythm_of(paused, held(5, 6) + planned(16), ())
    assert [day for day in range(10, 21) if due_on(rhythm, on(day))] == [20]


def test_what_has_no_rule_is_never_asked() -> None:
    assert not is_due(rhythm_of(PLAN, (), ()), "bpi", START)


def test_the_next_peg_is_a_week_away() -> None:
    assert next_due(rhythm_of(PLAN, (), done(PEG, 3)), PEG, on(3)) == on(10)


def test_without_a_visit_no_next_psfs_is_known() -> None:
    assert next_due(rhythm_of(PLAN, (), done(PSFS, 0)), PSFS, START) is None


days = st.integers(0, 120)
visit_lists = st.builds(
    lambda past, ahead: held(*past) + planned(*ahead),
    st.lists(st.integers(0, 60), max_size=4),
    st.lists(st.integers(61, 120), max_size=3),
)
fillings = st.lists(st.builds(DoneOn, st.sampled_from(KINDS), days.map(on)), max_size=8)


@given(visits=visit_lists, filled=fillings, day=days)
def test_order_of_rows_changes_nothing(
    visits: list[VisitDay], filled: list[DoneOn], day: int
) -> None:
    there = due_on(rhythm_of(PLAN, visits, filled), on(day))
    assert due_on(rhythm_of(PLAN, visits[::-1], filled[::-1]), on(day)) == there


@given(visits=visit_lists, filled=fillings, day=days, kind=st.sampled_from(KINDS))
def test_what_was_done_today_is_not_asked_today(
    visits: list[VisitDay], filled: list[DoneOn], day: int, kind: str
) -> None:
    rhythm = rhythm_of(PLAN, visits, [*filled, DoneOn(kind, on(day))])
    assert not is_due(rhythm, kind, on(day))


@given(visits=visit_lists)
def test_somebody_who_answers_at_once_gives_a_peg_every_week(visits: list[VisitDay]) -> None:
    filled: list[DoneOn] = []
    for day in range(85):
        if is_due(rhythm_of(PLAN, visits, filled), PEG, on(day)):
            filled.append(DoneOn(PEG, on(day)))
    assert [(one.on - START).days for one in filled] == list(range(0, 85, 7))


@given(visits=visit_lists, filled=fillings, day=days, kind=st.sampled_from(KINDS))
def test_the_next_day_is_the_first_that_is_due(
    visits: list[VisitDay], filled: list[DoneOn], day: int, kind: str
) -> None:
    rhythm = rhythm_of(PLAN, visits, filled)
    found = next_due(rhythm, kind, on(day))
    between = range(day + 1, (found - START).days if found else day + 61)
    assert not any(is_due(rhythm, kind, on(one)) for one in between)
    assert found is None or is_due(rhythm, kind, found)
