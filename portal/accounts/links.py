"""Links that need no sign-in: a calendar's own address, and the one that stops mail (S-061).

The database holds only a hash. The secret itself is worked out from the portal's key and the row,
so that a page can show the same address again; a new row makes a new one.
"""

import base64
import hashlib
import hmac
from datetime import timedelta
from uuid import UUID

from flask import current_app
from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from portal import clock
from portal.accounts.models import Account, Token, TokenKind
from portal.accounts.signed_in import hash_of
from portal.db import AccountId, new_id

LASTS = timedelta(days=3650)


def current_token(session: Session, account_id: AccountId, kind: TokenKind) -> str | None:
    """Return the secret of an account's link; None where it has none that works."""
    found = session.execute(_live(kind).where(Token.account_id == account_id)).first()
    if found is None:
        return None
    token = _derived(kind, found.id)
    return token if hmac.compare_digest(hash_of(token), found.hash) else None


def token_for(session: Session, account_id: AccountId, kind: TokenKind) -> str:
    """Return the secret of an account's link, made now where there is none that works."""
    return current_token(session, account_id, kind) or new_token(session, account_id, kind)


def new_token(session: Session, account_id: AccountId, kind: TokenKind) -> str:
    """Make a new link for an account; the one before stops working at once."""
    void(session, account_id, kind)
    now, token_id = clock.now(), new_id()
    token = _derived(kind, token_id)
    session.add(
        Token(
            id=token_id,
            kind=kind.value,
            hash=hash_of(token),
            account_id=account_id,
            created_at=now,
            expires_at=now + LASTS,
        )
    )
    session.flush()
    return token


def void(session: Session, account_id: AccountId, kind: TokenKind) -> None:
    """Stop an account's link of this kind."""
    session.execute(
        update(Token)
        .where(Token.account_id == account_id, Token.kind == kind, Token.voided_at.is_(None))
        .values(voided_at=clock.now())
    )


def account_behind(session: Session, token: str, kind: TokenKind) -> AccountId | None:
    """Return whose link this is; None for a wrong, old or stopped one, and an inactive account."""
    return session.scalar(
        _live(kind)
        .with_only_columns(Token.account_id)
        .join(Account, Account.id == Token.account_id)
        .where(Token.hash == hash_of(token), Account.is_active)
    )


def address_of(kind: TokenKind, token: str) -> str:
    """Return the whole address that a link's secret stands in."""
    base_url: str = current_app.extensions["portal.settings"].base_url
    paths = {TokenKind.CALENDAR: "calendar/{}.ics", TokenKind.UNSUBSCRIBE: "unsubscribe/{}"}
    return f"{base_url}/{paths[kind].format(token)}"


def _live(kind: TokenKind) -> Select[UUID, bytes]:
    return (
        select(Token.id, Token.hash)
        .where(Token.kind == kind, Token.voided_at.is_(None), Token.expires_at > clock.now())
        .order_by(Token.created_at.desc(), Token.id.desc())
        .limit(1)
    )


def _derived(kind: TokenKind, token_id: UUID) -> str:
    key: bytes = current_app.config["PORTAL_LINK_KEY"]
    made = hmac.new(key, f"{kind.value} {token_id.hex}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(made).rstrip(b"=").decode()
