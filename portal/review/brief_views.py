"""The pre-visit brief of one patient, and what a practitioner does on it."""

from dataclasses import dataclass
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import db
from portal.accounts.reader import Reader
from portal.accounts.session import actor, staff_reader
from portal.audit import Event, record
from portal.audit.acts import Act
from portal.care.explainers import read_and_shared
from portal.db import EntryId, FlagId, PatientId, QuestionId
from portal.diary.regions import REGIONS
from portal.education.blueprint import titles_of
from portal.errors import Conflict
from portal.review import queries, service
from portal.review.blueprint import bp, practitioner_of
from portal.review.brief import brief_of
from portal.review.brief_facts import BriefFacts
from portal.review.brief_queries import brief_facts
from portal.review.brief_shown import Brief
from portal.review.brief_words import how_words
from portal.review.panel import address_of
from portal.review.panel_views import wanted_of
from portal.review.service import HOWS
from portal.review.text import brief_lines
from portal.web.forms import Problem
from portal.web.guard import Audience, audience
from portal.web.languages import gettext as _


@dataclass(frozen=True, slots=True)
class FlagTyped:
    """What somebody typed about a flag that could not be used yet."""

    flag_id: FlagId | None = None
    how: str = ""
    note: str = ""
    problems: tuple[Problem, ...] = ()

    def problem(self, name: str) -> str:
        """What is wrong with one field, or nothing."""
        return next((words for field, words in self.problems if field == name), "")

    def summary(self) -> list[Problem]:
        """The problems with the ids of their fields on the page."""
        ids = {"how": f"how-{self.flag_id}-{HOWS[0]}", "note": f"note-{self.flag_id}"}
        return [(ids[name], words) for name, words in self.problems]


NOTHING_TYPED = FlagTyped()
FROM_PANEL = "panel"


def hows() -> list[tuple[str, str]]:
    """What can be done about a flag, as choices."""
    return [(how, how_words(how)) for how in HOWS]


def opened_brief(person: Reader, patient_id: PatientId, act: Act) -> Brief:
    """Return a patient's brief once its opening is written down.

    The first opening of each flag is remembered in the same transaction. Raises OutOfSight, and
    StorageUnavailable where the opening cannot be written down.
    """
    facts = brief_facts(db.session(), person, patient_id)
    brief = brief_of(facts, reader_name=person.name)
    with db.write_transaction() as session:
        record(session, actor(), Event(act, patient_id=patient_id, episode_id=brief.episode_id))
        service.note_opened(session, flag_ids=_unopened(facts))
    return brief


def _unopened(facts: BriefFacts) -> list[FlagId]:
    """The flags that nobody of the clinic has seen yet."""
    return [flag.id for flag in facts.open_flags if flag.opened_at is None]


def brief_page(
    person: Reader, patient_id: PatientId, *, typed: FlagTyped = NOTHING_TYPED, status: int = 200
) -> ResponseReturnValue:
    """Show the brief, with what was typed about a flag where that needs a second look."""
    brief = opened_brief(person, patient_id, Act.BRIEF_OPENED)
    return render_template(
        "review/brief.html",
        brief=brief,
        typed=typed,
        hows=hows(),
        regions=REGIONS,
        read_pages=titles_of(read_and_shared(db.session(), person, brief.episode_id)),
    ), status


@bp.get("/clinic/patients/<uuid:patient_id>")
@audience(Audience.PRACTITIONER)
def brief(patient_id: UUID) -> ResponseReturnValue:
    """Show everything worth knowing before picking up a needle, on one screen."""
    return brief_page(staff_reader(), PatientId(patient_id))


@bp.get("/clinic/patients/<uuid:patient_id>/brief.txt")
@audience(Audience.PRACTITIONER)
def brief_text(patient_id: UUID) -> ResponseReturnValue:
    """Show the brief as a few neutral lines, to be pasted into any chart."""
    found = opened_brief(staff_reader(), PatientId(patient_id), Act.BRIEF_COPIED)
    return Response("\n".join(brief_lines(found)) + "\n", mimetype="text/plain")


def _is_from_panel() -> bool:
    """Whether a form was sent from the panel, where its answer belongs again."""
    return request.form.get("back") == FROM_PANEL


def _back(patient_id: UUID) -> ResponseReturnValue:
    if _is_from_panel():
        return redirect(address_of(wanted_of(request.form)), 303)
    return redirect(url_for("review.brief", patient_id=patient_id), 303)


def _entry_id(typed: str) -> EntryId | None:
    """The version a page showed last; raises Conflict for what no page of ours sends."""
    if not typed:
        return None
    try:
        return EntryId(UUID(typed))
    except ValueError as error:
        raise Conflict from error


@bp.post("/clinic/patients/<uuid:patient_id>/review")
@audience(Audience.PRACTITIONER)
def mark_reviewed(patient_id: UUID) -> ResponseReturnValue:
    """Mark the diary as reviewed, as far as the page showed it."""
    person = staff_reader()
    up_to = _entry_id(request.form.get("up_to", ""))
    with db.write_transaction() as session:
        episode_id = queries.episode_to_act_on(session, person, PatientId(patient_id))
        service.mark_reviewed(
            session,
            episode_id=episode_id,
            practitioner_id=practitioner_of(person),
            up_to=up_to,
        )
        event = Event(Act.REVIEW_MARKED, patient_id=patient_id, episode_id=episode_id)
        record(session, actor(), event)
    if _is_from_panel():
        flash(_("Marked as reviewed."), f"reviewed {patient_id}")
    return _back(patient_id)


@bp.post("/clinic/patients/<uuid:patient_id>/review/undo")
@audience(Audience.PRACTITIONER)
def undo_review(patient_id: UUID) -> ResponseReturnValue:
    """Take back today's review, so that everything since the one before is new again."""
    person = staff_reader()
    with db.write_transaction() as session:
        episode_id = queries.episode_to_act_on(session, person, PatientId(patient_id))
        service.undo_review(
            session,
            episode_id=episode_id,
            practitioner_id=practitioner_of(person),
            zone=queries.zone_of_clinic(session, person),
        )
        event = Event(Act.REVIEW_UNDONE, patient_id=patient_id, episode_id=episode_id)
        record(session, actor(), event)
    return _back(patient_id)


@bp.post("/clinic/patients/<uuid:patient_id>/questions/<uuid:question_id>/answered")
@audience(Audience.PRACTITIONER)
def answer_question(patient_id: UUID, question_id: UUID) -> ResponseReturnValue:
    """Mark a question as answered, or take that back the same day (`answered=no`)."""
    person = staff_reader()
    is_answered = request.form.get("answered", "yes") != "no"
    with db.write_transaction() as session:
        question = queries.question_to_act_on(
            session, person, PatientId(patient_id), QuestionId(question_id)
        )
        if is_answered:
            service.answer_question(
                session, question=question, practitioner_id=practitioner_of(person)
            )
        else:
            service.reopen_question(
                session,
                question=question,
                practitioner_id=practitioner_of(person),
                zone=queries.zone_of_clinic(session, person),
            )
        event = Event(
            Act.QUESTION_ANSWERED if is_answered else Act.QUESTION_REOPENED,
            patient_id=patient_id,
            episode_id=question.episode_id,
            subject=str(question_id),
        )
        record(session, actor(), event)
    if is_answered:
        flash(_("Marked as answered."), f"answered {patient_id} {question_id}")
    return _back(patient_id)
