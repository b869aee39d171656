"""A new password by a link in the mail: asked for by anybody, answered only by mail (S-003)."""

from datetime import datetime, timedelta

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    exists,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.orm import Session

from portal import clock
from portal.accounts.models import Account, AccountRole, Token, TokenKind
from portal.accounts.people import Person, by_id, normal_email
from portal.accounts.signed_in import hash_of, new_secret
from portal.audit import Actor, Event, record
from portal.audit.acts import Act
from portal.db import AccountId, new_id
from portal.mail.models import OutboxMail
from portal.mail.outbox import Letter

LASTS = timedelta(minutes=60)
MOST_WAITING = 3


def new_token() -> str:
    """Return the secret of a new link; nothing is stored yet."""
    return new_secret()


def ask(session: Session, *, email: str, token: str, letter: Letter, actor: Actor) -> None:
    """Mail a link to whoever has this e-mail address, unless three wait there unused already.

    Links that wait stay good, so that strangers who ask again and again can neither void the
    owner's link nor flood the mailbox. The statements are the same whether there is such a
    person or not: the database finds one row to write, or none (S-011). Staff who start a reset
    never see the link (S-015).
    """
    own = normal_email(email)
    now = clock.now()
    account_id = _store(session, own, token, now)
    _mail(session, token, letter, now)
    clinic_id = session.scalar(
        select(AccountRole.clinic_id).where(AccountRole.account_id == account_id).limit(1)
    )
    asking = actor if actor.account_id else Actor(account_id, "", clinic_id, actor.route)
    subject = str(account_id) if account_id else ""
    record(session, asking, Event(Act.RESET_ASKED, subject=subject))


def void_all(session: Session, account_id: AccountId) -> None:
    """Void every link that waits for an account, also for a new address: it has a new password."""
    session.execute(
        update(Token)
        .where(
            Token.account_id == account_id,
            Token.kind.in_((TokenKind.RESET, TokenKind.EMAIL)),
            Token.used_at.is_(None),
            Token.voided_at.is_(None),
        )
        .values(voided_at=clock.now())
    )


def _waits(now: datetime) -> ColumnElement[bool]:
    return and_(
        Token.kind == TokenKind.RESET,
        Token.used_at.is_(None),
        Token.voided_at.is_(None),
        Token.expires_at > now,
    )


def _store(session: Session, email: str, token: str, now: datetime) -> AccountId | None:
    values = {
        Token.id: new_id(),
        Token.kind: TokenKind.RESET.value,
        Token.hash: hash_of(token),
        Token.created_at: now,
        Token.expires_at: now + LASTS,
    }
    waiting = (
        select(func.count(Token.id))
        .where(Token.account_id == Account.id, _waits(now))
        .correlate(Account)
        .scalar_subquery()
    )
    source = select(
        Account.id, *(literal(value, column.type) for column, value in values.items())
    ).where(Account.email == email, Account.is_active, waiting < MOST_WAITING)
    return session.scalar(
        insert(Token)
        .from_select([Token.account_id, *values], source, include_defaults=False)
        .returning(Token.account_id)
    )


def _mail(session: Session, token: str, letter: Letter, now: datetime) -> None:
    """Mail a link to the owner of a token just stored; to nobody where none was."""
    values = {
        OutboxMail.id: new_id(),
        OutboxMail.kind: letter.kind,
        OutboxMail.subject: letter.subject,
        OutboxMail.body: letter.body,
        OutboxMail.created_at: now,
        OutboxMail.next_try_at: now,
        OutboxMail.attempts: 0,
    }
    source = (
        select(Account.email, *(literal(value, column.type) for column, value in values.items()))
        .join(Token, Token.account_id == Account.id)
        .where(Token.hash == hash_of(token))
    )
    session.execute(
        insert(OutboxMail).from_select([OutboxMail.to, *values], source, include_defaults=False)
    )


def person_of(session: Session, token: str) -> Person | None:
    """Return whose link this is; None for one that is wrong, old, used or replaced."""
    account_id = session.scalar(_live(token))
    return by_id(session, account_id) if account_id is not None else None


def use(session: Session, *, token: str) -> bool:
    """Use a link up; False when somebody was faster or its hour is over."""
    used = session.execute(
        update(Token)
        .where(Token.hash == hash_of(token), exists(_live(token)))
        .values(used_at=clock.now())
        .returning(Token.id)
    )
    return used.first() is not None


def _live(token: str) -> Select[AccountId]:
    return (
        select(Token.account_id)
        .join(Account, Account.id == Token.account_id)
        .where(Token.hash == hash_of(token), _waits(clock.now()), Account.is_active)
    )
