"""Recording visits: what was needled, on which side, how firmly the tissue held.

Planning, moving and cancelling visits is `planned_visits.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal import clock, db
from portal.care.models import Episode, NeedlingSite, Visit, VisitRecord
from portal.db import EpisodeId, PractitionerId, VisitId
from portal.errors import Conflict, EpisodeEnded, OutOfSight, PortalError


@dataclass(frozen=True, slots=True)
class Site:
    """One place that was needled; `grasp` is 0 (none) to 3 (strong), or None when not noted.

    `region` is a place of the body figure, or two with a space between; `segment` such as C5–C6.
    """

    place: str
    side: str
    grasp: int | None = None
    region: str | None = None
    segment: str | None = None


@dataclass(frozen=True, slots=True)
class VisitFacts:
    """What a practitioner records of one visit; without sites it was a visit without needling."""

    held_on: date
    sites: Sequence[Site]
    note: str = ""
    reason: str = ""


class AlreadyRecorded(PortalError):
    """A visit of this day is recorded already, since when; `is_same` when it says the very same."""

    def __init__(self, visit_id: VisitId, recorded_at: datetime, *, is_same: bool) -> None:
        super().__init__("a visit of this day is recorded already")
        self.visit_id = visit_id
        self.recorded_at = recorded_at
        self.is_same = is_same


def instant_of(on: date, at: time, zone: str) -> datetime:
    """Return the instant at which the clock in `zone` shows this day and time."""
    return datetime.combine(on, at, tzinfo=ZoneInfo(zone))


def refuse_ended(episode: Episode) -> None:
    """Raise EpisodeEnded for an episode that takes no more visits."""
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
    is_another: bool = False,
) -> Visit:
    """Record a visit that was held; a visit planned for that day becomes this one.

    Visits are numbered in the order of their days. Raises EpisodeEnded, and AlreadyRecorded when
    that day has a record, unless this `is_another` visit of the same day.
    """
    refuse_ended(episode)
    if not is_another:
        _refuse_recorded(session, episode.id, practitioner_id, facts=facts)
    visit = _planned_that_day(session, episode.id, facts.held_on)
    if visit is None:
        visit = Visit(
            id=VisitId(db.new_id()), episode_id=episode.id, practitioner_id=practitioner_id
        )
    visit.practitioner_id = practitioner_id
    visit.held_at = visit.planned_for or _held_at(facts.held_on, zone)
    _write_version(session, visit, facts, practitioner_id)
    return visit


def _refuse_recorded(
    session: Session,
    episode_id: EpisodeId,
    practitioner_id: PractitionerId,
    *,
    facts: VisitFacts,
    besides: VisitId | None = None,
) -> None:
    """Refuse a second record of a day: a form sent twice, a colleague's, a mistaken day."""
    found = session.scalar(
        select(Visit)
        .where(Visit.episode_id == episode_id, Visit.held_on == facts.held_on, Visit.id != besides)
        .order_by(Visit.id.desc())
        .limit(1)
    )
    if found is None:
        return
    is_same = (
        found.practitioner_id == practitioner_id
        and found.note == facts.note
        and _stored_sites(session, found) == [_typed(site) for site in facts.sites]
    )
    first = select(func.min(VisitRecord.recorded_at)).where(VisitRecord.visit_id == found.id)
    raise AlreadyRecorded(found.id, session.scalars(first).one(), is_same=is_same)


def _typed(site: Site) -> tuple[str, str, int | None]:
    return site.place, site.side, site.grasp


def _stored_sites(session: Session, visit: Visit) -> list[tuple[str, str, int | None]]:
    rows = session.scalars(
        select(NeedlingSite)
        .where(NeedlingSite.visit_id == visit.id, NeedlingSite.version == visit.version)
        .order_by(NeedlingSite.position)
    )
    return [(row.place, row.side, row.grasp) for row in rows]


def _held_at(on: date, zone: str) -> datetime:
    return clock.now() if on == clock.today(zone) else instant_of(on, time(12), zone)


def correct_visit(
    session: Session,
    *,
    episode: Episode,
    zone: str,
    visit_id: VisitId,
    base_version: int,
    practitioner_id: PractitionerId,
    facts: VisitFacts,
    is_another: bool = False,
) -> Visit:
    """Correct a recorded visit; every version is kept.

    Raises OutOfSight for a visit of another episode, Conflict when somebody corrected it after
    the version this form was made from, EpisodeEnded, and AlreadyRecorded when it would move to
    a day that has a record, unless it is to be `is_another` visit of that day.
    """
    refuse_ended(episode)
    visit = session.get(Visit, visit_id)
    if visit is None or visit.episode_id != episode.id or visit.held_on is None:
        raise OutOfSight
    if visit.version != base_version:
        raise Conflict
    if visit.held_on != facts.held_on:
        if not is_another:
            _refuse_recorded(session, episode.id, practitioner_id, facts=facts, besides=visit_id)
        visit.held_at = _held_at(facts.held_on, zone)
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
            segment=site.segment,
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
