"""Changing what the clinic has set; every page that names the clinic follows at once."""

from dataclasses import asdict, dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.accounts import session as sign_ins
from portal.accounts.models import AccountRole, Role
from portal.accounts.notices import tell_of_roles
from portal.accounts.reader import Reader
from portal.admin.thresholds import remake_summaries
from portal.audit import Actor, Event, record
from portal.audit.acts import Act
from portal.care.models import Practitioner
from portal.clinics.models import Clinic
from portal.clinics.regions import region_pack
from portal.clinics.settings import refuse_unknown_zone
from portal.db import AccountId, ClinicId
from portal.errors import Conflict, OutOfSight
from portal.mail.outbox import Letter

_PLAIN = ("name", "city", "address", "phone", "hours", "zone", "region", "review_rhythm")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the clinic's settings are to be; `flag_reader` and `deputy` are practitioners."""

    name: str
    city: str
    address: str
    phone: str
    hours: str
    zone: str
    region: str
    review_rhythm: str
    flag_reader: UUID | None
    deputy: UUID | None
    advice_checked_by: str
    advice_checked_on: date | None
    thresholds: dict[str, float] | None = None


def change(
    session: Session, actor: Actor, *, clinic_id: ClinicId, version: int, wanted: Wanted
) -> frozenset[AccountId]:
    """Set everything at once, and write down which settings changed.

    Returns whose role changed, so that their sign-ins end (S-021) and they are told.
    Raises Conflict when somebody changed the settings since `version` was shown.
    """
    clinic = session.get_one(Clinic, clinic_id)
    if clinic.settings_version != version:
        raise Conflict("the settings were changed in between")
    region_pack(wanted.region)
    refuse_unknown_zone(wanted.zone)
    changed = [name for name in _PLAIN if getattr(clinic, name) != getattr(wanted, name)]
    for name in changed:
        setattr(clinic, name, asdict(wanted)[name])
    changed += _check_advice(clinic, wanted)
    changed += _set_thresholds(clinic, wanted)
    before = _readers(session, clinic_id)
    changed += _name_reader(session, clinic_id, Role.FLAG_READER, wanted.flag_reader)
    changed += _name_reader(session, clinic_id, Role.DEPUTY, wanted.deputy)
    if not changed:
        return frozenset()
    clinic.settings_version += 1
    session.flush()
    if "thresholds" in changed:
        remake_summaries(session, clinic_id)
    record(session, actor, Event(Act.CLINIC_CHANGED, details={"settings": changed}))
    return frozenset(holder for holder, _role in before ^ _readers(session, clinic_id))


def _readers(session: Session, clinic_id: ClinicId) -> frozenset[tuple[AccountId, str]]:
    rows = session.execute(
        select(AccountRole.account_id, AccountRole.role).where(
            AccountRole.clinic_id == clinic_id,
            AccountRole.role.in_((Role.FLAG_READER, Role.DEPUTY)),
        )
    )
    return frozenset((row[0], row[1]) for row in rows)


def settle_roles(
    session: Session, person: Reader, whose: frozenset[AccountId], letter: Letter
) -> str:
    """End the sign-ins of all whose role changed, and tell them and the administrators.

    Returns the secret with which the changing person's own sign-in goes on, if it is theirs too.
    """
    if not whose:
        return ""
    own = sign_ins.signed_in()
    for account_id in whose:
        sign_ins.end_all(session, account_id, but=own.sign_in_id if own else None)
    tell_of_roles(session, person.clinic_id, letter, by=person.account_id, whose=whose)
    return sign_ins.renew_own(session) if person.account_id in whose else ""


def _check_advice(clinic: Clinic, wanted: Wanted) -> list[str]:
    """Note who of the clinic checked the help advice, and when; both or neither."""
    by, on = wanted.advice_checked_by or None, wanted.advice_checked_on
    if (clinic.advice_checked_by, clinic.advice_checked_on) == (by, on):
        return []
    clinic.advice_checked_by, clinic.advice_checked_on = by, on
    return ["advice_checked"]


def _set_thresholds(clinic: Clinic, wanted: Wanted) -> list[str]:
    """Set the numbers that the review's words rest on; the panel's summaries rest on them too."""
    if (clinic.thresholds or None) == wanted.thresholds:
        return []
    clinic.thresholds = wanted.thresholds
    return ["thresholds"]


def _name_reader(
    session: Session, clinic_id: ClinicId, role: Role, practitioner_id: UUID | None
) -> list[str]:
    held = select(AccountRole).where(AccountRole.clinic_id == clinic_id, AccountRole.role == role)
    before = session.scalar(held)
    if (before.person_id if before else None) == practitioner_id:
        return []
    session.execute(
        delete(AccountRole).where(AccountRole.clinic_id == clinic_id, AccountRole.role == role)
    )
    if practitioner_id is not None:
        session.add(_role(session, clinic_id, role, practitioner_id))
    session.flush()
    return [role.value]


def _role(session: Session, clinic_id: ClinicId, role: Role, practitioner_id: UUID) -> AccountRole:
    person = session.scalar(
        select(Practitioner).where(
            Practitioner.id == practitioner_id,
            Practitioner.clinic_id == clinic_id,
            Practitioner.is_active,
        )
    )
    if person is None:
        raise OutOfSight
    return AccountRole(
        account_id=person.account_id, clinic_id=clinic_id, role=role, person_id=person.id
    )
