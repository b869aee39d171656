"""From where invitations go out: by mail, or on a sheet that shows once; for patients and staff."""

from dataclasses import dataclass
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from portal import clock, db
from portal.accounts.reader import Reader
from portal.accounts.session import actor, reader
from portal.care import invitation_letters, invitations, readiness, sheets
from portal.care import invitation_queries as queries
from portal.care.invitations import End, Issued, NewInvitation
from portal.care.invited import InvitedPatient, Kind, Way
from portal.care.models import Invitation
from portal.clinics.settings import clinic_of
from portal.mail import outbox
from portal.web.languages import gettext as _
from portal.web.qr import qr_picture


@dataclass(frozen=True, slots=True)
class Desk:
    """Whom a page invites, and where its steps are: `home` and `sheet` are endpoints.

    `cookie` holds the sealed code between making a sheet and its one showing.
    """

    kinds: tuple[Kind, ...]
    cookie: str
    home: str
    sheet: str

    @property
    def is_for_work(self) -> bool:
        """Whether colleagues are invited rather than patients."""
        return Kind.PATIENT not in self.kinds

    def issue(self, person: Reader, new: NewInvitation, way: Way) -> Issued:
        """Make an invitation, and queue its letter or note its sheet.

        Raises ClinicNotReady where patients may not be invited yet.
        """
        who = actor()
        with db.write_transaction() as session:
            if not self.is_for_work:
                readiness.refuse_not_ready(session, person.clinic_id)
            issued = invitations.invite(session, who, new)
            if way is Way.SHEET:
                found = queries.own_invitation(session, person, issued.id, self.kinds)
                invitations.note_printed(session, who, found)
            else:
                _queue_letter(session, person, new, issued)
        return issued

    def to_sheet(self, issued: Issued) -> ResponseReturnValue:
        """Hand the code to this browser alone, for the one showing of the sheet."""
        cookie[self.cookie] = [str(issued.id), sheets.sealed(reader().account_id, issued)]
        return redirect(url_for(self.sheet, invitation_id=issued.id), 303)

    def sheet_page(self, person: Reader, invitation_id: UUID) -> ResponseReturnValue:
        """Show the sheet to print, once; after that only how to print a new one."""
        shown_for, kept = cookie.pop(self.cookie, None) or ("", "")
        with db.write_transaction() as session:
            invitation = queries.own_invitation(session, person, invitation_id, self.kinds)
            name, ends_at = queries.name_of(invitation), invitation.expires_at
            zone = _zone(session, person, invitation)
            is_first = shown_for == str(invitation_id)
            code = sheets.shown_once(session, actor(), invitation, kept) if is_first else ""
        return render_template(
            "care/invite_sheet.html",
            name=name,
            code=code,
            qr=qr_picture(invitation_letters.link(code)) if code else None,
            short_address=invitation_letters.short_address(),
            ends=clock.local(ends_at, zone),
            for_work=self.is_for_work,
            back=url_for(self.home),
        )

    def new_sheet(self, person: Reader, invitation_id: UUID) -> ResponseReturnValue:
        """Make a new code for a new sheet; the sheet or link before it no longer works."""
        who = actor()
        with db.write_transaction() as session:
            invitation = queries.own_invitation(session, person, invitation_id, self.kinds)
            lasts = invitation_letters.lasts(Kind(invitation.kind))
            issued = invitations.reissue(session, invitation, lasts)
            invitations.note_printed(session, who, invitation)
        return self.to_sheet(issued)

    def withdraw(self, person: Reader, invitation_id: UUID) -> ResponseReturnValue:
        """End an invitation that was a mistake; what was typed is wiped."""
        who = actor()
        with db.write_transaction() as session:
            invitation = queries.own_invitation(session, person, invitation_id, self.kinds)
            invitations.end(session, who, invitation, End.WITHDRAWN)
        flash(_("The invitation is withdrawn, and what was typed is deleted."))
        return redirect(url_for(self.home), 303)


def _queue_letter(session: Session, person: Reader, new: NewInvitation, issued: Issued) -> None:
    clinic = clinic_of(session, person.clinic_id)
    own = new.details if isinstance(new.details, InvitedPatient) else None
    letter = invitation_letters.invitation_letter(
        issued.code,
        kind=new.kind,
        phone=clinic.phone,
        ends_at=clock.now() + new.lasts,
        zone=own.zone if own else clinic.zone,
        language=own.language if own else "en",
    )
    outbox.queue(session, to=new.email, letter=letter)


def _zone(session: Session, person: Reader, invitation: Invitation) -> str:
    """The patient's own zone; for colleagues the clinic's."""
    if invitation.kind == Kind.PATIENT:
        return InvitedPatient.from_json(invitation.details).zone
    return clinic_of(session, person.clinic_id).zone
