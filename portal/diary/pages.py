"""The diary's pages, put together from what was read: form, advice, conflict, refusal."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import uuid4

from flask import current_app, render_template, request
from flask.typing import ResponseReturnValue

from portal import clock, db
from portal.accounts import drafts
from portal.accounts.reader import Reader
from portal.accounts.session import behind_cookie
from portal.care.directory import Directory
from portal.diary import advice, lately, presenters, queries, schedule
from portal.diary.advice import AdvicePage
from portal.diary.answers import Answers, Fields, Sent
from portal.diary.kept_words import form_of
from portal.diary.lately import Places
from portal.diary.presenters import EntryPage, Filled
from portal.diary.queries import Care, Version
from portal.diary.regions import REGIONS
from portal.education.facts import ClinicFacts
from portal.errors import BadSettings
from portal.web.languages import gettext as _

_ANSWERED = (*Answers.__dataclass_fields__, "reason")
_KEPT = (*Answers.__dataclass_fields__, "prefilled", "scale_layout")
_DRAFTED = (*_KEPT, "entry_key", "base_version", "reason")


def _directory() -> Directory:
    found = current_app.extensions["portal.directory"]
    assert isinstance(found, Directory)  # noqa: S101 - set once in create_app
    return found


def clinic_of(care: Care) -> ClinicFacts:
    """Return what pages say about the clinic of this episode."""
    return _directory().of(care.clinic_id)


def clinic_behind_cookie() -> ClinicFacts | None:
    """Return the clinic of whoever was signed in here last, else the public one, if any."""
    last = behind_cookie()
    try:
        return _directory().of(last.reader.clinic_id) if last else _directory().public()
    except BadSettings:
        return None


def advice_of(care: Care, person: Reader, codes: Sequence[str], *, saved: str) -> AdvicePage | None:
    """Return the advice for ticked flags, with who will see them and when."""
    if not codes:
        return None
    visits = queries.visits_of(db.session(), person, care.episode_id)
    clinic = clinic_of(care)
    goes_to = advice.goes_to(care, clinic, visits)
    at = care.local_now
    return advice.advice_page(codes, clinic, at, saved=saved, where_it_goes=goes_to)


@dataclass(frozen=True, slots=True)
class Day:
    """One day of one episode, as a person opens it."""

    care: Care
    person: Reader
    on: date


def blank_form(day: Day, newest: Version | None) -> EntryPage:
    """Return the form of a day: empty with the last places, or with what was written."""
    page = _frame(day)
    if newest is None:
        return _with_last_places(day, page)
    if newest.withdrawn_at is not None:
        return replace(page, base_version=newest.version, is_withdrawn=True)
    filled = Filled(newest.answers.fields())
    return replace(page, base_version=newest.version, is_correction=True, filled=filled)


def _frame(day: Day) -> EntryPage:
    session, care = db.session(), day.care
    visits = queries.visits_of(session, day.person, care.episode_id)
    begun = queries.visit_days(visit for visit in visits if visit.has_begun(care.now))
    asked, last_on = schedule.asked_unseen(day.on, begun), None
    places = Places()
    if not day.person.is_own_phone:
        earlier = lately.earlier_days(session, day.person, care.episode_id, before=day.on)
        asked = schedule.asked_on(day.on, begun, earlier)
        if earlier:
            last_on = earlier[0].on
            places = lately.places_lately(session, day.person, care.episode_id, last_on=last_on)
    return EntryPage(
        on=day.on,
        title=presenters.title_of(day.on, care.today),
        filled=Filled(),
        asked=asked,
        entry_key=str(uuid4()),
        base_version=0,
        today=care.today,
        other_days=presenters.other_days(day.on, care.today),
        last_on=last_on,
        last_places=places.last,
        usual=places.usual,
        is_read=day.care.is_read,
        is_own_phone=day.person.is_own_phone,
    )


def empty_form(day: Day) -> EntryPage:
    """Return the form of a day with nothing in it that was ever written (S-027)."""
    return replace(_frame(day), is_draft_waiting=day.care.is_draft_kept)


def _with_last_places(day: Day, page: EntryPage) -> EntryPage:
    if page.last_on is None or not page.last_places:
        return page
    filled = Filled({"places": page.last_places, "prefilled": page.last_places})
    return replace(
        page, filled=filled, picked_lead=presenters.picked_lead(page.last_on, day.care.today)
    )


def from_draft(day: Day, page: EntryPage) -> EntryPage:
    """Put the words back that were typed and not saved."""
    kept = drafts.peek(db.session(), day.person.account_id, form_of(day.on))
    if kept is None:
        return page
    key = (kept.get("entry_key") or [page.entry_key])[0]
    base = (kept.get("base_version") or ["0"])[0]
    return replace(
        page,
        filled=Filled(kept),
        entry_key=key,
        base_version=int(base) if base.isascii() and base.isdecimal() else page.base_version,
        is_restored_draft=True,
        picked_lead="",
    )


def typed_form(day: Day, sent: Sent, *, base_version: int) -> EntryPage:
    """Return the form with everything that was typed, and what is wrong with it."""
    errors, problems = presenters.errors_of(sent)
    return replace(
        _frame(day),
        filled=Filled(sent.typed),
        entry_key=str(sent.entry_key),
        base_version=base_version,
        is_correction=base_version > 0,
        errors=errors,
        problems=problems,
    )


def render_form(
    page: EntryPage, *, advice: AdvicePage | None = None, status: int = 200
) -> ResponseReturnValue:
    """Answer with the entry form."""
    html = render_template(
        "diary/entry.html",
        page=page,
        advice=advice,
        regions=REGIONS,
        flags=presenters.flag_options(),
        options=presenters.options,
        near_day=presenters.near_day,
    )
    return html, status


def form_fields(typed: Fields) -> dict[str, list[str]]:
    """Return the fields of a diary form and no others, as a draft keeps them."""
    return {name: list(typed[name]) for name in _DRAFTED if name in typed}


def is_typed(typed: Fields) -> bool:
    """Whether anything stands in a form that did not stand in it when it was opened empty."""
    places, taken_over = (set(typed.get(name, ())) for name in ("places", "prefilled"))
    others = (name for name in _ANSWERED if name != "places")
    return places != taken_over or any(any(typed.get(name, ())) for name in others)


def kept_fields(sent: Sent) -> list[tuple[str, str]]:
    """Return what was typed as fields to send again; other fields are not ours."""
    return [(name, value) for name in _KEPT for value in sent.typed.get(name, ()) if value]


def render_conflict(
    day: Day, sent: Sent, stored: Version, *, advice: AdvicePage | None
) -> ResponseReturnValue:
    """Show what stands and what was typed, with one button to save the latter as a correction."""
    at = clock.local(stored.entered_at, day.care.zone)
    html = render_template(
        "diary/conflict.html",
        day=day,
        advice=advice,
        stored=presenters.version_shown(stored, None, day.care),
        is_withdrawn=stored.withdrawn_at is not None,
        stored_at=at,
        typed=presenters.answer_rows(sent.answers),
        kept=kept_fields(sent),
        entry_key=sent.entry_key,
        base_version=stored.version,
    )
    return html, 409


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why nothing can be written, and what to do instead."""

    status: int
    title: str
    sentence: str
    can_move: bool = False
    can_retry: bool = False


