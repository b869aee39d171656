"""Changing one's own password and second step; each asks for the present password first."""

from flask import abort, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from portal import db
from portal.accounts import (
    doors,
    email_change,
    factors,
    letters,
    passwords,
    second_step,
    service,
    session,
)
from portal.accounts.addresses import email_or_none
from portal.accounts.browser import address, browser, make_known
from portal.accounts.doors import Knock, NotRight
from portal.accounts.forms import (
    ChangePasswordForm,
    EmailForm,
    PasswordForm,
    PhoneForm,
    password_problem,
    wait_sentence,
)
from portal.accounts.people import Person
from portal.accounts.signed_in import SignedIn, new_secret
from portal.errors import TooManyTries
from portal.web.languages import gettext as _

_REFUSED = 422
_TOO_MANY = 429
SecretForm = ChangePasswordForm | EmailForm | PhoneForm | PasswordForm


class Refused(Exception):
    """A form of the account page is not in order; carries what to show and how to answer."""

    def __init__(self, part: str, form: SecretForm, *, alert: str = "", wait: int = 0) -> None:
        super().__init__(part)
        self.part = part
        self.form = form
        self.alert = alert
        self.wait = wait

    @property
    def status(self) -> int:
        """The answer's status: a refused form, too many tries, or a busy server."""
        return _REFUSED if not self.wait else _TOO_MANY


def _prove(part: str, form: SecretForm, person: Person) -> None:
    """Make sure that the person knows the present password (S-025); raises Refused or Busy."""
    if not form.validate():
        raise Refused(part, form)
    knock = Knock(person.email, str(form.password.data), address(), browser())
    try:
        doors.prove(knock)
    except NotRight:
        form.refuse("password", _("This is not your password."))
        raise Refused(part, form) from None
    except TooManyTries as error:
        raise _slowed(part, form, error) from None


def _slowed(part: str, form: SecretForm, error: TooManyTries) -> Refused:
    return Refused(part, form, alert=wait_sentence(error.seconds), wait=error.seconds)


def change_password(own: SignedIn, person: Person) -> ResponseReturnValue:
    """Store a new password; this browser goes on under a new sign-in, all others end."""
    form = ChangePasswordForm()
    _prove("password", form, person)
    chosen = str(form.new_password.data)
    if problem := password_problem(chosen, person.whose):
        form.refuse("new_password", problem)
        raise Refused("password", form)
    stored = passwords.hashed(chosen)
    letter = letters.password_changed(language=person.language)
    with db.write_transaction() as writing:
        service.change_password(writing, person=person, password_hash=stored, letter=letter)
        token = _go_on(writing, own, person)
    return _done(token, _("Your password is changed. All other sign-ins have ended."))


def change_email(_own: SignedIn, person: Person) -> ResponseReturnValue:
    """Send a link to a new address; the account keeps its own until that link is confirmed."""
    form = EmailForm()
    email = email_or_none(str(form.email.data)) if form.validate() else None
    if not form.errors and email is None:
        form.refuse("email", _("This does not look like an e-mail address."))
    elif not form.errors and email == person.email:
        form.refuse("email", _("This is your address already."))
    if form.errors or email is None:
        raise Refused("email", form)
    _prove("email", form, person)
    token = new_secret()
    link = letters.email_link(token, language=person.language)
    notice = letters.email_asked(language=person.language)
    with db.write_transaction() as writing:
        email_change.ask(writing, person=person, email=email, token=token, link=link, notice=notice)
    flash(_("A link is on its way to the new address. Open it within an hour."))
    return redirect(url_for("accounts.account"), 303)


def turn_on(own: SignedIn, person: Person) -> ResponseReturnValue:
    """Turn the second step on, or move it to another phone, and show new recovery codes once."""
    form = PhoneForm()
    _prove("phone", form, person)
    try:
        done = second_step.turn_on(
            person,
            own.sign_in_id,
            code=str(form.code.data),
            browser=browser(),
            is_arrival=False,
        )
    except TooManyTries as error:
        raise _slowed("phone", form, error) from None
    if done is None:
        form.refuse("code", _("This code is not right. Check the time on your phone."))
        raise Refused("phone", form)
    session.remember(done.token)
    return _codes_page(done.recovery_codes)


def _codes_page(codes: list[str]) -> ResponseReturnValue:
    page = render_template("accounts/recovery-codes.html", codes=codes, way_on="/account")
    answer = make_response(page)
    make_known(answer, browser())
    return answer


def new_codes(own: SignedIn, person: Person) -> ResponseReturnValue:
    """Make new recovery codes and show them once; the old ones no longer work."""
    form = PasswordForm()
    if not person.has_factor:
        abort(400)
    _prove("second-step", form, person)
    letter = letters.factor_changed(is_on=True, language=person.language)
    with db.write_transaction() as writing:
        codes = factors.new_recovery_codes(writing, account_id=person.account_id)
        service.factor_changed(writing, person=person, what="codes", letter=letter)
        token = _go_on(writing, own, person)
    session.remember(token)
    return _codes_page(codes)


def turn_off(own: SignedIn, person: Person) -> ResponseReturnValue:
    """Turn a patient's second step off; staff may not be without one (S-008)."""
    form = PasswordForm()
    if person.is_staff or not person.has_factor:
        abort(400)
    _prove("second-step", form, person)
    if not passwords.is_long_enough_alone(str(form.password.data)):
        raise Refused("second-step", form, alert=_short_alone())
    letter = letters.factor_changed(is_on=False, language=person.language)
    with db.write_transaction() as writing:
        factors.remove(writing, account_id=person.account_id)
        service.factor_changed(writing, person=person, what="off", letter=letter)
        token = _go_on(writing, own, person)
    return _done(token, _("The second step is off. All other sign-ins have ended."))


def _short_alone() -> str:
    return _(
        "Without the second step a password needs at least %(count)s characters. "
        "Choose a longer password first.",
        count=passwords.ALONE,
    )


def _go_on(writing: Session, own: SignedIn, person: Person) -> str:
    return service.renew(
        writing,
        person=person,
        factor="totp" if person.has_factor else "password",
        browser=browser(),
        replaced=own.sign_in_id,
    )


def _done(token: str, sentence: str) -> ResponseReturnValue:
    session.remember(token)
    flash(sentence)
    answer = make_response(redirect(url_for("accounts.account"), 303))
    make_known(answer, browser())
    return answer
