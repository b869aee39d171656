"""What an administrator may see: the people and the settings of their clinic, and the audit."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ScalarSelect, Select, func, select
from sqlalchemy.orm import Session

from portal.accounts.models import Account, AccountRole, Role, SecondFactor
from portal.accounts.reader import Reader
from portal.admin.factor_resets import is_waiting
from portal.care.models import Episode, Practitioner, Restriction
from portal.care.reading import left_unread_without
from portal.clinics.models import Clinic
from portal.db import AccountId, EpisodeId, PractitionerId
from portal.errors import OutOfSight

PAGE = 50
_STAFF = (Role.PRACTITIONER, Role.ADMINISTRATOR)


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who works for the clinic."""

    account_id: AccountId
    name: str
    email: str
    roles: frozenset[Role]
    is_active: bool
    has_second_factor: bool
    profession: str = ""
    college: str = ""
    registration_number: str = ""
    rostered_on: date | None = None
    practitioner_id: PractitionerId | None = None
    closed_to: int = 0
    reset_asked_by: AccountId | None = None
    reset_asked_by_name: str = ""


@dataclass(frozen=True, slots=True)
class Practising:
    """A colleague's two keys: the sign-in's, and that of the practitioner in care teams."""

    account_id: AccountId
    practitioner_id: PractitionerId


@dataclass(frozen=True, slots=True)
class ClinicSettings:
    """What the clinic has set, in the words of the settings page."""

    name: str
    city: str
    address: str
    phone: str
    hours: str
    zone: str
    region: str
    review_rhythm: str
    flag_reader: str
    deputy: str
    advice_checked_by: str
    advice_checked_on: date | None
    version: int
    thresholds: dict[str, float] | None


def _staff(reader: Reader) -> Select[Account, AccountRole, Practitioner, SecondFactor, int]:
    """Everybody who works for the reader's clinic, one row per role."""
    works_here = select(AccountRole.account_id).where(
        AccountRole.clinic_id == reader.clinic_id, AccountRole.role.in_(_STAFF)
    )
    return (
        select(Account, AccountRole, Practitioner, SecondFactor, _closed_to())
        .join(AccountRole, AccountRole.account_id == Account.id)
        .outerjoin(
            Practitioner,
            (Practitioner.account_id == Account.id)
            & (Practitioner.clinic_id == AccountRole.clinic_id),
        )
        .outerjoin(SecondFactor, SecondFactor.account_id == Account.id)
        .where(AccountRole.clinic_id == reader.clinic_id, Account.id.in_(works_here))
        .order_by(Account.is_active.desc(), Account.name)
    )


def people(session: Session, reader: Reader) -> tuple[Colleague, ...]:
    """Return everybody who works for the reader's clinic, those who left last."""
    by_account: dict[AccountId, list[_Row]] = {}
    for account, role, person, factor, closed in session.execute(_staff(reader)):
        by_account.setdefault(account.id, []).append((account, role, person, factor, closed))
    names = {key: rows[0][0].name for key, rows in by_account.items()}
    return tuple(_colleague(found, names) for found in by_account.values())


_Row = tuple[Account, AccountRole, Practitioner | None, SecondFactor | None, int]


def _closed_to() -> ScalarSelect[int]:
    """How many open diaries their patients keep closed to this practitioner; not whose."""
    return (
        select(func.count())
        .select_from(Restriction)
        .join(Episode, Episode.id == Restriction.episode_id)
        .where(
            Restriction.practitioner_id == Practitioner.id,
            Restriction.lifted_at.is_(None),
            Episode.ended_on.is_(None),
        )
        .correlate(Practitioner)
        .scalar_subquery()
    )


