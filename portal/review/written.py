"""The days of diaries as figures and charts need them, read from one index."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from portal.db import EpisodeId
from portal.diary.models import Entry
from portal.review.summary import WrittenDay
from portal.review.trends import Day
from portal.statements import Kept

_ENTRY = Entry.metadata.tables[Entry.__tablename__].c
_DAY = (
    _ENTRY.withdrawn_at.is_not(None),
    _ENTRY.needled,
    _ENTRY.about_on,
    _ENTRY.pain_average,
    _ENTRY.pain_worst,
    _ENTRY.interference,
    _ENTRY.soreness,
    _ENTRY.change,
    _ENTRY.is_late,
)
ON = 2  # where the columns of a Day begin
_WRITTEN = (
    select(_ENTRY.episode_id, *_DAY)
    .where(_ENTRY.episode_id.in_(bindparam("ids", expanding=True)))
    .order_by(_ENTRY.episode_id, _ENTRY.about_on, _ENTRY.version)
)
_WRITTEN_IN_ONE = Kept(
    select(*_DAY)
    .where(_ENTRY.episode_id == bindparam("id"))
    .order_by(_ENTRY.about_on, _ENTRY.version)
)


def written_days(
    session: Session, ids: Sequence[EpisodeId]
) -> dict[EpisodeId, tuple[WrittenDay, ...]]:
    """The days of these diaries, oldest first, each by its newest version; one statement.

    Only the columns that figures and charts are drawn from are read, all of them in one index.
    Withdrawn days are left out.
    """
    if len(ids) == 1:  # a key for every row costs more than the row itself
        return {ids[0]: _newest_days(_WRITTEN_IN_ONE.tuples(session, id=ids[0]))}
    rows = session.execute(_WRITTEN, {"ids": list(ids)})
    return {
        key: _newest_days(row[1:] for row in some) for key, some in groupby(rows, itemgetter(0))
    }


def _newest_days(rows: Iterable[Sequence[Any]]) -> tuple[WrittenDay, ...]:
    """The newest version of each day, from rows in order of day and version."""
    newest = {row[ON]: row for row in rows}
    return tuple(
        [
            WrittenDay(Day._make(row[ON:]), needled=row[1])
            for row in newest.values()
            if not row[0]  # withdrawn
        ]
    )
