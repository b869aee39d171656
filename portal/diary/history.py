"""Looking back: the days of the diary, and what the clinic did about a day's flags."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Row, Select, bindparam, func, select
from sqlalchemy.orm import Session

from portal.accounts.reader import Reader
from portal.care.access import Sight, sight_of, visible_by
from portal.care.models import Episode, Practitioner
from portal.db import EpisodeId
from portal.diary.models import Entry, EntryFlag, FlagAct
from portal.diary.queries import entry_keys, newest, readable_by
from portal.statements import Kept


@dataclass(frozen=True, slots=True)
class DayLine:
    """One day of the history: the newest version's number, and whether it counts."""

    on: date
    version: int
    pain_average: int | None
    interference: int | None
    is_late: bool
    is_withdrawn: bool
    has_flag: bool
    felt_grasp: bool
    entered_at: datetime
    soreness: int | None
    words: str


@dataclass(frozen=True, slots=True)
class ActSeen:
    """What somebody of the clinic did about a flag."""

    name: str
    at: datetime
    how: str


@dataclass(frozen=True, slots=True)
class FlagSeen:
    """A flag as its patient sees it, with everything the clinic did about it."""

    code: str
    is_unticked: bool
    acts: list[ActSeen] = field(default_factory=list)
    about_on: date | None = None
    is_open: bool = False


def flags_raised_on(
    session: Session, reader: Reader, episode_id: EpisodeId, *, on: date
) -> tuple[FlagSeen, ...]:
    """Return the flags of one day, oldest first, with what the clinic did about each."""
    asked = _flags_on(sight_of(reader))
    return _seen(asked.rows(session, **entry_keys(reader, episode_id), on=on))


def flags_lately(
    session: Session, reader: Reader, episode_id: EpisodeId, *, since: datetime
) -> tuple[FlagSeen, ...]:
    """Return the flags that are open, and those acknowledged since an instant, oldest first."""
    asked = _flags_since(sight_of(reader))
    return _seen(asked.rows(session, **entry_keys(reader, episode_id), since=since))


@cache
def _flags_on(sight: Sight) -> Kept:
    return Kept(_flags_by(sight).where(EntryFlag.about_on == bindparam("on")))


@cache
def _flags_since(sight: Sight) -> Kept:
    settled_lately = EntryFlag.acknowledged_at >= bindparam("since")
    return Kept(_flags_by(sight).where(EntryFlag.acknowledged_at.is_(None) | settled_lately))


def _flags_by(sight: Sight) -> Select[*tuple[Any, ...]]:
    return (
        select(
            EntryFlag.id,
            EntryFlag.code,
            EntryFlag.about_on,
            EntryFlag.unticked_at,
            EntryFlag.acknowledged_at,
            Practitioner.display_name,
            FlagAct.at,
            FlagAct.how,
        )
        .outerjoin(FlagAct, FlagAct.flag_id == EntryFlag.id)
        .outerjoin(Practitioner, Practitioner.id == FlagAct.practitioner_id)
        .where(
            EntryFlag.episode_id == bindparam("episode_id"),
            EntryFlag.episode_id.in_(select(Episode.id).where(visible_by(sight))),
        )
        .order_by(EntryFlag.raised_at, EntryFlag.id, FlagAct.at)
    )


def _seen(rows: Iterable[Row[*tuple[Any, ...]]]) -> tuple[FlagSeen, ...]:
    found: dict[object, FlagSeen] = {}
    for row in rows:
        seen = found.setdefault(
            row.id,
            FlagSeen(
                row.code,
                is_unticked=row.unticked_at is not None,
                about_on=row.about_on,
                is_open=row.acknowledged_at is None,
            ),
        )
        if row.display_name is not None:
            seen.acts.append(ActSeen(row.display_name, row.at, row.how))
    return tuple(found.values())


def day_lines(
    session: Session, reader: Reader, episode_id: EpisodeId, *, first: date, last: date
) -> tuple[DayLine, ...]:
    """Return the days written about between two dates, newest first."""
    asked = _days_by(sight_of(reader))
    rows = asked.rows(session, **entry_keys(reader, episode_id), first_on=first, last_on=last)
    return tuple(
        DayLine(
            row.about_on,
            row.version,
            row.pain_average,
            row.interference,
            row.is_late,
            row.withdrawn_at is not None,
            any(code.startswith("RF") for code in row.flags),
            row.grasp_felt not in {None, "none"},
            row.entered_at,
            row.soreness,
            row.note,
        )
        for row in rows
    )


@cache
def _days_by(sight: Sight) -> Kept:
    return Kept(
        select(
            Entry.about_on,
            Entry.version,
            Entry.pain_average,
            Entry.interference,
            Entry.is_late,
            Entry.withdrawn_at,
            Entry.flags,
            Entry.grasp_felt,
            Entry.entered_at,
            Entry.soreness,
            Entry.note,
        )
        .where(
            readable_by(sight),
            Entry.about_on.between(bindparam("first_on"), bindparam("last_on")),
            newest(),
        )
        .order_by(Entry.about_on.desc())
    )


def span_of(
    session: Session, reader: Reader, episode_id: EpisodeId
) -> tuple[date | None, date | None]:
    """Return the first and the last day written about; None and None for an empty diary."""
    asked = _span_by(sight_of(reader))
    ((first, last),) = asked.rows(session, **entry_keys(reader, episode_id))
    return first, last


@cache
def _span_by(sight: Sight) -> Kept:
    written = (func.min(Entry.about_on), func.max(Entry.about_on))
    return Kept(select(*written).where(readable_by(sight)))
