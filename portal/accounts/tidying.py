"""Forgetting what is over: drafts after a day, sign-ins, links and browsers after a month."""

from datetime import timedelta

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from portal import clock
from portal.accounts import drafts, throttle
from portal.accounts.models import NOT_OWN, Device, SignIn, Token

KEEP = timedelta(days=30)


def tidy(session: Session) -> None:
    """Delete what nobody can use any more; the audit keeps what happened."""
    drafts.discard_expired(session)
    throttle.discard_old(session)
    before = clock.now() - KEEP
    session.execute(delete(SignIn).where(or_(SignIn.ended_at < before, SignIn.expires_at < before)))
    session.execute(delete(Token).where(Token.expires_at < before))
    session.execute(update(Device).where(Device.own_until <= clock.now()).values(**NOT_OWN))
    over = or_(Device.revoked_at < before, Device.expires_at < before)
    gone = select(Device.id).where(over)
    session.execute(update(SignIn).where(SignIn.device_id.in_(gone)).values(device_id=None))
    session.execute(delete(Device).where(over))
