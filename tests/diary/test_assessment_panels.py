"""What assessments say: each instrument apart, its direction, changes against their marks."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from portal import clock, db
from portal.db import AssessmentId
from portal.diary.assessment_changes import sources_words
from portal.diary.assessment_line import BOTTOM, LEFT, RIGHT, TOP, ScoredOn, small_line
from portal.diary.assessment_panels import AssessmentPanel, panels_of
from portal.diary.assessment_queries import Assessed, in_force

START = date(2026, 9, 20)


@pytest.fixture(autouse=True)
def words(app: Flask) -> object:
    with app.test_request_context():
        yield


def done(
    instrument: str,
    on: date,
    answers: Mapping[str, int],
    subjects: Mapping[str, str] | None = None,
) -> Assessed:
    return Assessed(
        id=AssessmentId(db.new_id()),
        instrument=instrument,
        version="1",
        language="en",
        about_on=on,
        completed_at=datetime.combine(on, clock.now().timetz()),
        subjects=subjects or {},
        answers=answers,
    )


def peg(days: int, *values: int) -> Assessed:
    items = ("pain", "enjoyment", "activity")
    return done("peg", START + timedelta(days=days), dict(zip(items, values, strict=False)))


def psfs(days: int, **rated: int) -> Assessed:
    codes = {f"activity-{n}": name for n, name in enumerate(rated, 1)}
    answers = {code: rated[name] for code, name in codes.items()}
    return done("psfs", START + timedelta(days=days), answers, codes)


def pgic(days: int, value: int) -> Assessed:
    return done("pgic", START + timedelta(days=days), {"overall": value})


def only(*assessed: Assessed) -> AssessmentPanel:
    (panel,) = panels_of(assessed)
    return panel


def said(panel: AssessmentPanel) -> tuple[str, str, str]:
    assert panel.change is not None
    return panel.change.arrow, panel.change.words, panel.change.marks


def test_nothing_filled_in_has_no_panel() -> None:
    assert panels_of(()) == ()


def test_each_instrument_has_a_panel_of_its_own() -> None:
    found = panels_of([pgic(0, 2), psfs(0, walk=3), peg(0, 7, 6, 5)])
    assert [panel.instrument for panel in found] == ["peg", "psfs", "pgic"]


def test_panels_say_which_way_is_better() -> None:
    found = panels_of([pgic(0, 2), psfs(0, walk=3), peg(0, 7, 6, 5)])
    assert [panel.direction for panel in found] == [
        "Scale 0 to 10, lower is better.",
        "Scale 0 to 10, higher is better.",
        "From “Very much improved” to “Very much worse”.",
    ]


def test_one_peg_says_no_change() -> None:
    assert only(peg(0, 7, 6, 5)).change is None


@pytest.mark.parametrize(
    ("after", "words", "marks"),
    [
        (
            (4, 4, 5),
            "1.7 lower than on 20 September",
            "Noticeable (1.0). Within measurement noise (2.2).",
        ),
        (
            (4, 3, 4),
            "2.3 lower than on 20 September",
            "Noticeable (1.0). Beyond measurement noise (2.2).",
        ),
        (
            (6, 6, 5),
            "0.3 lower than on 20 September",
            "Less than noticeable (1.0). Within measurement noise (2.2).",
        ),
    ],
)
def test_peg_says_noticeable_and_noise_apart(after: Sequence[int], words: str, marks: str) -> None:
    assert said(only(peg(0, 7, 6, 5), peg(21, *after))) == ("down", words, marks)


def test_a_peg_without_change_is_flat() -> None:
    arrow, words, _ = said(only(peg(0, 7, 6, 5), peg(21, 6, 6, 6)))
    assert (arrow, words) == ("flat", "no change since 20 September")


def test_peg_compares_the_first_with_the_newest_score() -> None:
    panel = only(peg(0, 7, 7), peg(7, 7, 6, 5), peg(14, 3, 3, 3), peg(21, 3))
    assert said(panel)[1] == "3.0 lower than on 27 September"
    assert [row.words for row in panel.rows] == ["no score", "6.0", "3.0", "no score"]


def test_what_was_left_out_is_told() -> None:
    assert only(peg(0, 7)).rows[0].note == "2 left out"


def test_psfs_says_on_how_many_activities() -> None:
    panel = only(psfs(0, walk=3, sit=4, lift=2), psfs(21, walk=6, sit=5))
    assert said(panel) == (
        "up",
        "2.0 higher than on 20 September, on 2 activities",
        "Beyond measurement noise (2).",
    )


def test_one_activity_that_moved_far_is_named_where_the_mean_did_not() -> None:
    panel = only(psfs(0, walk=3, sit=4, lift=2), psfs(21, walk=6, sit=4, lift=2))
    assert said(panel)[2] == "Within measurement noise (2). By 3 or more: walk."


def test_psfs_of_one_activity_is_held_against_three() -> None:
    assert said(only(psfs(0, walk=3), psfs(21, walk=5)))[1:] == (
        "2.0 higher than on 20 September, on 1 activity",
        "Within measurement noise (3).",
    )


def test_psfs_lists_each_activity_with_both_ratings() -> None:
    rows = only(psfs(0, walk=3, lift=2), psfs(21, walk=6, sit=5)).activities
    assert [(row.activity, row.first, row.newest) for row in rows] == [
        ("walk", "3", "6"),
        ("sit", "–", "5"),
        ("lift", "2", "–"),
    ]


def test_an_activity_in_other_capitals_is_the_same() -> None:
    before = done("psfs", START, {"activity-1": 3}, {"activity-1": "Walk  far"})
    after = done("psfs", START + timedelta(days=9), {"activity-1": 6}, {"activity-1": "walk far"})
    assert said(only(before, after))[0] == "up"


def test_psfs_without_a_common_activity_says_no_change() -> None:
    assert only(psfs(0, walk=3), psfs(21, sit=5)).change is None


def test_scores_of_other_activities_are_not_drawn() -> None:
    assert only(psfs(0, walk=3), psfs(21, sit=5)).drawing is None


def test_pgic_is_listed_and_never_reckoned_with() -> None:
    panel = only(pgic(0, 4), pgic(14, 2))
    assert [row.words for row in panel.rows] == ["No change", "Much improved"]
    assert (panel.change, panel.drawing) == (None, None)


def test_two_scores_are_drawn_with_a_title_in_words() -> None:
    panel = only(peg(0, 7, 6, 5), peg(21, 4, 3, 4))
    assert panel.drawing is not None
    assert panel.drawing_title == (
        "PEG: 6.0 on 20 September, 3.7 on 11 October; 0 to 10, lower is better"
    )


def test_one_score_is_not_drawn() -> None:
    assert only(peg(0, 7, 6, 5)).drawing is None


def test_the_later_one_of_a_day_counts() -> None:
    assert [
        row.words for row in panels_of(in_force([peg(0, 7, 6, 5), peg(0, 1, 1, 1)]))[0].rows
    ] == ["1.0"]


def test_every_mark_names_its_source() -> None:
    said = sources_words(["peg", "psfs"])
    assert "doi 10.1016/j.jpain.2023.07.028), 2.2 (1.96·√2·0.78, the smallest SEM there)." in said
    assert "PSFS 2, 3 on one activity (Stratford 1995, MDC90)." in said


def test_what_is_not_shown_names_no_marks() -> None:
    assert sources_words([]) == ""


scores = st.lists(
    st.tuples(st.integers(0, 400), st.fractions(0, 10)),
    min_size=2,
    max_size=30,
    unique_by=lambda x: x[0],
)


@given(scores=scores)
def test_every_dot_stays_in_the_drawing(scores: list[tuple[int, Fraction]]) -> None:
    points = [ScoredOn(START + timedelta(days=n), value, "") for n, value in sorted(scores)]
    line = small_line(points)
    assert line is not None
    assert all(LEFT <= dot.x <= RIGHT and TOP <= dot.y <= BOTTOM for dot in line.dots)
