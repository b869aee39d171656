"""The flag reader's page in words: whom to call, why, and for how long it has waited."""

from dataclasses import dataclass
from datetime import datetime

from portal.db import PatientId
from portal.education.facts import tel
from portal.review.brief_shown import FlagShown
from portal.review.brief_words import Clocks, flag_shown
from portal.review.queries import FlaggedPatient


@dataclass(frozen=True, slots=True, kw_only=True)
class FlaggedShown:
    """One patient whose flags or calls wait; `email` only where no phone number is known."""

    patient_id: PatientId
    name: str
    phone: str
    phone_href: str
    email: str
    is_in_care: bool
    flags: tuple[FlagShown, ...]


def flagged_shown(found: FlaggedPatient, *, zone: str, now: datetime) -> FlaggedShown:
    """Say what waits of one patient."""
    clocks = Clocks(now, zone, found.zone)
    return FlaggedShown(
        patient_id=found.patient_id,
        name=found.name,
        phone=found.phone,
        phone_href=tel(found.phone) if found.phone else "",
        email="" if found.phone else found.email,
        is_in_care=found.is_in_care,
        flags=tuple(flag_shown(flag, clocks) for flag in found.flags),
    )
