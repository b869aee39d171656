"""The code of a printed sheet on its way to the one showing of that sheet.

Between making the code and showing the sheet it travels in the cookie, sealed with the server's
key to one account and one invitation. That it was shown stands in the audit, so that a copy of
the cookie shows nothing a second time.
"""

import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.signed_in import hash_of
from portal.audit import Actor, Event, record
from portal.audit.acts import Act
from portal.audit.models import AuditEvent
from portal.care.invitations import Issued
from portal.care.models import Invitation
from portal.db import AccountId

_NONCE = 12


def sealed(account_id: AccountId, issued: Issued) -> str:
    """Return the code of an invitation just made, fit for the cookie of who made it."""
    nonce = secrets.token_bytes(_NONCE)
    owner = account_id.bytes + issued.id.bytes
    return urlsafe_b64encode(
        nonce + AESGCM(_key()).encrypt(nonce, issued.code.encode(), owner)
    ).decode()


def shown_once(session: Session, actor: Actor, invitation: Invitation, kept: str) -> str:
    """Return the code to show on the sheet, and write that down; empty when it was shown before.

    Empty also for a code that is not this account's, not this invitation's, or was replaced.
    """
    code = _opened(actor, invitation, kept)
    if not code or hash_of(code) != invitation.hash or _was_shown(session, invitation):
        return ""
    record(
        session,
        actor,
        Event(Act.SHEET_SHOWN, subject=str(invitation.id), details={"sheet": _mark(invitation)}),
    )
    return code


def _opened(actor: Actor, invitation: Invitation, kept: str) -> str:
    if actor.account_id is None:
        return ""
    try:
        raw = urlsafe_b64decode(kept)
        owner = actor.account_id.bytes + invitation.id.bytes
        return AESGCM(_key()).decrypt(raw[:_NONCE], raw[_NONCE:], owner).decode()
    except (InvalidTag, ValueError):
        return ""


def _was_shown(session: Session, invitation: Invitation) -> bool:
    showings = session.scalars(
        select(AuditEvent.details).where(
            AuditEvent.clinic_id == invitation.clinic_id,
            AuditEvent.at >= invitation.created_at,
            AuditEvent.act == Act.SHEET_SHOWN,
            AuditEvent.subject == str(invitation.id),
        )
    )
    return any(details.get("sheet") == _mark(invitation) for details in showings)


def _mark(invitation: Invitation) -> str:
    """Name one sheet of an invitation, so that a new code may be shown once again."""
    return hash_of(invitation.hash.hex()).hex()[:16]


def _key() -> bytes:
    key: bytes = current_app.config["PORTAL_SEED_KEY"]
    return hmac.digest(key, b"sheets", "sha256")
