"""What somebody gets who is not, or no longer, signed in."""

from collections.abc import Callable
from contextlib import suppress

from flask import Flask, Response, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.orm import Session
from werkzeug.exceptions import BadRequest, HTTPException

from portal import clock, db
from portal.accounts import drafts, session
from portal.accounts.landing import known_path
from portal.audit import Actor, Event, record
from portal.audit.acts import Act
from portal.db import AccountId
from portal.errors import OutOfSight, ProofTooOld, SignInEnded, StorageUnavailable
from portal.web.errors import form_ran_out, out_of_sight, signed_out
from portal.web.guard import Audience

Rescue = Callable[[], ResponseReturnValue | None]
RESENT = "resent_draft"
_rescues: dict[str, Rescue] = {}
_forms: dict[str, Callable[[], str]] = {}


def rescue(endpoint: str, answer: Rescue) -> None:
    """Let a feature answer a POST to `endpoint` whose sign-in or form token ran out.

    Where the words could be kept they are kept by then (`is_draft_kept`). An answer of None
    leaves the POST to the house: on to sign-in with a draft, or refused with the words shown.
    After sign-in the form's own page must show the draft (`drafts.peek`).
    """
    _rescues[endpoint] = answer


def keep_as(endpoint: str, form: Callable[[], str]) -> None:
    """Let words sent to `endpoint` be kept as those of another form, which will show them."""
    _forms[endpoint] = form


def _form_sent() -> str:
    own = _forms.get(request.endpoint or "")
    return request.path if own is None else own()


def is_draft_kept() -> bool:
    """Whether what this request sent now waits as a draft for its account to sign in."""
    return bool(g.get("draft_kept", False))


def unknown_person() -> ResponseReturnValue:
    """Answer somebody who is not signed in: a GET goes to sign-in and comes back, a POST is kept.

    A posted form becomes a draft where the sign-in ran out less than a day ago (S-026);
    otherwise it is refused with 400 and the typed words shown again.
    """
    if Audience.HALF_SIGNED_IN in session.standing():
        return redirect(url_for("accounts.code", next=known_path(request.path)), 303)
    if request.method in {"GET", "HEAD"}:
        return redirect(url_for("accounts.sign_in", next=known_path(request.path)), 303)
    g.draft_kept = _kept_or_rescued(_form_sent())
    answer = _rescued()
    if answer is not None:
        return answer
    if is_draft_kept():
        return redirect(url_for("accounts.sign_in", next=_way_back()), 303)
    return form_ran_out(SignInEnded()) if session.behind_cookie() else signed_out()


def _way_back() -> str:
    """Return where kept words come back: in their own form, or on the page for all others."""
    return request.path if request.endpoint in _rescues else url_for("accounts.kept")


def fills_itself(form: str) -> bool:
    """Whether the page of a form shows the words kept for it, so that no other need to."""
    return endpoint_of(form) in _rescues


def is_open(form: str) -> bool:
    """Whether a form can still be sent; an update of the portal may have moved it."""
    return endpoint_of(form) is not None


def endpoint_of(form: str) -> str | None:
    """Return where a form is sent to; None when the portal has no such form any more."""
    adapter = current_app.create_url_adapter(request)
    try:
        return str(adapter.match(form, method="POST")[0]) if adapter is not None else None
    except HTTPException:
        return None


def _kept_or_rescued(form: str) -> bool:
    """Keep a form's words; where nothing can be stored, a feature may still have to answer."""
    try:
        return _keep(form)
    except StorageUnavailable:
        if _rescued() is None:
            raise
        return False


def _rescued() -> ResponseReturnValue | None:
    answer = _rescues.get(request.endpoint or "")
    return answer() if answer is not None and request.method == "POST" else None


def _keep(form: str) -> bool:
    owner = session.owner_of_lost_words(clock.now())
    if owner is None or request.blueprint == "accounts" or not _token_fits():
        return False
    fields = request.form.to_dict(flat=False)
    with db.write_transaction() as writing:
        kept = drafts.keep(writing, account_id=owner, form=form, fields=fields)
        if kept:
            _note(writing, owner)
    return kept


def _note(writing: Session, owner: AccountId) -> None:
    acting = session.actor()
    record(
        writing,
        Actor(owner, route=acting.route, request_id=acting.request_id),
        Event(Act.DRAFT_KEPT),
    )


def _token_fits() -> bool:
    try:
        current_app.extensions["csrf"].protect()
    except CSRFError:
        return False
    return True


def _ran_out(error: Exception) -> ResponseReturnValue:
    answer = _rescued()
    return form_ran_out(error) if answer is None else answer


def _prove_again(error: Exception) -> ResponseReturnValue:
    """Ask for password and code once more; what was sent waits meanwhile (S-025)."""
    person = session.reader()
    fields = request.form.to_dict(flat=False)
    with db.write_transaction() as writing:
        kept = drafts.keep(writing, account_id=person.account_id, form=request.path, fields=fields)
        if kept:
            _note(writing, person.account_id)
    if not kept and drafts.fit_to_keep(fields):
        return form_ran_out(error)
    wanted = _way_back() if kept else known_path(request.path)
    return redirect(url_for("accounts.sign_in", next=wanted), 303)


def _refused(error: Exception) -> ResponseReturnValue:
    """Answer that there is no such page; asking for a record that is not one's own is noted.

    The answer is the same where that cannot be stored, since it shows nothing (S-071).
    """
    patient_id = (request.view_args or {}).get("patient_id")
    if patient_id is not None and session.reader_or_none() is not None:
        event = Event(Act.ACCESS_REFUSED, patient_id=patient_id, result="refused")
        with suppress(StorageUnavailable), db.write_transaction() as writing:
            record(writing, session.actor(), event)
    return out_of_sight(error)


def _forget_sent(answer: Response) -> Response:
    """Forget a draft once it was sent again and taken."""
    is_taken = request.method == "POST" and answer.status_code < BadRequest.code
    person = session.reader_or_none() if is_taken and RESENT in request.form else None
    if person is not None:
        with db.write_transaction() as writing:
            drafts.discard(writing, account_id=person.account_id, form=request.path)
    return answer


def init_app(app: Flask) -> None:
    """Let features answer forms whose token ran out, before the house refuses them."""
    app.register_error_handler(CSRFError, _ran_out)
    app.register_error_handler(SignInEnded, _ran_out)
    app.register_error_handler(OutOfSight, _refused)
    app.register_error_handler(ProofTooOld, _prove_again)
    app.after_request(_forget_sent)
