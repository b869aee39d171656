"""The pages of one assessment, put together from what was read: a question, all answers, done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from portal import clock, db
from portal.accounts import drafts
from portal.accounts.reader import Reader
from portal.diary import assessment_queries, check_words, pages, queries
from portal.diary.assessment_queries import Assessed, Unfinished
from portal.diary.assessment_service import form_of
from portal.diary.checks import DoneOn, is_due, next_due, rhythm_of
from portal.diary.queries import Care
from portal.instruments.model import Instrument, Question
from portal.web.languages import gettext as _

ANSWERS = "answers"
LONGEST_ACTIVITY = 120


@dataclass(frozen=True, slots=True)
class Check:
    """One instrument of one episode, as its patient opens it."""

    care: Care
    person: Reader
    instrument: Instrument
    activities: tuple[str, ...]
    unfinished: Unfinished | None

    @property
    def asked(self) -> tuple[Question, ...]:
        """What is asked, in order; activities stay as they were when it was begun."""
        begun = tuple(self.unfinished.subjects.values()) if self.unfinished else ()
        return self.instrument.asked(begun or self.activities)

    @property
    def answers(self) -> Mapping[str, int]:
        """What is answered so far."""
        return self.unfinished.answers if self.unfinished else {}

    def place_of(self, code: str) -> int | None:
        """The number of a question, from 1; None for what is not asked."""
        codes = [question.code for question in self.asked]
        return codes.index(code) + 1 if code in codes else None

    @property
    def resumes_at(self) -> str:
        """Where to go on: the first question without an answer, else the page of all answers."""
        waiting = [n for n, one in enumerate(self.asked, 1) if one.code not in self.answers]
        return str(waiting[0]) if waiting else ANSWERS


def opened(care: Care, person: Reader, instrument: Instrument) -> Check:
    """Read what an instrument's pages need; at most two statements."""
    session = db.session()
    unfinished = assessment_queries.unfinished_of(
        session,
        person,
        care.episode_id,
        instrument=instrument.code,
        version=instrument.version,
    )
    activities: tuple[str, ...] = ()
    if instrument.subjects:
        activities = assessment_queries.activities_of(session, person, care.episode_id)
    return Check(care, person, instrument, activities, unfinished)


def render_refusal(care: Care, *, was_sent: bool) -> ResponseReturnValue:
    """Say why nothing new is taken, and the one way on."""
    refusal = pages.episode_over(care)
    html = render_template("diary/check_closed.html", care=care, refusal=refusal, was_sent=was_sent)
    return html, refusal.status if was_sent else 200


def render_question(
    check: Check,
    place: int,
    *,
    then: str = "",
    problem: str = "",
    typed: str | None = None,
) -> ResponseReturnValue:
    """Show one question; `typed` is what was chosen before a sign-in ran out."""
    question = check.asked[place - 1]
    value = typed if typed is not None else check.answers.get(question.code)
    html = render_template(
        "diary/check_question.html",
        check=check,
        title=check_words.title_of(check.instrument),
        question=question,
        words=check_words.question_words(question),
        place=place,
        of=len(check.asked),
        value=value,
        options=[(n, check.instrument.label_of(n)) for n in check.instrument.values],
        then=then,
        problem=problem,
        is_restored=typed is not None,
        back=_back(check, place, then),
    )
    return html, 422 if problem else 200


def _back(check: Check, place: int, then: str) -> str:
    if then == ANSWERS:
        return at(check, ANSWERS)
    return at(check, str(place - 1)) if place > 1 else url_for("home.today")


def at(check: Check, where: str) -> str:
    """Return the address of a question or of the page of all answers."""
    return url_for("checks.check", instrument=check.instrument.code, at=where)


def render_answers(check: Check, *, problem: str = "") -> ResponseReturnValue:
    """Show all answers with a way to change each, before they are saved."""
    rows = [
        (
            n,
            check_words.question_words(question),
            check_words.answer_words(check.instrument, check.answers.get(question.code)),
        )
        for n, question in enumerate(check.asked, 1)
    ]
    html = render_template(
        "diary/check_answers.html",
        check=check,
        title=check_words.title_of(check.instrument),
        rows=rows,
        problem=problem,
    )
    return html, 422 if problem else 200


def render_rest(check: Check) -> ResponseReturnValue | None:
    """Say that nothing is asked today, and when it is next; None where it is asked today."""
    care, code, session = check.care, check.instrument.code, db.session()
    visits = queries.visit_days(queries.visits_of(session, check.person, care.episode_id))
    done, _begun = assessment_queries.last_done(session, check.person, care.episode_id)
    rhythm = rhythm_of(care.plan, visits, done)
    if is_due(rhythm, code, care.today):
        return None
    last = rhythm.last_done(code, care.today)
    return render_template(
        "diary/check_rest.html",
        check=check,
        title=check_words.title_of(check.instrument),
        is_done_today=last == care.today,
        last=last,
        next_words=check_words.next_words(next_due(rhythm, code, care.today)),
    )


def render_names(
    check: Check,
    *,
    typed: tuple[str, ...] = (),
    problems: tuple[tuple[str, str], ...] = (),
) -> ResponseReturnValue:
    """Let the patient name one to three activities, in their own words."""
    most = check.instrument.subjects
    html = render_template(
        "diary/check_activities.html",
        check=check,
        typed=(*typed, *[""] * most)[:most],
        problems=problems,
        errors=dict(problems),
        longest=LONGEST_ACTIVITY,
    )
    return html, 422 if problems else 200


def render_saved(check: Check, done: list[Assessed]) -> ResponseReturnValue:
    """Say what was saved and what it means; `done` are those in force, oldest first."""
    care, code, newest = check.care, check.instrument.code, done[-1]
    earlier = [one for one in done[:-1] if one.is_comparable(newest)]
    visits = queries.visit_days(queries.visits_of(db.session(), check.person, care.episode_id))
    ever = [DoneOn(code, one.about_on) for one in done]
    return render_template(
        "diary/check_saved.html",
        check=check,
        title=check_words.title_of(check.instrument),
        saved_at=clock.local(newest.completed_at, care.zone),
        sentences=check_words.result_sentences(newest, earlier[-1] if earlier else None),
        next_words=check_words.next_words(
            next_due(rhythm_of(care.plan, visits, ever), code, care.today)
        ),
        rhythm=pages.clinic_of(care).rhythm,
    )


def from_draft(check: Check) -> tuple[int, str] | None:
    """Return the question and the number that were chosen before the sign-in ran out."""
    if not check.care.is_draft_kept:
        return None
    form = form_of(check.instrument.code)
    kept = drafts.peek(db.session(), check.person.account_id, form) or {}
    place = check.place_of((kept.get("item") or [""])[0])
    value = (kept.get("answer") or [""])[0]
    return (place, value) if place is not None else None


def typed_words(fields: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    """Say in the house's words what was chosen or typed into a form that was not taken."""
    found: list[tuple[str, str]] = []
    for name, values in fields.items():
        words = [value for value in values if value]
        if name == "answer":
            found += [(_("Your answer"), value) for value in words]
        elif name.startswith("activity_"):
            found += [(_("An activity"), value) for value in words]
    return found
