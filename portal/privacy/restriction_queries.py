"""Whom a patient can shut out of the diary, whom they have shut out, and who reads then."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from portal import clock
from portal.accounts.models import AccountRole, Role
from portal.accounts.reader import Reader
from portal.care.access import episodes_visible_to
from portal.care.models import CareTeam, Episode, Practitioner, Restriction
from portal.care.reading import who_reads
from portal.db import EpisodeId, PractitionerId
from portal.errors import OutOfSight
from portal.privacy.queries import Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague:
    """Somebody of the clinic, as the patient decides about them; `shut_out_on` is their day."""

    practitioner_id: PractitionerId
    name: str
    profession: str
    in_care: bool
    reads_flags: bool
    shut_out_on: date | None


@dataclass(frozen=True, slots=True)
class Readers:
    """Who reads an open diary now, and who would without one of them; both by name."""

    now: tuple[str, ...]
    after: tuple[str, ...]
    flags_after: bool


def colleagues(session: Session, reader: Reader, subject: Subject) -> tuple[Colleague, ...]:
    """Return the clinic's practitioners, the care team first; the patient themself is left out.

    Somebody who left the clinic is listed only while they are shut out.
    """
    own = select(Episode.id).where(
        Episode.patient_id == subject.patient_id, Episode.id.in_(episodes_visible_to(reader))
    )
    in_care = exists().where(
        CareTeam.episode_id.in_(own),
        CareTeam.practitioner_id == Practitioner.id,
        CareTeam.until_at.is_(None),
    )
    since = (
        select(func.min(Restriction.from_at))
        .where(
            Restriction.episode_id.in_(own),
            Restriction.practitioner_id == Practitioner.id,
            Restriction.lifted_at.is_(None),
        )
        .scalar_subquery()
    )
    reads_flags = exists().where(
        AccountRole.person_id == Practitioner.id,
        AccountRole.role.in_((Role.FLAG_READER, Role.DEPUTY)),
    )
    rows = session.execute(
        select(Practitioner, in_care.label("in_care"), reads_flags.label("reads"), since)
        .where(
            Practitioner.clinic_id == subject.clinic_id,
            Practitioner.account_id != subject.account_id,
            Practitioner.is_active | since.is_not(None),
        )
        .order_by(in_care.desc(), Practitioner.display_name)
    )
    return tuple(
        Colleague(
            practitioner_id=person.id,
            name=person.display_name,
            profession=person.profession,
            in_care=bool(looks_after),
            reads_flags=bool(flags),
            shut_out_on=clock.local(at, subject.zone).date() if at else None,
        )
        for person, looks_after, flags, at in rows
    )


def colleague(
    session: Session, reader: Reader, subject: Subject, practitioner_id: PractitionerId
) -> Colleague:
    """Return one of the clinic's practitioners; raises OutOfSight for anybody else."""
    for one in colleagues(session, reader, subject):
        if one.practitioner_id == practitioner_id:
            return one
    raise OutOfSight


def readers_without(
    session: Session, reader: Reader, subject: Subject, chosen: Colleague
) -> Readers | None:
    """Return who reads the open diary, now and without `chosen`; None where none is open."""
    episode_id = open_episode(session, reader)
    if episode_id is None:
        return None
    reads = who_reads(session, episode_id)
    others = [one for one in colleagues(session, reader, subject) if one != chosen]
    return Readers(
        now=reads,
        after=tuple(name for name in reads if name != chosen.name),
        flags_after=any(one.reads_flags and one.shut_out_on is None for one in others),
    )


def open_episode(session: Session, reader: Reader) -> EpisodeId | None:
    """Return the reader's own open episode of care, if there is one."""
    return session.scalar(
        select(Episode.id).where(
            Episode.id.in_(episodes_visible_to(reader)),
            Episode.patient_id == reader.patient_id,
            Episode.ended_on.is_(None),
        )
    )


def has_diary(session: Session, reader: Reader) -> bool:
    """Whether the reader has a diary here that could be closed to somebody."""
    return bool(
        session.scalar(
            select(
                exists().where(
                    Episode.id.in_(episodes_visible_to(reader)),
                    Episode.patient_id == reader.patient_id,
                )
            )
        )
    )
