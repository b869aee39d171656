"""Writing on one's own phone without a sign-in: the day goes in, nothing comes out (S-027)."""

from datetime import date, timedelta

from flask import render_template, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from portal import clock, db
from portal.accounts import drafts, own_phone
from portal.accounts.gate import unknown_person
from portal.accounts.reader import Reader
from portal.diary import kept_words, pages, presenters, queries, schedule
from portal.diary.answers import Sent
from portal.diary.kept_words import form_of
from portal.diary.pages import Day
from portal.diary.queries import Version
from portal.errors import Conflict
from portal.web.languages import gettext as _

SHOWN_FOR = timedelta(minutes=10)
_RECEIPT = "just_saved"


def empty_form(day: Day) -> ResponseReturnValue:
    """Show an empty form; ask for the password where something is written, or nothing can be."""
    if not day.care.is_open or day.on not in schedule.writable_days(day.care.today):
        return unknown_person()
    if queries.versions_of(db.session(), day.person, day.care.episode_id, on=day.on):
        return unknown_person()
    return pages.render_form(pages.empty_form(day))


def keep_words(session: Session, day: Day, sent: Sent) -> bool:
    """Keep what was typed about a day that is written already, for its patient to sign in to.

    False where other words wait, which a phone may not replace, or where it is too much.
    """
    typed = pages.form_fields(sent.typed)
    try:
        return kept_words.keep(session, day.person, day.on, typed=typed)
    except Conflict:
        return False


def render_written(day: Day, sent: Sent) -> ResponseReturnValue:
    """Say that the day is written already, and nothing of what stands there."""
    said = _("Your tick is saved. The rest of what you typed is not saved yet.")
    kept = drafts.peek(db.session(), day.person.account_id, form_of(day.on)) or {}
    is_kept = kept.get("entry_key") == list(sent.typed.get("entry_key", ()))
    html = render_template(
        "diary/written.html",
        day=day,
        advice=pages.advice_of(day.care, day.person, sent.answers.red_flags, saved=said),
        is_kept=is_kept,
        typed=[] if is_kept else presenters.typed_rows(sent.typed),
    )
    return html, 409


def note_saved(on: date, version: int) -> None:
    """Leave with this browser, for ten minutes, that it has just saved this version of a day."""
    until = clock.now() + SHOWN_FOR
    cookie[_RECEIPT] = [on.isoformat(), version, until.isoformat(), _whose()]


def just_saved(day: Day) -> Version | None:
    """Return the version that this very browser saved in the last ten minutes, if it stands."""
    receipt = cookie.get(_RECEIPT)
    if not receipt or receipt[0] != day.on.isoformat() or receipt[3] != _whose():
        return None
    if clock.now().isoformat() >= receipt[2]:
        return None
    found = queries.versions_of(db.session(), day.person, day.care.episode_id, on=day.on)
    is_it = bool(found) and found[0].version == receipt[1] and found[0].withdrawn_at is None
    return found[0] if is_it else None


def _whose() -> str:
    own = own_phone.found()
    return str(own.device_id) if own is not None else ""


def todays_form(person: Reader) -> str | None:
    """Return the address of the form that is most likely wanted now; None where none is open."""
    care = queries.own_care(db.session(), person)
    if care is None or not care.is_open:
        return None
    return url_for("diary.entry", on=schedule.offered_day(care.local_now))


own_phone.leads_to(todays_form)
