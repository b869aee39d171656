"""Keeping what is typed into a day's form before it is saved, and throwing it away."""

from dataclasses import replace
from datetime import date

from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal import db
from portal.accounts import gate
from portal.diary import answers, kept_words, pages, queries
from portal.diary.answers import Fields
from portal.diary.kept_words import form_of
from portal.diary.pages import Day
from portal.diary.views import can_be_written, day_to_write, refuse, sent_form, why_closed
from portal.errors import OutOfSight
from portal.web.guard import Audience, audience

bp = Blueprint("drafts", __name__)
_KEPT = ("", 204)
_CLOSED = 409
_TOO_LARGE = 413


@bp.post("/me/diary/<day:on>/draft")
@audience(Audience.PATIENT, Audience.OWN_PHONE)
def keep(on: date) -> ResponseReturnValue:
    """Keep what stands in the form until it is saved; it comes back to its patient alone.

    On an own phone nothing that waits is shown or thrown away; it shows after a sign-in (S-027).
    """
    day = day_to_write(on)
    if day is None:
        raise OutOfSight
    if "throw_away" in request.form:
        return _thrown_away(day)
    if not can_be_written(day):
        return refuse(day, sent_form(), replace(why_closed(day), status=_CLOSED))
    typed = pages.form_fields(request.form.to_dict(flat=False))
    is_worth_it = pages.is_typed(typed) and not _is_saved(day, typed)
    with db.write_transaction() as session:
        if not is_worth_it:
            kept_words.forget(session, day.person, on, typed=typed)
        elif not kept_words.keep(session, day.person, on, typed=typed):
            abort(_TOO_LARGE)
    return _KEPT


def _is_saved(day: Day, typed: Fields) -> bool:
    """Whether the day says this already: a draft on its way when the form was saved is no draft."""
    found = queries.versions_of(db.session(), day.person, day.care.episode_id, on=day.on)
    if not found or found[0].withdrawn_at is not None:
        return False
    sent = answers.read(typed)
    return not sent.problems and sent.answers == found[0].answers


def _thrown_away(day: Day) -> ResponseReturnValue:
    if day.person.is_own_phone:
        raise OutOfSight
    with db.write_transaction() as session:
        kept_words.forget(session, day.person, day.on, typed={})
    return redirect(url_for("diary.entry", on=day.on), 303)


def _days_form() -> str:
    on = (request.view_args or {}).get("on")
    return form_of(on) if isinstance(on, date) else request.path


gate.keep_as("drafts.keep", _days_form)
