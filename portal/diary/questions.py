"""Questions for the next visit: the patient writes, orders and takes them back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Row, Select, bindparam, select
from sqlalchemy.orm import Session

from portal import db
from portal.accounts.reader import Reader
from portal.audit import Event, record
from portal.audit.acts import Act
from portal.care.access import Sight, keys_of, sight_of, visible, visible_by
from portal.care.models import Episode, Practitioner
from portal.db import EpisodeId, QuestionId
from portal.diary.models import Question
from portal.diary.queries import Care
from portal.diary.service import Writer
from portal.errors import EpisodeEnded, OutOfSight, PortalError
from portal.statements import Kept

LONGEST = 500
MOST = 20


class TooManyQuestions(PortalError):
    """More questions are waiting than one visit can answer."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as the patient sees it; answered ones name who answered, and when."""

    id: QuestionId
    body: str
    asked_at: datetime
    answered_at: datetime | None
    answered_by: str
    edited_at: datetime | None = None


def questions_of(session: Session, reader: Reader, episode_id: EpisodeId) -> tuple[Asked, ...]:
    """Return the questions of an episode in the patient's order; withdrawn ones left out."""
    asked = _standing_by(sight_of(reader))
    return tuple(map(_asked, asked.rows(session, **keys_of(reader), episode_id=episode_id)))


def taken_back(
    session: Session, reader: Reader, episode_id: EpisodeId, question_id: QuestionId
) -> Asked | None:
    """Return a question that was taken back, so that it can be put back; None where it was not."""
    asked = _taken_back_by(sight_of(reader))
    which = {**keys_of(reader), "episode_id": episode_id, "question_id": question_id}
    found = asked.first(session, **which)
    return _asked(found) if found is not None else None


@cache
def _standing_by(sight: Sight) -> Kept:
    return Kept(_questions_by(sight).where(Question.withdrawn_at.is_(None)))


@cache
def _taken_back_by(sight: Sight) -> Kept:
    is_this = Question.id == bindparam("question_id")
    return Kept(_questions_by(sight).where(is_this, Question.withdrawn_at.is_not(None)))


def _questions_by(sight: Sight) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Question.id,
            Question.body,
            Question.asked_at,
            Question.answered_at,
            Practitioner.display_name,
            Question.edited_at,
        )
        .outerjoin(Practitioner, Practitioner.id == Question.answered_by_id)
        .where(
            Question.episode_id == bindparam("episode_id"),
            Question.episode_id.in_(select(Episode.id).where(visible_by(sight))),
        )
        .order_by(Question.position, Question.asked_at)
    )


def _asked(row: Row[*tuple[Any, ...]]) -> Asked:
    key, body, asked_at, answered_at, name, edited_at = row
    return Asked(key, body, asked_at, answered_at, name or "", edited_at)


def _waiting(session: Session, writer: Writer, care: Care) -> list[Question]:
    ended_on = select(Episode.ended_on).where(Episode.id == care.episode_id, visible(writer.reader))
    found = session.execute(ended_on).first()
    if found is None:
        raise OutOfSight
    if found[0] is not None:
        raise EpisodeEnded
    return list(
        session.scalars(
            select(Question)
            .where(
                Question.episode_id == care.episode_id,
                Question.withdrawn_at.is_(None),
                Question.answered_at.is_(None),
            )
            .order_by(Question.position, Question.asked_at)
        )
    )


def _note(session: Session, writer: Writer, care: Care, act: Act, *, subject: QuestionId) -> None:
    db.touch(session, care.episode_id)
    event = Event(act, patient_id=care.patient_id, episode_id=care.episode_id, subject=str(subject))
    record(session, writer.actor, event)


def ask(session: Session, *, writer: Writer, care: Care, body: str) -> None:
    """Add a question at the end; the same words waiting already are not added twice.

    Raises OutOfSight, EpisodeEnded, or TooManyQuestions when 20 are waiting.
    """
    waiting = _waiting(session, writer, care)
    if any(question.body == body for question in waiting):
        return
    if len(waiting) >= MOST:
        raise TooManyQuestions
    question = Question(
        id=QuestionId(db.new_id()),
        episode_id=care.episode_id,
        body=body,
        position=max((one.position for one in waiting), default=0) + 1,
        asked_at=care.now,
    )
    session.add(question)
    session.flush()
    _note(session, writer, care, Act.QUESTION_WRITTEN, subject=question.id)


def _place_of(waiting: Sequence[Question], question_id: QuestionId) -> int:
    for place, question in enumerate(waiting):
        if question.id == question_id:
            return place
    raise OutOfSight


def take_back(session: Session, *, writer: Writer, care: Care, question_id: QuestionId) -> None:
    """Take a question back. Raises OutOfSight where it is not the patient's own or not waiting."""
    waiting = _waiting(session, writer, care)
    waiting[_place_of(waiting, question_id)].withdrawn_at = care.now
    _note(session, writer, care, Act.QUESTION_CHANGED, subject=question_id)


def move(session: Session, *, writer: Writer, care: Care, question_id: QuestionId, by: int) -> None:
    """Move a question up (-1) or down (+1); at the end of the list it stays."""
    waiting = _waiting(session, writer, care)
    here = _place_of(waiting, question_id)
    there = min(max(here + by, 0), len(waiting) - 1)
    waiting.insert(there, waiting.pop(here))
    for position, question in enumerate(waiting, start=1):
        question.position = position
    _note(session, writer, care, Act.QUESTION_CHANGED, subject=question_id)


def reword(
    session: Session, *, writer: Writer, care: Care, question_id: QuestionId, body: str
) -> None:
    """Change the words of a waiting question; staff see that it was edited, and when.

    The same words change nothing. Raises OutOfSight where it is not the patient's own or no
    longer waits.
    """
    waiting = _waiting(session, writer, care)
    question = waiting[_place_of(waiting, question_id)]
    if question.body == body:
        return
    question.body = body
    question.edited_at = care.now
    _note(session, writer, care, Act.QUESTION_CHANGED, subject=question_id)


def put_back(session: Session, *, writer: Writer, care: Care, question_id: QuestionId) -> None:
    """Undo taking a question back; it returns to its place. Pressed twice, it changes nothing.

    Raises OutOfSight where it is not the patient's own, and TooManyQuestions when 20 wait.
    """
    waiting = _waiting(session, writer, care)
    if any(one.id == question_id for one in waiting):
        return
    question = session.scalar(
        select(Question).where(Question.id == question_id, Question.episode_id == care.episode_id)
    )
    if question is None or question.answered_at is not None:
        raise OutOfSight
    if len(waiting) >= MOST:
        raise TooManyQuestions
    question.withdrawn_at = None
    _note(session, writer, care, Act.QUESTION_CHANGED, subject=question_id)
