"""Asking for a new password, and choosing it with the link from the mail."""

from flask import flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal import db
from portal.accounts import letters, passwords, resets, service, session, throttle
from portal.accounts.blueprint import bp
from portal.accounts.browser import address
from portal.accounts.forms import (
    NewPasswordForm,
    ResetForm,
    advice,
    busy_sentence,
    password_problem,
)
from portal.accounts.people import Person, normal_email
from portal.errors import Busy
from portal.web import cookies
from portal.web.guard import Audience, audience
from portal.web.languages import gettext as _

_COOKIE = "portal-reset"
ASKED = "asked"
BUSY = 503
BUSY_SECONDS = 3


@bp.get("/password/reset")
@audience(Audience.ANYONE)
def password_reset() -> ResponseReturnValue:
    """Ask for the e-mail address, or say that a link is on its way."""
    return render_template("accounts/reset.html", form=ResetForm(formdata=None))


@bp.post("/password/reset")
@audience(Audience.ANYONE)
def password_reset_asked() -> ResponseReturnValue:
    """Answer everybody alike; whoever has an account finds a link in the mail."""
    form = ResetForm()
    if not form.validate():
        return render_template("accounts/reset.html", form=form), 422
    _ask(normal_email(str(form.email.data)))
    flash(_("If there is an account with this address, a link is on its way to it."), ASKED)
    return redirect(url_for("accounts.password_reset"), 303)


def _ask(email: str) -> None:
    """Mail a link; raises TooManyTries where this network address asks too often."""
    token = resets.new_token()
    letter = letters.reset_link(token)
    actor = session.actor()
    with db.write_transaction() as writing:
        throttle.count(writing, [throttle.for_asks(address())])
        resets.ask(writing, email=email, token=token, letter=letter, actor=actor)


@bp.get("/password/reset/<string:token>")
@audience(Audience.ANYONE)
def password_link(token: str) -> ResponseReturnValue:
    """Take the token out of the address into a short cookie, so that it stands in no history."""
    answer = make_response(redirect(url_for("accounts.password_new"), 303))
    cookies.leave(answer, _COOKIE, token, resets.LASTS)
    return answer


@bp.get("/password/new")
@audience(Audience.ANYONE)
def password_new() -> ResponseReturnValue:
    """Ask for the new password, where the link still works."""
    person = resets.person_of(db.session(), cookies.left(_COOKIE))
    if person is None:
        return _gone()
    return _page(NewPasswordForm(formdata=None), person)


@bp.post("/password/new")
@audience(Audience.ANYONE)
def password_chosen() -> ResponseReturnValue:
    """Store the new password and end every sign-in; the second step is asked as ever."""
    person = resets.person_of(db.session(), cookies.left(_COOKIE))
    if person is None:
        return _gone()
    form = NewPasswordForm()
    chosen = str(form.password.data)
    if form.validate() and (problem := password_problem(chosen, person.whose)):
        form.refuse("password", problem)
    if form.errors:
        return _page(form, person, 422)
    try:
        stored = passwords.hashed(chosen)
    except Busy:
        return _page(form, person, BUSY)
    letter = letters.password_changed(language=person.language)
    with db.write_transaction() as writing:
        if not resets.use(writing, token=cookies.left(_COOKIE)):
            return _gone()
        service.change_password(writing, person=person, password_hash=stored, letter=letter)
        throttle.clear(writing, [throttle.for_person(person.email)])
    session.forget()
    flash(_("Your new password is set. Sign in with it."))
    answer = make_response(redirect(url_for("accounts.sign_in"), 303))
    cookies.take_away(answer, _COOKIE)
    return answer


def _page(form: NewPasswordForm, person: Person, status: int = 200) -> ResponseReturnValue:
    is_busy = status == BUSY
    form.password.description = advice(person.whose.shortest)
    page = render_template(
        "accounts/new-password.html",
        form=form,
        alert=busy_sentence() if is_busy else "",
        suggestion=passwords.suggestion(),
    )
    return page, status, {"Retry-After": str(BUSY_SECONDS)} if is_busy else {}


def _gone() -> ResponseReturnValue:
    return render_template("accounts/link-gone.html"), 400