def _colleague(rows: list[_Row], names: dict[AccountId, str]) -> Colleague:
    account, _role, person, factor, closed = rows[0]
    asked_by = factor.reset_asked_by_id if factor and is_waiting(factor) else None
    return Colleague(
        account_id=account.id,
        name=person.display_name if person else account.name,
        email=account.email,
        roles=frozenset(Role(row[1].role) for row in rows),
        is_active=account.is_active,
        has_second_factor=factor is not None and factor.confirmed_at is not None,
        profession=person.profession if person else "",
        college=person.college if person else "",
        registration_number=person.registration_number if person else "",
        rostered_on=person.rostered_on if person else None,
        practitioner_id=person.id if person else None,
        closed_to=closed,
        reset_asked_by=asked_by,
        reset_asked_by_name=names.get(asked_by, "") if asked_by else "",
    )


def colleague_account(session: Session, reader: Reader, account_id: AccountId) -> Account:
    """Return a colleague's account; raises OutOfSight for anybody who belongs elsewhere too."""
    elsewhere = select(AccountRole.account_id).where(AccountRole.clinic_id != reader.clinic_id)
    found = session.scalar(
        select(Account)
        .join(AccountRole, AccountRole.account_id == Account.id)
        .where(
            Account.id == account_id,
            AccountRole.clinic_id == reader.clinic_id,
            AccountRole.role.in_(_STAFF),
            Account.id.not_in(elsewhere),
        )
        .limit(1)
    )
    if found is None:
        raise OutOfSight
    return found


def own_email(session: Session, reader: Reader) -> str:
    """Return the reader's own e-mail address."""
    return session.get_one(Account, reader.account_id).email


def clinic_settings(session: Session, reader: Reader) -> ClinicSettings:
    """Return what the reader's clinic has set."""
    clinic = session.get_one(Clinic, reader.clinic_id)
    named = {
        role: str(person_id or "")
        for role, person_id in session.execute(
            select(AccountRole.role, AccountRole.person_id).where(
                AccountRole.clinic_id == reader.clinic_id,
                AccountRole.role.in_((Role.FLAG_READER, Role.DEPUTY)),
            )
        )
    }
    return ClinicSettings(
        name=clinic.name,
        city=clinic.city,
        address=clinic.address,
        phone=clinic.phone,
        hours=clinic.hours,
        zone=clinic.zone,
        region=clinic.region,
        review_rhythm=clinic.review_rhythm,
        flag_reader=named.get(Role.FLAG_READER, ""),
        deputy=named.get(Role.DEPUTY, ""),
        advice_checked_by=clinic.advice_checked_by or "",
        advice_checked_on=clinic.advice_checked_on,
        version=clinic.settings_version,
        thresholds=clinic.thresholds,
    )


def practitioners(session: Session, reader: Reader) -> tuple[tuple[str, str], ...]:
    """Return the active practitioners of the reader's clinic: id and name."""
    rows = session.execute(
        select(Practitioner.id, Practitioner.display_name)
        .where(Practitioner.clinic_id == reader.clinic_id, Practitioner.is_active)
        .order_by(Practitioner.display_name)
    )
    return tuple((str(row[0]), row[1]) for row in rows)


def practising_colleague(session: Session, reader: Reader, account_id: AccountId) -> Practising:
    """Return a colleague who reads diaries; raises OutOfSight for anybody else."""
    colleague_account(session, reader, account_id)
    person_id = session.scalar(
        select(Practitioner.id).where(
            Practitioner.account_id == account_id,
            Practitioner.clinic_id == reader.clinic_id,
            Practitioner.is_active,
        )
    )
    if person_id is None:
        raise OutOfSight
    return Practising(account_id, person_id)


def unread_without(session: Session, reader: Reader, colleague: Colleague) -> frozenset[EpisodeId]:
    """Return the open episodes of the reader's clinic that only this colleague reads."""
    person_id = colleague.practitioner_id
    if person_id is None:
        return frozenset()
    unread = left_unread_without(session, person_id)
    here = select(Episode.id).where(Episode.clinic_id == reader.clinic_id, Episode.id.in_(unread))
    return frozenset(session.scalars(here))
