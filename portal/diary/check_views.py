"""Pages on which a patient fills in an instrument, one question to a page."""

from collections.abc import Callable, Sequence

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import db
from portal.accounts.gate import rescue
from portal.accounts.session import actor, reader
from portal.diary import assessment_queries, assessment_service, check_pages, queries
from portal.diary.answers import tidy
from portal.diary.check_pages import ANSWERS, LONGEST_ACTIVITY, Check
from portal.diary.queries import Care
from portal.diary.service import NoConsent, Writer
from portal.errors import Conflict, EpisodeEnded, OutOfSight
from portal.instruments.catalogue import UnknownInstrument, house_catalogue
from portal.instruments.model import Instrument
from portal.web.errors import show_typed_as
from portal.web.guard import Audience, audience
from portal.web.languages import gettext as _

bp = Blueprint("checks", __name__)


def _known(code: str) -> Instrument:
    try:
        return house_catalogue().get(code)
    except UnknownInstrument as error:
        raise OutOfSight from error


def _own_care(code: str) -> Care | None:
    return queries.own_care(db.session(), reader(), form=assessment_service.form_of(code))


def _check_of(code: str) -> Check | None:
    """Return the reader's own; None where there is no episode of care yet."""
    instrument = _known(code)
    care = _own_care(code)
    return check_pages.opened(care, reader(), instrument) if care is not None else None


@bp.get("/me/check/<string:instrument>")
@audience(Audience.PATIENT)
def check(instrument: str) -> ResponseReturnValue:
    """Show a question, all answers, or that nothing is asked today."""
    own = _check_of(instrument)
    if own is None:
        return render_template("diary/none.html")
    if not own.care.is_open:
        return check_pages.render_refusal(own.care, was_sent=False)
    if not own.asked:
        return check_pages.render_names(own)
    kept = check_pages.from_draft(own)
    if kept is not None:
        place, typed = kept
        return check_pages.render_question(own, place, typed=typed)
    return _wanted(own, request.args.get("at", ""))


def _wanted(own: Check, wanted: str) -> ResponseReturnValue:
    """Show what the address names; without a name, where the patient left, or the calm page."""
    if not wanted:
        rest = check_pages.render_rest(own) if own.unfinished is None else None
        if rest is not None:
            return rest
    places = {str(n): n for n in range(1, len(own.asked) + 1)}
    is_known = wanted in places or (wanted == ANSWERS and own.unfinished is not None)
    where = wanted if is_known else own.resumes_at
    if where == ANSWERS:
        return check_pages.render_answers(own)
    return check_pages.render_question(own, places[where], then=_then(request.args.get("then", "")))


def _then(typed: str) -> str:
    return ANSWERS if typed == ANSWERS else ""


@bp.post("/me/check/<string:instrument>")
@audience(Audience.PATIENT)
def answer(instrument: str) -> ResponseReturnValue:
    """Keep one answer, leave one out, name activities, or save all, as the button says."""
    own = _check_of(instrument)
    if own is None:
        raise OutOfSight
    act = _ACTS.get(request.form.get("act", ""), _keep)
    try:
        return act(own)
    except Conflict:  # two windows began at once; the second try finds what the first began
        return act(own)
    except (EpisodeEnded, NoConsent):
        return check_pages.render_refusal(own.care, was_sent=True)


def _place(own: Check) -> int | None:
    """The number of the question that was sent; a form without one means the first."""
    first = own.asked[0].code if own.asked else ""
    return own.place_of(request.form.get("item", first))


def _keep(own: Check) -> ResponseReturnValue:
    place = _place(own)
    if place is None:
        raise OutOfSight
    chosen = {word.strip() for word in request.form.getlist("answer") if word.strip()}
    values = {str(value): value for value in own.instrument.values}
    then = _then(request.form.get("then", ""))
    if len(chosen) != 1 or not chosen <= values.keys():
        problem = (
            _("Choose one of the answers")
            if own.instrument.is_labelled
            else _(
                "Choose a number from %(low)s to %(high)s",
                low=min(values.values()),
                high=max(values.values()),
            )
        )
        return check_pages.render_question(own, place, then=then, problem=problem)
    return _keep_value(own, place, values[chosen.pop()], then=then)


def _leave_out(own: Check) -> ResponseReturnValue:
    place = _place(own)
    if place is None or len(own.asked) == 1:
        raise OutOfSight
    return _keep_value(own, place, None, then=_then(request.form.get("then", "")))


def _keep_value(own: Check, place: int, value: int | None, *, then: str) -> ResponseReturnValue:
    with db.write_transaction() as session:
        assessment_service.keep_answer(
            session,
            writer=Writer(own.person, actor()),
            care=own.care,
            instrument=own.instrument,
            item=own.asked[place - 1].code,
            value=value,
        )
    is_last = place == len(own.asked)
    return redirect(check_pages.at(own, then or (ANSWERS if is_last else str(place + 1))), 303)


def _save(own: Check) -> ResponseReturnValue:
    saved = url_for("checks.saved", instrument=own.instrument.code)
    try:
        with db.write_transaction() as session:
            assessment_service.complete(
                session,
                writer=Writer(own.person, actor()),
                care=own.care,
                instrument=own.instrument,
            )
    except assessment_service.NothingBegun:
        return redirect(saved, 303)
    except assessment_service.NothingAnswered:
        return check_pages.render_answers(own, problem=_("Answer at least one question"))
    return redirect(saved, 303)


def _name(own: Check) -> ResponseReturnValue:
    most = own.instrument.subjects
    if not most:
        raise OutOfSight
    typed = tuple(_typed_activity(n) for n in range(1, most + 1))
    problems = tuple(_problems(typed))
    if problems:
        return check_pages.render_names(own, typed=typed, problems=problems)
    with db.write_transaction() as session:
        assessment_service.name_activities(
            session,
            writer=Writer(own.person, actor()),
            care=own.care,
            activities=list(dict.fromkeys(words for words in typed if words)),
        )
    return redirect(url_for("checks.check", instrument=own.instrument.code, at="1"), 303)


def _typed_activity(number: int) -> str:
    return " ".join(tidy(request.form.get(f"activity_{number}", "")).split())


def _problems(typed: Sequence[str]) -> list[tuple[str, str]]:
    if not any(typed):
        return [("activity_1", _("Name at least one activity"))]
    said = _("Use at most %(count)s characters", count=LONGEST_ACTIVITY)
    return [
        (f"activity_{n}", said) for n, words in enumerate(typed, 1) if len(words) > LONGEST_ACTIVITY
    ]


_ACTS: dict[str, Callable[[Check], ResponseReturnValue]] = {
    "answer": _keep,
    "leave-out": _leave_out,
    "save": _save,
    "name": _name,
}


@bp.get("/me/check/<string:instrument>/saved")
@audience(Audience.PATIENT)
def saved(instrument: str) -> ResponseReturnValue:
    """Say that it is saved and what the answers mean, in neutral words."""
    own = _check_of(instrument)
    if own is None:
        return render_template("diary/none.html")
    done = [
        one
        for one in assessment_queries.assessments_of(db.session(), own.person, own.care.episode_id)
        if one.instrument == instrument and not one.is_replaced
    ]
    if not done:
        return redirect(url_for("checks.check", instrument=instrument), 303)
    return check_pages.render_saved(own, done)


def _nothing() -> None:
    """Leave a form whose sign-in ran out to the house: its own page shows what was chosen."""


rescue("checks.answer", _nothing)
show_typed_as("checks.answer", check_pages.typed_words)
