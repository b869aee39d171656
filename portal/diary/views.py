"""Pages on which a patient writes the diary, and sees at once what was saved."""

from dataclasses import replace
from datetime import date
from uuid import uuid4

from flask import (
    Blueprint,
    current_app,
    flash,
    get_flashed_messages,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from portal import db
from portal.accounts import own_phone as phones
from portal.accounts.gate import is_draft_kept, rescue, unknown_person
from portal.accounts.reader import Reader
from portal.accounts.session import reader
from portal.config import Settings
from portal.diary import alerts, answers, own_phone, pages, presenters, queries, schedule, service
from portal.diary.answers import Sent
from portal.diary.kept_words import form_of
from portal.diary.pages import Day
from portal.diary.queries import Version
from portal.diary.service import Conflicting, DayClosed, NoConsent, Saved, Writer
from portal.errors import Conflict, EpisodeEnded, OutOfSight, StorageUnavailable
from portal.web.errors import show_typed_as
from portal.web.guard import Audience, audience
from portal.web.languages import gettext as _

bp = Blueprint("diary", __name__)
_LEFT_OUT = "places-left-out"


def day_of(on: date) -> Day | None:
    """Return a day of the reader's own diary; None where there is no episode of care yet."""
    return _of(reader(), on)


def day_to_write(on: date) -> Day | None:
    """Return a day for whoever may write it: its patient, or the patient's own phone (S-027)."""
    return _of(phones.reader(), on)


def _of(person: Reader, on: date) -> Day | None:
    care = queries.own_care(db.session(), person, form=form_of(on))
    return Day(care, person, on) if care is not None else None


def can_be_written(day: Day) -> bool:
    """Whether a day takes words now: a recent one, or a correction by its patient signed in."""
    if not day.care.is_open:
        return False
    if day.on in schedule.writable_days(day.care.today):
        return True
    is_written = queries.versions_of(db.session(), day.person, day.care.episode_id, on=day.on)
    return bool(is_written) and not day.person.is_own_phone


def why_closed(day: Day) -> pages.Refusal:
    """Return why a day takes no words now: the diary does not, or that day does not."""
    return pages.day_closed(day) if day.care.is_open else pages.episode_over(day.care)


def _no_diary() -> ResponseReturnValue:
    if phones.writer() is not None:
        return unknown_person()
    return render_template("diary/none.html")


@bp.get("/me/diary/<day:on>")
@audience(Audience.PATIENT, Audience.OWN_PHONE)
def entry(on: date) -> ResponseReturnValue:
    """Show the form of a day: new, or as a correction of what was written."""
    day = day_to_write(on)
    if day is None:
        return _no_diary()
    if day.person.is_own_phone:
        return own_phone.empty_form(day)
    if not day.care.is_open:
        return pages.render_refusal(day, pages.episode_over(day.care))
    found = queries.versions_of(db.session(), day.person, day.care.episode_id, on=on)
    newest = found[0] if found else None
    if newest is None and on not in schedule.writable_days(day.care.today):
        return pages.render_refusal(day, pages.day_closed(day))
    page = pages.blank_form(day, newest)
    return pages.render_form(pages.from_draft(day, page) if day.care.is_draft_kept else page)


def sent_form() -> Sent:
    """Return what the form of a day sent; without a key of its own it gets one."""
    sent = answers.read(request.form.to_dict(flat=False))
    return sent if sent.entry_key else replace(sent, entry_key=uuid4())


@bp.post("/me/diary/<day:on>")
@audience(Audience.PATIENT, Audience.OWN_PHONE)
def save(on: date) -> ResponseReturnValue:
    """Save a day, or show what stands in the way, with everything that was typed."""
    day = day_to_write(on)
    if day is None:
        raise OutOfSight
    sent = sent_form()
    if sent.problems and not sent.answers.red_flags:
        return _ask_again(day, sent)
    try:
        outcome = _write_or_again(day, sent)
    except DayClosed:
        return refuse(day, sent, pages.day_closed(day))
    except (EpisodeEnded, NoConsent):
        return refuse(day, sent, pages.episode_over(day.care))
    except StorageUnavailable:
        if not sent.answers.red_flags:
            raise
        return refuse(day, sent, pages.nothing_saved())
    return _answer(day, sent, outcome)


def _write_or_again(day: Day, sent: Sent) -> Saved | Conflicting:
    try:
        return _write(day, sent)
    except Conflict:
        return _write(day, sent)


def _write(day: Day, sent: Sent) -> Saved | Conflicting:
    writer = Writer(day.person, phones.actor())
    settings = current_app.extensions["portal.settings"]
    assert isinstance(settings, Settings)  # noqa: S101 - set once in create_app
    with db.write_transaction() as session:
        outcome = service.save(session, writer=writer, care=day.care, on=day.on, sent=sent)
        alerts.tell_flag_readers(
            session,
            clinic_id=day.care.clinic_id,
            raised=outcome.raised,
            link=f"{settings.base_url}/clinic/flags",
        )
        if day.person.is_own_phone and isinstance(outcome, Conflicting):
            own_phone.keep_words(session, day, sent)
    return outcome


def _answer(day: Day, sent: Sent, outcome: Saved | Conflicting) -> ResponseReturnValue:
    if day.person.is_own_phone:
        if isinstance(outcome, Conflicting):
            return own_phone.render_written(day, sent)
        own_phone.note_saved(day.on, outcome.version)
    flags = sent.answers.red_flags
    if isinstance(outcome, Conflicting):
        said = _("Your tick is saved. The rest of what you typed is not saved yet.")
        advice = pages.advice_of(day.care, day.person, flags, saved=said)
        if not sent.problems:
            return pages.render_conflict(day, sent, outcome.stored, advice=advice)
        page = pages.typed_form(day, sent, base_version=sent.base_version or 0)
        return pages.render_form(page, advice=advice, status=422)
    if sent.problems:
        said = _("Your entry is saved.")
        advice = pages.advice_of(day.care, day.person, flags, saved=said)
        page = pages.typed_form(day, sent, base_version=outcome.version)
        return pages.render_form(page, advice=advice, status=422)
    if sent.are_places_left_out:
        flash(_("No places kept, since your pain was 0."), _LEFT_OUT)
    return redirect(url_for("diary.saved", on=day.on), 303)


def _ask_again(day: Day, sent: Sent) -> ResponseReturnValue:
    if not can_be_written(day):
        return refuse(day, sent, why_closed(day))
    page = pages.typed_form(day, sent, base_version=sent.base_version or 0)
    return pages.render_form(page, status=422)


def refuse(day: Day, sent: Sent, refusal: pages.Refusal) -> ResponseReturnValue:
    """Answer with what stands in the way and what was typed, advice on ticked flags first."""
    said = _("Your entry is not saved.")
    advice = pages.advice_of(day.care, day.person, sent.answers.red_flags, saved=said)
    return pages.render_refusal(day, refusal, sent=sent, advice=advice)


def _newest(day: Day) -> Version | None:
    if day.person.is_own_phone:
        return own_phone.just_saved(day)
    found = queries.versions_of(db.session(), day.person, day.care.episode_id, on=day.on)
    return found[0] if found else None


@bp.get("/me/diary/<day:on>/saved")
@audience(Audience.PATIENT, Audience.OWN_PHONE)
def saved(on: date) -> ResponseReturnValue:
    """Say that a day is saved; where it names a red flag, say at once what to do."""
    day = day_to_write(on)
    if day is None:
        return _no_diary()
    newest = _newest(day)
    if newest is None:
        return _not_saved(day)
    said = _("Your entry is saved.")
    advice = pages.advice_of(day.care, day.person, newest.answers.red_flags, saved=said)
    if newest.withdrawn_at is not None:
        return redirect(url_for("diary.day_history", on=on), 303)
    call = pages.call_line(day.care) if newest.answers.call_me else ""
    left_out = " ".join(map(str, get_flashed_messages(category_filter=[_LEFT_OUT])))
    if advice is not None:
        more = f"{call} {left_out}".strip()
        is_read = day.care.is_read
        return render_template(
            "diary/advice.html", page=advice, call=more, way_on="", is_read=is_read
        )
    visits = queries.visits_of(db.session(), day.person, day.care.episode_id)
    return render_template(
        "diary/saved.html",
        day=day,
        call=call,
        left_out=left_out,
        fact=presenters.plan_fact(day.care, queries.visit_days(visits)),
        is_correction=newest.version > 1,
    )


def _not_saved(day: Day) -> ResponseReturnValue:
    if day.person.is_own_phone:
        return unknown_person()
    raise OutOfSight


def _run_out() -> ResponseReturnValue | None:
    """Answer a form whose sign-in or token ran out with the advice, if a flag was ticked."""
    sent = answers.read(request.form.to_dict(flat=False))
    if not sent.answers.red_flags:
        return None
    clinic = pages.clinic_behind_cookie()
    if clinic is None:
        return None
    typed = [] if is_draft_kept() else presenters.typed_rows(sent.typed)
    return pages.render_unsaved_advice(sent.answers.red_flags, clinic, typed=typed)


rescue("diary.save", _run_out)
show_typed_as("diary.save", presenters.typed_rows)
