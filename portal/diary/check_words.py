"""What the pages of an assessment say, in plain words: names, invitations, results."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from portal.diary.assessment_queries import Assessed, DueCheck
from portal.diary.checks import PEG, PGIC, PSFS
from portal.instruments.catalogue import house_catalogue
from portal.instruments.model import Direction, Instrument, Question
from portal.instruments.scoring import score_of
from portal.web.jinja import day, number1
from portal.web.languages import gettext as _
from portal.web.languages import ngettext


@dataclass(frozen=True, slots=True)
class Invitation:
    """An instrument that is asked for today, as the first page offers it."""

    instrument: str
    title: str
    sentence: str
    button: str


def title_of(instrument: Instrument) -> str:
    """Name an instrument by what it asks; the page's heading."""
    words = {
        PEG: _("Your week"),
        PSFS: _("What you can do today"),
        PGIC: _("Since treatment began"),
    }
    return words.get(instrument.code, instrument.short)


def invitations(due: Sequence[DueCheck]) -> tuple[Invitation, ...]:
    """Say what is asked for today and how long it takes, without urging."""
    titles = {
        PEG: _("Three questions about your week"),
        PSFS: _("How well you can do what matters to you"),
        PGIC: _("One question about the time since treatment began"),
    }
    times = {
        PEG: _("About 20 seconds, once a week."),
        PSFS: _("About 30 seconds, at the start and before each visit."),
        PGIC: _("About 10 seconds, before each visit."),
    }
    return tuple(
        Invitation(
            one.instrument,
            titles[one.instrument],
            times[one.instrument],
            _("Go on where you left") if one.is_begun else _("Answer now"),
        )
        for one in due
    )


def direction_words(instrument: Instrument) -> str:
    """Say the scale and which way is better."""
    words = {
        Direction.LOWER: _("%(low)s to %(high)s, lower is better"),
        Direction.HIGHER: _("%(low)s to %(high)s, higher is better"),
    }
    return words[instrument.direction] % {"low": instrument.lowest, "high": instrument.highest}


def question_words(question: Question) -> str:
    """What is asked: the activity in the patient's own words, or the item."""
    return question.subject or question.text


def answer_words(instrument: Instrument, value: int | None) -> str:
    """Say an answer: a label, a number of the scale, or that it was left out."""
    if value is None:
        return _("left out")
    if instrument.is_labelled:
        return instrument.label_of(value)
    return _("%(n)s of %(high)s", n=value, high=instrument.highest)


def score_words(one: Assessed) -> str:
    """Say the score of a completed assessment, its label, or why there is none."""
    instrument = house_catalogue().get(one.instrument, one.version)
    if instrument.is_labelled:
        return instrument.label_of(next(iter(one.answers.values())))
    score = score_of(instrument, one.answers)
    return _("no score") if score.value is None else number1(float(score.value))


def result_sentences(one: Assessed, before: Assessed | None) -> list[str]:
    """Say what was saved in neutral words: the number, its direction, the one before."""
    instrument = house_catalogue().get(one.instrument, one.version)
    if instrument.is_labelled:
        said = [_("You answered “%(label)s”.", label=score_words(one))]
        if before is not None:
            said.append(_before_label(before))
        return said
    score = score_of(instrument, one.answers)
    if score.value is None:
        return [_("You left a question out, so there is no score. Your answers are kept.")]
    said = [_mean_sentence(instrument, score_words(one), score.n), _direction_sentence(instrument)]
    if before is not None and _is_like(instrument, before, one):
        said.append(_("On %(day)s it was %(n)s.", day=day(before.about_on), n=score_words(before)))
    return said


def _is_like(instrument: Instrument, before: Assessed, after: Assessed) -> bool:
    """Whether two scores rest on the same questions, so that both can be said side by side."""
    has_score = score_of(instrument, before.answers).value is not None
    return has_score and before.by_subject.keys() == after.by_subject.keys()


def _before_label(before: Assessed) -> str:
    label = score_words(before)
    return _("On %(day)s it was “%(label)s”.", day=day(before.about_on), label=label)


def _mean_sentence(instrument: Instrument, score: str, n: int) -> str:
    return ngettext(
        "Your answer is %(score)s, on a scale from %(low)s to %(high)s.",
        "The mean of your %(num)s answers is %(score)s, on a scale from %(low)s to %(high)s.",
        n,
        score=score,
        low=instrument.lowest,
        high=instrument.highest,
    )


def _direction_sentence(instrument: Instrument) -> str:
    if instrument.direction is Direction.HIGHER:
        return _("Higher is better.")
    return _("Lower is better.")


def next_words(on: date | None) -> str:
    """Say when it is asked for next; nothing where no day is known."""
    return _("It is asked for next on %(day)s.", day=day(on)) if on is not None else ""
