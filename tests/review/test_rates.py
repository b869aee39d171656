"""Rates of the whole clinic: known intervals, what counts for which visit, what is hidden."""

from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.review.rates import Rate, Told, VisitHeld, What, rates_of, wilson
from tests.people import MONDAY

ONE, TWO = UUID(int=1), UUID(int=2)


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [
        (0, 10, 0.0, 0.2775402),
        (5, 10, 0.2365930, 0.7634070),
        (10, 10, 0.7224598, 1.0),
        (1, 29, 0.0061134, 0.1717556),
        (81, 263, 0.2552885, 0.3661932),
    ],
)
def test_wilson_equals_known_values(count: int, of: int, low: float, high: float) -> None:
    assert wilson(count, of) == pytest.approx((low, high), abs=2e-4)


@given(st.integers(1, 400), st.integers(0, 400))
def test_an_interval_holds_its_share_and_stays_between_0_and_1(of: int, count: int) -> None:
    count = min(count, of)
    low, high = wilson(count, of)
    assert 0 <= low <= count / of + 1e-12
    assert count / of - 1e-12 <= high <= 1


@given(st.integers(1, 400), st.integers(0, 400))
def test_an_interval_of_the_others_is_the_mirror(of: int, count: int) -> None:
    count = min(count, of)
    low, high = wilson(count, of)
    assert wilson(of - count, of) == pytest.approx((1 - high, 1 - low))


def test_a_group_of_none_has_no_share() -> None:
    with pytest.raises(ZeroDivisionError):
        wilson(0, 0)


def visit(number: int = 0, *, of: UUID = ONE, needling: bool = True, **more: bool) -> VisitHeld:
    return VisitHeld(
        episode=of,
        on=MONDAY + timedelta(days=number),
        is_needling=needling,
        was_written=more.get("written", True),
        was_read=more.get("read", False),
        is_counted=more.get("counts", True),
    )


def sore(number: int, value: int, of: UUID = ONE) -> Told:
    return Told(of, MONDAY + timedelta(days=number), value)


def written(number: int, of: UUID = ONE) -> Told:
    return Told(of, MONDAY + timedelta(days=number))


def sign(number: int, what: What = What.CLINIC, of: UUID = ONE) -> Told:
    return Told(of, MONDAY + timedelta(days=number), sign=what)


def counted(visits: list[VisitHeld], told: list[Told], what: What) -> tuple[int, int]:
    rate = rates_of(visits, told)[what]
    return rate.count, rate.of


def test_a_visit_without_an_answer_is_not_counted() -> None:
    assert counted([visit(), visit(of=TWO)], [sore(1, 4)], What.SORE) == (1, 1)


def test_an_answer_of_no_soreness_counts_among_all() -> None:
    told = [sore(1, 4), sore(1, 0, TWO)]
    assert counted([visit(), visit(of=TWO)], told, What.SORE) == (1, 2)


def test_soreness_belongs_to_the_visit_before_it() -> None:
    assert counted([visit(), visit(2)], [sore(0, 0), sore(3, 5)], What.SORE) == (1, 2)


@pytest.mark.parametrize(("day", "expected"), [(2, 0), (3, 1), (14, 1), (15, 0)])
def test_still_sore_is_from_day_three_to_fourteen(day: int, expected: int) -> None:
    assert counted([visit()], [sore(0, 3), sore(day, 2)], What.STILL_SORE)[0] == expected


@pytest.mark.parametrize(("value", "expected"), [(6, 0), (7, 1)])
def test_strong_soreness_is_seven_or_more(value: int, expected: int) -> None:
    assert counted([visit()], [sore(1, value)], What.STRONGLY_SORE)[0] == expected


@pytest.mark.parametrize(("day", "expected"), [(0, 1), (7, 1), (8, 0), (-1, 0)])
def test_a_sign_counts_for_seven_days(day: int, expected: int) -> None:
    assert counted([visit()], [sore(0, 0), sign(day)], What.CLINIC) == (expected, 1)


@pytest.mark.parametrize(("day", "expected"), [(0, 1), (7, 1), (8, 0), (-1, 0)])
def test_signs_count_among_visits_with_any_entry(day: int, expected: int) -> None:
    assert counted([visit()], [written(day)], What.CLINIC) == (0, expected)


def test_a_ticked_sign_is_no_answer_about_soreness() -> None:
    assert counted([visit()], [written(1), sign(1)], What.SORE) == (0, 0)


@pytest.mark.parametrize(("day", "expected"), [(2, 0), (3, 1), (14, 1), (15, 0)])
def test_still_sore_counts_among_answers_from_day_three(day: int, expected: int) -> None:
    assert counted([visit()], [sore(0, 3), sore(day, 0)], What.STILL_SORE) == (0, expected)


def test_days_after_a_visit_past_the_period_are_not_those_of_the_one_before() -> None:
    visits = [visit(), visit(14, counts=False)]
    told = [sore(3, 0), sore(14, 5)]
    assert counted(visits, told, What.STILL_SORE) == (0, 1)


def test_a_visit_past_the_period_is_not_counted() -> None:
    told = [sore(14, 5), written(14)]
    found = rates_of([visit(14, counts=False)], told).values()
    assert {rate.of for rate in found} == {0}


def test_two_signs_after_one_visit_are_one_visit() -> None:
    assert counted([visit()], [written(1), sign(1), sign(2)], What.CLINIC) == (1, 1)


def test_signs_are_counted_by_how_urgent_they_are() -> None:
    told = [written(1), sign(1, What.EMERGENCY)]
    assert counted([visit()], told, What.SAME_DAY) == (0, 1)


def test_only_visits_with_needling_leave_soreness() -> None:
    assert counted([visit(needling=False)], [sore(1, 4)], What.SORE) == (0, 0)


def test_read_is_counted_among_visits_with_something_written() -> None:
    visits = [visit(read=True), visit(7, needling=False), visit(14, written=False)]
    assert counted(visits, [], What.READ) == (1, 2)


@pytest.mark.parametrize(("people", "is_hidden"), [(9, True), (10, False)])
def test_fewer_than_ten_people_are_hidden(people: int, *, is_hidden: bool) -> None:
    assert Rate(What.SORE, 5, 40, people).is_hidden is is_hidden


def test_many_visits_of_one_person_stay_hidden() -> None:
    visits = [visit(7 * n) for n in range(40)]
    told = [sore(7 * n, 3) for n in range(40)]
    assert rates_of(visits, told)[What.SORE].is_hidden
