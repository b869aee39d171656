"""Phones that patients call their own: marking one, ending it, and who stands behind it (S-027).

Such a phone keeps a secret of its own for 30 days; the server stores only its hash. It may write
empty days of the diary. It opens nothing else, so a found phone shows nothing.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, exists, select, update
from sqlalchemy.orm import Session, aliased

from portal import clock
from portal.accounts import devices
from portal.accounts.models import NOT_OWN, Account, AccountRole, Device, Role
from portal.accounts.people import Person, acting
from portal.accounts.reader import Reader
from portal.accounts.service import Browser
from portal.accounts.signed_in import hash_of, new_secret
from portal.audit import Actor, Event, record
from portal.audit.acts import Act
from portal.db import PatientId
from portal.errors import OutOfSight
from portal.mail import outbox
from portal.mail.outbox import Letter

LASTS = timedelta(days=30)
_TAG_BYTES = 8
_OWNER, _HELD = aliased(Account), aliased(AccountRole)


@dataclass(frozen=True, slots=True)
class OwnPhone:
    """A phone that is marked now: whose it is, and until when."""

    device_id: UUID
    reader: Reader
    until: datetime


# Built once: every page that such a phone asks for begins with it.
_STANDS = (
    Device.own_hash == bindparam("own_hash"),
    Device.is_own,
    Device.own_until > bindparam("now"),
    Device.revoked_at.is_(None),
    exists().where(_OWNER.id == Device.account_id, _OWNER.is_active),
    ~exists().where(_HELD.account_id == Device.account_id, _HELD.role != Role.PATIENT),
)
_FOUND: Select[*tuple[Any, ...]] = (
    select(
        Device.id.label("device_id"),
        Device.own_until,
        Account.id.label("account_id"),
        Account.language,
        Account.theme,
        Account.is_large,
        AccountRole.clinic_id,
        AccountRole.person_id,
    )
    .join(Account, Account.id == Device.account_id)
    .join(AccountRole, AccountRole.account_id == Account.id)
    .where(*_STANDS)
)


def behind(session: Session, secret: str) -> OwnPhone | None:
    """Return the marked phone that keeps this secret; None where it was ended, or time did it.

    The reader has no name, so that no page can show one, and only the role of a patient.
    """
    row = session.execute(_FOUND, {"own_hash": hash_of(secret), "now": clock.now()}).first()
    if row is None:
        return None
    reader = Reader(
        account_id=row.account_id,
        name="",
        clinic_id=row.clinic_id,
        roles=frozenset({Role.PATIENT}),
        patient_id=PatientId(row.person_id),
        language=row.language,
        theme=row.theme,
        is_large=row.is_large,
        is_own_phone=True,
    )
    return OwnPhone(row.device_id, reader, row.own_until)


def still_stands(session: Session, secret: str) -> bool:
    """Whether this secret still opens the forms, asked inside the writing transaction (S-038)."""
    query = select(Device.id).where(*_STANDS)
    return session.scalar(query, {"own_hash": hash_of(secret), "now": clock.now()}) is not None


def may_mark(person: Person) -> bool:
    """Whether this person may call a phone their own: patients may, staff may not."""
    return person.roles == frozenset({Role.PATIENT})


def mark(session: Session, *, person: Person, browser: Browser, letter: Letter) -> str | None:
    """Mark the browser somebody has just signed in with as their own for 30 days.

    Returns the secret it is to keep, or None where the browser is not known. `letter` goes out
    unless the phone was marked already (S-014).
    """
    device = devices.known(session, person.account_id, browser.secret)
    if device is None:
        return None
    now = clock.now()
    is_news = not device.is_own or device.own_until is None or device.own_until <= now
    secret = new_secret()
    device.is_own, device.own_hash, device.own_until = True, hash_of(secret), now + LASTS
    session.flush()
    if is_news:
        outbox.queue(session, to=person.email, letter=letter)
    record(session, acting(person), _event("marked", device.id))
    return f"{tag_of(secret, person.account_id)}.{secret}"


def tag_of(secret: str, account_id: UUID) -> str:
    """Return what tells, without the database, whether a kept secret is this account's."""
    return hash_of(f"{secret}:{account_id}")[:_TAG_BYTES].hex()


def end(session: Session, *, secret: str, sender: Actor, why: str) -> bool:
    """Have the phone that keeps this secret ask for the password again; False if it did anyway."""
    ended = session.execute(
        update(Device)
        .where(Device.own_hash == hash_of(secret), Device.is_own)
        .values(**NOT_OWN)
        .returning(Device.id, Device.account_id)
        .execution_options(synchronize_session=False)
    ).first()
    if ended is None:
        return False
    clinic_id = session.scalar(
        select(AccountRole.clinic_id).where(AccountRole.account_id == ended.account_id)
    )
    whose = replace(
        sender, account_id=ended.account_id, role=Role.PATIENT.value, clinic_id=clinic_id
    )
    record(session, whose, _event(why, ended.id))
    return True


def end_one(session: Session, *, person: Person, device_id: UUID) -> None:
    """End one of the person's own phones from wherever they are signed in.

    Raises OutOfSight where it is no device of theirs.
    """
    ended = session.execute(
        update(Device)
        .where(Device.id == device_id, Device.account_id == person.account_id)
        .values(**NOT_OWN)
        .returning(Device.id)
        .execution_options(synchronize_session=False)
    ).first()
    if ended is None:
        raise OutOfSight
    record(session, acting(person), _event("ended", device_id))


def _event(what: str, device_id: UUID) -> Event:
    return Event(Act.OWN_PHONE_CHANGED, subject=str(device_id), details={"what": what})
