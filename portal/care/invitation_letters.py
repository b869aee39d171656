"""The invitation as a letter and as a printed sheet, in neutral words."""

from datetime import datetime, timedelta

from flask import current_app, render_template

from portal import clock
from portal.care.invitations import STAFF_LASTS
from portal.care.invited import Kind
from portal.config import Settings
from portal.mail.outbox import Letter
from portal.web.languages import gettext as _
from portal.web.languages import speaking


def settings() -> Settings:
    """Return the running application's settings."""
    found = current_app.extensions["portal.settings"]
    assert isinstance(found, Settings)  # noqa: S101 - set once in create_app
    return found


def lasts(kind: Kind) -> timedelta:
    """Return how long an invitation of this kind stands (S-002)."""
    return timedelta(days=settings().invitation_days) if kind is Kind.PATIENT else STAFF_LASTS


def short_address() -> str:
    """Return the address that is typed by hand; the code is typed there."""
    return f"{settings().base_url}/invitation"


def link(code: str) -> str:
    """Return the address that a mail or a QR code opens; it is ours, never a Host header's."""
    return f"{short_address()}/{code}"


def invitation_letter(
    code: str, *, kind: Kind, phone: str, ends_at: datetime, zone: str, language: str
) -> Letter:
    """Return the letter with the link; it names neither the clinic nor any health matter."""
    with speaking(language):
        body = render_template(
            "mail/invitation.txt",
            link=link(code),
            phone=phone,
            ends=clock.local(ends_at, zone),
            for_work=kind is not Kind.PATIENT,
        )
        return Letter("invitation", _("Your invitation"), body)
