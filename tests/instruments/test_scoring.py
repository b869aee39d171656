"""Scores and changes as clinical-reference 2.2 and 5 say, every boundary and missing case."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.instruments.catalogue import house_catalogue
from portal.instruments.model import Direction, Mark
from portal.instruments.scoring import (
    Answers,
    Change,
    NoScore,
    NotAnAnswer,
    Score,
    change_between,
    marks_passed,
    moved_single,
    score_of,
)

PEG, PSFS, PGIC = (house_catalogue().get(code) for code in ("peg", "psfs", "pgic"))
BEFORE = {"walk": 3, "sit": 4, "lift": 2}
AFTER = {"walk": 6, "sit": 5}

numbers = st.integers(0, 10)
pegs = st.fixed_dictionaries({"pain": numbers, "enjoyment": numbers, "activity": numbers})
activities = st.dictionaries(st.sampled_from(["walk", "sit", "lift"]), numbers)


def peg(*values: int) -> Answers:
    return dict(zip(("pain", "enjoyment", "activity"), values, strict=False))


def test_peg_is_the_mean_of_its_three_items() -> None:
    assert score_of(PEG, peg(7, 6, 5)) == Score(Fraction(6), 3)


@pytest.mark.parametrize("missing", ["pain", "enjoyment", "activity"])
def test_peg_without_one_item_has_no_score(missing: str) -> None:
    answers = {code: value for code, value in peg(7, 6, 5).items() if code != missing}
    assert score_of(PEG, answers) == Score(None, 2, NoScore.ITEM_MISSING)


def test_peg_without_any_item_has_no_score() -> None:
    assert score_of(PEG, {}) == Score(None, 0, NoScore.ITEM_MISSING)


@pytest.mark.parametrize(("values", "mean"), [((0, 0, 0), 0), ((10, 10, 10), 10)])
def test_peg_reaches_both_ends(values: tuple[int, ...], mean: int) -> None:
    assert score_of(PEG, peg(*values)).value == mean


def test_a_zero_is_an_answer() -> None:
    assert score_of(PEG, peg(0, 0, 1)) == Score(Fraction(1, 3), 3)


@pytest.mark.parametrize("value", [-1, 11])
def test_a_number_off_the_scale_is_refused(value: int) -> None:
    with pytest.raises(NotAnAnswer):
        score_of(PEG, peg(value, 0, 0))


@pytest.mark.parametrize("value", [0, 8])
def test_a_label_off_the_scale_is_refused(value: int) -> None:
    with pytest.raises(NotAnAnswer):
        score_of(PGIC, {"overall": value})


def test_psfs_is_the_sum_by_the_number_of_rated_activities() -> None:
    assert score_of(PSFS, BEFORE) == Score(Fraction(3), 3)


def test_psfs_leaves_out_what_was_not_rated() -> None:
    assert score_of(PSFS, {"walk": 3, "sit": 4}) == Score(Fraction(7, 2), 2)


def test_psfs_of_one_activity_is_its_rating() -> None:
    assert score_of(PSFS, {"walk": 0}) == Score(Fraction(0), 1)


def test_psfs_without_a_rating_has_no_score() -> None:
    assert score_of(PSFS, {}) == Score(None, 0, NoScore.NOTHING_RATED)


def test_psfs_change_uses_activities_rated_both_times() -> None:
    assert change_between(PSFS, BEFORE, AFTER) == Change(Fraction(2), 2)


def test_psfs_change_leaves_out_an_added_activity() -> None:
    assert change_between(PSFS, AFTER, BEFORE) == Change(Fraction(-2), 2)


def test_psfs_without_a_common_activity_has_no_change() -> None:
    assert change_between(PSFS, {"walk": 3}, {"sit": 4}) is None


def test_psfs_is_better_when_higher() -> None:
    assert PSFS.direction is Direction.HIGHER


def test_peg_is_better_when_lower() -> None:
    assert PEG.direction is Direction.LOWER


def test_peg_change_needs_both_scores() -> None:
    assert change_between(PEG, {"pain": 4}, peg(7, 6, 5)) is None


def test_pgic_has_no_number() -> None:
    assert score_of(PGIC, {"overall": 1}) == Score(None, 1, NoScore.LABEL_ONLY)


def test_pgic_without_an_answer_is_missing() -> None:
    assert score_of(PGIC, {}) == Score(None, 0, NoScore.ITEM_MISSING)


def test_pgic_is_never_subtracted() -> None:
    assert change_between(PGIC, {"overall": 4}, {"overall": 1}) is None


def test_pgic_1_is_the_better_end() -> None:
    assert (PGIC.label_of(1), PGIC.direction) == ("Very much improved", Direction.LOWER)


@pytest.mark.parametrize(
    ("tenths", "marks"),
    [
        (9, ()),
        (10, (Mark.NOTICEABLE,)),
        (-10, (Mark.NOTICEABLE,)),
        (21, (Mark.NOTICEABLE,)),
        (22, (Mark.NOTICEABLE, Mark.BEYOND_NOISE)),
        (-22, (Mark.NOTICEABLE, Mark.BEYOND_NOISE)),
    ],
)
def test_peg_marks_at_their_boundaries(tenths: int, marks: tuple[Mark, ...]) -> None:
    assert marks_passed(PEG, Change(Fraction(tenths, 10), 3)) == marks


@pytest.mark.parametrize(
    ("points", "n", "marks"),
    [
        (Fraction(19, 10), 2, ()),
        (Fraction(2), 2, (Mark.BEYOND_NOISE,)),
        (Fraction(-2), 3, (Mark.BEYOND_NOISE,)),
        (Fraction(2), 1, ()),
        (Fraction(3), 1, (Mark.BEYOND_NOISE,)),
    ],
)
def test_psfs_marks_at_their_boundaries(points: Fraction, n: int, marks: tuple[Mark, ...]) -> None:
    assert marks_passed(PSFS, Change(points, n)) == marks


def test_one_activity_that_moved_far_is_named() -> None:
    assert moved_single(PSFS, BEFORE, AFTER) == ("walk",)


def test_peg_names_no_single_item() -> None:
    assert moved_single(PEG, peg(9, 9, 9), peg(1, 1, 1)) == ()


@given(answers=pegs)
def test_a_score_stays_on_the_scale(answers: Answers) -> None:
    value = score_of(PEG, answers).value
    assert value is not None
    assert 0 <= value <= 10


@given(before=pegs, after=pegs)
def test_a_change_back_is_its_mirror_image(before: Answers, after: Answers) -> None:
    there, back = change_between(PEG, before, after), change_between(PEG, after, before)
    assert there is not None
    assert back is not None
    assert there.points == -back.points


@given(before=activities, after=activities, more=numbers)
def test_an_added_activity_never_moves_the_change(
    before: Answers, after: Answers, more: int
) -> None:
    assert change_between(PSFS, before, {**after, "swim": more}) == change_between(
        PSFS, before, after
    )


@given(answers=activities)
def test_psfs_has_a_score_exactly_when_something_was_rated(answers: Answers) -> None:
    assert (score_of(PSFS, answers).value is None) == (not answers)
