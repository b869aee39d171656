"""What a clinic must have set before it may invite patients: somebody reads, and can be reached."""

from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import AccountRole, Role
from portal.clinics.models import Clinic
from portal.db import ClinicId
from portal.errors import PortalError


class Need(StrEnum):
    """Something that is still missing; the order is the order of the checklist."""

    PHONE = "phone"
    HOURS = "hours"
    RHYTHM = "review-rhythm"
    FLAG_READER = "flag-reader"
    DEPUTY = "deputy"


class ClinicNotReady(PortalError):
    """The clinic may not invite patients yet; carries what is missing."""

    def __init__(self, missing: tuple[Need, ...]) -> None:
        super().__init__(f"still to be set in the clinic's settings: {', '.join(missing)}")
        self.missing = missing


def missing_before_inviting(session: Session, clinic_id: ClinicId) -> tuple[Need, ...]:
    """Return what the clinic still has to set; nothing when it may invite."""
    clinic = session.get_one(Clinic, clinic_id)
    held = set(session.scalars(select(AccountRole.role).where(AccountRole.clinic_id == clinic_id)))
    is_set = {
        Need.PHONE: clinic.phone.strip(),
        Need.HOURS: clinic.hours.strip(),
        Need.RHYTHM: clinic.review_rhythm.strip(),
        Need.FLAG_READER: Role.FLAG_READER in held,
        Need.DEPUTY: Role.DEPUTY in held,
    }
    return tuple(need for need in Need if not is_set[need])


def refuse_not_ready(session: Session, clinic_id: ClinicId) -> None:
    """Raise ClinicNotReady when something is missing."""
    missing = missing_before_inviting(session, clinic_id)
    if missing:
        raise ClinicNotReady(missing)
