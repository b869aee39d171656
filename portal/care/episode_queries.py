"""What a reader may see of an episode's care team, consent and state."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from portal import clock
from portal.accounts.reader import Reader
from portal.care import access
from portal.care.models import CareTeam, Consent, Episode, Patient, Practitioner, Restriction
from portal.db import EpisodeId, PatientId, PractitionerId
from portal.errors import OutOfSight


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of the care team; `reads` is false for whoever left or was shut out."""

    practitioner_id: PractitionerId
    name: str
    profession: str
    since: date
    is_lead: bool
    is_active: bool
    is_shut_out: bool

    @property
    def reads(self) -> bool:
        """Whether this member sees the diary."""
        return self.is_active and not self.is_shut_out


@dataclass(frozen=True, slots=True)
class ShutOut:
    """Somebody to whom the patient closed the diary, and since which day; nothing of why."""

    name: str
    profession: str
    since: date


@dataclass(frozen=True, slots=True)
class EpisodeRecord:
    """An episode of care with its team, in plain values."""

    episode_id: EpisodeId
    patient_id: PatientId
    patient_name: str
    complaint: str
    zone: str
    today: date
    started_on: date
    ended_on: date | None
    end_reason: str
    lead: str
    team: tuple[Member, ...]
    shut_out: tuple[ShutOut, ...]
    others: tuple[tuple[str, str], ...]
    consent_version: str
    consent_on: date
    is_own: bool

    @property
    def is_open(self) -> bool:
        """Whether the patient still writes."""
        return self.ended_on is None

    @property
    def may_lead(self) -> list[tuple[str, str]]:
        """Who could lead instead, as (key, name)."""
        return [_choice(one) for one in self.team if one.reads and not one.is_lead]

    @property
    def may_leave(self) -> list[tuple[str, str]]:
        """Who could leave, as (key, name): the lead only after somebody else leads."""
        return [_choice(one) for one in self.team if not one.is_lead]


def _choice(member: Member) -> tuple[str, str]:
    return str(member.practitioner_id), member.name


def episode_record(session: Session, reader: Reader, patient_id: PatientId) -> EpisodeRecord:
    """Return a patient's episode of care with its team; raises OutOfSight out of sight."""
    episode, patient = access.visible_episode(session, reader, patient_id)
    team = _team(session, episode, patient.zone)
    consent = _newest_consent(session, episode.id)
    named = select(Practitioner.display_name).where(Practitioner.id == episode.lead_practitioner_id)
    return EpisodeRecord(
        episode_id=episode.id,
        patient_id=patient.id,
        patient_name=patient.name,
        complaint=episode.complaint,
        zone=patient.zone,
        today=clock.today(patient.zone),
        started_on=episode.started_on,
        ended_on=episode.ended_on,
        end_reason=episode.end_reason,
        lead=session.scalar(named) or "",
        team=team,
        shut_out=_shut_out(session, episode, patient.zone),
        others=_others(session, episode, patient),
        consent_version=consent.text_version,
        consent_on=clock.local(consent.given_at, patient.zone).date(),
        is_own=any(one.practitioner_id == reader.practitioner_id for one in team),
    )


def episode_to_change(session: Session, reader: Reader, patient_id: PatientId) -> Episode:
    """Return the episode inside a writing transaction, for somebody of its care team only.

    Who opened a record from outside, with a reason, may read it for an hour and change nothing.
    """
    episode = access.visible_episode(session, reader, patient_id)[0]
    own = exists().where(
        CareTeam.episode_id == episode.id,
        CareTeam.practitioner_id == reader.practitioner_id,
        CareTeam.until_at.is_(None),
    )
    if not session.scalar(select(own)):
        raise OutOfSight
    return episode


def _newest_consent(session: Session, episode_id: EpisodeId) -> Consent:
    """The consent in force; whoever sees the episode sees it by that consent."""
    return session.scalars(
        select(Consent)
        .where(Consent.episode_id == episode_id, Consent.withdrawn_at.is_(None))
        .order_by(Consent.given_at.desc())
        .limit(1)
    ).one()


def _team(session: Session, episode: Episode, zone: str) -> tuple[Member, ...]:
    shut_out = exists().where(
        Restriction.episode_id == episode.id,
        Restriction.practitioner_id == Practitioner.id,
        Restriction.lifted_at.is_(None),
    )
    rows = session.execute(
        select(Practitioner, CareTeam.from_at, shut_out)
        .join(CareTeam, CareTeam.practitioner_id == Practitioner.id)
        .where(CareTeam.episode_id == episode.id, CareTeam.until_at.is_(None))
        .order_by(Practitioner.id != episode.lead_practitioner_id, CareTeam.from_at)
    )
    return tuple(
        Member(
            practitioner_id=person.id,
            name=person.display_name,
            profession=person.profession,
            since=clock.local(from_at, zone).date(),
            is_lead=person.id == episode.lead_practitioner_id,
            is_active=person.is_active,
            is_shut_out=bool(is_shut_out),
        )
        for person, from_at, is_shut_out in rows
    )


def _shut_out(session: Session, episode: Episode, zone: str) -> tuple[ShutOut, ...]:
    rows = session.execute(
        select(Practitioner.display_name, Practitioner.profession, Restriction.from_at)
        .join(Restriction, Restriction.practitioner_id == Practitioner.id)
        .where(Restriction.episode_id == episode.id, Restriction.lifted_at.is_(None))
        .order_by(Restriction.from_at)
    )
    return tuple(ShutOut(name, what, clock.local(at, zone).date()) for name, what, at in rows)


def _others(session: Session, episode: Episode, patient: Patient) -> tuple[tuple[str, str], ...]:
    """Whom the care team could take in: neither the patient nor anybody the patient shut out."""
    shut_out = select(Restriction.practitioner_id).where(
        Restriction.episode_id == episode.id, Restriction.lifted_at.is_(None)
    )
    in_team = select(CareTeam.practitioner_id).where(
        CareTeam.episode_id == episode.id, CareTeam.until_at.is_(None)
    )
    rows = session.execute(
        select(Practitioner.id, Practitioner.display_name, Practitioner.profession)
        .where(
            Practitioner.clinic_id == episode.clinic_id,
            Practitioner.is_active,
            Practitioner.account_id != patient.account_id,
            Practitioner.id.not_in(shut_out),
            Practitioner.id.not_in(in_team),
        )
        .order_by(Practitioner.display_name)
    )
    return tuple((str(key), f"{name}, {what}" if what else name) for key, name, what in rows)
