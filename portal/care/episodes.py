"""Who looks after an episode of care, and how it ends.

Each step is an event of the audit with ids only. The diary of an open episode is never left
without a reader, and an episode that ended stays ended: a new invitation begins a new one.
"""

from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from portal import clock, db
from portal.audit import Actor, Event, record
from portal.audit.acts import Act
from portal.care import planned_visits
from portal.care.models import CareTeam, Consent, Episode, Patient, Practitioner, Restriction
from portal.care.reading import left_unread_without
from portal.care.visits import instant_of
from portal.db import ClinicId, EpisodeId, PractitionerId
from portal.errors import Conflict, EpisodeEnded, NobodyWouldRead, OutOfSight, PortalError


class LeadStays(PortalError):
    """The lead practitioner leaves the care team only once somebody else leads."""


@dataclass(frozen=True, slots=True)
class HandedOver:
    """How many diaries went over, and how many the patient keeps closed to the new reader."""

    done: int
    closed: int


def _note(session: Session, actor: Actor, episode: Episode, **details: object) -> None:
    db.touch(session, episode.id)
    event = Event(
        Act.EPISODE_CHANGED,
        patient_id=episode.patient_id,
        episode_id=episode.id,
        details=details,
    )
    record(session, actor, event)


def _refuse_ended(episode: Episode) -> None:
    if episode.ended_on is not None:
        raise EpisodeEnded("the episode has ended")


def _membership(
    session: Session, episode_id: EpisodeId, practitioner_id: PractitionerId
) -> CareTeam | None:
    return session.scalar(
        select(CareTeam).where(
            CareTeam.episode_id == episode_id,
            CareTeam.practitioner_id == practitioner_id,
            CareTeam.until_at.is_(None),
        )
    )


def _may_read(
    session: Session, clinic_id: ClinicId, episode: Episode, practitioner_id: PractitionerId
) -> bool:
    """Whether somebody works here, is not the patient, and is not shut out by the patient."""
    shut_out = exists().where(
        Restriction.episode_id == episode.id,
        Restriction.practitioner_id == Practitioner.id,
        Restriction.lifted_at.is_(None),
    )
    is_patient = exists().where(
        Patient.id == episode.patient_id, Patient.account_id == Practitioner.account_id
    )
    found = session.scalar(
        select(Practitioner.id).where(
            Practitioner.id == practitioner_id,
            Practitioner.clinic_id == clinic_id,
            Practitioner.is_active,
            ~shut_out,
            ~is_patient,
        )
    )
    return found is not None


def _join(session: Session, episode: Episode, practitioner_id: PractitionerId) -> bool:
    if _membership(session, episode.id, practitioner_id) is not None:
        return False
    joined = CareTeam(
        episode_id=episode.id, practitioner_id=practitioner_id, from_at=clock.now(), until_at=None
    )
    session.add(joined)
    session.flush()
    return True


def join(
    session: Session, actor: Actor, *, episode: Episode, practitioner_id: PractitionerId
) -> None:
    """Let a colleague read this diary from now on; nothing changes for one who does already.

    Raises OutOfSight for somebody who does not work here, for the patient themself, and for
    whom the patient has shut out.
    """
    _refuse_ended(episode)
    if not _may_read(session, episode.clinic_id, episode, practitioner_id):
        raise OutOfSight
    if _join(session, episode, practitioner_id):
        _note(session, actor, episode, what="joined", practitioner=str(practitioner_id))


def leave(
    session: Session, actor: Actor, *, episode: Episode, practitioner_id: PractitionerId
) -> None:
    """Take somebody out of the care team; they lose sight of the diary at their next request.

    Raises LeadStays for the lead, NobodyWouldRead for the last reader, and Conflict for somebody
    who left in between.
    """
    _refuse_ended(episode)
    membership = _membership(session, episode.id, practitioner_id)
    if membership is None:
        raise Conflict("this practitioner left the care team in between")
    if episode.lead_practitioner_id == practitioner_id:
        raise LeadStays
    if episode.id in left_unread_without(session, practitioner_id):
        raise NobodyWouldRead("nobody else reads this diary")
    membership.until_at = clock.now()
    session.flush()
    _note(session, actor, episode, what="left", practitioner=str(practitioner_id))