def day_closed(day: Day) -> Refusal:
    """Say why a day cannot be written about, and which can."""
    if day.on > day.care.today:
        title, why = _("This day is still to come"), _("You can write about it when it is here.")
    else:
        title = _("This day can no longer be written")
        why = _("A day can be written until two days later, while it is fresh in mind.")
    how = _("You can write about one of these days instead.")
    return Refusal(
        422, title, _("%(why)s %(how)s", why=why, how=how), can_move=True, can_retry=True
    )


def episode_over(care: Care) -> Refusal:
    """Say that nobody reads any more, and whom to call."""
    phone = clinic_of(care).phone
    if not care.is_consented:
        return Refusal(
            409,
            _("Your diary is closed"),
            _(
                "You have withdrawn your consent, so nothing new is kept. "
                "Nobody reads new entries; call %(phone)s.",
                phone=phone,
            ),
        )
    if care.is_to_agree:
        return Refusal(
            409,
            _("Your diary waits for your answer"),
            _(
                "What you agree to has changed. Until you have answered that under Settings, "
                "nothing new is kept."
            ),
        )
    return Refusal(
        409,
        _("Your diary has ended"),
        _("Nobody reads new entries; call %(phone)s.", phone=phone),
    )


def nothing_saved() -> Refusal:
    """Say that the storage did not take what was sent."""
    return Refusal(
        503,
        _("Your entry is not saved yet"),
        _("The portal could not save it. What you typed stands below. Try again in a moment."),
        can_retry=True,
    )


def render_refusal(
    day: Day, refusal: Refusal, *, sent: Sent | None = None, advice: AdvicePage | None = None
) -> ResponseReturnValue:
    """Answer with the reason, everything that was typed, and one way on."""
    html = render_template(
        "diary/refused.html",
        refusal=refusal,
        advice=advice,
        day=day,
        days=schedule.writable_days(day.care.today) if refusal.can_move else (),
        near_day=presenters.near_day,
        typed=presenters.answer_rows(sent.answers) if sent else [],
        kept=kept_fields(sent) if sent else [],
        entry_key=sent.entry_key if sent else None,
        is_sent=sent is not None,
    )
    return html, refusal.status if sent else 200


def render_unsaved_advice(
    codes: Sequence[str], clinic: ClinicFacts, *, typed: Sequence[tuple[str, str]]
) -> ResponseReturnValue:
    """Answer a form whose sign-in or token ran out with the advice, before anything else.

    `typed` is what would be lost otherwise.
    """
    saved = _("Your entry is not saved yet. Sign in to save it.")
    page = advice.advice_page(codes, clinic, None, saved=saved)
    html = render_template(
        "diary/advice.html", page=page, call="", way_on=request.path, typed=typed, is_read=None
    )
    return html, 400


def call_line(care: Care) -> str:
    """Say that asking for a call is not quick, and what is.

    Whoever answers calls for the clinic may see it in a diary that nobody reads, but need not.
    """
    clinic = clinic_of(care)
    if not care.is_read:
        return _(
            "You asked for a call. The clinic may not see that soon, or at all. Sooner: %(phone)s.",
            phone=clinic.phone,
        )
    if not clinic.rhythm:
        return _(
            "You asked for a call. Nobody sees this before your diary is next read. "
            "Sooner: %(phone)s.",
            phone=clinic.phone,
        )
    return _(
        "You asked for a call. Nobody sees this before your diary is next read: %(rhythm)s. "
        "Sooner: %(phone)s.",
        rhythm=clinic.rhythm,
        phone=clinic.phone,
    )
