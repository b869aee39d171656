"""The administrator's page of people: inviting colleagues, letting them go, ending sign-ins."""

from uuid import UUID

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock, db
from portal.accounts.reader import Reader
from portal.accounts.session import actor, reader, require_proof
from portal.admin import person_acts, queries
from portal.admin.blueprint import bp
from portal.admin.factor_resets import NeedsAnother
from portal.admin.forms import STAFF_KINDS, InviteColleagueForm
from portal.admin.people import Hindrance, StillNeeded
from portal.admin.person_acts import PersonAct
from portal.care import episodes, invitation_letters
from portal.care import invitation_queries as invited
from portal.care.episodes import HandedOver
from portal.care.invitation_desk import Desk
from portal.care.invitations import Issued, NewInvitation
from portal.care.invite_forms import email_or_none
from portal.care.invited import Kind, Way
from portal.db import AccountId, PractitionerId
from portal.errors import Conflict, NobodyWouldRead
from portal.web.guard import Audience, audience
from portal.web.languages import gettext as _
from portal.web.languages import ngettext

DESK = Desk(STAFF_KINDS, "colleague_sheet", "admin.people", "admin.colleague_sheet")


def _page(person: Reader, form: InviteColleagueForm, status: int = 200) -> ResponseReturnValue:
    session = db.session()
    return render_template(
        "admin/people.html",
        people=queries.people(session, person),
        waiting=invited.waiting_invitations(session, person, STAFF_KINDS),
        form=form,
    ), status


@bp.get("/admin/people")
@audience(Audience.ADMINISTRATOR)
def people() -> ResponseReturnValue:
    """Show who works for the clinic, with the form for inviting a colleague."""
    return _page(reader(), InviteColleagueForm(formdata=None))


@bp.post("/admin/people")
@audience(Audience.ADMINISTRATOR)
def invite_colleague() -> ResponseReturnValue:
    """Invite a colleague; the answer is the same for an address that has an account."""
    require_proof()
    person = reader()
    zone = queries.clinic_settings(db.session(), person).zone
    form = InviteColleagueForm()
    if not form.judge(clock.today(zone), own_email=queries.own_email(db.session(), person)):
        return _page(person, form, 422)
    way = Way(str(form.way.data))
    issued = _issue(person, form, way)
    if way is Way.SHEET:
        return DESK.to_sheet(issued)
    flash(_("The invitation is on its way by e-mail."))
    return redirect(url_for("admin.people"), 303)


def _issue(person: Reader, form: InviteColleagueForm, way: Way) -> Issued:
    kind, email = Kind(str(form.kind.data)), email_or_none(str(form.email.data))
    assert email is not None  # noqa: S101 - judge() refuses it
    new = NewInvitation(person.clinic_id, kind, email, form.facts(), invitation_letters.lasts(kind))
    return DESK.issue(person, new, way)


@bp.get("/admin/people/invitations/<uuid:invitation_id>/sheet")
@audience(Audience.ADMINISTRATOR)
def colleague_sheet(invitation_id: UUID) -> ResponseReturnValue:
    """Show a colleague's sheet to print, once."""
    return DESK.sheet_page(reader(), invitation_id)


@bp.post("/admin/people/invitations/<uuid:invitation_id>/sheet")
@audience(Audience.ADMINISTRATOR)
def colleague_print_again(invitation_id: UUID) -> ResponseReturnValue:
    """Make a new code for a new sheet; the sheet or link before it no longer works."""
    require_proof()
    return DESK.new_sheet(reader(), invitation_id)


@bp.post("/admin/people/invitations/<uuid:invitation_id>/withdraw")
@audience(Audience.ADMINISTRATOR)
def colleague_withdraw(invitation_id: UUID) -> ResponseReturnValue:
    """End an invitation that was a mistake; what was typed is wiped."""
    return DESK.withdraw(reader(), invitation_id)


