from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from portal.review.change import Change, Verdict, change_between
from portal.review.chart_words import calendar_words, median_words, visit_words
from portal.review.responses import Flare, Response
from portal.review.tables import response_words
from portal.review.thresholds import USUAL, Thresholds
from portal.review.trends import (
    Completion,
    Day,
    OwnView,
    Record,
    Swing,
    VisitMark,
    record_of,
)
from portal.review.wording import (
    baseline_label,
    caution,
    change_range,
    change_sentence,
    completion_words,
    direction,
    finding,
    high_days,
    interference_words,
    late_words,
    level,
    overlap_sentence,
    own_view_words,
    percent_sentence,
    reason_sentence,
    swing_sentence,
    thresholds_in_force,
    verdict_words,
)
from tests.review.diaries import after_two_weeks, days, on, record, visits

VISIT = VisitMark(1, on(3))


@pytest.fixture(autouse=True)
def _words(app: Flask) -> Iterator[None]:
    with app.test_request_context():
        yield


def a_change(drop: str, variance: str = "0.09") -> Change:
    return Change(Fraction(drop), Fraction(variance), Fraction("1.96"), 13, 9)


def test_a_drop_is_said_with_its_range() -> None:
    known = change_between((7, 6, 7, 8, 6, 7, 7, 6), (4, 5, 4, 3, 4, 5, 4, 4))
    assert change_range(known) == "about 2.6 points lower (1.1 to 4.1)"


def test_a_rise_is_said_without_a_sign() -> None:
    known = change_between((4, 5, 4, 3, 4, 5, 4, 4), (7, 6, 7, 8, 6, 7, 7, 6))
    assert change_range(known) == "about 2.6 points higher (1.1 to 4.1)"


@pytest.mark.parametrize(
    ("drop", "words"),
    [
        ("0.5", "about 0.5 points lower (0.1 higher to 1.1 lower)"),
        ("-0.5", "about 0.5 points higher (1.1 higher to 0.1 lower)"),
        ("0.04", "about no change (0.5 higher to 0.6 lower)"),
        ("0", "about no change (0.6 higher to 0.6 lower)"),
        ("0.6", "about 0.6 points lower (0.0 to 1.2)"),
    ],
)
def test_a_range_across_no_change_says_both_ways(drop: str, words: str) -> None:
    assert change_range(a_change(drop)) == words


def test_a_change_says_the_days_it_rests_on() -> None:
    words = "about 2.7 points lower (95 % range 2.1 to 3.3), 9 settled days against 13"
    assert change_sentence(a_change("2.7")) == words


@pytest.mark.parametrize("verdict", list(Verdict))
def test_each_verdict_has_its_words(verdict: Verdict) -> None:
    assert verdict_words(verdict) == verdict.value.replace("-", " ")


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (record(days("5" * 40), [], today=39), "no visit with needling yet"),
        (record([], visits(14), today=39), "the diary has no entries"),
        (record(days("5" * 40), visits(14), today=20), "the last 14 days overlap"),
        (
            record(days("5" + "." * 24 + "5" * 14), visits(14), today=38),
            "1 settled day in the first two weeks",
        ),
        (after_two_weeks("7" * 14, "4444.........."), "4 settled days in the last 14, 5 are"),
        (after_two_weeks("7" * 14, "4" * 14), ""),
    ],
)
def test_each_reason_has_its_own_sentence(found: Record, words: str) -> None:
    assert words in reason_sentence(found)


def test_the_finding_ends_with_the_verdict() -> None:
    assert finding(after_two_weeks("7" * 14, "4" * 14)).endswith(": better")


def test_the_finding_without_a_verdict_is_the_reason() -> None:
    found = record(days("5" * 40), [], today=39)
    assert finding(found) == reason_sentence(found)


def test_too_few_days_for_a_level_say_how_few() -> None:
    assert level(record(days("55"), [], today=1).recent) == "2 of 14 days: not enough to average"


def test_a_level_is_a_number_with_one_decimal() -> None:
    assert level(record(days("55555"), [], today=4).recent) == "5.0"


def test_high_days_are_counted_before_anything_else() -> None:
    found = record(days("57575"), [], today=4).recent
    assert high_days(found, high=7) == "days at 7 or more: 2 of 5"


def test_high_days_are_silent_without_enough_days() -> None:
    assert high_days(record(days("57"), [], today=1).recent, high=7) == ""


