"""The pages on which an invited person accepts: one step after another, none to be skipped.

Which step is due is decided here from the invitation and from what this browser has done so far;
a form for another step is answered with the step that is due.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import assert_never

from flask import (
    current_app,
    flash,
    get_flashed_messages,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask import session as cookie
from flask.typing import ResponseReturnValue

from portal import db
from portal.accounts import doors, letters, passwords, people, session
from portal.accounts.browser import address, browser, make_known
from portal.accounts.doors import Knock, NotRight
from portal.accounts.forms import busy_sentence, password_problem, wait_sentence
from portal.accounts.landing import home_of
from portal.accounts.notices import tell_of_roles
from portal.accounts.passwords import Whose
from portal.audit import Actor
from portal.care import consent, enrolment, invitations
from portal.care.blueprint import bp
from portal.care.consent import TEXT_VERSION
from portal.care.enrolment import (
    AlreadyInCare,
    AnotherClinic,
    NewPassword,
    Owner,
    PatientElsewhere,
)
from portal.care.invitations import MOST_WRONG_ANSWERS, End, InvitationGone
from portal.care.invite_forms import AcceptForm, BirthForm, CodeForm
from portal.care.invited import InvitedColleague, InvitedPatient, Kind
from portal.care.models import Invitation
from portal.db import AccountId, ClinicId
from portal.education.facts import ClinicFacts
from portal.errors import Busy, NobodyWouldRead, TooManyTries
from portal.web import cookies
from portal.web.guard import Audience, audience
from portal.web.languages import gettext as _

_COOKIE = "portal-invitation"
_COOKIE_LASTS = timedelta(hours=1)
_STEPS = "invitation_steps"
_DECLINED = "declined"
_BUSY_SECONDS = 3


class Step(StrEnum):
    """What an invited person is asked next."""

    BIRTH = "birth"
    CONSENT = "consent"
    PASSWORD = "password"  # noqa: S105 - the name of a step


@dataclass(frozen=True, slots=True)
class Guest:
    """An invitation opened in this browser, in plain values, with the step that is due."""

    code: str
    kind: Kind
    clinic_id: ClinicId
    email: str
    name: str
    patient: InvitedPatient | None
    wrong_answers: int
    account_id: AccountId | None
    step: Step

    @property
    def clinic(self) -> ClinicFacts:
        """The clinic that invites."""
        facts: ClinicFacts = current_app.extensions["portal.directory"].of(self.clinic_id)
        return facts

    @property
    def whose(self) -> Whose:
        """What a new password is measured against; colleagues always have a second factor."""
        return Whose(self.email, self.clinic.name, self.kind is not Kind.PATIENT)


def _code() -> str:
    return cookies.left(_COOKIE)


def _steps_done(invitation: Invitation) -> dict[str, object]:
    done = cookie.get(_STEPS) or {}
    return done if done.get("id") == str(invitation.id) else {"id": str(invitation.id)}


def _due(invitation: Invitation) -> Step:
    done = _steps_done(invitation)
    if invitation.kind != Kind.PATIENT:
        return Step.PASSWORD
    if not done.get(Step.BIRTH):
        return Step.BIRTH
    return Step.PASSWORD if done.get(Step.CONSENT) == TEXT_VERSION else Step.CONSENT


def _mark(invitation: Invitation, step: Step, value: object) -> None:
    cookie[_STEPS] = {**_steps_done(invitation), step.value: value}


def _guest() -> Guest:
    """Return who is at the door; raises InvitationGone when no waiting invitation is open."""
    reading, code = db.session(), _code()
    invitation = invitations.waiting(reading, code)
    kind = Kind(invitation.kind)
    patient = InvitedPatient.from_json(invitation.details) if kind is Kind.PATIENT else None
    named = patient or InvitedColleague.from_json(invitation.details)
    return Guest(
        code=code,
        kind=kind,
        clinic_id=invitation.clinic_id,
        email=invitation.email,
        name=named.name,
        patient=patient,
        wrong_answers=invitation.wrong_answers,
        account_id=enrolment.account_invited(reading, invitation.email),
        step=_due(invitation),
    )


def _anonymous(clinic_id: ClinicId) -> Actor:
    sender = session.actor()
    return Actor(None, clinic_id=clinic_id, route=sender.route, request_id=sender.request_id)


@bp.get("/invitation/<string:token>")
@audience(Audience.ANYONE)
def invitation_link(token: str) -> ResponseReturnValue:
    """Take the code out of the address into a short cookie, so that it stands in no history."""
    return _opened(token)


def _opened(code: str) -> ResponseReturnValue:
    answer = make_response(redirect(url_for("care.invitation"), 303))
    cookies.leave(answer, _COOKIE, invitations.plain_code(code), _COOKIE_LASTS)
    return answer


@bp.get("/invitation")
@audience(Audience.ANYONE)
def invitation() -> ResponseReturnValue:
    """Show the step that is due; without an invitation, ask for the code."""
    if get_flashed_messages(category_filter=[_DECLINED]):
        return render_template("care/invitation_declined.html")
    if not _code():
        return _code_page(CodeForm(formdata=None))
    try:
        guest = _guest()
    except InvitationGone:
        return _gone()
    return _step_page(guest)


def _code_page(form: CodeForm, status: int = 200) -> ResponseReturnValue:
    return render_template("care/invitation_code.html", form=form), status


def _gone() -> ResponseReturnValue:
    """Say that this link or code opens nothing, alike for every reason; then ask for another."""
    answer = make_response(render_template("care/invitation_gone.html"), 400)
    cookies.take_away(answer, _COOKIE)
    return answer


def _step_page(guest: Guest) -> ResponseReturnValue:
    match guest.step:
        case Step.BIRTH:
            return _birth_page(guest, BirthForm(formdata=None))
        case Step.CONSENT:
            return _consent_page(guest)
        case Step.PASSWORD:
            return _password_page(guest, AcceptForm(formdata=None))
    assert_never(guest.step)


def _birth_page(guest: Guest, form: BirthForm, status: int = 200) -> ResponseReturnValue:
    page = render_template("care/invitation_birth.html", clinic=guest.clinic, form=form)
    return page, status


def _consent_page(guest: Guest) -> ResponseReturnValue:
    assert guest.patient is not None  # noqa: S101 - only patients are asked
    readers = consent.readers_of(db.session(), guest.clinic_id, guest.patient)
    return render_template(
        "care/invitation_consent.html",
        clinic=guest.clinic,
        readers=readers,
        patient=guest.patient,
        text_version=TEXT_VERSION,
    )


def _password_page(
    guest: Guest, form: AcceptForm, status: int = 200, *, alert: str = "", wait: int = 0
) -> ResponseReturnValue:
    page = render_template(
        "care/invitation_password.html",
        clinic=guest.clinic,
        guest=guest,
        form=form,
        alert=alert,
        suggestion=passwords.suggestion(),
    )
    return page, status, {"Retry-After": str(wait)} if wait else {}


@bp.post("/invitation")
@audience(Audience.ANYONE)
def invitation_step() -> ResponseReturnValue:
    """Take one step, if it is the one that is due; otherwise show the one that is."""
    posted = request.form.get("step", "")
    if posted == "code":
        return _take_code()
    try:
        guest = _guest()
        if posted != guest.step:
            return redirect(url_for("care.invitation"), 303)
        match guest.step:
            case Step.BIRTH:
                return _take_birth(guest)
            case Step.CONSENT:
                return _take_consent(guest)
            case Step.PASSWORD:
                return _take_password(guest)
    except InvitationGone:
        return _gone()
    assert_never(guest.step)


def _take_code() -> ResponseReturnValue:
    form = CodeForm()
    if not form.validate():
        return _code_page(form, 422)
    try:
        invitations.waiting(db.session(), str(form.code.data))
    except InvitationGone:
        form.refuse("code", _("This code does not work. Check it, or call the clinic."))
        return _code_page(form, 422)
    return _opened(str(form.code.data))


def _take_birth(guest: Guest) -> ResponseReturnValue:
    form = BirthForm()
    born_on = form.born_on if form.validate() else None
    if born_on is None:
        form.refuse("born_on_day", _("Enter your date of birth, for example 27 3 1968"))
        return _birth_page(guest, form, 422)
    with db.write_transaction() as writing:
        found = invitations.waiting(writing, guest.code)
        is_right = invitations.answer_birth(writing, _anonymous(guest.clinic_id), found, born_on)
        left = MOST_WRONG_ANSWERS - found.wrong_answers
    if is_right:
        _mark(found, Step.BIRTH, value=True)
        return redirect(url_for("care.invitation"), 303)
    if left <= 0:
        return _gone()
    form.refuse("born_on_day", _wrong_birth(left))
    return _birth_page(guest, form, 422)


def _wrong_birth(left: int) -> str:
    if left == 1:
        return _("This is not the date we were given. One try is left.")
    return _("This is not the date we were given. %(count)s tries are left.", count=left)


def _take_consent(guest: Guest) -> ResponseReturnValue:
    answer = request.form.get("answer")
    if answer == "decline":
        return _declined(guest)
    if answer == "agree" and request.form.get("text_version") == TEXT_VERSION:
        _mark(invitations.waiting(db.session(), guest.code), Step.CONSENT, TEXT_VERSION)
    return redirect(url_for("care.invitation"), 303)


def _declined(guest: Guest) -> ResponseReturnValue:
    with db.write_transaction() as writing:
        found = invitations.waiting(writing, guest.code)
        invitations.end(writing, _anonymous(guest.clinic_id), found, End.DECLINED)
    cookie.pop(_STEPS, None)
    flash(_DECLINED, _DECLINED)
    gone = make_response(redirect(url_for("care.invitation"), 303))
    cookies.take_away(gone, _COOKIE)
    return gone


def _take_password(guest: Guest) -> ResponseReturnValue:
    form = AcceptForm()
    if not form.validate():
        return _password_page(guest, form, 422)
    try:
        owner = _owner(guest, form)
    except TooManyTries as error:
        alert = wait_sentence(error.seconds)
        return _password_page(guest, form, 429, alert=alert, wait=error.seconds)
    except Busy:
        return _password_page(guest, form, 503, alert=busy_sentence(), wait=_BUSY_SECONDS)
    if owner is None:
        return _password_page(guest, form, 422)
    try:
        return _enter(guest, owner)
    except (AlreadyInCare, AnotherClinic, PatientElsewhere, NobodyWouldRead) as reason:
        why = type(reason).__name__
        return render_template("care/invitation_stuck.html", clinic=guest.clinic, why=why), 409


def _owner(guest: Guest, form: AcceptForm) -> Owner | None:
    """Return whose account it will be; None with the reason in the form.

    Raises TooManyTries or Busy like a sign-in.
    """
    password = str(form.password.data)
    if guest.account_id is not None:
        try:
            knock = Knock(guest.email, password, address(), browser())
            return doors.prove(knock).account_id
        except NotRight:
            form.refuse("password", _("This is not the password of your account."))
            return None
    problem = password_problem(password, guest.whose)
    if problem:
        form.refuse("password", problem)
        return None
    return NewPassword(passwords.hashed(password))


def _enter(guest: Guest, owner: Owner) -> ResponseReturnValue:
    accept = (
        enrolment.accept_as_patient if guest.kind is Kind.PATIENT else enrolment.accept_as_colleague
    )
    letter = letters.roles_changed()
    with db.write_transaction() as writing:
        enrolled = accept(writing, invitations.waiting(writing, guest.code), owner)
        if guest.kind is Kind.ADMINISTRATOR:
            tell_of_roles(writing, guest.clinic_id, letter, by=enrolled.account_id, whose=())
    if guest.kind is not Kind.PATIENT:
        current_app.extensions["portal.directory"].settings_changed()
    before = session.behind_cookie()
    if before is not None and before.account_id == enrolled.account_id:
        session.forget()  # its old sign-in ended with the old roles
    person = people.by_id(db.session(), enrolled.account_id)
    assert person is not None  # noqa: S101 - enrolled just now
    own = browser()
    token, is_complete = doors.come_in(person, own)
    session.remember(token)
    way_on = home_of(person.roles) if is_complete else url_for("accounts.code")
    answer = make_response(redirect(way_on, 303))
    cookies.take_away(answer, _COOKIE)
    if is_complete:
        make_known(answer, own)
    return answer
