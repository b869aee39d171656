"""Filling in an instrument: one answer at a time, then saved once and never changed."""

from collections.abc import Sequence
from fractions import Fraction

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal import db
from portal.accounts import drafts
from portal.audit import Event, record
from portal.audit.acts import Act
from portal.care.access import visible
from portal.care.consent import is_agreed
from portal.care.models import Episode
from portal.db import AssessmentId
from portal.diary.assessment_queries import STAYS_OPEN
from portal.diary.models import Assessment, AssessmentAnswer
from portal.diary.queries import Care
from portal.diary.service import NoConsent, Writer
from portal.errors import Conflict, EpisodeEnded, OutOfSight, PortalError
from portal.instruments.model import Instrument
from portal.instruments.scoring import NotAnAnswer, score_of


class NothingBegun(PortalError):
    """There is nothing to save: it was saved before, or begun more than a day ago."""


class NothingAnswered(PortalError):
    """Every question was left out, so there is nothing to keep."""


def form_of(instrument: str) -> str:
    """Return the name of an instrument's form, which is its address, for drafts."""
    return f"/me/check/{instrument}"


def _open_episode(session: Session, writer: Writer, care: Care) -> Episode:
    """Return the episode if it takes new answers; raises OutOfSight, EpisodeEnded, NoConsent."""
    found = session.execute(
        select(Episode, is_agreed()).where(Episode.id == care.episode_id, visible(writer.reader))
    ).first()
    if found is None:
        raise OutOfSight
    episode, agrees = found
    if episode.ended_on is not None:
        raise EpisodeEnded
    if not agrees:
        raise NoConsent
    return episode


def _unfinished(session: Session, care: Care, instrument: Instrument) -> Assessment | None:
    return session.scalar(
        select(Assessment)
        .where(
            Assessment.episode_id == care.episode_id,
            Assessment.instrument == instrument.code,
            Assessment.completed_at.is_(None),
        )
        .with_for_update()
    )


def _answers(session: Session, row: Assessment) -> dict[str, AssessmentAnswer]:
    rows = session.scalars(select(AssessmentAnswer).where(AssessmentAnswer.assessment_id == row.id))
    return {answer.item: answer for answer in rows}


def _is_stale(row: Assessment, care: Care, instrument: Instrument) -> bool:
    is_old = care.now - row.started_at >= STAYS_OPEN
    return is_old or row.version != instrument.version


def _throw_away(session: Session, row: Assessment) -> None:
    """Forget a filling-in that was never saved; only what was saved is a record."""
    mine = AssessmentAnswer.assessment_id == row.id
    session.execute(delete(AssessmentAnswer).where(mine))
    session.delete(row)
    session.flush()


def _begin(
    session: Session, writer: Writer, care: Care, instrument: Instrument, *, episode: Episode
) -> Assessment:
    asked = instrument.asked(episode.activities)
    row = Assessment(
        id=AssessmentId(db.new_id()),
        episode_id=care.episode_id,
        instrument=instrument.code,
        version=instrument.version,
        language=instrument.language,
        about_on=care.today,
        started_at=care.now,
        entered_by_id=writer.reader.account_id,
        subjects={question.code: question.subject for question in asked if question.subject},
    )
    session.add(row)
    try:
        session.flush()
    except IntegrityError as error:  # two windows at once, where the database lets both in
        raise Conflict from error
    _note(session, writer, care, Act.ASSESSMENT_BEGUN, row=row)
    return row


def _note(session: Session, writer: Writer, care: Care, act: Act, *, row: Assessment) -> None:
    event = Event(
        act,
        patient_id=care.patient_id,
        episode_id=care.episode_id,
        subject=str(row.id),
        details={"instrument": row.instrument},
    )
    record(session, writer.actor, event)


def keep_answer(
    session: Session,
    *,
    writer: Writer,
    care: Care,
    instrument: Instrument,
    item: str,
    value: int | None,
) -> None:
    """Keep one answer of an unfinished assessment, begun now if need be; None leaves it out.

    The same answer sent twice is kept once. What was begun a day ago or in an older version is
    begun anew. Raises OutOfSight for an item that is not asked, NotAnAnswer, EpisodeEnded,
    NoConsent, or Conflict where two windows begin at once.
    """
    episode = _open_episode(session, writer, care)
    row = _unfinished(session, care, instrument)
    if row is not None and _is_stale(row, care, instrument):
        _throw_away(session, row)
        row = None
    subjects = list(row.subjects.values()) if row is not None else episode.activities
    if item not in {question.code for question in instrument.asked(subjects)}:
        raise OutOfSight
    if value is not None and value not in instrument.values:
        raise NotAnAnswer(instrument.code)
    row = row or _begin(session, writer, care, instrument, episode=episode)
    _put(session, row, item, value)
    _forget_draft(session, writer, care, instrument)


def _put(session: Session, row: Assessment, item: str, value: int | None) -> None:
    answer = session.get(AssessmentAnswer, (row.id, item))
    if answer is not None and value is None:
        session.delete(answer)
    elif answer is not None and value is not None:
        answer.value = value
    elif value is not None:
        more = AssessmentAnswer(
            assessment_id=row.id, item=item, episode_id=row.episode_id, value=value
        )
        session.add(more)
    session.flush()


def _forget_draft(session: Session, writer: Writer, care: Care, instrument: Instrument) -> None:
    if care.is_draft_kept:
        account_id = writer.reader.account_id
        drafts.discard(session, account_id=account_id, form=form_of(instrument.code))


def complete(session: Session, *, writer: Writer, care: Care, instrument: Instrument) -> None:
    """Save what was answered, with its score or the reason for none.

    A second one on the same day counts in place of the first, which stays. Raises NothingBegun,
    which also answers a second click; NothingAnswered; OutOfSight, EpisodeEnded, NoConsent.
    """
    _open_episode(session, writer, care)
    row = _unfinished(session, care, instrument)
    if row is None or _is_stale(row, care, instrument):
        raise NothingBegun
    answers = {item: answer.value for item, answer in _answers(session, row).items()}
    if not answers:
        raise NothingAnswered
    score = score_of(instrument, answers)
    row.score = _as_stored(score.value)
    row.no_score = score.reason.value if score.reason is not None else None
    row.about_on = care.today
    row.completed_at = care.now
    is_second = _is_done_today(session, row)
    session.flush()
    db.touch(session, care.episode_id)
    _forget_draft(session, writer, care, instrument)
    act = Act.ASSESSMENT_CORRECTED if is_second else Act.ASSESSMENT_COMPLETED
    _note(session, writer, care, act, row=row)


def _as_stored(value: Fraction | None) -> float | None:
    return None if value is None else float(value)


def _is_done_today(session: Session, row: Assessment) -> bool:
    found = session.scalar(
        select(Assessment.id)
        .where(
            Assessment.episode_id == row.episode_id,
            Assessment.instrument == row.instrument,
            Assessment.about_on == row.about_on,
            Assessment.completed_at.is_not(None),
            Assessment.id != row.id,
        )
        .limit(1)
    )
    return found is not None


def name_activities(
    session: Session, *, writer: Writer, care: Care, activities: Sequence[str]
) -> None:
    """Let a patient whose episode names no activities name one to three.

    Activities that stand already are left alone. Raises OutOfSight, EpisodeEnded, NoConsent.
    """
    episode = _open_episode(session, writer, care)
    if episode.activities or not activities:
        return
    episode.activities = list(activities)
    session.flush()
    db.touch(session, care.episode_id)
    event = Event(Act.ACTIVITIES_NAMED, patient_id=care.patient_id, episode_id=care.episode_id)
    record(session, writer.actor, event)
