"""Who may sign in, and with what."""

from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, String, false, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import AccountId, Base, ClinicId, new_id


class Role(StrEnum):
    """What a person is to a clinic; one person may hold several."""

    PATIENT = "patient"
    PRACTITIONER = "practitioner"
    ADMINISTRATOR = "administrator"
    FLAG_READER = "flag-reader"
    DEPUTY = "deputy"


class SignInEnd(StrEnum):
    """Why a sign-in ended before its time; running out of time is computed, not stored."""

    SIGNED_OUT = "signed-out"
    REVOKED = "revoked"
    REPLACED = "replaced"


class Account(Base):
    """One person's way in; the person's clinical or professional side hangs on AccountRole."""

    __tablename__ = "account"

    id: Mapped[AccountId] = mapped_column(primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(8), default="en")
    theme: Mapped[str] = mapped_column(String(8), default="system")
    is_large: Mapped[bool] = mapped_column(default=False, server_default=false())
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    password_changed_at: Mapped[datetime | None]


class AccountRole(Base):
    """A role of an account in a clinic; `person_id` is the patient or practitioner meant."""

    __tablename__ = "account_role"
    __table_args__ = (
        Index(
            "uq_account_role_flag_reader",
            "clinic_id",
            "role",
            unique=True,
            sqlite_where=text("role IN ('flag-reader', 'deputy')"),
            postgresql_where=text("role IN ('flag-reader', 'deputy')"),
        ),
        Index(
            "uq_account_role_patient",
            "account_id",
            unique=True,
            sqlite_where=text("role = 'patient'"),
            postgresql_where=text("role = 'patient'"),
        ),
        CheckConstraint("role = 'administrator' OR person_id IS NOT NULL", name="person"),
    )

    account_id: Mapped[AccountId] = mapped_column(ForeignKey("account.id"), primary_key=True)
    clinic_id: Mapped[ClinicId] = mapped_column(ForeignKey("clinic.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(20), primary_key=True)
    person_id: Mapped[UUID | None] = mapped_column(index=True)


class SignIn(Base):
    """One sign-in on one device; only the hash of its cookie's value is stored."""

    __tablename__ = "sign_in"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    account_id: Mapped[AccountId] = mapped_column(ForeignKey("account.id"), index=True)
    device_id: Mapped[UUID | None] = mapped_column(ForeignKey("device.id"))
    factor: Mapped[str] = mapped_column(String(12))
    is_complete: Mapped[bool] = mapped_column(default=False)
    user_agent: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    proved_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_as: Mapped[str | None] = mapped_column(String(12))


class Device(Base):
    """A browser that this account has signed in with before.

    With `is_own` the person says that it is theirs alone: until `own_until` the secret behind
    `own_hash` may write the diary without a password (S-027).
    """

    __tablename__ = "device"
    __table_args__ = (Index("uq_device_own", "own_hash", unique=True),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[AccountId] = mapped_column(ForeignKey("account.id"), index=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    label: Mapped[str] = mapped_column(String(120))
    is_own: Mapped[bool] = mapped_column(default=False)
    own_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    own_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


NOT_OWN = MappingProxyType({"is_own": False, "own_hash": None, "own_until": None})


class SecondFactor(Base):
    """A time-based code's seed, encrypted; `last_step` makes each code work once.

    `reset_asked_by_id` is the administrator who asked to take it away, until another one agrees.
    """

    __tablename__ = "second_factor"

    account_id: Mapped[AccountId] = mapped_column(ForeignKey("account.id"), primary_key=True)
    seed: Mapped[bytes] = mapped_column(LargeBinary)
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int] = mapped_column(default=0)
    reset_asked_by_id: Mapped[AccountId | None]
    reset_asked_at: Mapped[datetime | None]


class RecoveryCode(Base):
    """One of ten codes for a lost second factor; each works once."""

    __tablename__ = "recovery_code"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[AccountId] = mapped_column(ForeignKey("account.id"), index=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    used_at: Mapped[datetime | None]


class TokenKind(StrEnum):
    """What a token opens."""

    RESET = "reset"
    CALENDAR = "calendar"
    UNSUBSCRIBE = "unsubscribe"
    EMAIL = "email"


class Token(Base):
    """A secret sent in a link; only its hash is stored.

    `email` is the address that a change of address waits to be confirmed for.
    """

    __tablename__ = "token"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(12))
    hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    account_id: Mapped[AccountId] = mapped_column(ForeignKey("account.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    voided_at: Mapped[datetime | None]
    email: Mapped[str | None] = mapped_column(String(254))


class Throttle(Base):
    """Failures counted for one account or one address; it survives a restart."""

    __tablename__ = "throttle"

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    last_at: Mapped[datetime]
    blocked_until: Mapped[datetime | None]


class Draft(Base):
    """What somebody had typed when the sign-in ran out; shown to that account alone, for 24 h."""

    __tablename__ = "draft"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[AccountId] = mapped_column(ForeignKey("account.id"), index=True)
    form: Mapped[str] = mapped_column(String(120))
    body: Mapped[dict[str, list[str]]] = mapped_column(JSON)
    saved_at: Mapped[datetime]
    expires_at: Mapped[datetime]
