"""Completed assessments for tests, as the portal would keep them."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import db
from portal.care.models import Episode, Patient
from portal.db import AssessmentId
from portal.diary.models import Assessment, AssessmentAnswer
from portal.instruments.catalogue import house_catalogue
from portal.instruments.scoring import score_of
from tests import factories


def assessment(
    session: Session,
    of: Episode,
    on: date,
    instrument: str = "peg",
    *,
    answers: Mapping[str, int],
    subjects: Mapping[str, str] | None = None,
    **more: Any,
) -> Assessment:
    """One completed assessment with its score; `subjects` are the activities of a PSFS."""
    score = score_of(house_catalogue().get(instrument), answers)
    author = session.scalar(select(Patient.account_id).where(Patient.id == of.patient_id))
    values: dict[str, Any] = {
        "id": AssessmentId(db.new_id()),
        "episode_id": of.id,
        "instrument": instrument,
        "version": "1",
        "language": "en",
        "about_on": on,
        "started_at": factories.at(on, 19),
        "completed_at": factories.at(on, 19, 1),
        "entered_by_id": author,
        "subjects": dict(subjects or {}),
        "score": None if score.value is None else float(score.value),
        "no_score": score.reason,
    }
    row = Assessment(**(values | more))
    session.add(row)
    session.flush()
    for item, value in answers.items():
        session.add(
            AssessmentAnswer(assessment_id=row.id, item=item, episode_id=of.id, value=value)
        )
    session.flush()
    db.touch(session, of.id)
    return row


def peg(session: Session, of: Episode, on: date, values: Sequence[int]) -> Assessment:
    """A PEG with its three answers in order."""
    items = ("pain", "enjoyment", "activity")
    return assessment(session, of, on, answers=dict(zip(items, values, strict=False)))


def psfs(session: Session, of: Episode, on: date, rated: Mapping[str, int]) -> Assessment:
    """A PSFS with each activity's rating."""
    codes = {f"activity-{n}": words for n, words in enumerate(rated, 1)}
    return assessment(
        session,
        of,
        on,
        "psfs",
        answers={code: rated[words] for code, words in codes.items()},
        subjects=codes,
    )


def pgic(session: Session, of: Episode, on: date, value: int, **more: Any) -> Assessment:
    """A PGIC: 1 is very much improved, 7 very much worse."""
    return assessment(session, of, on, "pgic", answers={"overall": value}, **more)
