"""Which explainers a patient marked as read, and whether the care team may see that."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from portal import clock
from portal.accounts.reader import Reader
from portal.audit import Event, record
from portal.audit.acts import Act
from portal.audit.record import Actor
from portal.care.access import Sight, keys_of, sight_of, visible, visible_by
from portal.care.models import Episode, Reading
from portal.db import EpisodeId
from portal.errors import OutOfSight
from portal.statements import Kept


@dataclass(frozen=True, slots=True)
class Marked:
    """The pages that were marked, and whether the care team may see them."""

    slugs: frozenset[str]
    is_shared: bool


def marked_pages(session: Session, reader: Reader, episode_id: EpisodeId) -> Marked:
    """Return what the patient marked, for the patient's own page."""
    rows = session.execute(
        select(Reading.slug, Reading.is_shared)
        .join(Episode, Episode.id == Reading.episode_id)
        .where(Episode.id == episode_id, visible(reader), Reading.taken_back_at.is_(None))
    ).all()
    return Marked(frozenset(row.slug for row in rows), any(row.is_shared for row in rows))


def read_and_shared(session: Session, reader: Reader, episode_id: EpisodeId) -> tuple[str, ...]:
    """Return the pages that the care team may know were read; none unless the patient allows."""
    asked = _read_and_shared(sight_of(reader))
    rows = asked.tuples(session, **keys_of(reader), episode_id=episode_id)
    return tuple(slug for (slug,) in rows)


@cache
def _read_and_shared(sight: Sight) -> Kept:
    return Kept(
        select(Reading.slug)
        .join(Episode, Episode.id == Reading.episode_id)
        .where(
            Episode.id == bindparam("episode_id"),
            visible_by(sight),
            Reading.taken_back_at.is_(None),
            Reading.is_shared,
        )
    )


def mark_pages(
    session: Session,
    *,
    reader: Reader,
    actor: Actor,
    episode_id: EpisodeId,
    slugs: Collection[str],
    is_shared: bool,
) -> None:
    """Set which pages are marked as read and whether that is shared; a page taken back is hidden.

    Raises OutOfSight where the episode is not the reader's own.
    """
    owned = select(Episode.patient_id).where(Episode.id == episode_id, visible(reader))
    patient_id = session.scalar(owned)
    if patient_id is None or patient_id != reader.patient_id:
        raise OutOfSight
    rows = {
        row.slug: row
        for row in session.scalars(select(Reading).where(Reading.episode_id == episode_id))
    }
    now = clock.now()
    for slug, row in rows.items():
        row.is_shared = is_shared
        if slug not in slugs:
            row.taken_back_at = row.taken_back_at or now
        elif row.taken_back_at is not None:
            row.marked_at, row.taken_back_at = now, None
    session.add_all(
        Reading(episode_id=episode_id, slug=slug, marked_at=now, is_shared=is_shared)
        for slug in slugs
        if slug not in rows
    )
    session.flush()
    event = Event(Act.READING_CHANGED, patient_id=patient_id, episode_id=episode_id)
    record(session, actor, event)
