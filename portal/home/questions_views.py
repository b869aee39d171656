"""The page of questions for the next visit: add, change, order, take back and put back."""

from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import db
from portal.accounts.session import actor, reader
from portal.db import QuestionId
from portal.diary import queries, questions
from portal.diary.answers import tidy
from portal.diary.queries import Care
from portal.diary.service import Writer
from portal.errors import OutOfSight
from portal.home.blueprint import bp
from portal.home.questions_presenter import QuestionsPage, Typed, examples, questions_page
from portal.web.errors import show_typed_as
from portal.web.guard import Audience, audience
from portal.web.languages import gettext as _

__all__ = ["bp"]

_MOVES: Mapping[str, int] = {"up": -1, "down": 1}


def _own_care() -> Care:
    care = queries.own_care(db.session(), reader())
    if care is None:
        raise OutOfSight
    return care


def _page(care: Care, typed: Typed | None = None) -> QuestionsPage:
    session, person = db.session(), reader()
    found = questions.questions_of(session, person, care.episode_id)
    taken = _named(request.args.get("taken", ""))
    gone = questions.taken_back(session, person, care.episode_id, taken) if taken else None
    visits = queries.visits_of(session, person, care.episode_id)
    chosen = typed or Typed(edited=_named(request.args.get("edit", "")))
    return questions_page(care, found, visits, typed=chosen, gone=gone)


def _show(care: Care, typed: Typed | None = None, *, status: int = 200) -> ResponseReturnValue:
    page = _page(care, typed)
    return render_template("home/questions.html", page=page, longest=questions.LONGEST), status


@bp.get("/me/questions", endpoint="questions")
@audience(Audience.PATIENT)
def show_questions() -> ResponseReturnValue:
    """Show the questions for the next visit; one may be open for changing its words."""
    return _show(_own_care())


def _typed_question(fields: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    return [(_("Your question"), words) for words in fields.get("body", ()) if words]


show_typed_as("home.change_questions", _typed_question)


@bp.post("/me/questions")
@audience(Audience.PATIENT)
def change_questions() -> ResponseReturnValue:
    """Do what the pressed button says: add, change, move, take back, or put back."""
    care = _own_care()
    if not care.is_open:
        return _show(care, Typed(_words(), _("Your diary has ended.")), status=409)
    for name, by in _MOVES.items():
        if name in request.form:
            return _act(care, questions.move, question_id=_chosen(name), by=by)
    if "take_back" in request.form:
        taken = _chosen("take_back")
        _write(care, questions.take_back, question_id=taken)
        return redirect(url_for("home.questions", taken=taken), 303)
    if "edit" in request.form:
        return _save(care, questions.reword, edited=_chosen("edit"))
    return _add(care)


def _add(care: Care) -> ResponseReturnValue:
    if "put_back" in request.form:
        return _save(care, questions.put_back, put_back=_chosen("put_back"))
    example = dict(examples()).get(request.form.get("example", ""))
    typed = _words()
    if not example or (typed and _wrong(typed)):
        return _save(care, questions.ask)
    if typed:  # half a question is added too: tapping an example must not lose it
        _save(care, questions.ask)
    return _save(care, questions.ask, body=example)


def _words() -> str:
    return tidy(request.form.get("body", ""))


def _named(words: str) -> QuestionId | None:
    try:
        return QuestionId(UUID(hex=words))
    except ValueError:
        return None


def _chosen(name: str) -> QuestionId:
    found = _named(request.form.get(name, ""))
    if found is None:
        raise OutOfSight
    return found


def _save(
    care: Care,
    act: Callable[..., None],
    *,
    body: str | None = None,
    edited: QuestionId | None = None,
    put_back: QuestionId | None = None,
) -> ResponseReturnValue:
    """Write the words of a question, or show what stands in the way with everything typed."""
    words = body if body is not None else _words()
    wrong = "" if put_back else _wrong(words)
    if wrong:
        return _show(care, Typed(words, wrong, edited), status=422)
    question_id = edited or put_back
    named = {"question_id": question_id} if question_id else {}
    said = {} if put_back else {"body": words}
    try:
        return _act(care, act, **named, **said)
    except questions.TooManyQuestions:
        most = _("There are %(count)s questions already; take one back first", count=questions.MOST)
        return _show(care, Typed(words, most), status=422)


def _wrong(words: str) -> str:
    if not words:
        return _("Write your question")
    if len(words) > questions.LONGEST:
        return _("Use at most %(count)s characters", count=questions.LONGEST)
    return ""


def _write(care: Care, act: Callable[..., None], **more: object) -> None:
    writer = Writer(reader(), actor())
    with db.write_transaction() as session:
        act(session, writer=writer, care=care, **more)


def _act(care: Care, act: Callable[..., None], **more: object) -> ResponseReturnValue:
    _write(care, act, **more)
    return redirect(url_for("home.questions"), 303)