@pytest.mark.parametrize(("share", "tenths"), [("0.75", 8), ("0.749", 7), ("1", 10), ("0", 0)])
def test_overlap_is_said_in_tens(share: str, tenths: int) -> None:
    said = f"in about {tenths} of 10 such pairs recent pain was lower (ties count half)."
    assert said in overlap_sentence(Fraction(share))


def test_unknown_overlap_is_silent() -> None:
    assert overlap_sentence(None) == ""


@pytest.mark.parametrize(
    ("before", "recent", "words"),
    [
        ("6" * 14, "3" * 14, "50.0 % lower, at or past the 50 % mark."),
        ("6" * 14, "4" * 14, "33.3 % lower, at or past the 30 % mark."),
        ("6" * 14, "5" * 14, "16.7 % lower, under the 30 % mark."),
        ("6" * 14, "7" * 14, "16.7 % higher."),
        ("3" * 14, "1" * 14, "Pain started too low for a percent."),
        ("6" * 14, "6" * 14, ""),
        ("6" * 14, "5" * 4, ""),
        ("39" * 7, "19" * 7, "16.7 % lower, but not clear yet."),
        ("19" * 7, "39" * 7, "20.0 % higher, but not clear yet."),
    ],
)
def test_percent_says_the_mark_it_reaches(before: str, recent: str, words: str) -> None:
    assert percent_sentence(after_two_weeks(before, recent)) == words


def test_swing_says_both_figures() -> None:
    words = swing_sentence(Swing(1.25, 4.0))
    assert "1.3 points" in words
    assert "4.0 (MSSD)" in words


def test_swing_of_too_few_days_is_silent() -> None:
    assert swing_sentence(Swing(None, None)) == ""


def test_completion_counts_asked_days() -> None:
    assert (
        completion_words(Completion(11, 9, 10, 1))
        == "asked for: 9\N{NO-BREAK SPACE}of\N{NO-BREAK SPACE}11"
    )


def test_completion_of_nothing_asked_is_a_dash() -> None:
    assert completion_words(Completion(0, 0, 3, 0)) == "–"


def test_late_days_are_named_only_where_there_are_some() -> None:
    assert (late_words(3), late_words(0)) == ("3 written later", "")


@pytest.mark.parametrize(
    ("recent", "words"), [("3", "4.0 lower"), ("9", "2.0 higher"), ("7", "no change")]
)
def test_interference_is_said_without_a_verdict(recent: str, words: str) -> None:
    diary = [
        day._replace(interference=day.pain_average)
        for day in days("7" * 14) + days(recent * 14, first=28)
    ]
    assert interference_words(record(diary, visits(14), today=41)) == words


def test_interference_of_too_few_days_says_so() -> None:
    assert interference_words(record([], [], today=1)) == "too few days"


def test_own_view_is_the_patients_word() -> None:
    assert own_view_words(OwnView("same", on(1))) == "Same"


def test_own_view_that_nobody_gave_was_not_asked_yet() -> None:
    assert own_view_words(None) == "not asked yet"


@pytest.mark.parametrize(("drop", "way"), [("0.05", "down"), ("-0.05", "up"), ("0.04", "flat")])
def test_an_arrow_points_as_the_shown_figure_does(drop: str, way: str) -> None:
    assert direction(Fraction(drop)) == way


def test_a_visit_without_entries_says_so() -> None:
    words = response_words(Response(VISIT))
    assert (words.unknown, words.best) == ("no entries around this visit", "–")


@pytest.mark.parametrize(
    ("visit", "last", "words"),
    [
        (VISIT, on(40), "too few entries to compare"),
        (VISIT, VISIT.on, "too early to compare"),
        (replace(VISIT, is_needling=False), on(40), "–"),
    ],
)
def test_a_visit_that_is_not_compared_says_why(visit: VisitMark, last: date, words: str) -> None:
    assert response_words(Response(visit, is_written=True), last=last).unknown == words


def test_a_flare_says_its_size_and_day() -> None:
    flare = Flare(Fraction(5, 2), 1, None)
    words = response_words(Response(VISIT, is_known=True, before=Fraction(5), flare=flare))
    assert (words.flare, words.back) == ("2.5 higher, day 1", "not back yet")


def test_a_visit_without_a_rise_had_no_flare() -> None:
    words = response_words(Response(VISIT, is_known=True, before=Fraction(5)))
    assert (words.flare, words.back) == ("no flare", "–")


