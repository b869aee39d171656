"""Scores and changes of instruments: exact fractions in, never a guess for a missing answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from portal.instruments.model import Instrument, Mark, Missing, Of

Answers = Mapping[str, int]


class NoScore(StrEnum):
    """Why there is no number; the word stands in stored rows."""

    ITEM_MISSING = "item-missing"
    NOTHING_RATED = "nothing-rated"
    LABEL_ONLY = "label-only"


@dataclass(frozen=True, slots=True)
class Score:
    """An instrument's number on its own scale, or why there is none; `n` answers enter."""

    value: Fraction | None
    n: int
    reason: NoScore | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """How far a score moved, in points of its scale: above 0 is more, whatever that means.

    `n` is how many answers were compared.
    """

    points: Fraction
    n: int


class NotAnAnswer(ValueError):
    """A number that the instrument's scale does not have, or an answer to nothing it asks."""


def _checked(instrument: Instrument, answers: Answers) -> Answers:
    wrong = [value for value in answers.values() if value not in instrument.values]
    if wrong:
        raise NotAnAnswer(f"{instrument.code}: {wrong[0]}")
    return answers


def _mean(answers: Answers) -> Fraction:
    return Fraction(sum(answers.values()), len(answers))


def score_of(instrument: Instrument, answers: Answers) -> Score:
    """Return the score of one filling-in; answers are by the codes of `Instrument.asked`.

    PEG: mean of all three, or none (no rule for a missing item is published). PSFS: sum divided
    by the number of rated activities. PGIC: a label, with which nobody reckons. 0 is an answer.
    Raises NotAnAnswer for a number off the scale.
    """
    given = _checked(instrument, answers)
    if instrument.is_labelled:
        reason = NoScore.LABEL_ONLY if given else NoScore.ITEM_MISSING
        return Score(None, len(given), reason)
    if instrument.missing is Missing.ALL_NEEDED:
        needed = {question.code for question in instrument.asked()}
        if needed - given.keys():
            return Score(None, len(given), NoScore.ITEM_MISSING)
    if not given:
        return Score(None, 0, NoScore.NOTHING_RATED)
    return Score(_mean(given), len(given))


def change_between(instrument: Instrument, before: Answers, after: Answers) -> Change | None:
    """Return how a score moved between two filling-ins; None where that cannot be said.

    With PSFS the answers are by activity, and only those rated both times enter; elsewhere both
    filling-ins need a score. Labels are never subtracted.
    """
    if instrument.is_labelled:
        return None
    if instrument.missing is Missing.RATED_COUNT:
        both = before.keys() & after.keys()
        before = {code: before[code] for code in both}
        after = {code: after[code] for code in both}
    first, last = score_of(instrument, before), score_of(instrument, after)
    if first.value is None or last.value is None:
        return None
    return Change(last.value - first.value, last.n)


def marks_passed(instrument: Instrument, change: Change) -> tuple[Mark, ...]:
    """Return what a change of this size is called, the smallest mark first; none if too small.

    A change that rests on one rated activity is held against the mark for one activity.
    """
    is_single = instrument.subjects > 0 and change.n == 1
    wanted = Of.SINGLE if is_single else Of.MEAN
    passed = [mark for mark in instrument.marks if mark.of is wanted]
    return tuple(
        mark.words
        for mark in sorted(passed, key=lambda mark: mark.points)
        if abs(change.points) >= Fraction(mark.points)
    )


def moved_single(instrument: Instrument, before: Answers, after: Answers) -> tuple[str, ...]:
    """Return what was rated both times and moved beyond the mark for one activity."""
    points = [mark.points for mark in instrument.marks if mark.of is Of.SINGLE]
    if not points:
        return ()
    least = min(points)
    both = [code for code in after if code in before]
    return tuple(code for code in both if abs(after[code] - before[code]) >= least)
