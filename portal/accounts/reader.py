"""Who is asking: the one value that rules about rows look at."""

from dataclasses import dataclass
from datetime import datetime

from portal.accounts.models import Role
from portal.db import AccountId, ClinicId, PatientId, PractitionerId


@dataclass(frozen=True, slots=True)
class Reader:
    """A person with the roles they hold, read anew at each request.

    `is_own_phone` says that nobody is signed in: a phone marked as its patient's own asks, which
    may write empty days and reads nothing back (S-027).
    """

    account_id: AccountId
    name: str
    clinic_id: ClinicId
    roles: frozenset[Role]
    patient_id: PatientId | None = None
    practitioner_id: PractitionerId | None = None
    language: str = "en"
    theme: str = "system"
    is_large: bool = False
    proved_at: datetime | None = None
    is_own_phone: bool = False

    @property
    def is_staff(self) -> bool:
        """Whether this person works for the clinic."""
        return bool(self.roles & {Role.PRACTITIONER, Role.ADMINISTRATOR})

    @property
    def is_practitioner(self) -> bool:
        """Whether this person reads diaries."""
        return Role.PRACTITIONER in self.roles

    @property
    def is_administrator(self) -> bool:
        """Whether this person runs the clinic's settings; by that alone no diary is read."""
        return Role.ADMINISTRATOR in self.roles

    @property
    def reads_flags(self) -> bool:
        """Whether this person is the clinic's flag reader or the deputy."""
        return bool(self.roles & {Role.FLAG_READER, Role.DEPUTY})

    @property
    def acting_as(self) -> Role:
        """The role written into the audit."""
        for role in (Role.PRACTITIONER, Role.ADMINISTRATOR):
            if role in self.roles:
                return role
        return Role.PATIENT
