"""Browsers that an account has signed in with before.

A browser keeps one random value for a long time; the server stores only its hash together with
the account, so several people can use one browser and none of them can be told from the other.
"""

from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal import clock
from portal.accounts.models import NOT_OWN, Device
from portal.accounts.signed_in import hash_of
from portal.db import AccountId
from portal.errors import OutOfSight

LASTS = timedelta(days=180)
_BROWSERS = (
    ("Edg/", "Edge"),
    ("Firefox/", "Firefox"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


def described(user_agent: str) -> str:
    """Name a browser in words of ours, never in its own: Firefox, Android."""
    parts = [
        next((name for mark, name in marks if mark in user_agent), "")
        for marks in (_BROWSERS, _SYSTEMS)
    ]
    return ", ".join(part for part in parts if part)


def known(session: Session, account_id: AccountId | None, secret: str) -> Device | None:
    """Return the device behind this browser's value if the account has used it and kept it.

    It asks the database also where there is no such account, since a question left out can be
    heard as an answer.
    """
    return session.scalar(
        select(Device).where(
            Device.hash == _hash(account_id, secret),
            Device.revoked_at.is_(None),
            Device.expires_at > clock.now(),
        )
    )


def note(session: Session, account_id: AccountId, *, secret: str, user_agent: str) -> Device:
    """Remember that this account signs in with this browser, for half a year from now."""
    now = clock.now()
    own = _hash(account_id, secret)
    found = session.scalar(select(Device).where(Device.hash == own))
    if found is None:
        found = Device(account_id=account_id, hash=own, created_at=now)
        session.add(found)
    found.label = described(user_agent)
    found.revoked_at = None
    found.expires_at = now + LASTS
    session.flush()
    return found


def has_any(session: Session, account_id: AccountId) -> bool:
    """Whether this account has ever signed in anywhere."""
    query = select(Device.id).where(Device.account_id == account_id).limit(1)
    return session.scalar(query) is not None


def forget(session: Session, *, account_id: AccountId, device_id: object) -> None:
    """Make one device unknown again; it no longer writes without a password either.

    Raises OutOfSight where it is no device of this account.
    """
    forgotten = session.execute(
        update(Device)
        .where(Device.id == device_id, Device.account_id == account_id)
        .values(revoked_at=clock.now(), **NOT_OWN)
        .returning(Device.id)
        .execution_options(synchronize_session=False)
    ).first()
    if forgotten is None:
        raise OutOfSight


def _hash(account_id: AccountId | None, secret: str) -> bytes:
    return hash_of(f"{secret}:{account_id}")
