"""What a clinic sets about itself, and what it must have set before it invites patients."""

import re
import unicodedata
from dataclasses import dataclass
from zoneinfo import available_timezones

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import clock
from portal.clinics.models import Clinic
from portal.clinics.regions import region_pack
from portal.db import ClinicId
from portal.errors import BadSettings, PortalError

_NOT_A_WORD = re.compile(r"[^a-z0-9]+")


class ClinicNameTaken(PortalError):
    """Another clinic of this installation has this name."""


@dataclass(frozen=True, slots=True)
class NewClinic:
    """What is known of a clinic at its founding."""

    name: str
    city: str = ""
    region: str = "CA-ON"
    zone: str = "America/Toronto"


def slug_of(name: str) -> str:
    """Return a name as it stands in a setting or an address: riverside-ims-clinic."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return _NOT_A_WORD.sub("-", plain).strip("-")[:60] or "clinic"


def refuse_unknown_zone(zone: str) -> None:
    """Raise BadSettings for a time zone that does not exist."""
    if zone not in available_timezones():
        raise BadSettings(f"zone {zone}: there is no such time zone; America/Toronto is one")


def found(session: Session, new: NewClinic) -> Clinic:
    """Add a clinic; raises BadSettings for an unknown region or zone, ClinicNameTaken."""
    region_pack(new.region)
    refuse_unknown_zone(new.zone)
    slug = slug_of(new.name)
    if session.scalar(select(Clinic.id).where(Clinic.slug == slug)) is not None:
        raise ClinicNameTaken(f"there is a clinic named {slug} already")
    clinic = Clinic(
        slug=slug,
        name=new.name,
        city=new.city,
        region=new.region,
        zone=new.zone,
        created_at=clock.now(),
    )
    session.add(clinic)
    session.flush()
    return clinic


def clinic_of(session: Session, clinic_id: ClinicId) -> Clinic:
    """Return a clinic."""
    return session.get_one(Clinic, clinic_id)
