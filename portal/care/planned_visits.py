"""Visits that are still to come: planning, moving and cancelling them."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import clock, db
from portal.care.models import Episode, Visit
from portal.care.visits import refuse_ended
from portal.db import EpisodeId, PractitionerId, VisitId
from portal.errors import Conflict, OutOfSight


def plan_visit(
    session: Session,
    *,
    episode: Episode,
    zone: str,
    practitioner_id: PractitionerId,
    planned_for: datetime,
) -> Visit:
    """Plan the next visit; one planned by hand before for later days is replaced by it.

    Visits that came from the clinic's own calendar stay, and so does one of that very moment: a
    form sent twice plans one visit. Raises EpisodeEnded.
    """
    refuse_ended(episode)
    now = clock.now()
    to_come = _to_come(session, episode.id)
    same = next((one for one in to_come if one.planned_for == planned_for), None)
    if same is not None:
        return same
    for earlier in to_come:
        is_later = earlier.planned_for is not None and earlier.planned_for > now
        if earlier.source_key is None and is_later:
            earlier.cancelled_at = now
    return add_planned(
        session,
        episode=episode,
        zone=zone,
        practitioner_id=practitioner_id,
        planned_for=planned_for,
    )


def add_planned(
    session: Session,
    *,
    episode: Episode,
    zone: str,
    practitioner_id: PractitionerId,
    planned_for: datetime,
    source_key: str | None = None,
) -> Visit:
    """Plan one more visit beside those there are; `source_key` is its name in a calendar."""
    refuse_ended(episode)
    visit = Visit(
        episode_id=episode.id,
        practitioner_id=practitioner_id,
        planned_for=planned_for,
        planned_on=clock.local(planned_for, zone).date(),
        source_key=source_key,
    )
    session.add(visit)
    session.flush()
    db.touch(session, episode.id)
    return visit


def _to_come(session: Session, episode_id: EpisodeId) -> list[Visit]:
    rows = session.scalars(
        select(Visit)
        .where(
            Visit.episode_id == episode_id,
            Visit.held_on.is_(None),
            Visit.cancelled_at.is_(None),
        )
        .order_by(Visit.planned_for, Visit.id)
    )
    return list(rows)


def _still_planned(session: Session, episode: Episode, visit_id: VisitId) -> Visit:
    visit = session.get(Visit, visit_id)
    if visit is None or visit.episode_id != episode.id:
        raise OutOfSight
    if visit.held_on is not None or visit.cancelled_at is not None:
        raise Conflict("the visit was recorded or cancelled in between")
    return visit


def move_visit(
    session: Session, *, episode: Episode, zone: str, visit_id: VisitId, planned_for: datetime
) -> Visit:
    """Move a planned visit to another time.

    Raises OutOfSight for a visit of another episode, Conflict for one that was recorded or
    cancelled in between, EpisodeEnded.
    """
    refuse_ended(episode)
    visit = _still_planned(session, episode, visit_id)
    visit.planned_for = planned_for
    visit.planned_on = clock.local(planned_for, zone).date()
    session.flush()
    db.touch(session, episode.id)
    return visit


def cancel_visit(session: Session, *, episode: Episode, visit_id: VisitId) -> Visit:
    """Cancel a planned visit; the row stays. Raises as `move_visit` does."""
    refuse_ended(episode)
    visit = _still_planned(session, episode, visit_id)
    visit.cancelled_at = clock.now()
    session.flush()
    db.touch(session, episode.id)
    return visit


def cancel_all(session: Session, episode_id: EpisodeId) -> list[VisitId]:
    """Cancel every visit of an episode that is still to come, as at its end."""
    now = clock.now()
    found = _to_come(session, episode_id)
    for visit in found:
        visit.cancelled_at = now
    session.flush()
    return [visit.id for visit in found]
