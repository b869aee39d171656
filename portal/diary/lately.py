"""What was written on the days before one, as far as the form of that day makes use of it."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from portal.accounts.reader import Reader
from portal.care.access import Sight, sight_of
from portal.db import EpisodeId
from portal.diary.models import Entry, EntryPlace
from portal.diary.queries import entry_keys, newest, readable_by
from portal.diary.regions import in_order
from portal.diary.schedule import EntryDay
from portal.statements import Kept, at_most

EARLIER_DAYS = 20
USUAL_DAYS = 28
USUAL_PLACES = 6


def earlier_days(
    session: Session, reader: Reader, episode_id: EpisodeId, *, before: date
) -> tuple[EntryDay, ...]:
    """Return the last entries about earlier days, newest first; withdrawn ones left out."""
    asked = _earlier_by(sight_of(reader))
    rows = asked.rows(session, **entry_keys(reader, episode_id), before=before)
    return tuple(EntryDay(on, needled, soreness) for on, needled, soreness in rows)


@cache
def _earlier_by(sight: Sight) -> Kept:
    return Kept(
        select(Entry.about_on, Entry.needled, Entry.soreness)
        .where(
            readable_by(sight),
            Entry.about_on < bindparam("before"),
            Entry.withdrawn_at.is_(None),
            newest(),
        )
        .order_by(Entry.about_on.desc())
        .limit(at_most(EARLIER_DAYS))
    )


@dataclass(frozen=True, slots=True)
class Places:
    """Where it was lately: on the last day before, and on the days of the last four weeks.

    `usual` begins with the place named on most days; places named alike stand in the figure's
    order.
    """

    last: tuple[str, ...] = ()
    usual: tuple[str, ...] = ()


def places_lately(
    session: Session, reader: Reader, episode_id: EpisodeId, *, last_on: date
) -> Places:
    """Return the places of the last day written about, and those usually named."""
    days = {"first_on": last_on - timedelta(days=USUAL_DAYS - 1), "last_on": last_on}
    asked = _places_by(sight_of(reader))
    rows = asked.rows(session, **entry_keys(reader, episode_id), **days)
    counts = Counter(region for _on, region in rows)
    known = in_order(frozenset(counts))
    usual = sorted(known, key=lambda region: -counts[region])
    last = in_order(frozenset(region for on, region in rows if on == last_on))
    return Places(last, tuple(usual[:USUAL_PLACES]))


@cache
def _places_by(sight: Sight) -> Kept:
    return Kept(
        select(Entry.about_on, EntryPlace.region)
        .join(Entry, Entry.id == EntryPlace.entry_id)
        .where(
            readable_by(sight),
            Entry.about_on.between(bindparam("first_on"), bindparam("last_on")),
            Entry.withdrawn_at.is_(None),
            newest(),
        )
    )
