"""Questions for the next visit: the patient writes, orders and takes them back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import db
from portal.accounts.reader import Reader
from portal.audit import Event, record
from portal.audit.acts import Act
from portal.care.access import episodes_visible_to, visible
from portal.care.models import Episode, Practitioner
from portal.db import EpisodeId, QuestionId
from portal.diary.models import Question
from portal.diary.queries import Care
from portal.diary.service import Writer
from portal.errors import EpisodeEnded, OutOfSight, PortalError

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


def questions_of(session: Session, reader: Reader, episode_id: EpisodeId) -> tuple[Asked, ...]:
    """Return the questions of an episode in the patient's order; withdrawn ones left out."""
    rows = session.execute(
        select(Question, Practitioner.display_name)
        .outerjoin(Practitioner, Practitioner.id == Question.answered_by_id)
        .where(
            Question.episode_id == episode_id,
            Question.episode_id.in_(episodes_visible_to(reader)),
            Question.withdrawn_at.is_(None),
        )
        .order_by(Question.position, Question.asked_at)
    )
    return tuple(
        Asked(question.id, question.body, question.asked_at, question.answered_at, name or "")
        for question, name in rows
    )


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
