"""Another e-mail address for an account: asked for with the password, proved by a link (S-025).

Both addresses are told (S-014). Whether the new one is somebody else's is told to nobody: no link
goes there, and nothing changes (S-011).
"""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Select, exists, select, update
from sqlalchemy.orm import Session

from portal import clock
from portal.accounts import resets, session
from portal.accounts.models import Account, Token, TokenKind
from portal.accounts.people import Person, acting, by_id
from portal.accounts.signed_in import hash_of
from portal.audit import Event, record
from portal.audit.acts import Act
from portal.db import AccountId, new_id
from portal.mail import outbox
from portal.mail.outbox import Letter

LASTS = timedelta(minutes=60)


@dataclass(frozen=True, slots=True)
class Change:
    """An address that waits to be confirmed for an account."""

    account_id: AccountId
    email: str


def ask(
    writing: Session, *, person: Person, email: str, token: str, link: Letter, notice: Letter
) -> None:
    """Send `link` to the new address and `notice` to the present one; earlier links are void."""
    _void(writing, person.account_id)
    outbox.queue(writing, to=person.email, letter=notice)
    record(writing, acting(person), Event(Act.EMAIL_CHANGED, details={"what": "asked"}))
    if writing.scalar(_owner_of(email)) is not None:
        return
    now = clock.now()
    writing.add(
        Token(
            id=new_id(),
            kind=TokenKind.EMAIL,
            hash=hash_of(token),
            account_id=person.account_id,
            email=email,
            created_at=now,
            expires_at=now + LASTS,
        )
    )
    outbox.queue(writing, to=email, letter=link)


def waiting(read: Session, token: str) -> Change | None:
    """Return the change that a link confirms; None for one that is wrong, old, used or replaced."""
    found = read.scalars(_live(token)).first()
    if found is None or found.email is None:
        return None
    return Change(found.account_id, found.email)


def confirm(writing: Session, *, token: str, letter: Letter) -> bool:
    """Put the new address in the old one's place, end every sign-in, and tell both.

    False when the link is over, or the address became somebody else's meanwhile.
    """
    change = waiting(writing, token)
    person = by_id(writing, change.account_id) if change is not None else None
    if change is None or person is None or writing.scalar(_owner_of(change.email)) is not None:
        return False
    writing.execute(update(Token).where(Token.hash == hash_of(token)).values(used_at=clock.now()))
    writing.execute(
        update(Account).where(Account.id == change.account_id).values(email=change.email)
    )
    resets.void_all(writing, change.account_id)
    session.end_all(writing, change.account_id)
    outbox.queue_each(writing, to=[person.email, change.email], letter=letter)
    record(writing, acting(person), Event(Act.EMAIL_CHANGED, details={"what": "confirmed"}))
    return True


def _owner_of(email: str) -> Select[AccountId]:
    return select(Account.id).where(Account.email == email)


def _void(writing: Session, account_id: AccountId) -> None:
    writing.execute(
        update(Token)
        .where(
            Token.account_id == account_id,
            Token.kind == TokenKind.EMAIL,
            Token.used_at.is_(None),
            Token.voided_at.is_(None),
        )
        .values(voided_at=clock.now())
    )


def _live(token: str) -> Select[Token]:
    is_active = exists().where(Account.id == Token.account_id, Account.is_active)
    return select(Token).where(
        Token.hash == hash_of(token),
        Token.kind == TokenKind.EMAIL,
        Token.used_at.is_(None),
        Token.voided_at.is_(None),
        Token.expires_at > clock.now(),
        is_active,
    )
