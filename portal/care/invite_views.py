"""The pages on which a practitioner invites a patient."""

from datetime import timedelta
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue

from portal import clock, db
from portal.accounts.reader import Reader
from portal.accounts.session import actor, reader
from portal.care import invitation_letters, invitations, readiness, sheets
from portal.care import invitation_queries as queries
from portal.care.blueprint import bp
from portal.care.history import HISTORY
from portal.care.invitations import End, Issued, NewInvitation
from portal.care.invite_forms import (
    LANGUAGES,
    PLAN_DAYS,
    ZONES,
    Bounds,
    InviteForm,
    email_or_none,
)
from portal.care.invited import InvitedPatient, Kind, Way
from portal.care.readiness import ClinicNotReady, Need
from portal.clinics.settings import clinic_of
from portal.mail import outbox
from portal.web.guard import Audience, audience
from portal.web.languages import gettext as _
from portal.web.qr import qr_picture

_SHEET = "invitation_sheet"
_KINDS = (Kind.PATIENT,)


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
        waiting=queries.waiting_invitations(session, person, _KINDS),
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
    if not form.judge(Bounds(team, clock.today(state.zone))):
        return _page(person, form, zone=state.zone, status=422)
    way = Way(str(form.way.data))
    try:
        issued = _issue(person, form, way)
    except ClinicNotReady as refused:
        return _not_ready(refused.missing)
    if way is Way.SHEET:
        return _to_sheet(issued)
    flash(_("The invitation is on its way by e-mail."))
    return redirect(url_for("care.invite"), 303)


def _issue(person: Reader, form: InviteForm, way: Way) -> Issued:
    details, email = form.facts(), email_or_none(str(form.email.data))
    assert email is not None  # noqa: S101 - judge() refuses it
    who = actor()
    new = NewInvitation(
        person.clinic_id, Kind.PATIENT, email, details, invitation_letters.lasts(Kind.PATIENT)
    )
    with db.write_transaction() as session:
        readiness.refuse_not_ready(session, person.clinic_id)
        issued = invitations.invite(session, who, new)
        if way is Way.SHEET:
            found = queries.own_invitation(session, person, issued.id, _KINDS)
            invitations.note_printed(session, who, found)
        else:
            clinic = clinic_of(session, person.clinic_id)
            letter = invitation_letters.invitation_letter(
                issued.code,
                kind=Kind.PATIENT,
                phone=clinic.phone,
                ends_at=clock.now() + new.lasts,
                zone=details.zone,
                language=details.language,
            )
            outbox.queue(session, to=email, letter=letter)
    return issued


def _to_sheet(issued: Issued) -> ResponseReturnValue:
    """Hand the code to this browser alone, for the one showing of the sheet."""
    cookie[_SHEET] = [str(issued.id), sheets.sealed(reader().account_id, issued)]
    return redirect(url_for("care.sheet", invitation_id=issued.id), 303)


@bp.get("/clinic/invite/<uuid:invitation_id>/sheet")
@audience(Audience.PRACTITIONER)
def sheet(invitation_id: UUID) -> ResponseReturnValue:
    """Show the sheet to print, once; after that only how to print a new one."""
    person = reader()
    shown_for, kept = cookie.pop(_SHEET, None) or ("", "")
    with db.write_transaction() as session:
        invitation = queries.own_invitation(session, person, invitation_id, _KINDS)
        details, ends_at = InvitedPatient.from_json(invitation.details), invitation.expires_at
        is_first = shown_for == str(invitation_id)
        code = sheets.shown_once(session, actor(), invitation, kept) if is_first else ""
    return render_template(
        "care/invite_sheet.html",
        name=details.name,
        code=code,
        qr=qr_picture(invitation_letters.link(code)) if code else None,
        short_address=invitation_letters.short_address(),
        ends=clock.local(ends_at, details.zone),
        for_work=False,
        back=url_for("care.invite"),
    )


@bp.post("/clinic/invite/<uuid:invitation_id>/sheet")
@audience(Audience.PRACTITIONER)
def print_again(invitation_id: UUID) -> ResponseReturnValue:
    """Make a new code for a new sheet; the sheet or link before it no longer works."""
    person, who = reader(), actor()
    with db.write_transaction() as session:
        invitation = queries.own_invitation(session, person, invitation_id, _KINDS)
        issued = invitations.reissue(session, invitation, invitation_letters.lasts(Kind.PATIENT))
        invitations.note_printed(session, who, invitation)
    return _to_sheet(issued)


@bp.post("/clinic/invite/<uuid:invitation_id>/withdraw")
@audience(Audience.PRACTITIONER)
def withdraw(invitation_id: UUID) -> ResponseReturnValue:
    """End an invitation that was a mistake; what was typed is wiped."""
    person, who = reader(), actor()
    with db.write_transaction() as session:
        invitation = queries.own_invitation(session, person, invitation_id, _KINDS)
        invitations.end(session, who, invitation, End.WITHDRAWN)
    flash(_("The invitation is withdrawn, and what was typed is deleted."))
    return redirect(url_for("care.invite"), 303)
