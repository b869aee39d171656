from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from portal.review.charts import shades, sparkline, sparkline_of
from portal.review.drawing import Box, apart, points, short, stretches
from tests.review.diaries import days, record, visits

NOTHING = [None] * 28


def test_a_sparkline_has_a_dot_for_each_day_written() -> None:
    drawing = sparkline([5, None, 3] + [None] * 25, [], None)
    assert (drawing.written, drawing.dots.count("M")) == (2, 2)


def test_a_sparkline_of_nothing_is_empty() -> None:
    drawing = sparkline(NOTHING, [], None)
    assert (drawing.dots, drawing.needles, drawing.baseline) == ("", "", "")


def test_a_sparkline_keeps_the_common_scale() -> None:
    low, high = sparkline([0] * 28, [], None), sparkline([10] * 28, [], None)
    assert (low.dots[:7], high.dots[:6]) == ("M4 40a2", "M4 2a2")


def test_a_sparkline_marks_the_visits() -> None:
    assert sparkline(NOTHING, [0, 27], None).needles == "M4 2V44M154 2V44"


def test_a_sparkline_shows_the_level_before() -> None:
    assert sparkline(NOTHING, [], Fraction(5)).baseline == "M4 23H154"


def test_the_sparkline_of_a_record_ends_with_its_recent_days() -> None:
    found = record(days("5" * 40), visits(20), today=40, visit_today=True)
    drawing = sparkline_of(found)
    assert (drawing.written, drawing.needles) == (28, "M48.4 2V44")


def test_a_place_named_on_most_days_is_darkest() -> None:
    counts = {"low-back-l": 9, "buttock-l": 6, "thigh-l": 2, "foot-l": 0}
    assert shades(counts, days=11) == {"low-back-l": 3, "buttock-l": 2, "thigh-l": 1}


def test_a_place_named_every_day_is_darkest() -> None:
    assert shades({"neck-l": 9}, days=9) == {"neck-l": 3}


def test_no_days_shade_nothing() -> None:
    assert shades({"neck-l": 1}, days=0) == {}


@settings(max_examples=30)
@given(st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 14)), st.integers(14, 28))
def test_shades_never_leave_their_three_levels(counts: dict[str, int], days_: int) -> None:
    assert set(shades(counts, days=days_).values()) <= {1, 2, 3}


@settings(max_examples=200)
@given(*[st.floats(0, 100)] * 2)
def test_two_places_are_pushed_apart_within_bounds(one: float, other: float) -> None:
    upper, lower = apart(min(one, other), max(one, other), gap=20, within=(5, 95))
    assert lower - upper >= 20 - 1e-9
    assert upper >= 5 - 1e-9
    assert lower <= 95 + 1e-9


def test_a_lone_place_still_carries_a_marker() -> None:
    assert points([("1", "2")]) == "M1 2h0"


def test_coordinates_are_short() -> None:
    assert [short(each) for each in (1.0, 1.25, -0.01, 0.0, -2.5)] == ["1", "1.2", "0", "0", "-2.5"]


def test_days_that_touch_are_one_stretch() -> None:
    assert stretches([3, 0, 1]) == [(0, 1), (3, 3)]


def test_boxes_that_share_an_edge_do_not_meet() -> None:
    assert not Box(0, 0, 1, 1).meets(Box(1, 0, 2, 1))
