"""Looking up whoever wants to come in, as plain values that outlive their transaction."""

from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from portal.accounts import session
from portal.accounts.models import Account, AccountRole, Role, SecondFactor
from portal.accounts.passwords import Whose
from portal.audit import Actor
from portal.clinics.models import Clinic
from portal.db import AccountId, ClinicId
from portal.web.text import composed

_LONGEST_EMAIL = 254
_STAFF = frozenset({Role.PRACTITIONER, Role.ADMINISTRATOR})


@dataclass(frozen=True, slots=True)
class Person:
    """An account with its roles, clinic and whether it has a second step."""

    account_id: AccountId
    email: str
    name: str
    language: str
    password_hash: str | None
    is_active: bool
    roles: frozenset[Role]
    clinic_id: ClinicId
    clinic_name: str
    has_factor: bool

    @property
    def is_staff(self) -> bool:
        """Whether this person works for the clinic, and so needs a second step."""
        return bool(self.roles & _STAFF)

    @property
    def whose(self) -> Whose:
        """What a new password of this person is measured against."""
        return Whose(self.email, self.clinic_name, self.is_staff or self.has_factor)

    @property
    def acting_as(self) -> Role:
        """The role written into the audit."""
        for role in (Role.PRACTITIONER, Role.ADMINISTRATOR):
            if role in self.roles:
                return role
        return Role.PATIENT


def normal_email(typed: str) -> str:
    """Return an e-mail address as accounts store it: one Unicode form, small letters.

    What is longer than any address is nobody's: it comes back empty.
    """
    return composed(typed).strip().lower() if len(typed) <= _LONGEST_EMAIL else ""


def by_email(read: Session, email: str) -> Person | None:
    """Return who has this e-mail address."""
    return _person(read, Account.email == normal_email(email))


def by_id(read: Session, account_id: AccountId) -> Person | None:
    """Return the person of an account."""
    return _person(read, Account.id == account_id)


def _person(read: Session, condition: ColumnElement[bool]) -> Person | None:
    rows = read.execute(
        select(Account, AccountRole, Clinic.name, SecondFactor.confirmed_at)
        .join(AccountRole, AccountRole.account_id == Account.id)
        .join(Clinic, Clinic.id == AccountRole.clinic_id)
        .outerjoin(SecondFactor, SecondFactor.account_id == Account.id)
        .where(condition)
    ).all()
    if not rows:
        return None
    account, role, clinic_name, confirmed_at = min(
        rows, key=lambda row: (row[1].role == Role.PATIENT, row[1].clinic_id)
    )
    return Person(
        account_id=account.id,
        email=account.email,
        name=account.name,
        language=account.language,
        password_hash=account.password_hash,
        is_active=account.is_active,
        roles=frozenset(Role(row[1].role) for row in rows if row[1].clinic_id == role.clinic_id),
        clinic_id=role.clinic_id,
        clinic_name=clinic_name,
        has_factor=confirmed_at is not None,
    )


def acting(person: Person | None) -> Actor:
    """Return who acts while coming in, for the audit: the person meant, if there is one."""
    sender = session.actor()
    if person is None:
        return replace(sender, account_id=None, role="", clinic_id=None)
    return replace(
        sender,
        account_id=person.account_id,
        role=person.acting_as,
        clinic_id=person.clinic_id,
    )
