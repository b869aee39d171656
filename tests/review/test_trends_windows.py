from decimal import Decimal
from fractions import Fraction

import pytest

from portal.review.trends import (
    Baseline,
    Day,
    Reason,
    Record,
    Verdict,
    VisitMark,
    record_of,
    tenth,
    verdicts_ahead,
)
from tests.review.diaries import after_two_weeks, days, on, record, visits

STEADY = "77777777777777"
LOWER = "44444444444444"


def test_baseline_is_the_two_weeks_before_the_first_visit() -> None:
    found = record(days("6" * 60), visits(20), today=59)
    assert found.baseline is not None
    assert found.baseline.window.first == on(6)
    assert found.baseline.window.last == on(19)


def test_baseline_falls_back_on_the_diarys_first_two_weeks() -> None:
    found = record(days("6" * 50, first=10), visits(14), today=59)
    assert found.baseline is not None
    assert found.baseline.window.first == on(10)
    assert found.baseline_kind is Baseline.FIRST_TWO_WEEKS


def test_baseline_of_five_days_before_the_visit_is_enough() -> None:
    found = record(days("6" * 50, first=9), visits(14), today=59)
    assert found.baseline_kind is Baseline.BEFORE_FIRST_VISIT


def test_fallback_counts_settled_days_only() -> None:
    found = record(days("44449944444444" + "4" * 30, first=10), visits(13), today=53)
    assert found.baseline is not None
    assert found.baseline.settled == (4,) * 12


def test_recent_days_end_today() -> None:
    assert record(days(STEADY), [], today=13).recent.window.last == on(13)


def test_recent_days_end_yesterday_when_a_visit_is_planned() -> None:
    found = record(days(STEADY), [], today=13, visit_today=True)
    assert found.recent.window.last == on(12)


def test_recent_days_end_yesterday_when_a_visit_was_held() -> None:
    talk = VisitMark(1, on(13), is_needling=False)
    assert record(days(STEADY), [talk], today=13).recent.window.last == on(12)


def test_days_one_and_two_after_needling_are_left_out() -> None:
    found = record(days("5" * 14 + "599555"), visits(14), today=19)
    assert 9 not in found.recent.settled


def test_days_and_visits_after_today_do_not_count() -> None:
    found = record(days("5" * 20), visits(14, 18), today=16)
    assert found.days[-1].on == on(16)
    assert [visit.on for visit in found.visits] == [on(14)]


def test_what_gets_in_the_way_after_needling_is_left_out() -> None:
    felt = {on(15): 10, on(16): 10}
    diary = [day._replace(interference=felt.get(day.on, 2)) for day in days("5" * 20)]
    assert record(diary, visits(14), today=19).recent.interference == 2


def test_swing_leaves_out_the_days_after_needling() -> None:
    found = record(days("5" * 14 + "599555"), visits(14), today=19)
    assert (found.swing.deviation, found.swing.step) == (0, 0)


def test_a_day_at_seven_is_a_high_one_and_at_six_is_not() -> None:
    assert record(days("6" * 10 + "7" * 4), [], today=13).recent.high_days == 4


def test_the_day_of_needling_is_settled() -> None:
    found = record(days("5" * 14 + "955555"), visits(14), today=19)
    assert 9 in found.recent.settled


def test_a_visit_without_needling_leaves_its_days_in() -> None:
    talk = VisitMark(1, on(14), is_needling=False)
    assert 9 in record(days("5" * 14 + "599555"), [talk], today=19).recent.settled


def test_a_day_after_needling_is_left_out_though_it_is_the_next_visits_day() -> None:
    found = record(days("5" * 14 + "595555"), visits(14, 15), today=19)
    assert 9 not in found.recent.settled


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (record(days("5" * 40), [], today=39), Reason.NO_BASELINE),
        (record([], visits(14), today=39), Reason.NO_BASELINE),
        (record(days("5" * 40), visits(14), today=20), Reason.OVERLAP),
        (record(days("5" * 4 + "." * 20 + "5" * 14), visits(14), today=37), Reason.TOO_FEW_BEFORE),
        (after_two_weeks(STEADY, "4444.........."), Reason.TOO_FEW_RECENT),
    ],
)
def test_not_enough_days_says_why(found: Record, reason: Reason) -> None:
    assert (found.verdict, found.reason) == (Verdict.NOT_ENOUGH_DAYS, reason)


def test_no_figure_of_change_without_a_verdict() -> None:
    found = after_two_weeks(STEADY, "4444..........")
    assert (found.change, found.overlap, found.percent) == (None, None, None)


def test_five_settled_days_are_enough() -> None:
    assert after_two_weeks(STEADY, "33333.........").verdict is Verdict.BETTER


def test_an_overlap_starts_the_day_the_windows_meet() -> None:
    diary = days("5" * 40)
    reasons = [record(diary, visits(14), today=today).reason for today in (26, 27)]
    assert reasons == [Reason.OVERLAP, None]


def test_level_is_the_mean_of_settled_days() -> None:
    assert after_two_weeks(STEADY, "44444433333333").recent.mean == Fraction(48, 14)


