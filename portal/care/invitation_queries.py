"""What staff may see of invitations: their own, and the colleagues who could read a diary."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from portal import clock
from portal.accounts.reader import Reader
from portal.care import readiness
from portal.care.invited import InvitedColleague, InvitedPatient, Kind
from portal.care.models import Invitation, Patient, Practitioner
from portal.care.readiness import Need
from portal.clinics.models import Clinic
from portal.db import PractitionerId
from portal.errors import OutOfSight


@dataclass(frozen=True, slots=True)
class Colleague:
    """A practitioner who could be in a care team."""

    id: PractitionerId
    name: str
    profession: str


@dataclass(frozen=True, slots=True)
class WaitingInvitation:
    """An invitation that waits to be accepted."""

    id: UUID
    kind: Kind
    name: str
    sent_on: date
    ends_on: date
    is_printed: bool


@dataclass(frozen=True, slots=True)
class Invitability:
    """Whether the reader's clinic may invite patients, and what its invitations start from."""

    missing: tuple[Need, ...]
    zone: str
    clinic_name: str


def invitability(session: Session, reader: Reader) -> Invitability:
    """Return whether the reader's clinic may invite patients."""
    clinic = session.get_one(Clinic, reader.clinic_id)
    missing = readiness.missing_before_inviting(session, reader.clinic_id)
    return Invitability(missing, clinic.zone, clinic.name)


def colleagues(session: Session, reader: Reader) -> tuple[Colleague, ...]:
    """Return who works in the reader's clinic, by name."""
    rows = session.scalars(
        select(Practitioner)
        .where(Practitioner.clinic_id == reader.clinic_id, Practitioner.is_active)
        .order_by(Practitioner.display_name)
    )
    return tuple(Colleague(row.id, row.display_name, row.profession) for row in rows)


def is_number_taken(session: Session, reader: Reader, number: str, born_on: date | None) -> bool:
    """Return whether somebody born on another day bears this number in the reader's clinic.

    Who comes back has the same number and the same date of birth, and may be invited again.
    """
    bearer = select(Patient.id).where(
        Patient.clinic_id == reader.clinic_id,
        func.lower(Patient.clinic_number) == number.lower(),
        Patient.date_of_birth != born_on,
    )
    return bool(number) and session.scalar(bearer.limit(1)) is not None


def name_of(invitation: Invitation) -> str:
    """Return the name that whoever invited typed."""
    if invitation.kind == Kind.PATIENT:
        return InvitedPatient.from_json(invitation.details).name
    return InvitedColleague.from_json(invitation.details).name


def _theirs(reader: Reader) -> ColumnElement[bool]:
    here = Invitation.clinic_id == reader.clinic_id
    mine = Invitation.invited_by_id == reader.account_id
    if reader.is_administrator:
        return and_(here, or_(mine, Invitation.kind != Kind.PATIENT))
    return and_(here, mine)


def waiting_invitations(
    session: Session, reader: Reader, kinds: Sequence[Kind]
) -> tuple[WaitingInvitation, ...]:
    """Return the invitations of these kinds that wait and the reader may end, newest first.

    An administrator may end whatever waits for a colleague here, whoever sent it. The days
    are those of the clinic.
    """
    zone = session.get_one(Clinic, reader.clinic_id).zone
    rows = session.scalars(
        select(Invitation)
        .where(
            _theirs(reader),
            Invitation.kind.in_(kinds),
            Invitation.ended_at.is_(None),
            Invitation.expires_at > clock.now(),
        )
        .order_by(Invitation.created_at.desc())
        .limit(50)
    )
    return tuple(
        WaitingInvitation(
            id=row.id,
            kind=Kind(row.kind),
            name=name_of(row),
            sent_on=clock.local(row.created_at, zone).date(),
            ends_on=clock.local(row.expires_at, zone).date(),
            is_printed=row.printed_at is not None,
        )
        for row in rows
    )


def own_invitation(
    session: Session, reader: Reader, invitation_id: UUID, kinds: Sequence[Kind]
) -> Invitation:
    """Return a waiting invitation of these kinds that the reader may end.

    Raises OutOfSight for any other.
    """
    found = session.scalar(
        select(Invitation).where(
            Invitation.id == invitation_id,
            Invitation.kind.in_(kinds),
            _theirs(reader),
            Invitation.ended_at.is_(None),
            Invitation.expires_at > clock.now(),
        )
    )
    if found is None:
        raise OutOfSight
    return found
