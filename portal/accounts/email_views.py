"""Confirming a new e-mail address by the link that was sent to it."""

from flask import flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal import db
from portal.accounts import email_change, letters, people, session
from portal.accounts.blueprint import bp
from portal.web import cookies
from portal.web.guard import Audience, audience
from portal.web.languages import gettext as _

_COOKIE = "portal-email"


@bp.get("/account/email/<string:token>")
@audience(Audience.ANYONE)
def email_link(token: str) -> ResponseReturnValue:
    """Take the token out of the address into a short cookie, so that it stands in no history."""
    answer = make_response(redirect(url_for("accounts.email_new"), 303))
    cookies.leave(answer, _COOKIE, token, email_change.LASTS)
    return answer


@bp.get("/account/email")
@audience(Audience.ANYONE)
def email_new() -> ResponseReturnValue:
    """Show the new address and ask whether it shall be used, where the link still works."""
    change = email_change.waiting(db.session(), cookies.left(_COOKIE))
    if change is None:
        return _gone()
    return render_template("accounts/new-email.html", email=change.email)


@bp.post("/account/email")
@audience(Audience.ANYONE)
def email_confirmed() -> ResponseReturnValue:
    """Use the new address from now on; whoever was signed in signs in with it."""
    token = cookies.left(_COOKIE)
    change = email_change.waiting(db.session(), token)
    person = people.by_id(db.session(), change.account_id) if change is not None else None
    if person is None:
        return _gone()
    letter = letters.email_changed(language=person.language)
    with db.write_transaction() as writing:
        if not email_change.confirm(writing, token=token, letter=letter):
            return _gone()
    session.forget()
    flash(_("Your new e-mail address is in use. Sign in with it."))
    answer = make_response(redirect(url_for("accounts.sign_in"), 303))
    cookies.take_away(answer, _COOKIE)
    return answer


def _gone() -> ResponseReturnValue:
    return render_template("accounts/email-gone.html"), 400
