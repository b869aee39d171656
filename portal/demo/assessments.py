"""Simulated assessments that fit a simulated diary: PEG by week, PSFS and PGIC around visits."""

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, time, timedelta
from statistics import fmean

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.care.models import Episode
from portal.care.visits import instant_of
from portal.db import AccountId, AssessmentId, new_id
from portal.demo.people import Person
from portal.demo.simulator import HIGHEST
from portal.diary.models import Assessment, AssessmentAnswer, Entry
from portal.instruments.catalogue import house_catalogue
from portal.instruments.scoring import score_of

ZONE = "America/Toronto"
_WEEK = timedelta(days=6)
# From which share of the first week's pain gone on: very much improved, much, minimally, no change.
_IMPROVED = ((0.7, 1), (0.35, 2), (0.12, 3), (-0.12, 4), (-0.35, 5))
_MUCH_WORSE = 6


def write_assessments(
    session: Session, person: Person, episode: Episode, author: AccountId, *, today: date
) -> None:
    """Write what this person would have filled in, from the same days the diary has."""
    entries = session.scalars(
        select(Entry)
        .where(Entry.episode_id == episode.id, Entry.version == 1)
        .order_by(Entry.about_on)
    ).all()
    if not entries:
        return
    chance = random.Random(f"{person.name}, assessments")
    weeks = _Weeks(entries)
    visits = sorted(today - timedelta(days=ago) for ago in person.held)
    ahead = [today + timedelta(days=person.next_in)] if person.next_in is not None else []
    filled = [
        *_pegs(weeks, episode.started_on, chance),
        *_psfs(weeks, episode, [*visits[1:], *ahead], chance),
        *_pgics(weeks, visits, ahead, chance),
    ]
    for instrument, on, answers in sorted(filled, key=lambda one: one[1]):
        _add(session, episode, author, (instrument, on, answers))
    session.flush()


_Filled = tuple[str, date, dict[str, int]]


class _Weeks:
    """The means of a diary's weeks, as somebody would remember them."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.entries = entries
        self.last = entries[-1].about_on

    def pain(self, on: date) -> float:
        return fmean(entry.pain_average or 0 for entry in self._around(on))

    def interference(self, on: date) -> float:
        return fmean(entry.interference or 0 for entry in self._around(on))

    def _around(self, on: date) -> Sequence[Entry]:
        """The week up to a day; at the very start, the first entries that there are."""
        week = [entry for entry in self.entries if on - _WEEK <= entry.about_on <= on]
        return week or self.entries[:5]


def _score(value: float) -> int:
    return max(0, min(HIGHEST, round(value)))


def _pegs(weeks: _Weeks, start: date, chance: random.Random) -> Iterator[_Filled]:
    for week in range((weeks.last - start).days // 7 + 1):
        on = start + timedelta(days=7 * week)
        is_done = on < weeks.last - timedelta(days=1) and (week == 0 or chance.random() < 0.85)
        answers = {
            "pain": _score(weeks.pain(on)),
            "enjoyment": _score(weeks.interference(on) + chance.gauss(0, 0.6)),
            "activity": _score(weeks.interference(on) + chance.gauss(0, 0.6)),
        }
        if chance.random() < 0.03:
            del answers["enjoyment"]
        if is_done:
            yield "peg", on, answers


def _before(visits: Sequence[date], last: date, chance: random.Random) -> Iterator[date]:
    """One of the three days before each visit that lies within the diary."""
    for visit in visits:
        on = visit - timedelta(days=chance.choice((1, 1, 2, 3)))
        if on <= last:
            yield on


def _psfs(
    weeks: _Weeks, episode: Episode, visits: Sequence[date], chance: random.Random
) -> Iterator[_Filled]:
    harder = [chance.gauss(0.5, 0.9) for _ in episode.activities]
    for on in [episode.started_on, *_before(visits, weeks.last, chance)]:
        easy = HIGHEST - weeks.interference(on)
        yield (
            "psfs",
            on,
            {
                f"activity-{number}": _score(easy - more + chance.gauss(0, 0.5))
                for number, more in enumerate(harder, 1)
            },
        )


def _pgics(
    weeks: _Weeks, visits: Sequence[date], ahead: Sequence[date], chance: random.Random
) -> Iterator[_Filled]:
    if len(visits) < 2:
        return
    first = max(1.0, weeks.pain(weeks.entries[0].about_on + _WEEK))
    after_second = visits[1] + timedelta(days=3)
    for on in [after_second, *_before([*visits[2:], *ahead], weeks.last, chance)]:
        if after_second <= on <= weeks.last:
            gone = (first - weeks.pain(on)) / first
            label = next((label for share, label in _IMPROVED if gone >= share), _MUCH_WORSE)
            yield "pgic", on, {"overall": label}


def _add(session: Session, episode: Episode, author: AccountId, filled: _Filled) -> None:
    code, on, answers = filled
    instrument = house_catalogue().get(code)
    score = score_of(instrument, answers)
    row = Assessment(
        id=AssessmentId(new_id()),
        episode_id=episode.id,
        instrument=code,
        version=instrument.version,
        language=instrument.language,
        about_on=on,
        started_at=instant_of(on, time(19, 2), ZONE),
        completed_at=instant_of(on, time(19, 3), ZONE),
        entered_by_id=author,
        subjects=_subjects(code, episode),
        score=None if score.value is None else float(score.value),
        no_score=score.reason.value if score.reason is not None else None,
    )
    session.add(row)
    session.flush()
    session.add_all(_rows(row, answers))


def _subjects(code: str, episode: Episode) -> dict[str, str]:
    asked = house_catalogue().get(code).asked(episode.activities)
    return {question.code: question.subject for question in asked if question.subject}


def _rows(row: Assessment, answers: Mapping[str, int]) -> Iterator[AssessmentAnswer]:
    for item, value in answers.items():
        yield AssessmentAnswer(
            assessment_id=row.id, item=item, episode_id=row.episode_id, value=value
        )
