"""Signing in, in one step or two, and signing out."""

from flask import Response, abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock, db
from portal.accounts import doors, drafts, own_phone, people, second_step, service, session
from portal.accounts.blueprint import bp
from portal.accounts.browser import address, browser, make_known
from portal.accounts.doors import Knock, NotRight
from portal.accounts.forms import CodeForm, SignInForm, busy_sentence, not_right, wait_sentence
from portal.accounts.landing import home_of, known_path
from portal.accounts.people import Person
from portal.accounts.signed_in import SignedIn
from portal.errors import Busy, TooManyTries
from portal.web.guard import Audience, audience
from portal.web.languages import gettext as _

CLEAR = '"cache", "storage"'
BUSY_SECONDS = 3


@bp.get("/sign-in")
@audience(Audience.ANYONE)
def sign_in() -> ResponseReturnValue:
    """Show the form; somebody wholly signed in goes on, unless their proof has grown old."""
    person = session.reader_or_none()
    wanted = _wanted()
    if person is not None and (wanted is None or session.is_proof_fresh()):
        return redirect(wanted or home_of(person.roles), 303)
    return _sign_in_page(SignInForm(formdata=None))


@bp.post("/sign-in")
@audience(Audience.ANYONE)
def sign_in_tried() -> ResponseReturnValue:
    """Let somebody in, or as far as the second step; say no in the same words to everybody."""
    form = SignInForm()
    if not form.validate():
        return _sign_in_page(form, 422)
    own = browser()
    try:
        person = doors.prove(Knock(str(form.email.data), str(form.password.data), address(), own))
    except NotRight:
        form.refuse("password", not_right())
        return _sign_in_page(form, 422)
    except TooManyTries as error:
        return _sign_in_page(form, 429, wait=error.seconds)
    except Busy:
        return _sign_in_page(form, 503, wait=BUSY_SECONDS)
    token, is_complete = doors.come_in(person, own)
    session.remember(token)
    if is_complete:
        return _welcome(person, own, is_own_phone=own_phone.is_wished())
    if own_phone.is_wished():
        own_phone.keep_wish()
    return redirect(url_for("accounts.code", next=_wanted()), 303)


def _welcome(person: Person, own: service.Browser, *, is_own_phone: bool) -> Response:
    answer = make_response(redirect(_wanted() or home_of(person.roles), 303))
    make_known(answer, own)
    if is_own_phone:
        own_phone.mark(answer, person, own)
    return answer


def _wanted() -> str | None:
    return known_path(request.args.get("next"))


def _sign_in_page(form: SignInForm, status: int = 200, wait: int = 0) -> ResponseReturnValue:
    way, wanted = own_phone.way_on(), _wanted()
    alert = {429: wait_sentence(wait), 503: busy_sentence()}.get(status, "")
    page = render_template(
        "accounts/sign-in.html",
        form=form,
        alert=alert,
        wanted=wanted,
        is_draft_kept=_is_draft_waiting(),
        way_on=way if way != wanted and not form.errors else None,
        is_sent_back=way is not None and way == wanted,
        is_own_ticked=own_phone.is_wished(),
        is_again=session.reader_or_none() is not None,
    )
    headers = {"Retry-After": str(wait)} if wait else {}
    return page, status, headers


def _is_draft_waiting() -> bool:
    own, wanted = own_phone.found(), _wanted()
    owner = own.reader.account_id if own else session.owner_of_lost_words(clock.now())
    if owner is None or wanted is None:
        return False
    return bool(drafts.waiting(db.session(), owner))


def _half() -> tuple[SignedIn, Person]:
    half = session.signed_in()
    person = people.by_id(db.session(), half.account_id) if half is not None else None
    if half is None or person is None:
        abort(404)
    return half, person


@bp.get("/sign-in/code")
@audience(Audience.HALF_SIGNED_IN, Audience.SIGNED_IN)
def code() -> ResponseReturnValue:
    """Ask for the second step; staff who have none yet set it up here."""
    half, person = _half()
    if half.is_complete:
        return redirect(_wanted() or home_of(person.roles), 303)
    return _code_page(CodeForm(formdata=None), half, person)


@bp.post("/sign-in/code")
@audience(Audience.HALF_SIGNED_IN, Audience.SIGNED_IN)
def code_tried() -> ResponseReturnValue:
    """Take the code: it opens the way in, or it proves a new app."""
    half, person = _half()
    if half.is_complete:
        return redirect(_wanted() or home_of(person.roles), 303)
    form = CodeForm()
    if not form.validate():
        return _code_page(form, half, person, 422)
    try:
        if person.has_factor:
            return _second_step(form, half, person)
        return _first_setup(form, half, person)
    except TooManyTries as error:
        return _code_page(form, half, person, 429, wait=error.seconds)


def _second_step(form: CodeForm, half: SignedIn, person: Person) -> ResponseReturnValue:
    own = browser()
    letter = doors.device_letter(person, own)
    with db.write_transaction() as writing:
        factor = service.take_code(writing, person=person, code=str(form.code.data))
        token = factor and service.enter(
            writing,
            person=person,
            factor=factor,
            browser=own,
            replaced=half.sign_in_id,
            letter=letter,
        )
    if not token:
        form.refuse("code", _("This code is not right, or it was used before. Try the next one."))
        return _code_page(form, half, person, 422)
    is_own_phone = own_phone.kept_wish()
    session.remember(token)
    return _welcome(person, own, is_own_phone=is_own_phone)


def _first_setup(form: CodeForm, half: SignedIn, person: Person) -> ResponseReturnValue:
    own = browser()
    done = second_step.turn_on(
        person, half.sign_in_id, code=str(form.code.data), browser=own, is_arrival=True
    )
    if done is None:
        form.refuse("code", _("This code is not right. Check the time on your phone."))
        return _code_page(form, half, person, 422)
    session.remember(done.token)
    answer = make_response(
        render_template(
            "accounts/recovery-codes.html",
            codes=done.recovery_codes,
            way_on=_wanted() or home_of(person.roles),
        )
    )
    make_known(answer, own)
    return answer


def _code_page(
    form: CodeForm,
    half: SignedIn,
    person: Person,
    status: int = 200,
    *,
    wait: int = 0,
) -> ResponseReturnValue:
    page = render_template(
        "accounts/code.html" if person.has_factor else "accounts/set-up.html",
        form=form,
        alert=wait_sentence(wait) if wait else "",
        wanted=_wanted(),
        offer=None if person.has_factor else second_step.offer(person, half.sign_in_id),
    )
    return page, status, {"Retry-After": str(wait)} if wait else {}


@bp.post("/sign-out")
@audience(Audience.ANYONE)
def sign_out() -> ResponseReturnValue:
    """End this sign-in for every copy of its cookie, and have the browser forget our pages.

    An own phone asks for the password from then on, unless its patient says that it may go on.
    """
    found = session.behind_cookie()
    is_live = session.reader_or_none() is not None
    person = people.by_id(db.session(), found.account_id) if found is not None else None
    ends_phone = own_phone.is_marked() and request.form.get("keep_own_phone") != "yes"
    if person is not None or ends_phone:
        with db.write_transaction() as writing:
            if found is not None and person is not None:
                service.sign_out(
                    writing, person=person, sign_in_id=found.sign_in_id, is_live=is_live
                )
            if ends_phone:
                own_phone.end_here(writing, why="signed-out")
    session.forget()
    flash(_("You are signed out."))
    answer = make_response(redirect(url_for("accounts.sign_in"), 303))
    answer.headers["Clear-Site-Data"] = CLEAR
    return answer