def test_level_is_withheld_under_five_days() -> None:
    assert after_two_weeks(STEADY, "4..4").recent.mean is None


def test_worst_is_the_patients_own_or_else_the_average() -> None:
    diary = days("555555")
    diary[2] = diary[2]._replace(pain_worst=9)
    found = record(diary, [], today=5).recent
    assert (found.worst, found.high_days) == (9, 1)


def test_worst_counts_the_days_after_needling_too() -> None:
    found = record(days("5" * 14 + "585555"), visits(14), today=19).recent
    assert (found.worst, found.high_days) == (8, 1)


def test_an_entry_without_pain_is_no_entry_day() -> None:
    found = record([Day(on(3), interference=4, change="better")], [], today=5)
    assert (found.days, found.own_view) == ((), None)


def test_a_day_after_today_counts_in_nothing() -> None:
    assert record(days("5" * 9), [], today=4).recent.entry_days == 5


def test_completion_counts_the_days_the_plan_asked_for() -> None:
    diary = days("55.5")
    asked = frozenset({on(-20), on(0), on(2), on(3)})
    found = record_of(diary, [], today=on(3), visit_today=False, asked_on=asked).completion
    assert (found.written, found.asked, found.entry_days) == (2, 3, 3)


def test_completion_counts_late_days() -> None:
    diary = [day._replace(is_late=day.on == on(1)) for day in days("555")]
    assert record(diary, [], today=2).completion.late == 1


def test_swing_needs_seven_days() -> None:
    assert record(days("454545"), [], today=5).swing.deviation is None


def test_swing_is_the_spread_of_settled_days() -> None:
    found = record(days("2345678"), [], today=6).swing
    assert found.deviation == pytest.approx(2.1602469)


def test_steps_are_taken_between_neighbouring_days_only() -> None:
    assert record(days("46464.x"), [], today=6).swing.step is None


def test_five_steps_are_enough() -> None:
    assert record(days("464646.x"), [], today=7).swing.step == pytest.approx(4)


def with_interference(scores: str, *, first: int = 0) -> list[Day]:
    return [
        day._replace(interference=day.pain_average, pain_average=5)
        for day in days(scores, first=first)
    ]


def test_interference_is_compared_without_a_verdict() -> None:
    diary = with_interference("77777") + with_interference("444", first=30)
    diary += with_interference("33", first=38)
    assert record(diary, visits(14), today=41).interference_drop == Fraction("3.4")


def test_interference_needs_five_values() -> None:
    diary = with_interference("77777") + with_interference("4444", first=30)
    assert record(diary, visits(14), today=41).interference_drop is None


def test_interference_is_not_compared_with_itself() -> None:
    assert record(with_interference("7" * 20), visits(14), today=19).interference_drop is None


def test_own_view_is_the_newest_in_the_recent_days() -> None:
    diary = days("555")
    diary[0] = diary[0]._replace(change="worse")
    diary[1] = diary[1]._replace(change="better")
    found = record(diary, [], today=2).own_view
    assert found is not None
    assert (found.change, found.on) == ("better", on(1))


def test_own_view_of_earlier_weeks_is_not_asked_yet() -> None:
    diary = [Day(on(0), 5, change="better")]
    assert record(diary, [], today=20).own_view is None


def test_percent_is_withheld_where_pain_starts_low() -> None:
    assert after_two_weeks("3" * 14, "1" * 14).percent is None


def test_percent_of_where_it_started() -> None:
    assert after_two_weeks("6" * 14, "3" * 14).percent == 50


def test_fortnights_end_with_the_recent_days() -> None:
    found = record(days("5" * 80), [], today=70, visit_today=True).fortnights
    assert [(each.window.last - on(0)).days for each in found] == [27, 41, 55, 69]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Fraction(5, 4), "1.3"),
        (Fraction(-5, 4), "-1.3"),
        (Fraction(-1, 30), "0.0"),
        (0.25, "0.3"),
        (3.94999, "3.9"),
        (Fraction(2), "2.0"),
    ],
)
def test_figures_are_shown_to_a_tenth_half_up(value: Fraction | float, shown: str) -> None:
    assert tenth(value) == Decimal(shown)
    assert str(tenth(value)) == shown


def test_verdicts_ahead_begin_with_todays() -> None:
    diary = days(STEADY) + days(LOWER, first=28)
    ahead = verdicts_ahead(diary, visits(14), today=on(41))
    assert ahead[0] is record(diary, visits(14), today=41).verdict


def test_verdicts_ahead_end_without_enough_days() -> None:
    diary = days(STEADY) + days(LOWER, first=28)
    ahead = verdicts_ahead(diary, visits(14), today=on(41))
    assert len(ahead) == 15
    assert ahead[9:] == (Verdict.BETTER,) + (Verdict.NOT_ENOUGH_DAYS,) * 5


def test_a_planned_visit_ends_the_recent_days_the_day_before() -> None:
    diary = days(STEADY) + days(LOWER, first=28)
    ahead = verdicts_ahead(diary, visits(14), today=on(41), visits_on={on(51)})
    assert ahead[9:12] == (Verdict.BETTER, Verdict.BETTER, Verdict.NOT_ENOUGH_DAYS)
