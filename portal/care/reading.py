"""Somebody always reads: who reads a diary, and which would lose its last reader."""

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from portal.care.models import CareTeam, Episode, Practitioner, Restriction
from portal.db import EpisodeId, PractitionerId


def _readers() -> Select[EpisodeId, PractitionerId, str]:
    """Everybody who reads an open episode: in its care team, active, and not shut out by it."""
    shut_out = (
        select(Restriction.id)
        .where(
            Restriction.episode_id == Episode.id,
            Restriction.practitioner_id == Practitioner.id,
            Restriction.lifted_at.is_(None),
        )
        .exists()
    )
    return (
        select(Episode.id, Practitioner.id, Practitioner.display_name)
        .join(CareTeam, CareTeam.episode_id == Episode.id)
        .join(Practitioner, Practitioner.id == CareTeam.practitioner_id)
        .where(
            Episode.ended_on.is_(None),
            CareTeam.until_at.is_(None),
            Practitioner.is_active,
            ~shut_out,
        )
    )


def who_reads(session: Session, episode_id: EpisodeId) -> tuple[str, ...]:
    """Return the names of those who read this diary; none when nobody does."""
    rows = session.execute(_readers().where(Episode.id == episode_id))
    return tuple(sorted({row[2] for row in rows}))


def left_unread_without(session: Session, practitioner_id: PractitionerId) -> frozenset[EpisodeId]:
    """Return the open episodes that nobody would read any more without this practitioner."""
    theirs = select(CareTeam.episode_id).where(
        CareTeam.practitioner_id == practitioner_id, CareTeam.until_at.is_(None)
    )
    readers: dict[EpisodeId, set[PractitionerId]] = {}
    for episode_id, reader_id, _name in session.execute(_readers().where(Episode.id.in_(theirs))):
        readers.setdefault(episode_id, set()).add(reader_id)
    return frozenset(key for key, found in readers.items() if found == {practitioner_id})
