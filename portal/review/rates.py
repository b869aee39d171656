"""How often things happen around visits in a whole clinic, counted with their uncertainty.

Values in, values out: visits, answers about soreness and ticked signs of all diaries together.
Nothing here knows who a patient is, and no figure is kept by practitioner.
"""

import math
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

Z = 1.96
FEWEST = 10
STRONG = 7
ASKED_DAYS = 3
STILL_DAYS = 14
SIGN_DAYS = 7


class What(StrEnum):
    """What is counted, each as a share of visits."""

    SORE = "sore"
    STRONGLY_SORE = "strongly-sore"
    STILL_SORE = "still-sore"
    EMERGENCY = "emergency"
    SAME_DAY = "same-day"
    CLINIC = "clinic"
    READ = "read"


SIGNS = (What.EMERGENCY, What.SAME_DAY, What.CLINIC)


@dataclass(frozen=True, slots=True)
class Rate:
    """So many of so many visits, of so many people; `low` and `high` are shares from 0 to 1."""

    what: What
    count: int
    of: int
    people: int

    @property
    def is_hidden(self) -> bool:
        """Whether the group is too small to be shown without pointing at somebody."""
        return min(self.people, self.of) < FEWEST

    @property
    def share(self) -> float:
        """The share itself; raises ZeroDivisionError for a group of none."""
        return self.count / self.of

    @property
    def interval(self) -> tuple[float, float]:
        """Where the share lies with 95 in 100 certainty, if visits were independent."""
        return wilson(self.count, self.of)


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitHeld:
    """A visit of somebody's: whether the patient had written, and whether that was read before.

    A visit after the period is not counted; it takes the days that follow it from the one before.
    """

    episode: UUID
    on: date
    is_needling: bool
    was_written: bool
    was_read: bool
    is_counted: bool = True


@dataclass(frozen=True, slots=True)
class Told:
    """What a diary says of a day: how sore (0 to 10), or which kind of sign was ticked.

    Neither where something was written that says nothing of them.
    """

    episode: UUID
    on: date
    soreness: int | None = None
    sign: What | None = None


def wilson(count: int, of: int) -> tuple[float, float]:
    """The Wilson score interval of a share at 95 in 100 (Wilson 1927).

    Raises ZeroDivisionError for a group of none.
    """
    share, square = count / of, Z * Z
    middle = share + square / (2 * of)
    room = Z * math.sqrt(share * (1 - share) / of + square / (4 * of * of))
    whole = 1 + square / of
    return max(0.0, (middle - room) / whole), min(1.0, (middle + room) / whole)


def rates_of(visits: Iterable[VisitHeld], told: Iterable[Told]) -> dict[What, Rate]:
    """Count each thing over all visits; soreness and signs after visits with needling alone.

    Each is a share of the visits after which its own question was answered, whatever the answer.
    """
    held = tuple(visits)
    after = _after([visit for visit in held if visit.is_needling], told)
    counted = {_key(visit) for visit in held if visit.is_counted}
    found = {
        what: _rate(what, after.get(what, ()), counted & after.get(known, set()))
        for what, known in _AFTER.items()
    }
    written = [visit for visit in held if visit.is_counted and visit.was_written]
    read = [visit for visit in written if visit.was_read]
    return {**found, What.READ: _rate(What.READ, map(_key, read), map(_key, written))}


_ASKED, _ASKED_LATER, _WRITTEN = "asked", "asked-later", "written"
_AFTER = {
    What.SORE: _ASKED,
    What.STRONGLY_SORE: _ASKED,
    What.STILL_SORE: _ASKED_LATER,
    **dict.fromkeys(SIGNS, _WRITTEN),
}
_Key = tuple[UUID, date]


def _key(visit: VisitHeld) -> _Key:
    return visit.episode, visit.on


def _rate(what: What, happened: Iterable[_Key], among: Iterable[_Key]) -> Rate:
    known = set(among)
    people = {episode for episode, _on in known}
    return Rate(what, len(known & set(happened)), len(known), len(people))


def _after(needled: Sequence[VisitHeld], told: Iterable[Told]) -> Mapping[str, set[_Key]]:
    """After which visits each thing was told, and after which its question was answered at all."""
    dates: dict[UUID, list[date]] = defaultdict(list)
    for visit in sorted(needled, key=lambda one: one.on):
        dates[visit.episode].append(visit.on)
    found: dict[str, set[_Key]] = defaultdict(set)
    for one in told:
        before = dates.get(one.episode, [])
        place = bisect_right(before, one.on)
        if place:
            on = before[place - 1]
            for what in _said(one, (one.on - on).days):
                found[what].add((one.episode, on))
    return found


def _said(one: Told, days: int) -> Iterable[str]:
    """What an answer says so many days after the visit."""
    sore = one.soreness
    if sore is not None and days <= ASKED_DAYS:
        yield _ASKED
        if sore > 0:
            yield What.SORE
        if sore >= STRONG:
            yield What.STRONGLY_SORE
    if sore is not None and ASKED_DAYS <= days <= STILL_DAYS:
        yield _ASKED_LATER
        if sore > 0:
            yield What.STILL_SORE
    if days <= SIGN_DAYS:
        yield _WRITTEN if one.sign is None else one.sign
