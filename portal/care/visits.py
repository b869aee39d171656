"""Recording visits: what was needled, on which side, how firmly the tissue held."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import clock, db
from portal.care.models import Episode, NeedlingSite, Visit, VisitRecord
from portal.db import EpisodeId, PractitionerId, VisitId
from portal.errors import Conflict, EpisodeEnded, OutOfSight


@dataclass(frozen=True, slots=True)
class Site:
    """One place that was needled; `grasp` is 0 (none) to 3 (strong), or None when not noted."""

    place: str
    side: str
    grasp: int | None = None
    region: str | None = None


@dataclass(frozen=True, slots=True)
class VisitFacts:
    """What a practitioner records of one visit; without sites it was a visit without needling."""

    held_on: date
    sites: Sequence[Site]
    note: str = ""
    reason: str = ""


def instant_of(on: date, at: time, zone: str) -> datetime:
    """Return the instant at which the clock in `zone` shows this day and time."""
    return datetime.combine(on, at, tzinfo=ZoneInfo(zone))


def _refuse_ended(episode: Episode) -> None:
    if episode.ended_on is not None:
        raise EpisodeEnded


def _planned_that_day(session: Session, episode_id: EpisodeId, on: date) -> Visit | None:
    return session.scalar(
        select(Visit)
        .where(
            Visit.episode_id == episode_id,
            Visit.planned_on == on,
            Visit.held_on.is_(None),
            Visit.cancelled_at.is_(None),
        )
        .order_by(Visit.planned_for)
        .limit(1)
    )


def record_visit(
    session: Session,
    *,
    episode: Episode,
    zone: str,
    practitioner_id: PractitionerId,
    facts: VisitFacts,
) -> Visit:
    """Record a visit that was held; a visit planned for that day becomes this one.

    Visits are numbered in the order of their days. Raises EpisodeEnded.
    """
    _refuse_ended(episode)
    visit = _planned_that_day(session, episode.id, facts.held_on)
    if visit is None:
        visit = Visit(
            id=VisitId(db.new_id()), episode_id=episode.id, practitioner_id=practitioner_id
        )
    visit.practitioner_id = practitioner_id
    visit.held_at = visit.planned_for or _held_at(facts.held_on, zone)
    _write_version(session, visit, facts, practitioner_id)
    return visit


def _held_at(on: date, zone: str) -> datetime:
    return clock.now() if on == clock.today(zone) else instant_of(on, time(12), zone)


def correct_visit(
    session: Session,
    *,
    episode: Episode,
    visit_id: VisitId,
    base_version: int,
    practitioner_id: PractitionerId,
    facts: VisitFacts,
) -> Visit:
    """Correct a recorded visit; every version is kept.

    Raises OutOfSight for a visit of another episode, Conflict when somebody corrected it after
    the version this form was made from, EpisodeEnded.
    """
    _refuse_ended(episode)
    visit = session.get(Visit, visit_id)
    if visit is None or visit.episode_id != episode.id or visit.held_on is None:
        raise OutOfSight
    if visit.version != base_version:
        raise Conflict
    _write_version(session, visit, facts, practitioner_id)
    return visit


def _write_version(
    session: Session, visit: Visit, facts: VisitFacts, practitioner_id: PractitionerId
) -> None:
    visit.version = (visit.version or 0) + 1
    visit.held_on = facts.held_on
    visit.note = facts.note
    visit.is_needling = bool(facts.sites)
    session.add(visit)
    session.flush()
    session.add(
        VisitRecord(
            visit_id=visit.id,
            episode_id=visit.episode_id,
            version=visit.version,
            held_on=facts.held_on,
            note=facts.note,
            reason=facts.reason,
            recorded_at=clock.now(),
            recorded_by_id=practitioner_id,
        )
    )
    session.add_all(_sites(visit, facts.sites))
    _number(session, visit.episode_id)
    db.touch(session, visit.episode_id)


def _sites(visit: Visit, sites: Sequence[Site]) -> list[NeedlingSite]:
    return [
        NeedlingSite(
            visit_id=visit.id,
            episode_id=visit.episode_id,
            version=visit.version,
            position=position,
            place=site.place,
            side=site.side,
            region=site.region,
            grasp=site.grasp,
        )
        for position, site in enumerate(sites)
    ]


def _number(session: Session, episode_id: EpisodeId) -> None:
    session.flush()
    held = select(Visit).where(Visit.episode_id == episode_id, Visit.held_on.is_not(None))
    for number, visit in enumerate(session.scalars(held.order_by(Visit.held_on, Visit.id)), 1):
        visit.number = number
    session.flush()


def plan_visit(
    session: Session,
    *,
    episode: Episode,
    zone: str,
    practitioner_id: PractitionerId,
    planned_for: datetime,
) -> Visit:
    """Plan the next visit; a visit planned before for later days is replaced by it.

    Raises EpisodeEnded.
    """
    _refuse_ended(episode)
    now = clock.now()
    for earlier in session.scalars(
        select(Visit).where(
            Visit.episode_id == episode.id,
            Visit.held_on.is_(None),
            Visit.cancelled_at.is_(None),
            Visit.planned_for > now,
        )
    ):
        earlier.cancelled_at = now
    visit = Visit(
        episode_id=episode.id,
        practitioner_id=practitioner_id,
        planned_for=planned_for,
        planned_on=clock.local(planned_for, zone).date(),
    )
    session.add(visit)
    session.flush()
    db.touch(session, episode.id)
    return visit
