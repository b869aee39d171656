"""What staff typed about somebody they invite; kept in the invitation alone until accepted."""

from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Self
from uuid import UUID

from pydantic import TypeAdapter

from portal.db import PractitionerId

YOUNGEST = 16


class Kind(StrEnum):
    """What an invitation makes of a person."""

    PATIENT = "patient"
    PRACTITIONER = "practitioner"
    ADMINISTRATOR = "administrator"


class Way(StrEnum):
    """How an invitation reaches the person."""

    MAIL = "mail"
    SHEET = "sheet"


@dataclass(frozen=True, slots=True)
class InvitedPatient:
    """A patient to be: who they are, what brings them, who will read their diary."""

    given_name: str
    family_name: str
    date_of_birth: date
    complaint: str
    plan_ends_on: date
    zone: str
    lead_practitioner_id: UUID
    care_team: tuple[UUID, ...] = ()
    preferred_name: str = ""
    phone: str = ""
    clinic_number: str = ""
    activities: tuple[str, ...] = ()
    history: tuple[str, ...] = ()
    language: str = "en"

    @property
    def name(self) -> str:
        """The name people call this person by."""
        return f"{self.preferred_name or self.given_name} {self.family_name}"

    @property
    def team(self) -> frozenset[PractitionerId]:
        """Everybody who will read the diary; the lead practitioner always does."""
        return frozenset(
            PractitionerId(key) for key in (self.lead_practitioner_id, *self.care_team)
        )

    def to_json(self) -> dict[str, object]:
        """Return what is stored."""
        stored: dict[str, object] = _PATIENT.dump_python(self, mode="json")
        return stored

    @classmethod
    def from_json(cls, stored: dict[str, object]) -> Self:
        """Return what was stored."""
        return cls(**asdict(_PATIENT.validate_python(stored)))


@dataclass(frozen=True, slots=True)
class InvitedColleague:
    """A colleague to be, as the college's roster names them; an administrator needs only a name."""

    name: str
    profession: str = ""
    college: str = ""
    registration_number: str = ""
    rostered_on: date | None = None

    def to_json(self) -> dict[str, object]:
        """Return what is stored."""
        stored: dict[str, object] = _COLLEAGUE.dump_python(self, mode="json")
        return stored

    @classmethod
    def from_json(cls, stored: dict[str, object]) -> Self:
        """Return what was stored."""
        return cls(**asdict(_COLLEAGUE.validate_python(stored)))


_PATIENT = TypeAdapter(InvitedPatient)
_COLLEAGUE = TypeAdapter(InvitedColleague)


def age_on(born_on: date, day: date) -> int:
    """Return how many whole years somebody is old; born on 29 February counts from 1 March."""
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))
