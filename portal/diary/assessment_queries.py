"""Reading assessments: what a reader may see of an episode's filled-in instruments."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, case, func, select
from sqlalchemy.orm import Session

from portal import clock
from portal.accounts.reader import Reader
from portal.care.access import Sight, episodes_visible_to, keys_of, sight_of, visible_by
from portal.care.models import Episode
from portal.db import AssessmentId, EpisodeId
from portal.diary.checks import DoneOn, due_on, rhythm_of
from portal.diary.models import Assessment, AssessmentAnswer
from portal.diary.queries import Care
from portal.diary.schedule import VisitDay
from portal.statements import Kept

STAYS_OPEN = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessed:
    """One completed filling-in of an instrument, with its answers by item.

    `subjects` are the activities rated, in the patient's words, by item; `is_replaced` says that
    a later one of the same day counts instead.
    """

    id: AssessmentId
    instrument: str
    version: str
    language: str
    about_on: date
    completed_at: datetime
    subjects: Mapping[str, str]
    answers: Mapping[str, int]
    is_replaced: bool = False

    @property
    def by_subject(self) -> dict[str, int]:
        """The answers by what was rated, so that the same activity is found again later."""
        return {subject_key(self.subjects.get(code, code)): n for code, n in self.answers.items()}

    def is_comparable(self, other: "Assessed") -> bool:
        """Whether both are of one instrument in one version and language."""
        own = (self.instrument, self.version, self.language)
        return own == (other.instrument, other.version, other.language)


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A filling-in that was begun less than a day ago and not saved yet."""

    subjects: Mapping[str, str]
    answers: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class DueCheck:
    """An instrument that is asked for today; `is_begun` where some of it is answered."""

    instrument: str
    is_begun: bool


def subject_key(words: str) -> str:
    """Return an activity's words as they are compared: in one case, with single spaces."""
    return " ".join(words.split()).casefold()


# Statements are built once: putting one together costs more than running it.
def _readable(sight: Sight) -> ColumnElement[bool]:
    mine = Assessment.episode_id.in_(select(Episode.id).where(visible_by(sight)))
    return (Assessment.episode_id == bindparam("episode_id")) & mine


def _keys(reader: Reader, episode_id: EpisodeId, **more: object) -> dict[str, object]:
    return {**keys_of(reader), "episode_id": episode_id, **more}


def assessments_of(session: Session, reader: Reader, episode_id: EpisodeId) -> tuple[Assessed, ...]:
    """Return every completed assessment, oldest first; of one day the last completed counts."""
    rows = _completed_by(sight_of(reader)).tuples(session, **_keys(reader, episode_id))
    return in_force(gathered(rows))


@cache
def _completed_by(sight: Sight) -> Kept:
    return Kept(
        _COMPLETED.where(_readable(sight)).order_by(
            Assessment.about_on, Assessment.completed_at, Assessment.id
        )
    )


_COMPLETED = (
    select(
        Assessment.id,
        Assessment.instrument,
        Assessment.version,
        Assessment.language,
        Assessment.about_on,
        Assessment.completed_at,
        Assessment.subjects,
        AssessmentAnswer.item,
        AssessmentAnswer.value,
    )
    .outerjoin(AssessmentAnswer, AssessmentAnswer.assessment_id == Assessment.id)
    .where(Assessment.completed_at.is_not(None))
)


def gathered(rows: Iterable[Sequence[Any]]) -> list[Assessed]:
    """Return assessments from rows of one answer each, in the order of the rows."""
    found: dict[AssessmentId, Assessed] = {}
    answers: dict[AssessmentId, dict[str, int]] = {}
    for *told, item, value in rows:
        key = told[0]
        if key not in found:
            found[key] = _assessed(told, answers.setdefault(key, {}))
        if item is not None:
            answers[key][item] = value
    return list(found.values())


def _assessed(told: Sequence[Any], answers: dict[str, int]) -> Assessed:
    key, instrument, version, language, about_on, completed_at, subjects = told
    return Assessed(
        id=key,
        instrument=instrument,
        version=version,
        language=language,
        about_on=about_on,
        completed_at=completed_at,
        subjects=subjects,
        answers=answers,
    )


def in_force(found: Sequence[Assessed]) -> tuple[Assessed, ...]:
    """Mark what a later filling-in of the same day replaced; oldest first comes in and out."""
    newest = {(one.instrument, one.about_on): one.id for one in found}
    return tuple(
        replace(one, is_replaced=newest[one.instrument, one.about_on] != one.id) for one in found
    )


def unfinished_of(
    session: Session, reader: Reader, episode_id: EpisodeId, *, instrument: str, version: str
) -> Unfinished | None:
    """Return what was begun less than 24 hours ago in this version and not saved yet."""
    keys = _keys(reader, episode_id, instrument=instrument, version=version, since=_fresh_since())
    rows = session.execute(_unfinished_by(sight_of(reader)), keys).all()
    if not rows:
        return None
    given: list[tuple[str | None, int]] = [(row[1], row[2]) for row in rows]
    answers = {item: value for item, value in given if item is not None}
    return Unfinished(rows[0][0], answers)


def _fresh_since() -> datetime:
    return clock.now() - STAYS_OPEN


@cache
def _unfinished_by(sight: Sight) -> Select[*tuple[Any, ...]]:
    return (
        select(Assessment.subjects, AssessmentAnswer.item, AssessmentAnswer.value)
        .outerjoin(AssessmentAnswer, AssessmentAnswer.assessment_id == Assessment.id)
        .where(
            _readable(sight),
            Assessment.instrument == bindparam("instrument"),
            Assessment.version == bindparam("version"),
            Assessment.completed_at.is_(None),
            Assessment.started_at > bindparam("since"),
        )
    )


def activities_of(session: Session, reader: Reader, episode_id: EpisodeId) -> tuple[str, ...]:
    """Return the activities that matter to the patient, in the patient's words."""
    found = session.scalar(
        select(Episode.activities).where(
            Episode.id == episode_id, Episode.id.in_(episodes_visible_to(reader))
        )
    )
    return tuple(found or ())


def last_done(
    session: Session, reader: Reader, episode_id: EpisodeId
) -> tuple[tuple[DoneOn, ...], frozenset[str]]:
    """Return when each instrument was last completed, and which are begun; one statement."""
    keys = _keys(reader, episode_id, since=_fresh_since())
    rows = session.execute(_last_done_by(sight_of(reader)), keys).all()
    done = tuple(DoneOn(instrument, on) for instrument, on, _begun in rows if on is not None)
    return done, frozenset(instrument for instrument, _on, begun in rows if begun)


@cache
def _last_done_by(sight: Sight) -> Select[*tuple[Any, ...]]:
    is_done = Assessment.completed_at.is_not(None)
    is_fresh = ~is_done & (Assessment.started_at > bindparam("since"))
    return (
        select(
            Assessment.instrument,
            func.max(case((is_done, Assessment.about_on))),
            func.max(case((is_fresh, 1), else_=0)),
        )
        .where(_readable(sight))
        .group_by(Assessment.instrument)
    )


def due_checks(
    session: Session, reader: Reader, care: Care, *, visits: Iterable[VisitDay]
) -> tuple[DueCheck, ...]:
    """Return what is asked for today, for the patient's first page; one statement.

    Nothing while the diary is closed.
    """
    if not care.is_open:
        return ()
    done, begun = last_done(session, reader, care.episode_id)
    due = due_on(rhythm_of(care.plan, visits, done), care.today)
    return tuple(DueCheck(kind, kind in begun) for kind in due)
