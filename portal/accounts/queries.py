"""What people may see of their own account."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import clock
from portal.accounts.devices import described
from portal.accounts.models import Device, SignIn
from portal.accounts.reader import Reader
from portal.accounts.signed_in import limits_for
from portal.clinics.models import Clinic


@dataclass(frozen=True, slots=True)
class OwnSignIn:
    """One sign-in that is open now."""

    id: UUID
    browser: str
    begun_at: datetime
    last_seen_at: datetime


@dataclass(frozen=True, slots=True)
class OwnDevice:
    """One browser that the account is known to use; until `own_until` it is the person's own."""

    id: UUID
    browser: str
    first_seen_at: datetime
    own_until: datetime | None


def own_sign_ins(session: Session, reader: Reader) -> list[OwnSignIn]:
    """Return the reader's own open sign-ins, the one used last first."""
    zone = _zone(session, reader)
    now = clock.now()
    rows = session.scalars(
        select(SignIn)
        .where(
            SignIn.account_id == reader.account_id,
            SignIn.is_complete,
            SignIn.ended_at.is_(None),
            SignIn.expires_at > now,
            SignIn.last_seen_at > now - limits_for(reader.roles).idle,
        )
        .order_by(SignIn.last_seen_at.desc(), SignIn.id.desc())
    )
    return [
        OwnSignIn(
            row.id,
            described(row.user_agent),
            clock.local(row.created_at, zone),
            clock.local(row.last_seen_at, zone),
        )
        for row in rows
    ]


def own_devices(session: Session, reader: Reader) -> list[OwnDevice]:
    """Return the browsers that the reader's account is known to use."""
    zone, now = _zone(session, reader), clock.now()
    rows = session.scalars(
        select(Device)
        .where(
            Device.account_id == reader.account_id,
            Device.revoked_at.is_(None),
            Device.expires_at > now,
        )
        .order_by(Device.created_at.desc())
    )
    return [
        OwnDevice(
            row.id,
            row.label,
            clock.local(row.created_at, zone),
            clock.local(row.own_until, zone) if row.own_until and row.own_until > now else None,
        )
        for row in rows
    ]


def _zone(session: Session, reader: Reader) -> str:
    return session.scalar(select(Clinic.zone).where(Clinic.id == reader.clinic_id)) or "UTC"
