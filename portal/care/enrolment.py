"""Accepting an invitation: the account, the person, the episode, all in one transaction."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import clock, db
from portal.accounts import session as sign_ins
from portal.accounts.models import Account, AccountRole, Role
from portal.audit import Actor, Event, record
from portal.audit.acts import Act
from portal.care import invitations
from portal.care.consent import TEXT_VERSION
from portal.care.invitations import End
from portal.care.invited import InvitedColleague, InvitedPatient, Kind
from portal.care.models import (
    CareTeam,
    Consent,
    DiaryPlan,
    Episode,
    Invitation,
    Patient,
    Practitioner,
    Restriction,
)
from portal.db import AccountId, ClinicId, PractitionerId
from portal.errors import Conflict, NobodyWouldRead, PortalError


class AlreadyInCare(PortalError):
    """This person has an open diary here already, so there is nothing to begin."""


class PatientElsewhere(PortalError):
    """This account is another patient already; an account is one patient in one clinic."""


class AnotherClinic(PortalError):
    """This account belongs to another clinic, and nobody's roles may reach across clinics."""


@dataclass(frozen=True, slots=True)
class NewPassword:
    """What is stored of the password somebody chose for a new account."""

    hash: str


Owner = NewPassword | AccountId


@dataclass(frozen=True, slots=True)
class Enrolled:
    """Who was enrolled, and the roles they sign in with."""

    account_id: AccountId
    roles: frozenset[Role]


def accept_as_patient(session: Session, invitation: Invitation, owner: Owner) -> Enrolled:
    """Begin care: patient, episode, care team, consent and diary plan, or nothing at all.

    `owner` is a new password's hash, or the account that has just proved its own password.
    Raises AlreadyInCare, PatientElsewhere, AnotherClinic, or NobodyWouldRead when all its
    readers have left.
    """
    details = InvitedPatient.from_json(invitation.details)
    clinic_id = invitation.clinic_id
    account = _account(session, invitation, owner, details.name)
    patient = _patient(session, account, clinic_id, details)
    lead, team = _team(session, clinic_id, details)
    now = clock.now()
    episode = Episode(
        clinic_id=clinic_id,
        patient_id=patient.id,
        lead_practitioner_id=lead,
        complaint=details.complaint,
        activities=list(details.activities),
        history=list(details.history),
        started_on=clock.local(now, details.zone).date(),
    )
    session.add(episode)
    session.flush()
    _begin(session, episode, team, account=account, ends_on=details.plan_ends_on)
    _keep_shut_out(session, episode, team)
    db.touch(session, episode.id)
    actor = Actor(account.id, Role.PATIENT, clinic_id, "/invitation")
    for event in (
        Event(Act.CONSENT_GIVEN, patient.id, episode.id, details={"text": TEXT_VERSION}),
        Event(Act.ENROLLED, patient.id, episode.id, details={"kind": Kind.PATIENT}),
    ):
        record(session, actor, event)
    invitations.end(session, actor, invitation, End.ACCEPTED)
    return Enrolled(account.id, _roles(session, account.id))


def _begin(
    session: Session,
    episode: Episode,
    team: frozenset[PractitionerId],
    *,
    account: Account,
    ends_on: date,
) -> None:
    now = clock.now()
    session.add_all(
        CareTeam(episode_id=episode.id, practitioner_id=reads, from_at=now)
        for reads in sorted(team)
    )
    session.add(Consent(episode_id=episode.id, text_version=TEXT_VERSION, given_at=now))
    session.add(
        DiaryPlan(
            episode_id=episode.id,
            made_at=now,
            made_by_id=account.id,
            starts_on=episode.started_on,
            ends_on=max(ends_on, episode.started_on),
        )
    )
    session.flush()


def _keep_shut_out(session: Session, episode: Episode, team: frozenset[PractitionerId]) -> None:
    """Keep the diary closed to whom the patient had shut out of an earlier one.

    Whoever is in the new care team reads: the consent just given names them.
    """
    still = session.scalars(
        select(Restriction.practitioner_id)
        .join(Episode, Episode.id == Restriction.episode_id)
        .where(
            Episode.patient_id == episode.patient_id,
            Restriction.lifted_at.is_(None),
            Restriction.practitioner_id.not_in(team),
        )
        .distinct()
    )
    now = clock.now()
    session.add_all(
        Restriction(episode_id=episode.id, practitioner_id=one, from_at=now, lifted_at=None)
        for one in still.all()
    )
    session.flush()


def _account(session: Session, invitation: Invitation, owner: Owner, name: str) -> Account:
    if not isinstance(owner, NewPassword):
        return _account_here(session, owner, invitation.clinic_id)
    if account_invited(session, invitation.email) is not None:
        raise Conflict("an account with this address was made in between")
    now = clock.now()
    account = Account(
        email=invitation.email,
        name=name,
        password_hash=owner.hash,
        password_changed_at=now,
        created_at=now,
    )
    session.add(account)
    session.flush()
    return account


