"""A person's own account: password, second step, sign-ins, known browsers, look."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import db
from portal.accounts import (
    account_acts,
    devices,
    factors,
    own_phone,
    own_phones,
    passwords,
    people,
    queries,
    second_step,
    service,
    session,
)
from portal.accounts.account_acts import Refused, SecretForm
from portal.accounts.blueprint import bp
from portal.accounts.forms import (
    ChangePasswordForm,
    EmailForm,
    PasswordForm,
    PhoneForm,
    advice,
)
from portal.accounts.people import Person
from portal.accounts.signed_in import SignedIn
from portal.web.guard import Audience, audience
from portal.web.languages import gettext as _

THEMES = frozenset({"system", "light", "dark"})
_FORMS: Mapping[str, type[SecretForm]] = MappingProxyType(
    {
        "password": ChangePasswordForm,
        "email": EmailForm,
        "phone": PhoneForm,
        "second-step": PasswordForm,
    }
)
_TEMPLATES: Mapping[str, str] = MappingProxyType(
    {
        "password": "accounts/account-password.html",
        "email": "accounts/account-email.html",
        "phone": "accounts/account-phone.html",
        "second-step": "accounts/account-second-step.html",
    }
)


@bp.get("/account")
@audience(Audience.SIGNED_IN)
def account() -> ResponseReturnValue:
    """Show the account, or the one form that was asked for."""
    own, person = _own()
    part = request.args.get("part")
    if part is None:
        return _overview(own, person)
    if part not in _FORMS or (part == "second-step" and not person.has_factor):
        abort(404)
    return _part_page(part, _FORMS[part](formdata=None), own, person)


@bp.post("/account")
@audience(Audience.SIGNED_IN)
def account_changed() -> ResponseReturnValue:
    """Do what one of the forms asks for; each names its act."""
    act = _ACTS.get(request.form.get("act", ""))
    if act is None:
        abort(400)
    own, person = _own()
    try:
        return act(own, person)
    except Refused as refused:
        page = _part_page(refused.part, refused.form, own, person, alert=refused.alert)
        headers = {"Retry-After": str(refused.wait)} if refused.wait else {}
        return page, refused.status, headers


def _own() -> tuple[SignedIn, Person]:
    own = session.signed_in()
    person = people.by_id(db.session(), own.account_id) if own is not None else None
    if own is None or person is None:
        abort(404)
    return own, person


def _overview(own: SignedIn, person: Person) -> ResponseReturnValue:
    read, reader = db.session(), own.reader
    devices_known = queries.own_devices(read, reader)
    phones = [one for one in devices_known if one.own_until is not None]
    return render_template(
        "accounts/account.html",
        person=person,
        phones=phones,
        this_phone=next((one.id for one in phones if own_phone.is_here(one.id)), None),
        may_own=own_phones.may_mark(person),
        this_sign_in=own.sign_in_id,
        sign_ins=queries.own_sign_ins(read, reader),
        devices=devices_known,
        codes_left=factors.recovery_codes_left(read, person.account_id),
    )


def _part_page(
    part: str, form: SecretForm, own: SignedIn, person: Person, *, alert: str = ""
) -> str:
    if isinstance(form, ChangePasswordForm):
        form.new_password.description = advice(person.whose.shortest)
    return render_template(
        _TEMPLATES[part],
        form=form,
        person=person,
        alert=alert,
        suggestion=passwords.suggestion(),
        offer=second_step.offer(person, own.sign_in_id) if part == "phone" else None,
    )


def _end_one(_own: SignedIn, person: Person) -> ResponseReturnValue:
    with db.write_transaction() as writing:
        service.end_sign_in(writing, person=person, sign_in_id=_chosen())
    return _back(_("That sign-in has ended."))


def _end_others(own: SignedIn, person: Person) -> ResponseReturnValue:
    with db.write_transaction() as writing:
        service.end_other_sign_ins(writing, person=person, but=own.sign_in_id)
    return _back(_("All other sign-ins have ended."))


def _forget_device(_own: SignedIn, person: Person) -> ResponseReturnValue:
    with db.write_transaction() as writing:
        devices.forget(writing, account_id=person.account_id, device_id=_chosen())
    return _back(_("That browser is no longer known."))


def _end_own_phone(_own: SignedIn, person: Person) -> ResponseReturnValue:
    with db.write_transaction() as writing:
        own_phones.end_one(writing, person=person, device_id=_chosen())
    return _back(_("That phone asks for your password again."))


def _choose_theme(_own: SignedIn, person: Person) -> ResponseReturnValue:
    theme = request.form.get("theme", "")
    if theme not in THEMES:
        abort(400)
    with db.write_transaction() as writing:
        service.choose_theme(writing, person=person, theme=theme)
    return _back(_("Saved."))


def _chosen() -> UUID:
    try:
        return UUID(request.form.get("id", ""))
    except ValueError:
        abort(400)


def _back(sentence: str) -> ResponseReturnValue:
    flash(sentence)
    return redirect(url_for("accounts.account"), 303)


_ACTS: Mapping[str, Callable[[SignedIn, Person], ResponseReturnValue]] = MappingProxyType(
    {
        "password": account_acts.change_password,
        "email": account_acts.change_email,
        "phone": account_acts.turn_on,
        "codes": account_acts.new_codes,
        "off": account_acts.turn_off,
        "end-sign-in": _end_one,
        "end-others": _end_others,
        "forget-browser": _forget_device,
        "end-own-phone": _end_own_phone,
        "theme": _choose_theme,
    }
)
