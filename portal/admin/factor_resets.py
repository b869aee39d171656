"""Taking somebody's second step away, when the phone is lost: two administrators, or the server.

One alone could take over a colleague's account together with a known password; so the first asks,
and another one agrees within a day. Where there is only one administrator, whoever looks after the
server does it with the `portal` command.
"""

from datetime import timedelta

from sqlalchemy.orm import Session

from portal import clock
from portal.accounts import factors
from portal.accounts import session as sign_ins
from portal.accounts.models import Account, SecondFactor
from portal.audit import Actor, Event, record
from portal.audit.acts import Act
from portal.db import AccountId
from portal.errors import Conflict, PortalError
from portal.mail import outbox
from portal.mail.outbox import Letter

LASTS = timedelta(hours=24)


class NeedsAnother(PortalError):
    """Two people take a second step away: neither its owner nor whoever asked may agree."""


def is_waiting(factor: SecondFactor) -> bool:
    """Whether somebody asked to take this second step away, less than a day ago."""
    asked_at = factor.reset_asked_at
    return asked_at is not None and clock.now() < asked_at + LASTS


def ask(session: Session, actor: Actor, *, account: Account) -> None:
    """Ask for a colleague's second step to be taken away; nothing changes until another agrees.

    Raises NeedsAnother for one's own, Conflict where there is none.
    """
    factor = _factor(session, account)
    if actor.account_id is None or actor.account_id == account.id:
        raise NeedsAnother
    factor.reset_asked_by_id = AccountId(actor.account_id)
    factor.reset_asked_at = clock.now()
    session.flush()
    _note(session, actor, account, "reset-asked")


def drop(session: Session, actor: Actor, *, account: Account) -> None:
    """Take back that a second step is to be taken away; any administrator may."""
    factor = _factor(session, account)
    factor.reset_asked_by_id = factor.reset_asked_at = None
    session.flush()
    _note(session, actor, account, "reset-dropped")


def agree(session: Session, actor: Actor, *, account: Account, letter: Letter) -> None:
    """Take a second step away that another administrator asked for.

    Every sign-in ends, the person is told, and sets up a new one when they come back. Raises
    Conflict when nobody asked (any more), NeedsAnother for whoever asked and for the owner.
    """
    factor = _factor(session, account)
    if not is_waiting(factor):
        raise Conflict("nobody asks for this any more")
    if actor.account_id in {None, account.id, factor.reset_asked_by_id}:
        raise NeedsAnother
    take_away(session, actor, account=account, letter=letter)


def take_away(session: Session, actor: Actor, *, account: Account, letter: Letter) -> None:
    """Take a second step away with its recovery codes, end every sign-in, and tell the person."""
    factors.remove(session, account_id=account.id)
    sign_ins.end_all(session, account.id)
    outbox.queue(session, to=account.email, letter=letter)
    _note(session, actor, account, "reset")


def refuse_without(session: Session, account: Account) -> None:
    """Raise Conflict for an account without a second step."""
    _factor(session, account)


def _factor(session: Session, account: Account) -> SecondFactor:
    factor = session.get(SecondFactor, account.id)
    if factor is None:
        raise Conflict("there is no second step to take away")
    return factor


def _note(session: Session, actor: Actor, account: Account, what: str) -> None:
    event = Event(Act.FACTOR_CHANGED, subject=str(account.id), details={"what": what})
    record(session, actor, event)