def test_a_whole_response_is_said() -> None:
    known = Response(
        VISIT,
        is_known=True,
        before=Fraction(5),
        flare=Flare(Fraction(2), 0, 4),
        best=Fraction(11, 3),
        soreness=6,
        sore_until=2,
    )
    words = response_words(known)
    assert (words.back, words.best, words.soreness, words.sore_until) == ("4", "3.7", "6", "day 2")


def test_the_rules_in_force_are_printed() -> None:
    words = "In force: 2 points, 1.5 with 30 %, 14 days, 5 settled days."
    assert thresholds_in_force(USUAL) == words


def test_the_charts_title_is_the_finding() -> None:
    found = after_two_weeks("7" * 14, "4" * 14)
    assert calendar_words(found).title == f"Pain by day: {finding(found)}"


def test_the_charts_title_of_an_empty_diary_says_so() -> None:
    assert calendar_words(record([], [], today=1)).title == "Pain by day: no entries yet"


def test_the_chart_is_described_in_numbers() -> None:
    assert calendar_words(after_two_weeks("7" * 14, "44444.........")).desc == (
        "Before the first visit pain averaged 7.0 over 14 days. "
        "In the last 14 days it averaged 4.0 over 5 settled days. "
        "Visit on 15 September. "
        "19 of 56 days have an entry, 0 of them written later."
    )


def test_the_patient_is_addressed() -> None:
    found = after_two_weeks("7" * 14, "4" * 14)
    assert calendar_words(found, is_own=True).baseline == "before your first visit"


def test_a_fallback_baseline_is_named() -> None:
    found = record(days("6" * 50, first=10), visits(14), today=59)
    assert calendar_words(found).baseline == "first two weeks"
    assert calendar_words(found).desc.startswith("In the first two weeks of the diary")


def test_a_clinics_own_threshold_is_not_called_usual() -> None:
    own = Thresholds(points=USUAL.points + 1)
    found = record_of([], [], today=on(3), visit_today=False, thresholds=own)
    assert calendar_words(found).noticeable == "change this clinic looks for (3 points)"


def test_the_median_is_promised_after_three_visits() -> None:
    found = record([], [], today=1)
    assert median_words(found) == "The median is drawn after 3 visits."


def test_the_curves_say_how_many_visits_they_show() -> None:
    found = record(days("5" * 40), visits(4, 11, 18), today=39)
    assert visit_words(found).desc.startswith("A thin line for each of 3 visits. The thick line")


@given(st.integers(-100, 100), st.integers(1, 90))
def test_no_range_has_a_minus(drop: int, variance: int) -> None:
    change = a_change(f"{drop}/10", f"{variance}/10")
    assert not {"-", "−"} & set(change_range(change))


def test_the_fallback_is_named_where_it_stands_for_before() -> None:
    fallback = record(days("6" * 50, first=10), visits(14), today=59)
    usual = after_two_weeks("7" * 14, "4" * 14)
    labels = [baseline_label(fallback), baseline_label(usual)]
    assert labels == ["first two weeks of the diary", "before first visit"]


def test_one_fixed_line_stands_under_every_change() -> None:
    assert caution() == "Before and after, not proof that the needling did it."


def test_a_day_without_a_word_is_not_a_view() -> None:
    assert record([Day(on(0), 5)], [], today=0).own_view is None


def own_rules(**more: Any) -> Record:
    """A visit on day 3, so that the diary's first days stand for "before"."""
    rules = replace(USUAL, **more)
    marks = visits(3)
    return record_of(
        days("6655.................555555555555"),
        marks,
        today=on(70),
        visit_today=False,
        thresholds=rules,
    )


@pytest.mark.parametrize(("length", "words"), [(14, "first two weeks"), (28, "first 28 days")])
def test_the_first_days_are_named_by_the_clinics_own_length(length: int, words: str) -> None:
    found = own_rules(window_days=length, settled_days=4)
    said = calendar_words(found)
    assert (baseline_label(found), said.baseline) == (f"{words} of the diary", words)
    assert said.desc.startswith(f"In the {words} of the diary")


def test_too_few_days_are_those_of_the_window_that_was_counted() -> None:
    assert reason_sentence(own_rules()) == (
        "Too few days: 4 settled days in the first two weeks of the diary, 5 are needed."
    )


def test_one_point_is_one_point() -> None:
    found = own_rules(points=Decimal(1))
    assert calendar_words(found).noticeable == "change this clinic looks for (1 point)"
    assert thresholds_in_force(found.thresholds).startswith("In force: 1 point, ")
