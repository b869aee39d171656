"""A seeded simulator of a person's pain between needling visits.

Days hang together (first-order autoregression with a given marginal spread), scores stay within
0 and 10 and are whole numbers, pain rises for one or two days after needling, and days go missing
more often the longer a diary lasts.
"""

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

HIGHEST = 10
FLARE = {1: 1.0, 2: 0.65}
SORENESS = {0: 3.5, 1: 4.5, 2: 2.5, 3: 1.0, 4: 0.3}


@dataclass(frozen=True, slots=True)
class Course:
    """How somebody fares: level before (0–10), change per visit, spread, flare, completeness."""

    level: float
    per_visit: float = 0.0
    sd: float = 1.2
    phi: float = 0.4
    flare: float = 2.0
    completion: float = 0.9
    fading: float = 0.001
    late: float = 0.06
    soreness: float = 1.0


@dataclass(frozen=True, slots=True)
class SimulatedDay:
    """What somebody would write about one day; scores are whole numbers from 0 to 10."""

    on: date
    pain_average: int
    pain_worst: int
    interference: int
    sleep: int
    soreness: int | None
    days_after: int | None
    visit: int
    days_late: int


def _score(value: float) -> int:
    return max(0, min(HIGHEST, math.floor(value + 0.5)))


def _visits_until(visits: Sequence[date], on: date) -> int:
    return sum(1 for visit in visits if visit <= on)


def simulate(
    course: Course, *, first: date, last: date, visits: Sequence[date], seed: str
) -> Iterator[SimulatedDay]:
    """Yield the days from `first` to `last` that this person writes about, in order."""
    chance = random.Random(seed)
    drift = chance.gauss(0, course.sd)
    step = course.sd * math.sqrt(1 - course.phi**2)
    for offset in range((last - first).days + 1):
        on = first + timedelta(days=offset)
        drift = course.phi * drift + chance.gauss(0, step)
        written = chance.random() < course.completion - course.fading * offset
        day = _day(course, on, visits, drift=drift, chance=chance)
        if written:
            yield day


def _day(
    course: Course, on: date, visits: Sequence[date], *, drift: float, chance: random.Random
) -> SimulatedDay:
    count = _visits_until(visits, on)
    since = (on - visits[count - 1]).days if count else None
    effect = course.per_visit * max(0, count - (1 if since == 0 else 0))
    pain = course.level + effect + drift + course.flare * FLARE.get(since or 0, 0.0)
    average = _score(pain)
    sore = None
    if since is not None and since in SORENESS:
        sore = _score(course.soreness * SORENESS[since] + chance.gauss(0, 0.7))
    return SimulatedDay(
        on=on,
        pain_average=average,
        pain_worst=max(average, _score(pain + 1.2 + abs(chance.gauss(0, 0.8)))),
        interference=_score(0.85 * pain + chance.gauss(0, 0.8)),
        sleep=_score(0.6 * pain + chance.gauss(0, 1.3)),
        soreness=sore,
        days_after=since,
        visit=count,
        days_late=chance.choice((1, 1, 2)) if chance.random() < course.late else 0,
    )
