"""Who looked at a patient's record, read from the audit itself."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    Row,
    Select,
    Text,
    and_,
    bindparam,
    cast,
    exists,
    or_,
    select,
)
from sqlalchemy.orm import Session

from portal import clock
from portal.accounts.models import Account, Role
from portal.accounts.reader import Reader
from portal.audit.acts import Act
from portal.audit.models import AuditEvent
from portal.care.access import Sight, keys_of, sight_of, visible_by
from portal.care.models import BreakGlass, CareTeam, Episode, Patient, Practitioner
from portal.db import AccountId, ClinicId, PatientId, PractitionerId
from portal.errors import OutOfSight
from portal.privacy.months import Month, month_of
from portal.privacy.words import LISTS, Why
from portal.statements import Kept

_OF_FLAGS = frozenset({Act.FLAGS_SHOWN, Act.FLAG_ACTED_ON})


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose record it is: the keys by which the audit names a patient, zone and first day."""

    patient_id: PatientId
    account_id: AccountId
    clinic_id: ClinicId
    zone: str
    since: datetime

    @property
    def first_month(self) -> Month:
        """The month in which the record begins."""
        return month_of(clock.local(self.since, self.zone).date())

    @property
    def last_month(self) -> Month:
        """The month it is now for the patient."""
        return month_of(clock.today(self.zone))


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What somebody did on one day, once or several times; `at` is the first time, as local time.

    All lists that showed this patient's name are one act. `person` is empty for somebody who does
    not work at this clinic, whose name is nobody's business.
    """

    at: datetime
    on: date
    person: str
    profession: str
    act: Act
    why: Why
    reason: str = ""
    what: str = ""
    whom: str = ""
    times: int = 1

    @property
    def key(self) -> tuple[object, ...]:
        """What a day's acts share that are told in one line."""
        act = "lists" if self.act in LISTS else self.act
        return (self.on, self.person, self.profession, act, self.reason, self.what, self.whom)


@dataclass(frozen=True, slots=True)
class _Grounds:
    """Who was in the care team when, whose glass was broken when, and what people are called."""

    team: tuple[tuple[PractitionerId, datetime, datetime | None], ...]
    glasses: tuple[tuple[UUID, PractitionerId, datetime, datetime, str], ...]
    names: Mapping[str, str]


def own_subject(session: Session, reader: Reader) -> Subject:
    """Return the patient who is asking; raises OutOfSight for anybody else."""
    if reader.patient_id is None:
        raise OutOfSight
    return subject_of(session, reader, reader.patient_id)


def subject_of(session: Session, reader: Reader, patient_id: PatientId) -> Subject:
    """Return whose record this is; raises OutOfSight where the reader may not see it.

    A patient sees that they are one even before the first episode of care.
    """
    is_self = reader.patient_id == patient_id and Role.PATIENT in reader.roles
    which = {**keys_of(reader), "patient_id": patient_id, "is_self": is_self}
    found = _subject_by(sight_of(reader)).first(session, **which)
    if found is None:
        raise OutOfSight
    return Subject(*found)


@cache
def _subject_by(sight: Sight) -> Kept:
    seen = exists().where(Episode.patient_id == Patient.id, visible_by(sight))
    return Kept(
        select(
            Patient.id, Patient.account_id, Patient.clinic_id, Patient.zone, Patient.created_at
        ).where(
            Patient.id == bindparam("patient_id"),
            or_(seen, bindparam("is_self", type_=Boolean())),
        )
    )


def who_looked(
    session: Session, reader: Reader, subject: Subject, month: Month
) -> tuple[Looked, ...]:
    """Return who did or saw what of this record in a month, the newest first.

    Complete against the audit: every act that names the patient and was not their own is counted,
    in one line a person, day and act. Raises OutOfSight where the reader may not see the record.
    """
    subject_of(session, reader, subject.patient_id)
    grounds = _grounds(session, subject)
    begins, ends = month.instants(subject.zone)
    rows = session.execute(
        _events(subject)
        .where(AuditEvent.at >= begins, AuditEvent.at < ends)
        .order_by(AuditEvent.seq.desc())
    )
    return tuple(_folded(_looked(row, subject, grounds) for row in rows))


def has_been_looked_at(session: Session, reader: Reader, subject: Subject) -> bool:
    """Whether anybody but the patient ever did or saw anything of this record."""
    subject_of(session, reader, subject.patient_id)
    return session.execute(_events(subject).limit(1)).first() is not None


