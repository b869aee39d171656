"""Looking back: the days of the diary, and what the clinic did about a day's flags."""

from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from portal.accounts.reader import Reader
from portal.care.access import episodes_visible_to
from portal.care.models import Practitioner
from portal.db import EpisodeId
from portal.diary.models import Entry, EntryFlag, FlagAct
from portal.diary.queries import newest, readable


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
    return _flags(session, reader, episode_id, EntryFlag.about_on == on)


def flags_lately(
    session: Session, reader: Reader, episode_id: EpisodeId, *, since: datetime
) -> tuple[FlagSeen, ...]:
    """Return the flags that are open, and those acknowledged since an instant, oldest first."""
    is_told = EntryFlag.acknowledged_at.is_(None) | (EntryFlag.acknowledged_at >= since)
    return _flags(session, reader, episode_id, is_told)


def _flags(
    session: Session, reader: Reader, episode_id: EpisodeId, which: ColumnElement[bool]
) -> tuple[FlagSeen, ...]:
    rows = session.execute(
        select(EntryFlag, FlagAct, Practitioner.display_name)
        .outerjoin(FlagAct, FlagAct.flag_id == EntryFlag.id)
        .outerjoin(Practitioner, Practitioner.id == FlagAct.practitioner_id)
        .where(
            EntryFlag.episode_id == episode_id,
            EntryFlag.episode_id.in_(episodes_visible_to(reader)),
            which,
        )
        .order_by(EntryFlag.raised_at, EntryFlag.id, FlagAct.at)
    )
    found: dict[object, FlagSeen] = {}
    for flag, act, name in rows:
        seen = found.setdefault(flag.id, _seen(flag))
        if name is not None:
            seen.acts.append(ActSeen(name, act.at, act.how))
    return tuple(found.values())


def _seen(flag: EntryFlag) -> FlagSeen:
    return FlagSeen(
        flag.code,
        is_unticked=flag.unticked_at is not None,
        about_on=flag.about_on,
        is_open=flag.acknowledged_at is None,
    )


def day_lines(
    session: Session, reader: Reader, episode_id: EpisodeId, *, first: date, last: date
) -> tuple[DayLine, ...]:
    """Return the days written about between two dates, newest first."""
    rows = session.execute(
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
        .where(readable(reader, episode_id), Entry.about_on.between(first, last), newest())
        .order_by(Entry.about_on.desc())
    )
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


def span_of(
    session: Session, reader: Reader, episode_id: EpisodeId
) -> tuple[date | None, date | None]:
    """Return the first and the last day written about; None and None for an empty diary."""
    first, last = session.execute(
        select(func.min(Entry.about_on), func.max(Entry.about_on)).where(
            readable(reader, episode_id)
        )
    ).one()
    return first, last
