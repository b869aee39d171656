"""What the patient's settings do: one function per form, each in one write transaction."""

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeVar

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock, db
from portal.accounts import doors, service
from portal.accounts.browser import address, browser
from portal.accounts.doors import Knock, NotRight
from portal.accounts.forms import wait_sentence
from portal.accounts.people import by_id
from portal.accounts.session import actor, is_proof_fresh, reader
from portal.care import own_settings
from portal.care.own_queries import OwnPlan, OwnSettings
from portal.care.own_queries import own_settings as stored
from portal.care.plans import NoSuchDay
from portal.diary import own_links
from portal.errors import OutOfSight, TooManyTries
from portal.home.settings_forms import (
    CalledForm,
    LeaveForm,
    LookForm,
    PauseForm,
    RemindersForm,
    SettingsForm,
    ZoneForm,
)
from portal.web.jinja import clock_time, weekday
from portal.web.jinja import day as written_day
from portal.web.languages import gettext as _

F = TypeVar("F", bound=SettingsForm)
UNDO = "undo"
REFUSED = 422
TOO_MANY = 429
PARTS: Mapping[str, type[SettingsForm]] = MappingProxyType(
    {
        "reminders": RemindersForm,
        "called": CalledForm,
        "zone": ZoneForm,
        "look": LookForm,
        "leave": LeaveForm,
    }
)


class Refused(Exception):
    """A form of the settings is not in order; it carries what to show and how to answer."""

    def __init__(
        self,
        part: str,
        form: SettingsForm,
        status: int = REFUSED,
        *,
        alert: str = "",
        wait: int = 0,
    ) -> None:
        super().__init__(part)
        self.part = part
        self.form = form
        self.status = status
        self.alert = alert
        self.wait = wait


def _judged(part: str, form: F) -> F:
    if not form.judge():
        raise Refused(part, form)
    return form


def _back(sentence: str, **undo: str) -> ResponseReturnValue:
    """Say what was done, with the fields that take it back where that makes sense."""
    flash(sentence)
    if undo:
        flash(json.dumps(undo), UNDO)
    return redirect(url_for("settings.settings"), 303)


def _reminders() -> ResponseReturnValue:
    form = _judged("reminders", RemindersForm())
    before = stored(db.session(), reader())
    at = form.time if before.plan is not None else None
    with db.write_transaction() as session:
        own_settings.set_reminders(
            session, actor(), reader=reader(), prompt_at=at, is_mailed=form.is_mailed
        )
    return _back(_("Your reminders are changed."), **_reminders_before(before))


def _reminders_before(before: OwnSettings) -> dict[str, str]:
    at = before.plan.prompt_at if before.plan is not None else None
    mail = {"mail": "yes"} if before.is_mailed else {}
    return {"act": "reminders", "prompt_at": clock_time(at) if at else "20:00", **mail}


def _pause() -> ResponseReturnValue:
    form = _judged("pause", PauseForm())
    try:
        with db.write_transaction() as session:
            own_settings.pause(session, actor(), reader=reader(), until=form.day)
    except NoSuchDay:
        form.refuse("until", _("Choose a day ahead, before your diary ends"))
        raise Refused("pause", form) from None
    plan = stored(db.session(), reader()).plan
    if plan is None or plan.paused_until is None:
        return _back(_("Nothing is changed: your plan asks for no more days."))
    words = _("Paused. Nothing is asked until %(day)s.", day=written_day(plan.paused_until))
    return _back(words, act="resume")


def _resume() -> ResponseReturnValue:
    before = stored(db.session(), reader()).plan
    with db.write_transaction() as session:
        own_settings.resume(session, actor(), reader=reader())
    return _back(_("Your diary asks again."), **_pause_before(before))


def _pause_before(before: OwnPlan | None) -> dict[str, str]:
    if before is None or before.paused_until is None:
        return {}
    return {"act": "pause", "until": before.paused_until.isoformat()}


def _renew_calendar() -> ResponseReturnValue:
    """Make an address for the patient's calendar, in place of one that stands."""
    with db.write_transaction() as session:
        own_links.renew_calendar(session, actor(), account_id=reader().account_id)
    return redirect(url_for("settings.settings", part="calendar"), 303)


def _stop_calendar() -> ResponseReturnValue:
    with db.write_transaction() as session:
        own_links.stop_calendar(session, actor(), account_id=reader().account_id)
    return _back(_("Your calendar’s address no longer works. What a program copied, it may keep."))


def _called() -> ResponseReturnValue:
    form = _judged("called", CalledForm())
    called = str(form.called.data)
    with db.write_transaction() as session:
        own_settings.change_called(session, actor(), reader=reader(), called=called)
    return _back(_("Saved. Your clinic sees this name too."))


def _zone() -> ResponseReturnValue:
    form = _judged("zone", ZoneForm())
    zone, before = str(form.zone.data), stored(db.session(), reader()).zone
    with db.write_transaction() as session:
        own_settings.change_zone(session, actor(), reader=reader(), zone=zone)
    here = clock.local(clock.now(), zone)
    words = _(
        "For your diary it is now %(day)s, %(time)s. Days you have written stay as they are.",
        day=weekday(here.date()),
        time=clock_time(here),
    )
    return _back(words, act="zone", zone=before)


def _look() -> ResponseReturnValue:
    form, own = _judged("look", LookForm()), reader()
    theme, is_large = str(form.theme.data), form.size.data == "large"
    with db.write_transaction() as session:
        service.choose_look(session, account_id=own.account_id, theme=theme, is_large=is_large)
    size = "large" if own.is_large else "usual"
    return _back(_("The look is changed."), act="look", theme=own.theme, size=size)


def _agree() -> ResponseReturnValue:
    with db.write_transaction() as session:
        version = request.form.get("text_version", "")
        own_settings.agree_again(session, actor(), reader=reader(), version=version)
    return _back(_("Thank you for reading it. Your diary goes on."))


def _decline() -> ResponseReturnValue:
    with db.write_transaction() as session:
        version = request.form.get("text_version", "")
        own_settings.decline(session, actor(), reader=reader(), version=version)
    return _back(
        _(
            "Your answer is written down. Your diary takes nothing new and everything in it is "
            "kept. You can agree later, here."
        )
    )


def _leave() -> ResponseReturnValue:
    form = LeaveForm()
    if not is_proof_fresh():
        _prove("leave", form)
    with db.write_transaction() as session:
        own_settings.leave(session, actor(), reader=reader())
    return _back(_("You have left the diary. Nobody at the clinic sees it any more."))


def _prove(part: str, form: LeaveForm) -> None:
    """Make sure that the patient knows the password (S-025)."""
    person = by_id(db.session(), reader().account_id)
    if person is None:
        raise OutOfSight
    _judged(part, form)
    try:
        doors.prove(Knock(person.email, str(form.password.data), address(), browser()))
    except NotRight:
        form.refuse("password", _("This is not your password."))
        raise Refused(part, form) from None
    except TooManyTries as error:
        alert = wait_sentence(error.seconds)
        raise Refused(part, form, TOO_MANY, alert=alert, wait=error.seconds) from None


ACTS: Mapping[str, Callable[[], ResponseReturnValue]] = MappingProxyType(
    {
        "reminders": _reminders,
        "pause": _pause,
        "resume": _resume,
        "calendar-new": _renew_calendar,
        "calendar-stop": _stop_calendar,
        "called": _called,
        "zone": _zone,
        "look": _look,
        "agree": _agree,
        "decline": _decline,
        "leave": _leave,
    }
)
