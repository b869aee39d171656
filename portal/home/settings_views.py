"""The patient's settings: one page of what is set, one form at a time, and the agreement."""

import json
from collections.abc import Callable, Mapping

from flask import (
    Blueprint,
    abort,
    get_flashed_messages,
    redirect,
    render_template,
    request,
    url_for,
)
from flask import session as cookie
from flask.typing import ResponseReturnValue

from portal import db
from portal.accounts.session import is_proof_fresh, reader
from portal.care.consent import TEXT_VERSION
from portal.care.own_queries import OwnSettings, own_agreement, own_consents, own_settings
from portal.diary import own_links
from portal.diary.reminders import QUIET_FROM, QUIET_UNTIL
from portal.errors import OutOfSight
from portal.home.settings_acts import ACTS, PARTS, UNDO, Refused
from portal.home.settings_forms import SettingsForm
from portal.home.zones import zone_groups, zone_words
from portal.web.guard import Audience, audience
from portal.web.jinja import clock_time

bp = Blueprint("settings", __name__)
_ASKED = "agreement_asked"
_TEMPLATES: Mapping[str, str] = {
    "reminders": "home/settings-reminders.html",
    "called": "home/settings-called.html",
    "zone": "home/settings-zone.html",
    "look": "home/settings-look.html",
    "leave": "home/settings-leave.html",
    "pause": "home/settings-pause.html",
}


@bp.get("/me/settings")
@audience(Audience.PATIENT)
def settings() -> ResponseReturnValue:
    """Show what is set, or the one form or text that was asked for."""
    part = request.args.get("part")
    if part is None:
        return _overview()
    if part in _READ_ONLY:
        return _READ_ONLY[part]()
    if part not in PARTS:
        abort(404)
    own = own_settings(db.session(), reader())
    return _part_page(part, PARTS[part](formdata=None, data=_as_set(own)), own)


@bp.post("/me/settings")
@audience(Audience.PATIENT)
def change_settings() -> ResponseReturnValue:
    """Do what one of the forms asks for; each names its act."""
    act = ACTS.get(request.form.get("act", ""))
    if act is None:
        abort(400)
    try:
        return act()
    except Refused as refused:
        own = own_settings(db.session(), reader())
        page = _part_page(refused.part, refused.form, own, alert=refused.alert)
        headers = {"Retry-After": str(refused.wait)} if refused.wait else {}
        return page, refused.status, headers


def asks_to_agree() -> ResponseReturnValue | None:
    """Return the way to a changed consent text, once per sign-in; None when it was shown."""
    if cookie.get(_ASKED) == TEXT_VERSION:
        return None
    cookie[_ASKED] = TEXT_VERSION
    return redirect(url_for("settings.settings", part="agreement"), 303)


def _overview() -> ResponseReturnValue:
    read, person = db.session(), reader()
    own = own_settings(read, person)
    undo = get_flashed_messages(category_filter=[UNDO])
    return render_template(
        "home/settings.html",
        own=own,
        today=own.now.date(),
        zone=zone_words(own.zone),
        said=get_flashed_messages(category_filter=["message"]),
        undo=json.loads(str(undo[-1])) if undo else {},
        consents=own_consents(read, person),
        agreement=own_agreement(read, person),
    )


def _agreement() -> ResponseReturnValue:
    """Show today's consent text to be agreed to, or one that was agreed to before."""
    read, person = db.session(), reader()
    found = own_agreement(read, person)
    if found is None:
        raise OutOfSight
    version = request.args.get("text", TEXT_VERSION)
    given = {one.text_version for one in own_consents(read, person)}
    if version != TEXT_VERSION and version not in given:
        raise OutOfSight
    return render_template(
        "home/settings-agreement.html",
        agreement=found,
        version=version,
        asks=found.is_to_ask and version == TEXT_VERSION,
    )


def _calendar() -> ResponseReturnValue:
    """Show the address of the patient's own calendar, to be made, renewed or stopped."""
    address = own_links.calendar_url(db.session(), reader().account_id)
    return render_template("home/settings-calendar.html", address=address)


_READ_ONLY: Mapping[str, Callable[[], ResponseReturnValue]] = {
    "agreement": _agreement,
    "calendar": _calendar,
}


def _as_set(own: OwnSettings) -> dict[str, str]:
    """Return the values that the forms begin with."""
    person = reader()
    return {
        "prompt_at": clock_time(own.plan.prompt_at) if own.plan is not None else "",
        "mail": "yes" if own.is_mailed else "",
        "called": own.called,
        "zone": own.zone,
        "theme": person.theme,
        "size": "large" if person.is_large else "usual",
    }


def _part_page(part: str, form: SettingsForm, own: OwnSettings, *, alert: str = "") -> str:
    return render_template(
        _TEMPLATES[part],
        form=form,
        own=own,
        alert=alert,
        quiet=(QUIET_FROM, QUIET_UNTIL),
        groups=zone_groups(own.zone) if part == "zone" else (),
        asks_password=part == "leave" and not is_proof_fresh(),
        agreement=own_agreement(db.session(), reader()) if part == "leave" else None,
    )