def _events(subject: Subject) -> Select[*tuple[Any, ...]]:
    """Every event that names the patient and is not their own act."""
    named = cast(AuditEvent.details, Text).contains(str(subject.patient_id))
    in_a_list = and_(AuditEvent.clinic_id == subject.clinic_id, AuditEvent.act.in_(LISTS), named)
    return (
        select(
            AuditEvent.at,
            AuditEvent.act,
            AuditEvent.actor_id,
            AuditEvent.role,
            AuditEvent.clinic_id,
            AuditEvent.subject,
            AuditEvent.details,
            Account.name,
            Practitioner.id.label("practitioner_id"),
            Practitioner.display_name,
            Practitioner.profession,
        )
        .outerjoin(Account, Account.id == AuditEvent.actor_id)
        .outerjoin(
            Practitioner,
            and_(
                Practitioner.account_id == Account.id,
                Practitioner.clinic_id == subject.clinic_id,
            ),
        )
        .where(
            or_(AuditEvent.actor_id.is_(None), AuditEvent.actor_id != subject.account_id),
            or_(AuditEvent.patient_id == subject.patient_id, in_a_list),
        )
    )


def _grounds(session: Session, subject: Subject) -> _Grounds:
    episodes = select(Episode.id).where(Episode.patient_id == subject.patient_id)
    team = session.execute(
        select(CareTeam.practitioner_id, CareTeam.from_at, CareTeam.until_at).where(
            CareTeam.episode_id.in_(episodes)
        )
    )
    glasses = session.execute(
        select(
            BreakGlass.id,
            BreakGlass.practitioner_id,
            BreakGlass.at,
            BreakGlass.until_at,
            BreakGlass.reason,
        ).where(BreakGlass.episode_id.in_(episodes))
    )
    names = session.execute(
        select(Practitioner.id, Practitioner.display_name).where(
            Practitioner.clinic_id == subject.clinic_id
        )
    )
    return _Grounds(
        team=tuple((one[0], one[1], one[2]) for one in team),
        glasses=tuple((one[0], one[1], one[2], one[3], one[4]) for one in glasses),
        names={str(key): name for key, name in names},
    )


def _looked(row: Row[*tuple[Any, ...]], subject: Subject, grounds: _Grounds) -> Looked:
    local = clock.local(row.at, subject.zone)
    works_here = row.clinic_id == subject.clinic_id and row.role != Role.PATIENT
    why, reason = _why(row, grounds)
    return Looked(
        at=local,
        on=local.date(),
        person=(row.display_name or row.name or "") if works_here else "",
        profession=(row.profession or "") if works_here else "",
        act=Act(row.act),
        why=why,
        reason=reason,
        what=str(row.details.get("what", "")),
        whom=grounds.names.get(str(row.details.get("practitioner", "")), ""),
    )


def _why(row: Row[*tuple[Any, ...]], grounds: _Grounds) -> tuple[Why, str]:
    who, at = row.practitioner_id, row.at
    if row.actor_id is None:
        return Why.OPERATION, ""
    reasons = _reasons(who, at, grounds)
    in_care = any(
        one == who and since <= at and (until is None or at <= until)
        for one, since, until in grounds.team
    )
    if row.act == Act.GLASS_BROKEN or (reasons and not in_care):
        own = (one[4] for one in grounds.glasses if str(one[0]) == row.subject)
        return Why.GLASS, next(own, reasons[0] if reasons else "")
    if in_care:
        return Why.IN_CARE, ""
    if row.act in _OF_FLAGS:
        return Why.READS_FLAGS, ""
    return (Why.ADMINISTRATION if row.role == Role.ADMINISTRATOR else Why.NONE), ""


def _reasons(who: PractitionerId | None, at: datetime, grounds: _Grounds) -> list[str]:
    return [
        reason
        for _key, one, since, until, reason in grounds.glasses
        if one == who and since <= at <= until
    ]


def _folded(looked: Iterable[Looked]) -> Iterator[Looked]:
    """Fold the same act of a person and day, told newest first, into its first time."""
    folded: dict[tuple[object, ...], Looked] = {}
    for one in looked:
        before = folded.get(one.key)
        folded[one.key] = replace(one, times=before.times + 1 if before else 1)
    yield from folded.values()