def lead(
    session: Session, actor: Actor, *, episode: Episode, practitioner_id: PractitionerId
) -> None:
    """Name somebody of the care team who reads the diary as its lead practitioner."""
    _refuse_ended(episode)
    if _membership(session, episode.id, practitioner_id) is None:
        raise Conflict("this practitioner left the care team in between")
    if not _may_read(session, episode.clinic_id, episode, practitioner_id):
        raise OutOfSight
    if episode.lead_practitioner_id == practitioner_id:
        return
    episode.lead_practitioner_id = practitioner_id
    session.flush()
    _note(session, actor, episode, what="lead", practitioner=str(practitioner_id))


def end(session: Session, actor: Actor, *, episode: Episode, on: date, reason: str) -> None:
    """End an episode of care on a day; its diary is read-only from then on.

    Visits that were planned are cancelled: nothing is to come of an episode that has ended.
    """
    _refuse_ended(episode)
    episode.ended_on, episode.end_reason = on, reason
    planned_visits.cancel_all(session, episode.id)
    _note(session, actor, episode, what="ended")


def withdraw_consent(
    session: Session, actor: Actor, *, episode: Episode, on: date, zone: str
) -> None:
    """Note that the patient took back their agreement on a day; nobody here sees the diary more.

    An open episode ends today: no staff page could end it later, and while it is open no new
    invitation could be accepted. Raises Conflict when the consent was withdrawn in between.
    """
    standing = session.scalars(
        select(Consent).where(Consent.episode_id == episode.id, Consent.withdrawn_at.is_(None))
    ).all()
    if not standing:
        raise Conflict("the consent was withdrawn in between")
    for consent in standing:
        consent.withdrawn_at = _instant_of(consent, on, zone)
    if episode.ended_on is None:
        episode.ended_on = clock.today(zone)
        planned_visits.cancel_all(session, episode.id)
        _note(session, actor, episode, what="ended")
    session.flush()
    db.touch(session, episode.id)
    event = Event(Act.CONSENT_WITHDRAWN, patient_id=episode.patient_id, episode_id=episode.id)
    record(session, actor, event)


def _instant_of(consent: Consent, on: date, zone: str) -> datetime:
    """A day that is over counts from its noon; the end never stands before the beginning."""
    said_at = clock.now() if on >= clock.today(zone) else instant_of(on, time(12), zone)
    return max(said_at, consent.given_at)


def hand_over(
    session: Session,
    actor: Actor,
    *,
    clinic_id: ClinicId,
    leaving_id: PractitionerId,
    to_id: PractitionerId,
) -> HandedOver:
    """Let a colleague read, and where needed lead, every open diary of one who leaves.

    A diary that the patient closed to the colleague stays as it is and is counted apart.
    Raises OutOfSight when the colleague is the one who leaves or does not work here.
    """
    _refuse_stranger(session, clinic_id, leaving_id=leaving_id, to_id=to_id)
    done = closed = 0
    for episode in _open_episodes_of(session, clinic_id, leaving_id):
        if not _may_read(session, clinic_id, episode, to_id):
            closed += 1
            continue
        joined = _join(session, episode, to_id)
        if episode.lead_practitioner_id == leaving_id:
            episode.lead_practitioner_id = to_id
        elif not joined:
            continue
        done += 1
        whom = {"practitioner": str(to_id), "instead_of": str(leaving_id)}
        _note(session, actor, episode, what="handed-over", **whom)
    session.flush()
    return HandedOver(done, closed)


def _refuse_stranger(
    session: Session, clinic_id: ClinicId, *, leaving_id: PractitionerId, to_id: UUID
) -> None:
    here = select(Practitioner.id).where(
        Practitioner.id == to_id,
        Practitioner.id != leaving_id,
        Practitioner.clinic_id == clinic_id,
        Practitioner.is_active,
    )
    if session.scalar(here) is None:
        raise OutOfSight


def _open_episodes_of(
    session: Session, clinic_id: ClinicId, practitioner_id: PractitionerId
) -> list[Episode]:
    looks_after = exists().where(
        CareTeam.episode_id == Episode.id,
        CareTeam.practitioner_id == practitioner_id,
        CareTeam.until_at.is_(None),
    )
    found = session.scalars(
        select(Episode)
        .where(
            Episode.clinic_id == clinic_id,
            Episode.ended_on.is_(None),
            or_(looks_after, Episode.lead_practitioner_id == practitioner_id),
        )
        .order_by(Episode.id)
    )
    return list(found)
