"""What a practitioner does about a diary: review it, settle a flag, answer a question."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal import clock, db
from portal.care.models import Episode
from portal.db import EntryId, EpisodeId, FlagId, PractitionerId
from portal.diary.models import Entry, EntryFlag, FlagAct, Question
from portal.errors import Conflict
from portal.review.models import Review

NO_ANSWER = "no-answer"
TWICE = timedelta(minutes=2)
HOWS = ("spoke-at-visit", "called", NO_ANSWER, "sent-to-doctor")


@dataclass(frozen=True, slots=True)
class Done:
    """What was done about a flag: how, and a note."""

    how: str
    note: str

    @property
    def settles(self) -> bool:
        """Whether the flag is settled by it; a call that nobody answered leaves it open."""
        return self.how != NO_ANSWER


def mark_reviewed(
    session: Session,
    *,
    episode_id: EpisodeId,
    practitioner_id: PractitionerId,
    up_to: EntryId | None,
) -> Review:
    """Note that a practitioner has read a diary up to the version the page showed.

    What was written after it stays new, and no flag is acknowledged by it. `up_to` is None for a
    diary that was empty. The same press sent twice is one review. Raises Conflict where that
    version is not of this diary, or where the first entry came while the empty page was read.
    """
    _one_at_a_time(session, episode_id)
    known = select(Entry.id).where(Entry.episode_id == episode_id).limit(1)
    if up_to is not None:
        known = known.where(Entry.id == up_to)
    if (session.scalar(known) is None) is not (up_to is None):
        raise Conflict
    newest = _newest_review(session, episode_id, practitioner_id)
    if newest and newest.up_to_entry_id == up_to and clock.now() - newest.at < TWICE:
        return newest
    review = Review(
        episode_id=episode_id,
        practitioner_id=practitioner_id,
        at=clock.now(),
        up_to_entry_id=up_to,
    )
    session.add(review)
    session.flush()
    return review


def _newest_review(
    session: Session, episode_id: EpisodeId, practitioner_id: PractitionerId
) -> Review | None:
    """One's own newest review that stands."""
    return session.scalar(
        select(Review)
        .where(
            Review.episode_id == episode_id,
            Review.practitioner_id == practitioner_id,
            Review.undone_at.is_(None),
        )
        .order_by(Review.at.desc(), Review.id.desc())
        .limit(1)
    )


def _one_at_a_time(session: Session, episode_id: EpisodeId) -> None:
    """Let the second of two who review a diary at once see what the first did."""
    session.execute(select(Episode.id).where(Episode.id == episode_id).with_for_update())


def undo_review(
    session: Session, *, episode_id: EpisodeId, practitioner_id: PractitionerId, zone: str
) -> Review:
    """Take back one's own newest review, on the day it was made in the clinic's zone.

    Raises Conflict where there is none, or it was made on an earlier day.
    """
    _one_at_a_time(session, episode_id)
    review = _newest_review(session, episode_id, practitioner_id)
    if review is None or clock.local(review.at, zone).date() != clock.today(zone):
        raise Conflict
    review.undone_at = clock.now()
    session.flush()
    return review


def note_opened(session: Session, *, flag_ids: Collection[FlagId]) -> None:
    """Remember when somebody of the clinic first saw these flags."""
    if flag_ids:
        session.execute(
            update(EntryFlag)
            .where(EntryFlag.id.in_(flag_ids), EntryFlag.opened_at.is_(None))
            .values(opened_at=clock.now())
        )


def act_on_flag(
    session: Session, *, flag: EntryFlag, practitioner_id: PractitionerId, done: Done
) -> FlagAct:
    """Write down what was done about a flag or a call; it is settled unless nobody answered.

    The same words sent twice are written once. Raises Conflict where somebody else has settled
    the flag in between.
    """
    session.refresh(flag, with_for_update=True)  # two at once: the second sees the first
    newest = session.scalar(
        select(FlagAct).where(FlagAct.flag_id == flag.id).order_by(FlagAct.at.desc()).limit(1)
    )
    if newest is not None and _is_same(newest, practitioner_id, done):
        return newest
    if flag.acknowledged_at is not None:
        raise Conflict
    now = clock.now()
    act = FlagAct(
        episode_id=flag.episode_id,
        flag_id=flag.id,
        practitioner_id=practitioner_id,
        at=now,
        how=done.how,
        note=done.note,
    )
    session.add(act)
    if done.settles:
        flag.acknowledged_at = now
    session.flush()
    db.touch(session, flag.episode_id)
    return act


def _is_same(act: FlagAct, practitioner_id: PractitionerId, done: Done) -> bool:
    is_recent = clock.now() - act.at < TWICE
    return is_recent and (act.practitioner_id, act.how, act.note) == (
        practitioner_id,
        done.how,
        done.note,
    )


def reopen_question(
    session: Session, *, question: Question, practitioner_id: PractitionerId, zone: str
) -> None:
    """Take back one's own "answered" on the day it was given; an open question stays as it is.

    Raises Conflict where somebody else answered it, or it was on an earlier day of the clinic.
    """
    if question.answered_at is None:
        return
    is_today = clock.local(question.answered_at, zone).date() == clock.today(zone)
    if question.answered_by_id != practitioner_id or not is_today:
        raise Conflict
    question.answered_at = None
    question.answered_by_id = None
    session.flush()
    db.touch(session, question.episode_id)


def answer_question(
    session: Session, *, question: Question, practitioner_id: PractitionerId
) -> None:
    """Mark a question as answered; a second time changes nothing."""
    if question.answered_at is None:
        question.answered_at = clock.now()
        question.answered_by_id = practitioner_id
        session.flush()
        db.touch(session, question.episode_id)
