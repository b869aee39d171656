"""Who works for the clinic: letting colleagues go and back in, and ending their sign-ins."""

from enum import StrEnum

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from portal import clock
from portal.accounts import session as sign_ins
from portal.accounts.models import Account, AccountRole, Role
from portal.audit import Actor, Event, record
from portal.audit.acts import Act
from portal.care import invitations
from portal.care.invitations import End
from portal.care.models import CareTeam, Invitation, Practitioner
from portal.care.reading import left_unread_without
from portal.db import AccountId, ClinicId
from portal.errors import NobodyWouldRead, PortalError

STAFF = (Role.PRACTITIONER, Role.ADMINISTRATOR)


class Hindrance(StrEnum):
    """Why somebody cannot be let go yet."""

    ONESELF = "oneself"
    LAST_ADMINISTRATOR = "last-administrator"
    READS_FLAGS = "reads-flags"


class StillNeeded(PortalError):
    """The clinic would lack something it must have; carries why."""

    def __init__(self, why: Hindrance) -> None:
        super().__init__(f"this person is still needed: {why}")
        self.why = why


def deactivate(session: Session, actor: Actor, *, clinic_id: ClinicId, account: Account) -> None:
    """Let a colleague go: no sign-in, no diary from now on; everything they did stays.

    Somebody who is a patient here too keeps that side. Invitations they sent out end.
    Raises StillNeeded, or NobodyWouldRead when an open episode would lose its last reader.
    """
    held = _roles(session, clinic_id, account.id)
    _refuse_still_needed(session, actor, clinic_id, account_id=account.id, held=held)
    person = _practitioner(session, clinic_id, account.id)
    if person is not None:
        _leave_diaries(session, person)
    if Role.PATIENT in held:
        session.execute(
            delete(AccountRole).where(
                AccountRole.account_id == account.id,
                AccountRole.clinic_id == clinic_id,
                AccountRole.role.in_(STAFF),
            )
        )
    else:
        account.is_active = False
    sign_ins.end_all(session, account.id)
    _withdraw_invitations(session, actor, clinic_id, account.id)
    session.flush()
    _note(session, actor, account.id, "deactivated")


def _withdraw_invitations(
    session: Session, actor: Actor, clinic_id: ClinicId, account_id: AccountId
) -> None:
    """End what somebody sent out and nobody has accepted yet: no door stays open behind them."""
    waiting = select(Invitation).where(
        Invitation.clinic_id == clinic_id,
        Invitation.invited_by_id == account_id,
        Invitation.ended_at.is_(None),
    )
    for found in session.scalars(waiting):
        invitations.end(session, actor, found, End.WITHDRAWN)


def _refuse_still_needed(
    session: Session,
    actor: Actor,
    clinic_id: ClinicId,
    *,
    account_id: AccountId,
    held: frozenset[Role],
) -> None:
    if account_id == actor.account_id:
        raise StillNeeded(Hindrance.ONESELF)
    if held & {Role.FLAG_READER, Role.DEPUTY}:
        raise StillNeeded(Hindrance.READS_FLAGS)
    if Role.ADMINISTRATOR in held and _administrators(session, clinic_id) <= 1:
        raise StillNeeded(Hindrance.LAST_ADMINISTRATOR)


def _administrators(session: Session, clinic_id: ClinicId) -> int:
    found = session.scalar(
        select(func.count())
        .select_from(AccountRole)
        .join(Account, Account.id == AccountRole.account_id)
        .where(
            AccountRole.clinic_id == clinic_id,
            AccountRole.role == Role.ADMINISTRATOR,
            Account.is_active,
        )
    )
    return found or 0


def _roles(session: Session, clinic_id: ClinicId, account_id: AccountId) -> frozenset[Role]:
    held = session.scalars(
        select(AccountRole.role).where(
            AccountRole.account_id == account_id, AccountRole.clinic_id == clinic_id
        )
    )
    return frozenset(Role(role) for role in held)


def _practitioner(
    session: Session, clinic_id: ClinicId, account_id: AccountId
) -> Practitioner | None:
    return session.scalar(
        select(Practitioner).where(
            Practitioner.account_id == account_id, Practitioner.clinic_id == clinic_id
        )
    )


def _leave_diaries(session: Session, person: Practitioner) -> None:
    unread = left_unread_without(session, person.id)
    if unread:
        raise NobodyWouldRead(f"{len(unread)} open diaries would have no reader")
    person.is_active = False
    session.execute(
        update(CareTeam)
        .where(CareTeam.practitioner_id == person.id, CareTeam.until_at.is_(None))
        .values(until_at=clock.now())
    )
    session.flush()


def reactivate(session: Session, actor: Actor, *, clinic_id: ClinicId, account: Account) -> None:
    """Let a colleague back in; care teams are joined anew, patient by patient."""
    account.is_active = True
    person = _practitioner(session, clinic_id, account.id)
    if person is not None:
        person.is_active = True
    session.flush()
    _note(session, actor, account.id, "reactivated")


def end_sign_ins(session: Session, actor: Actor, *, account: Account) -> None:
    """End every sign-in of somebody, such as after a lost phone (S-024)."""
    sign_ins.end_all(session, account.id)
    event = Event(Act.SIGN_INS_ENDED, subject=str(account.id), details={"which": "all"})
    record(session, actor, event)


def _note(session: Session, actor: Actor, account_id: AccountId, what: str) -> None:
    event = Event(Act.PERSON_CHANGED, subject=str(account_id), details={"what": what})
    record(session, actor, event)
