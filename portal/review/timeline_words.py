"""What happened besides entries, in words: visits, questions, reviews, acts, assessments."""

from collections.abc import Iterator
from dataclasses import dataclass

from portal.db import VisitId
from portal.diary.assessment_queries import Assessed
from portal.diary.check_words import score_words
from portal.diary.flags import short_label
from portal.review.brief_facts import ActRow, FlagRow
from portal.review.brief_words import Clocks, act_words, quoted, short_day, site_words
from portal.review.timeline_queries import QuestionSaid, ReviewSaid, VisitSaid
from portal.web.languages import gettext as _


@dataclass(frozen=True, slots=True)
class EventShown:
    """One thing that happened: what it was, and what is known of it, line by line."""

    title: str
    lines: tuple[str, ...]
    visit_id: VisitId | None = None


def visit_event(visit: VisitSaid, clocks: Clocks) -> EventShown:
    """A visit: planned, held with its sites, or called off."""
    return EventShown(
        _visit_title(visit),
        tuple(_visit_lines(visit, clocks)),
        visit.id if visit.is_held else None,
    )


def _visit_title(visit: VisitSaid) -> str:
    if visit.is_called_off:
        return _("Visit called off")
    if not visit.is_held:
        return _("Visit planned")
    return _("Visit %(n)s", n=visit.number or "–")


def _visit_lines(visit: VisitSaid, clocks: Clocks) -> Iterator[str]:
    if visit.is_timed:
        yield _("%(moment)s, %(name)s.", moment=clocks.moment(visit.at), name=visit.practitioner)
    else:
        yield _("%(name)s.", name=visit.practitioner)
    if visit.is_held:
        yield _sites(visit)
    if visit.note:
        yield _("Note: %(words)s", words=visit.note)
    if visit.version > 1:
        yield _("Corrected; this is version %(n)s.", n=visit.version)


def _sites(visit: VisitSaid) -> str:
    if visit.sites:
        return "; ".join(site_words(site, with_grasp=True) for site in visit.sites) + "."
    return _("Sites not recorded.") if visit.is_needling else _("No needling.")


def question_event(question: QuestionSaid, clocks: Clocks) -> EventShown:
    """A question, and what became of it."""
    return EventShown(_("Question"), tuple(_question_lines(question, clocks)))


def _question_lines(question: QuestionSaid, clocks: Clocks) -> Iterator[str]:
    yield quoted(question.body)
    yield _("Asked %(moment)s.", moment=clocks.patient_moment(question.asked_at))
    if question.answered_at is not None:
        yield _(
            "Answered %(moment)s, %(name)s.",
            moment=clocks.moment(question.answered_at),
            name=question.answered_by or "–",
        )
    if question.withdrawn_at is not None:
        yield _(
            "Taken out by the patient %(moment)s.",
            moment=clocks.patient_moment(question.withdrawn_at),
        )
    elif question.answered_at is None:
        yield _("Open.")


def review_event(review: ReviewSaid, clocks: Clocks) -> EventShown:
    """A review: who, when, up to which day, and whether it was undone."""
    covers = (
        _("Read up to the entry of %(day)s.", day=short_day(review.covers_on))
        if review.covers_on
        else _("Read as it stood then.")
    )
    lines = [
        _("%(name)s, %(moment)s.", name=review.practitioner, moment=clocks.moment(review.at)),
        covers,
    ]
    if review.undone_at is not None:
        lines.append(_("Undone %(moment)s.", moment=clocks.moment(review.undone_at)))
    return EventShown(
        _("Review") if review.undone_at is None else _("Review, undone"), tuple(lines)
    )


def act_event(flag: FlagRow, act: ActRow, clocks: Clocks) -> EventShown:
    """What somebody did about a flag or a call."""
    about = _("About %(flag)s, %(day)s.", flag=short_label(flag.code), day=short_day(flag.about_on))
    return EventShown(
        _("Flag or call"), (about, act_words(act, clocks, longest=max(1, len(act.note))))
    )


def assessment_event(assessment: Assessed) -> EventShown:
    """An assessment with its score or its label, or that it has none."""
    said = _(
        "%(short)s: %(score)s.", short=assessment.instrument.upper(), score=score_words(assessment)
    )
    replaced = (_("Replaced on the same day."),) if assessment.is_replaced else ()
    return EventShown(_("Assessment"), (said, *replaced))