@bp.post("/admin/people/<uuid:account_id>")
@audience(Audience.ADMINISTRATOR)
def change_person(account_id: UUID) -> ResponseReturnValue:
    """Let a colleague go or back in, end their sign-ins, or reset their second step."""
    person, who = reader(), actor()
    what = request.form.get("what", "")
    if what not in set(PersonAct):
        return redirect(url_for("admin.people"), 303)
    require_proof()
    try:
        with db.write_transaction() as session:
            account = queries.colleague_account(session, person, AccountId(account_id))
            person_acts.do(session, person, who, account=account, act=PersonAct(what))
    except (NobodyWouldRead, StillNeeded) as refused:
        return _refused(person, AccountId(account_id), refused)
    except NeedsAnother:
        raise Conflict from None
    current_app.extensions["portal.directory"].settings_changed()
    flash(person_acts.said(PersonAct(what)))
    return redirect(url_for("admin.people"), 303)


def _refused(
    person: Reader, account_id: AccountId, refused: NobodyWouldRead | StillNeeded
) -> ResponseReturnValue:
    why = refused.why if isinstance(refused, StillNeeded) else None
    reasons = {
        Hindrance.ONESELF: _("You cannot close your own access. Ask another administrator."),
        Hindrance.READS_FLAGS: _(
            "They read red flags here. Name somebody else in the clinic’s settings first."
        ),
        Hindrance.LAST_ADMINISTRATOR: _(
            "They are the only administrator. Invite another one first."
        ),
        None: _(
            "Open diaries would be left without anybody who reads them. Hand them to a colleague "
            "first."
        ),
    }
    offers = why is not Hindrance.ONESELF
    return _still_needed(person, account_id, reasons[why], offers=offers), 409


def _still_needed(
    person: Reader, account_id: AccountId, reason: str, *, offers: bool, error: str = ""
) -> str:
    """Say why somebody is needed; where diaries are, offer to hand all of them to a colleague."""
    names = {found.account_id: found for found in queries.people(db.session(), person)}
    leaving = names[account_id]
    count = len(queries.unread_without(db.session(), person, leaving))
    others = [
        one
        for one in queries.practitioners(db.session(), person)
        if one[0] != str(leaving.practitioner_id)
    ]
    return render_template(
        "admin/still_needed.html",
        name=leaving.name,
        account_id=account_id,
        reason=reason,
        count=count,
        others=others if offers and (count or error) else [],
        error=error,
    )


@bp.post("/admin/people/<uuid:account_id>/hand-over")
@audience(Audience.ADMINISTRATOR)
def hand_over(account_id: UUID) -> ResponseReturnValue:
    """Hand all open diaries of a colleague who leaves to another one; no patient is named."""
    person, who = reader(), actor()
    leaving = queries.practising_colleague(db.session(), person, AccountId(account_id))
    known = dict(queries.practitioners(db.session(), person))
    known.pop(str(leaving.practitioner_id), None)
    to = request.form.get("to", "")
    if to not in known:
        error = _("Choose who reads these diaries from now on")
        reason = _("Their diaries go to a colleague before their access is closed.")
        page = _still_needed(person, leaving.account_id, reason, offers=True, error=error)
        return page, 422
    require_proof()
    with db.write_transaction() as session:
        handed = episodes.hand_over(
            session,
            who,
            clinic_id=person.clinic_id,
            leaving_id=leaving.practitioner_id,
            to_id=PractitionerId(UUID(to)),
        )
    _say_handed_over(handed, known[to])
    return redirect(url_for("admin.people"), 303)


def _say_handed_over(handed: HandedOver, name: str) -> None:
    flash(
        ngettext(
            "%(num)s diary is handed to %(name)s.",
            "%(num)s diaries are handed to %(name)s.",
            handed.done,
            name=name,
        )
    )
    if not handed.closed:
        flash(_("No diary stands in the way of closing their access now."))
    else:
        flash(
            ngettext(
                "%(num)s diary stays as it is: the patient closed it to %(name)s. "
                "Choose somebody else for it.",
                "%(num)s diaries stay as they are: the patients closed them to %(name)s. "
                "Choose somebody else for them.",
                handed.closed,
                name=name,
            )
        )
