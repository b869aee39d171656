"""The lock-box: a patient closes the diary to somebody of the clinic, and opens it again.

A restriction is a row that `care/access.py` reads at every request, so it takes effect at the next
one. It covers all of the patient's episodes of care here; nothing but the patient's own act lifts
it.
"""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import clock, db
from portal.accounts.reader import Reader
from portal.audit import Actor, Event, record
from portal.audit.acts import Act
from portal.care.models import Episode, Practitioner, Restriction
from portal.care.reading import left_unread_without
from portal.db import EpisodeId, PractitionerId
from portal.errors import NobodyWouldRead, OutOfSight


def shut_out(
    session: Session,
    actor: Actor,
    *,
    reader: Reader,
    practitioner_id: PractitionerId,
    is_told: bool,
) -> None:
    """Close the patient's diary to a practitioner from the next request on.

    `is_told` says that the patient has read that nobody would be left to read; without it
    NobodyWouldRead is raised there. Raises OutOfSight for somebody who does not work here, and
    for a patient without an episode. Nothing changes for one who is shut out already.
    """
    _refuse_stranger(session, reader, practitioner_id)
    episodes = _own_episodes(session, reader)
    if not is_told and left_unread_without(session, practitioner_id) & set(episodes):
        raise NobodyWouldRead("the patient's diary would have no reader")
    closed = {one.episode_id for one in _standing(session, episodes, practitioner_id)}
    missing = [one for one in episodes if one not in closed]
    now = clock.now()
    session.add_all(
        Restriction(episode_id=one, practitioner_id=practitioner_id, from_at=now, lifted_at=None)
        for one in missing
    )
    session.flush()
    if missing:
        _note(session, actor, reader, missing, what="closed", practitioner=str(practitioner_id))


def let_in(
    session: Session, actor: Actor, *, reader: Reader, practitioner_id: PractitionerId
) -> None:
    """Lift what the patient had closed to a practitioner; whoever is in the care team reads again.

    Nothing changes where nothing was closed.
    """
    standing = _standing(session, _own_episodes(session, reader), practitioner_id)
    for one in standing:
        one.lifted_at = clock.now()
    session.flush()
    if standing:
        lifted = [one.episode_id for one in standing]
        _note(session, actor, reader, lifted, what="opened", practitioner=str(practitioner_id))


def _refuse_stranger(session: Session, reader: Reader, practitioner_id: PractitionerId) -> None:
    found = session.scalar(
        select(Practitioner.id).where(
            Practitioner.id == practitioner_id,
            Practitioner.clinic_id == reader.clinic_id,
            Practitioner.account_id != reader.account_id,
        )
    )
    if found is None:
        raise OutOfSight


def _own_episodes(session: Session, reader: Reader) -> list[EpisodeId]:
    own = session.scalars(
        select(Episode.id).where(
            Episode.patient_id == reader.patient_id, Episode.clinic_id == reader.clinic_id
        )
    ).all()
    if not own:
        raise OutOfSight
    return list(own)


def _standing(
    session: Session, episodes: Iterable[EpisodeId], practitioner_id: PractitionerId
) -> list[Restriction]:
    found = session.scalars(
        select(Restriction).where(
            Restriction.episode_id.in_(list(episodes)),
            Restriction.practitioner_id == practitioner_id,
            Restriction.lifted_at.is_(None),
        )
    )
    return list(found)


def _note(
    session: Session, actor: Actor, reader: Reader, episodes: Iterable[EpisodeId], **what: object
) -> None:
    for episode_id in episodes:
        db.touch(session, episode_id)
        event = Event(
            Act.RESTRICTION_CHANGED,
            patient_id=reader.patient_id,
            episode_id=episode_id,
            details=what,
        )
        record(session, actor, event)
