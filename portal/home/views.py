"""The patient's first page, and the questions for the next visit."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock, db
from portal.accounts.session import actor, reader
from portal.db import QuestionId
from portal.diary import history, queries, questions
from portal.diary.answers import tidy
from portal.diary.queries import Care
from portal.diary.service import Writer
from portal.errors import OutOfSight
from portal.home import moments, presenters
from portal.home.moments import Situation
from portal.home.settings_views import asks_to_agree
from portal.review.queries import last_read
from portal.web.errors import show_typed_as
from portal.web.guard import Audience, audience
from portal.web.languages import gettext as _

bp = Blueprint("home", __name__)
LOOKS_BACK = timedelta(days=14)


def _own_care() -> Care:
    care = queries.own_care(db.session(), reader())
    if care is None:
        raise OutOfSight
    return care


@bp.get("/me")
@audience(Audience.PATIENT)
def today() -> ResponseReturnValue:
    """Show what is to do now, the next visit, who read, and the plan."""
    session, person = db.session(), reader()
    care = queries.own_care(session, person)
    if care is None:
        return render_template("diary/none.html")
    if care.is_to_agree and (way := asks_to_agree()) is not None:
        return way
    first = care.today - LOOKS_BACK
    lines = history.day_lines(session, person, care.episode_id, first=first, last=care.today)
    lines = tuple(line for line in lines if not line.is_withdrawn)
    visits = queries.visits_of(session, person, care.episode_id)
    days = queries.visit_days(visits)
    span = history.span_of(session, person, care.episode_id)
    waiting = [
        one.body
        for one in questions.questions_of(session, person, care.episode_id)
        if one.answered_at is None
    ]
    situation = Situation(
        today=care.today,
        visits=visits,
        has_entries=span[0] is not None,
        has_flag=any(line.has_flag for line in lines),
        felt_grasp=any(line.felt_grasp for line in lines[:1]),
        soreness=lines[0].soreness if lines else None,
        words=lines[0].words if lines else "",
        last_written=lines[0].on if lines else None,
        has_questions=bool(waiting),
    )
    since = care.now - LOOKS_BACK
    flags = history.flags_lately(session, person, care.episode_id, since=since)
    return render_template(
        "home/today.html",
        care=care,
        flags=presenters.flag_lines(flags, care),
        now=presenters.now_of(care, lines, days, ever=span[0] is not None),
        visit=presenters.next_visit(care, visits),
        seen=presenters.seen(last_read(session, person, care.episode_id), care),
        plan=presenters.plan_words(care, days),
        questions=waiting,
        moment=moments.moment_for(situation) if care.is_open else None,
    )


def _questions_page(
    care: Care, *, typed: str = "", error: str = "", status: int = 200
) -> ResponseReturnValue:
    found = questions.questions_of(db.session(), reader(), care.episode_id)
    html = render_template(
        "home/questions.html",
        care=care,
        waiting=[one for one in found if one.answered_at is None],
        answered=[
            replace(one, answered_at=clock.local(one.answered_at, care.zone))
            for one in found
            if one.answered_at is not None
        ],
        typed=typed,
        error=error,
        longest=questions.LONGEST,
    )
    return html, status


@bp.get("/me/questions", endpoint="questions")
@audience(Audience.PATIENT)
def questions_page() -> ResponseReturnValue:
    """Show the questions for the next visit."""
    return _questions_page(_own_care())


def _typed_question(fields: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    return [(_("Your question"), words) for words in fields.get("body", ()) if words]


show_typed_as("home.change_questions", _typed_question)
_MOVES: dict[str, int] = {"up": -1, "down": 1}


@bp.post("/me/questions")
@audience(Audience.PATIENT)
def change_questions() -> ResponseReturnValue:
    """Add a question, move one, or take one back, as the pressed button says."""
    care = _own_care()
    if not care.is_open:
        return _questions_page(care, typed=_typed(), error=_("Your diary has ended."), status=409)
    for name, by in _MOVES.items():
        if name in request.form:
            return _act(care, questions.move, question_id=_chosen(name), by=by)
    if "take_back" in request.form:
        return _act(care, questions.take_back, question_id=_chosen("take_back"))
    return _add(care)


def _typed() -> str:
    return tidy(request.form.get("body", ""))


def _chosen(name: str) -> QuestionId:
    try:
        return QuestionId(UUID(hex=request.form.get(name, "")))
    except ValueError as error:
        raise OutOfSight from error


def _act(care: Care, act: Callable[..., None], **more: object) -> ResponseReturnValue:
    writer = Writer(reader(), actor())
    with db.write_transaction() as session:
        act(session, writer=writer, care=care, **more)
    return redirect(url_for("home.questions"), 303)


def _add(care: Care) -> ResponseReturnValue:
    body = _typed()
    if not body:
        return _questions_page(care, error=_("Write your question"), status=422)
    if len(body) > questions.LONGEST:
        error = _("Use at most %(count)s characters", count=questions.LONGEST)
        return _questions_page(care, typed=body, error=error, status=422)
    try:
        return _act(care, questions.ask, body=body)
    except questions.TooManyQuestions:
        error = _(
            "There are %(count)s questions already; take one back first", count=questions.MOST
        )
        return _questions_page(care, typed=body, error=error, status=422)
