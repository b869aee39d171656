from fractions import Fraction

import pytest

from portal.review.change import (
    Change,
    Verdict,
    change_between,
    non_overlap,
    percent_lower,
    verdict_on,
)
from portal.review.thresholds import OWN, USUAL, Thresholds

BEFORE = (7, 6, 7, 8, 6, 7, 7, 6)
RECENT = (4, 5, 4, 3, 4, 5, 4, 4)


def a_change(drop: str, *, error: str = "0.1") -> Change:
    return Change(Fraction(drop), Fraction(error) ** 2, Fraction("1.96"), 9, 9)


def verdict(drop: str, *, before: str = "8", error: str = "0.1") -> Verdict:
    return verdict_on(a_change(drop, error=error), before=Fraction(before))


def test_a_change_larger_than_the_room_is_not_within_it() -> None:
    assert not a_change("3", error="0.1").is_within(Fraction(2))


def test_a_change_whose_interval_ends_at_no_change_is_not_clear() -> None:
    assert not a_change("1.96", error="1").is_clear


def test_change_has_the_known_size() -> None:
    assert change_between(BEFORE, RECENT).drop == Fraction("2.625")


def test_change_has_the_known_standard_error() -> None:
    found = change_between(BEFORE, RECENT).standard_error
    assert found == pytest.approx(0.7647167, abs=1e-6)


def test_change_has_the_known_interval() -> None:
    found = change_between(BEFORE, RECENT)
    assert (found.low, found.high) == pytest.approx((1.1261552, 4.1238448), abs=1e-6)


def test_known_change_is_better() -> None:
    found = change_between(BEFORE, RECENT)
    assert verdict_on(found, before=Fraction("6.75")) is Verdict.BETTER


def test_known_change_mirrored_is_worse() -> None:
    found = change_between(RECENT, BEFORE)
    assert verdict_on(found, before=Fraction("4.125")) is Verdict.WORSE


@pytest.mark.parametrize(
    ("drop", "before", "expected"),
    [
        ("2", "8", Verdict.BETTER),
        ("1.999", "8", Verdict.NOT_CLEAR_YET),
        ("1.5", "5", Verdict.BETTER),
        ("1.5", "5.001", Verdict.ABOUT_THE_SAME),
        ("1.499", "4", Verdict.ABOUT_THE_SAME),
        ("-2", "0", Verdict.WORSE),
        ("-1.999", "0", Verdict.NOT_CLEAR_YET),
        ("-1.5", "5", Verdict.WORSE),
        ("-1.5", "5.001", Verdict.ABOUT_THE_SAME),
        ("0", "0", Verdict.ABOUT_THE_SAME),
    ],
)
def test_verdict_at_the_edges_of_what_people_notice(
    drop: str, before: str, expected: Verdict
) -> None:
    assert verdict(drop, before=before) is expected


def test_a_large_change_that_reaches_no_change_is_not_clear() -> None:
    assert verdict("2.5", error="1.3") is Verdict.NOT_CLEAR_YET


def test_an_interval_that_ends_at_no_change_is_not_clear() -> None:
    assert verdict("1.96", error="1") is Verdict.NOT_CLEAR_YET


def test_an_interval_that_ends_at_two_points_is_about_the_same() -> None:
    assert verdict("0.04", error="1") is Verdict.ABOUT_THE_SAME


def test_an_interval_past_two_points_is_not_about_the_same() -> None:
    assert verdict("0.041", error="1") is Verdict.NOT_CLEAR_YET


def test_thirty_percent_of_nothing_is_not_a_share() -> None:
    assert verdict("-1.6", before="0") is Verdict.ABOUT_THE_SAME


def test_a_clinic_may_ask_for_more_points() -> None:
    strict = Thresholds(points=USUAL.points + 1, points_with_percent=USUAL.points + 1)
    found = change_between(BEFORE, RECENT, strict)
    assert verdict_on(found, before=Fraction("6.75"), thresholds=strict) is Verdict.NOT_CLEAR_YET


def test_each_threshold_names_its_source() -> None:
    assert "Farrar 2001" in USUAL.source_of("points")


def test_a_changed_threshold_is_the_clinics_own() -> None:
    assert Thresholds(high=8).source_of("high") == OWN


def test_days_of_one_value_still_leave_doubt() -> None:
    assert change_between((5,) * 14, (5,) * 14).standard_error > 0.3


def test_non_overlap_of_the_published_example() -> None:
    first = (20, 20, 26, 25, 22, 23)
    second = (28, 25, 24, 27, 30, 30, 29)
    found = non_overlap(first, second, higher_is_better=True)
    assert float(found) == pytest.approx(0.916667, abs=1e-6)


def test_non_overlap_of_ties_is_a_half() -> None:
    assert non_overlap((4, 4, 4), (4, 4, 4)) == Fraction(1, 2)


def test_percent_has_none_from_zero() -> None:
    assert percent_lower(change_between((0,) * 5, (1,) * 5), before=Fraction(0)) is None


def test_percent_has_none_from_zero_even_if_a_clinic_allows_it() -> None:
    none_too_low = Thresholds(percent_from=USUAL.percent_from * 0)
    change = change_between((0,) * 5, (1,) * 5)
    assert percent_lower(change, before=Fraction(0), thresholds=none_too_low) is None


def test_percent_starts_at_four() -> None:
    change = change_between((4,) * 5, (3,) * 5)
    assert percent_lower(change, before=Fraction(4)) == 25


def test_percent_is_withheld_just_under_four() -> None:
    change = change_between((4, 4, 4, 4, 3), (3,) * 5)
    assert percent_lower(change, before=Fraction(19, 5)) is None
