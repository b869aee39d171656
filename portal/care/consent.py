"""The consent text: which version is asked now, and whom it names.

The text stands in `templates/care/consent_text.html`. Whoever changes what it says gives it a new
version here; the old text stays readable in the history of this project.
"""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import AccountRole, Role
from portal.care.invited import InvitedPatient
from portal.care.models import Practitioner
from portal.db import ClinicId

TEXT_VERSION = "2026-11"


@dataclass(frozen=True, slots=True)
class Readers:
    """Who will read a diary, and who else sees its red flags; by name and profession."""

    team: tuple[str, ...]
    flags: tuple[str, ...]


def _named(found: Practitioner) -> str:
    return f"{found.display_name} ({found.profession})" if found.profession else found.display_name


def readers_of(session: Session, clinic_id: ClinicId, details: InvitedPatient) -> Readers:
    """Return whom the consent text names for a patient to be."""
    team = session.scalars(
        select(Practitioner)
        .where(
            Practitioner.clinic_id == clinic_id,
            Practitioner.id.in_(details.team),
            Practitioner.is_active,
        )
        .order_by(Practitioner.display_name)
    )
    flags = session.scalars(
        select(Practitioner)
        .join(AccountRole, AccountRole.person_id == Practitioner.id)
        .where(
            AccountRole.clinic_id == clinic_id,
            AccountRole.role.in_((Role.FLAG_READER, Role.DEPUTY)),
        )
        .order_by(AccountRole.role.desc())
    )
    return Readers(
        team=tuple(_named(found) for found in team),
        flags=tuple(dict.fromkeys(_named(found) for found in flags)),
    )
