"""One sign-in as the database knows it: whose it is, with which roles, and where it stands."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

from sqlalchemy import Row, bindparam, select
from sqlalchemy.orm import Session

from portal.accounts.models import Account, AccountRole, Role, SignIn
from portal.accounts.reader import Reader
from portal.db import AccountId, PatientId, PractitionerId
from portal.statements import Kept

STAFF_IDLE = timedelta(minutes=15)
STAFF_LONGEST = timedelta(hours=12)
PATIENT_IDLE = timedelta(minutes=30)
PATIENT_LONGEST = timedelta(hours=24)
BY_PASSWORD = "password"  # noqa: S105 - the name of a factor
_STAFF = frozenset({Role.PRACTITIONER, Role.ADMINISTRATOR})
_Anything = tuple[Any, ...]


class State(StrEnum):
    """Where a sign-in stands."""

    LIVE = "live"
    IDLED_OUT = "idled-out"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a sign-in lasts: without use, and at most."""

    idle: timedelta
    longest: timedelta


def limits_for(roles: frozenset[Role]) -> Limits:
    """Return the limits of the strictest role held (S-022)."""
    if roles & _STAFF:
        return Limits(STAFF_IDLE, STAFF_LONGEST)
    return Limits(PATIENT_IDLE, PATIENT_LONGEST)


class SignedIn:
    """The sign-in behind this request, with its account and roles, as read from the database."""

    sign_in_id: UUID
    factor: str
    account_id: AccountId
    is_complete: bool
    ended_at: datetime | None
    last_seen_at: datetime
    expires_at: datetime
    is_account_active: bool
    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(self, token: str, row: Row[*_Anything], reader: Reader) -> None:
        self.token = token
        self.sign_in_id = row.sign_in_id
        self.factor = row.factor
        self.account_id = row.account_id
        is_half = reader.is_staff and row.factor == BY_PASSWORD  # no staff page by it (S-008)
        self.is_complete = row.is_complete and not is_half
        self.ended_at = row.ended_at
        self.last_seen_at = row.last_seen_at
        self.expires_at = row.expires_at
        self.is_account_active = row.is_active
        self.reader = reader

    @property
    def itself(self) -> Self:
        """The sign-in, where flask_login hands out a stand-in that looks it up at each word."""
        return self

    def get_id(self) -> str:
        """Return what the cookie holds."""
        return self.token

    def state(self, now: datetime) -> State:
        """Return where this sign-in stands at `now`."""
        if self.ended_at is not None or not self.is_account_active or now >= self.expires_at:
            return State.ENDED
        return State.IDLED_OUT if now >= self.idles_out_at else State.LIVE

    @property
    def idles_out_at(self) -> datetime:
        """The instant from which this sign-in is too old without use."""
        return self.last_seen_at + limits_for(self.reader.roles).idle

    def ran_out_within(self, span: timedelta, now: datetime) -> bool:
        """Whether this sign-in ran out by itself, not by anyone's act, at most `span` ago."""
        if self.ended_at is not None or not self.is_account_active or not self.is_complete:
            return False
        ran_out_at = min(self.idles_out_at, self.expires_at)
        return ran_out_at <= now < ran_out_at + span


def hash_of(secret: str) -> bytes:
    """Return what is stored of a secret: its SHA-256 (the secret itself is random, not chosen)."""
    return hashlib.sha256(secret.encode()).digest()


def new_secret() -> str:
    """Return 256 random bits, fit for a cookie or a link."""
    return secrets.token_urlsafe(32)


# Built once: every page of somebody signed in asks this, and putting it together costs the most.
_SIGNED_IN = Kept(
    select(
        SignIn.id.label("sign_in_id"),
        SignIn.factor,
        SignIn.is_complete,
        SignIn.ended_at,
        SignIn.last_seen_at,
        SignIn.expires_at,
        SignIn.proved_at,
        Account.id.label("account_id"),
        Account.name,
        Account.language,
        Account.theme,
        Account.is_large,
        Account.is_active,
        AccountRole.role,
        AccountRole.clinic_id,
        AccountRole.person_id,
    )
    .join(Account, Account.id == SignIn.account_id)
    .join(AccountRole, AccountRole.account_id == Account.id)
    .where(SignIn.hash == bindparam("hash"))
)


def behind(session: Session, token: str) -> SignedIn | None:
    """Return the sign-in whose cookie holds this value, in whatever state; None if unknown."""
    rows = _SIGNED_IN.rows(session, hash=hash_of(token))
    return SignedIn(token, rows[0], _reader(rows)) if rows else None


def _reader(rows: Sequence[Row[*_Anything]]) -> Reader:
    """The person behind a sign-in; each row is the same sign-in with another role."""
    clinic_id = min((row.role == Role.PATIENT, row.clinic_id) for row in rows)[1]
    persons = {Role(row.role): row.person_id for row in rows if row.clinic_id == clinic_id}
    patient = persons.get(Role.PATIENT)
    practitioner = persons.get(Role.PRACTITIONER)
    first = rows[0]
    return Reader(
        account_id=first.account_id,
        name=first.name,
        clinic_id=clinic_id,
        roles=frozenset(persons),
        patient_id=PatientId(patient) if patient else None,
        practitioner_id=PractitionerId(practitioner) if practitioner else None,
        language=first.language,
        theme=first.theme,
        is_large=first.is_large,
        proved_at=first.proved_at,
    )
