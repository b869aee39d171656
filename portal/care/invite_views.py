"""The pages on which a practitioner invites a patient."""

from datetime import timedelta
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal import clock, db
from portal.accounts.reader import Reader
from portal.accounts.session import reader
from portal.care import invitation_letters
from portal.care import invitation_queries as queries
from portal.care.blueprint import bp
from portal.care.history import HISTORY
from portal.care.invitation_desk import Desk
from portal.care.invitations import Issued, NewInvitation
from portal.care.invite_forms import (
    LANGUAGES,
    PLAN_DAYS,
    ZONES,
    Bounds,
    InviteForm,
    email_or_none,
)
from portal.care.invited import Kind, Way
from portal.care.readiness import ClinicNotReady, Need
from portal.web.guard import Audience, audience
from portal.web.languages import gettext as _

DESK = Desk((Kind.PATIENT,), "invitation_sheet", "care.invite", "care.sheet")


def _not_ready(missing: tuple[Need, ...]) -> ResponseReturnValue:
    return render_template("care/invite_not_ready.html", missing=missing, needs=list(Need)), 409


def _page(person: Reader, form: InviteForm, *, zone: str, status: int = 200) -> ResponseReturnValue:
    session = db.session()
    return render_template(
        "care/invite.html",
        form=form,
        people=[(str(found.id), found.name) for found in queries.colleagues(session, person)],
        history=[(code, str(item.asked)) for code, item in HISTORY.items()],
        languages=LANGUAGES,
        zones=[(name, name) for name in dict.fromkeys((zone, *ZONES))],
        waiting=queries.waiting_invitations(session, person, DESK.kinds),
    ), status


def _blank(person: Reader, zone: str) -> InviteForm:
    return InviteForm(
        formdata=None,
        data={
            "zone": zone,
            "plan_ends_on": clock.today(zone) + timedelta(days=PLAN_DAYS),
            "lead": str(person.practitioner_id),
            "language": "en",
            "history": [],
            "care_team": [],
        },
    )


@bp.get("/clinic/invite")
@audience(Audience.PRACTITIONER)
def invite() -> ResponseReturnValue:
    """Show the form for inviting a patient, or what the clinic must set before it may."""
    person = reader()
    state = queries.invitability(db.session(), person)
    if state.missing:
        return _not_ready(state.missing)
    return _page(person, _blank(person, state.zone), zone=state.zone)


@bp.post("/clinic/invite")
@audience(Audience.PRACTITIONER)
def send_invitation() -> ResponseReturnValue:
    """Invite a patient; the answer is the same for an address that has an account."""
    person = reader()
    state = queries.invitability(db.session(), person)
    if state.missing:
        return _not_ready(state.missing)
    form = InviteForm()
    team = {colleague.id for colleague in queries.colleagues(db.session(), person)}
    number = (form.clinic_number.data or "").strip()
    is_taken = queries.is_number_taken(db.session(), person, number, form.born_on)
    if not form.judge(Bounds(team, clock.today(state.zone), is_taken)):
        return _page(person, form, zone=state.zone, status=422)
    way = Way(str(form.way.data))
    try:
        issued = _issue(person, form, way)
    except ClinicNotReady as refused:
        return _not_ready(refused.missing)
    if way is Way.SHEET:
        return DESK.to_sheet(issued)
    flash(_("The invitation is on its way by e-mail."))
    return redirect(url_for("care.invite"), 303)


def _issue(person: Reader, form: InviteForm, way: Way) -> Issued:
    details, email = form.facts(), email_or_none(str(form.email.data))
    assert email is not None  # noqa: S101 - judge() refuses it
    lasts = invitation_letters.lasts(Kind.PATIENT)
    new = NewInvitation(person.clinic_id, Kind.PATIENT, email, details, lasts)
    return DESK.issue(person, new, way)


@bp.get("/clinic/invite/<uuid:invitation_id>/sheet")
@audience(Audience.PRACTITIONER)
def sheet(invitation_id: UUID) -> ResponseReturnValue:
    """Show the sheet to print, once; after that only how to print a new one."""
    return DESK.sheet_page(reader(), invitation_id)


@bp.post("/clinic/invite/<uuid:invitation_id>/sheet")
@audience(Audience.PRACTITIONER)
def print_again(invitation_id: UUID) -> ResponseReturnValue:
    """Make a new code for a new sheet; the sheet or link before it no longer works."""
    return DESK.new_sheet(reader(), invitation_id)


@bp.post("/clinic/invite/<uuid:invitation_id>/withdraw")
@audience(Audience.PRACTITIONER)
def withdraw(invitation_id: UUID) -> ResponseReturnValue:
    """End an invitation that was a mistake; what was typed is wiped."""
    return DESK.withdraw(reader(), invitation_id)
