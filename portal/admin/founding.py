"""The first clinic of an installation and its first administrator (S-001)."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import clock
from portal.accounts.models import Account, AccountRole, Role
from portal.audit import Actor, Event, record
from portal.audit.acts import Act
from portal.clinics import settings
from portal.clinics.models import Clinic
from portal.clinics.settings import NewClinic
from portal.db import ClinicId
from portal.errors import PortalError


class AlreadyFounded(PortalError):
    """There is a clinic already, so this is not a new installation."""


@dataclass(frozen=True, slots=True)
class FirstPerson:
    """The person who sets up everything else; `password_hash` is what is stored."""

    name: str
    email: str
    password_hash: str


def refuse_founded(session: Session) -> None:
    """Raise AlreadyFounded when there is a clinic."""
    name = session.scalar(select(Clinic.name).limit(1))
    if name is not None:
        raise AlreadyFounded(f"there is a clinic already ({name}); nothing was changed")


def found_first_clinic(session: Session, *, clinic: NewClinic, person: FirstPerson) -> ClinicId:
    """Add the first clinic and the administrator who may sign in to it, and nobody else.

    Raises AlreadyFounded when there is a clinic.
    """
    refuse_founded(session)
    made = settings.found(session, clinic)
    now = clock.now()
    account = Account(
        email=person.email,
        name=person.name,
        password_hash=person.password_hash,
        password_changed_at=now,
        created_at=now,
    )
    session.add(account)
    session.flush()
    role = AccountRole(account_id=account.id, clinic_id=made.id, role=Role.ADMINISTRATOR)
    session.add(role)
    session.flush()
    founder = Actor(account.id, role=Role.ADMINISTRATOR, clinic_id=made.id, route="portal init")
    record(session, founder, Event(Act.CLINIC_FOUNDED))
    return made.id
