"""What the links of a patient do: show and renew the calendar's address, stop the mails."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts import links
from portal.accounts.models import Role, TokenKind
from portal.audit import Actor, Event, record
from portal.audit.acts import Act
from portal.care import plans
from portal.care.models import Patient
from portal.db import AccountId

STOPPED_BY_LINK = "/unsubscribe/<token>"


def calendar_url(session: Session, account_id: AccountId) -> str | None:
    """Return the address of an account's calendar; None where none was made yet."""
    token = links.current_token(session, account_id, TokenKind.CALENDAR)
    return links.address_of(TokenKind.CALENDAR, token) if token else None


def renew_calendar(session: Session, actor: Actor, *, account_id: AccountId) -> str:
    """Make a new address for an account's calendar; the old one is gone at once."""
    token = links.new_token(session, account_id, TokenKind.CALENDAR)
    _note(session, actor, what="calendar-renewed")
    return links.address_of(TokenKind.CALENDAR, token)


def stop_calendar(session: Session, actor: Actor, *, account_id: AccountId) -> None:
    """Take an account's calendar off the web; nothing answers at its address any more."""
    links.void(session, account_id, TokenKind.CALENDAR)
    _note(session, actor, what="calendar-stopped")


def unsubscribe_url(session: Session, account_id: AccountId) -> str:
    """Return the address that stops an account's mails, made where there is none yet."""
    token = links.token_for(session, account_id, TokenKind.UNSUBSCRIBE)
    return links.address_of(TokenKind.UNSUBSCRIBE, token)


def stop_mail(session: Session, *, token: str) -> None:
    """Send no reminders by mail any more to whoever this link was sent to; a second time is well.

    A link that is none of ours changes nothing and tells nothing.
    """
    account_id = links.account_behind(session, token, TokenKind.UNSUBSCRIBE)
    patient = session.scalar(select(Patient).where(Patient.account_id == account_id))
    if account_id is None or patient is None:
        return
    actor = Actor(account_id, Role.PATIENT, patient.clinic_id, STOPPED_BY_LINK)
    plans.set_mailed(session, actor, patient_id=patient.id, is_mailed=False)


def _note(session: Session, actor: Actor, *, what: str) -> None:
    record(session, actor, Event(Act.SETTINGS_CHANGED, details={"what": what}))