def _account_here(session: Session, account_id: AccountId, clinic_id: ClinicId) -> Account:
    """Return an account that takes on a role here; its sign-ins end with the old roles (S-021)."""
    elsewhere = select(AccountRole.role).where(
        AccountRole.account_id == account_id, AccountRole.clinic_id != clinic_id
    )
    if session.scalar(elsewhere.limit(1)) is not None:
        raise AnotherClinic
    sign_ins.end_all(session, account_id)
    return session.get_one(Account, account_id)


def _patient(
    session: Session, account: Account, clinic_id: ClinicId, details: InvitedPatient
) -> Patient:
    patient = session.scalar(select(Patient).where(Patient.account_id == account.id))
    if patient is None:
        return _new_patient(session, account, clinic_id, details)
    if patient.clinic_id != clinic_id or patient.date_of_birth != details.date_of_birth:
        raise PatientElsewhere
    still_open = select(Episode.id).where(
        Episode.patient_id == patient.id, Episode.ended_on.is_(None)
    )
    if session.scalar(still_open) is not None:
        raise AlreadyInCare
    return patient


def _new_patient(
    session: Session, account: Account, clinic_id: ClinicId, details: InvitedPatient
) -> Patient:
    patient = Patient(
        clinic_id=clinic_id,
        account_id=account.id,
        given_name=details.given_name,
        family_name=details.family_name,
        preferred_name=details.preferred_name,
        date_of_birth=details.date_of_birth,
        phone=details.phone,
        language=details.language,
        zone=details.zone,
        clinic_number=details.clinic_number,
        created_at=clock.now(),
    )
    session.add(patient)
    session.flush()
    role = AccountRole(
        account_id=account.id, clinic_id=clinic_id, role=Role.PATIENT, person_id=patient.id
    )
    session.add(role)
    session.flush()
    return patient


def _team(
    session: Session, clinic_id: ClinicId, details: InvitedPatient
) -> tuple[PractitionerId, frozenset[PractitionerId]]:
    """Return the lead practitioner and the care team, of those who still work here."""
    still_here = frozenset(
        session.scalars(
            select(Practitioner.id).where(
                Practitioner.clinic_id == clinic_id,
                Practitioner.id.in_(details.team),
                Practitioner.is_active,
            )
        )
    )
    if not still_here:
        raise NobodyWouldRead
    lead = PractitionerId(details.lead_practitioner_id)
    return (lead if lead in still_here else min(still_here)), still_here


def _roles(session: Session, account_id: AccountId) -> frozenset[Role]:
    held = session.scalars(select(AccountRole.role).where(AccountRole.account_id == account_id))
    return frozenset(Role(role) for role in held)


def accept_as_colleague(session: Session, invitation: Invitation, owner: Owner) -> Enrolled:
    """Let a colleague in: as a practitioner with a profession, or as an administrator.

    Somebody who holds the role already keeps it. The second factor is asked at the sign-in.
    Raises AnotherClinic.
    """
    details = InvitedColleague.from_json(invitation.details)
    kind, clinic_id = Kind(invitation.kind), invitation.clinic_id
    account = _account(session, invitation, owner, details.name)
    role = Role.PRACTITIONER if kind is Kind.PRACTITIONER else Role.ADMINISTRATOR
    if session.get(AccountRole, (account.id, clinic_id, role)) is None:
        person = (
            _practitioner(session, account, clinic_id, details)
            if kind is Kind.PRACTITIONER
            else None
        )
        session.add(
            AccountRole(
                account_id=account.id,
                clinic_id=clinic_id,
                role=role,
                person_id=person.id if person else None,
            )
        )
        session.flush()
    actor = Actor(account.id, role, clinic_id, "/invitation")
    record(session, actor, Event(Act.ENROLLED, details={"kind": kind}))
    invitations.end(session, actor, invitation, End.ACCEPTED)
    return Enrolled(account.id, _roles(session, account.id))


def _practitioner(
    session: Session, account: Account, clinic_id: ClinicId, details: InvitedColleague
) -> Practitioner:
    """Return the practitioner this account is here; one who left before comes back."""
    found = session.scalar(
        select(Practitioner).where(
            Practitioner.account_id == account.id, Practitioner.clinic_id == clinic_id
        )
    )
    person = found or Practitioner(clinic_id=clinic_id, account_id=account.id)
    person.display_name = details.name
    person.profession = details.profession
    person.college = details.college
    person.registration_number = details.registration_number
    person.rostered_on = details.rostered_on
    person.is_active = True
    session.add(person)
    session.flush()
    return person


def account_invited(session: Session, email: str) -> AccountId | None:
    """Return the account that has this address already; None when there is none."""
    return session.scalar(select(Account.id).where(Account.email == email))
