"""The versions of a diary's days beside what stood there at the reader's last review."""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Row,
    Select,
    Text,
    and_,
    bindparam,
    cast,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session, aliased

from portal import clock
from portal.db import EpisodeId
from portal.diary.models import Entry, EntryPlace
from portal.review.brief_facts import Head, VersionRow
from portal.review.summaries import newest_version

TEXTS = 40
VERSIONS = 60
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
_OF: BindParameter[EpisodeId] = bindparam("episode_id")
_SINCE: BindParameter[Any] = bindparam("since")
_ANSWERS = (
    "pain_average",
    "pain_worst",
    "interference",
    "soreness",
    "needled",
    "grasp_felt",
    "grasp_lasted",
    "change",
    "sleep",
    "medicine",
    "managed",
    "note",
    "call_me",
)
_BEFORE = aliased(Entry, name="before")
_LATER = aliased(Entry, name="later")
_REVIEWED: BindParameter[Any] = bindparam("reviewed")


def _at_review() -> ColumnElement[bool]:
    """Joins a version with the newest one of its day that the last review covers."""
    newest = (
        select(func.max(_LATER.version))
        .where(
            _LATER.episode_id == Entry.episode_id,
            _LATER.about_on == Entry.about_on,
            _LATER.entered_at <= _REVIEWED,
        )
        .correlate(Entry)
        .scalar_subquery()
    )
    return and_(
        _BEFORE.episode_id == Entry.episode_id,
        _BEFORE.about_on == Entry.about_on,
        _BEFORE.version == newest,
    )


def _is_changed() -> ColumnElement[bool]:
    """Whether any answer, flag or place is another than at the last review."""
    answers = (getattr(Entry, name).is_distinct_from(getattr(_BEFORE, name)) for name in _ANSWERS)
    flags = cast(Entry.flags, Text).is_distinct_from(cast(_BEFORE.flags, Text))
    return or_(*answers, flags, _names_more(Entry, _BEFORE), _names_more(_BEFORE, Entry))


def _names_more(one: type[Entry], other: type[Entry]) -> ColumnElement[bool]:
    """Whether one version names a place that the other does not."""
    mine, theirs = aliased(EntryPlace), aliased(EntryPlace)
    named = select(theirs.region).where(theirs.entry_id == other.id).correlate(other)
    more = select(mine.region).where(mine.entry_id == one.id, mine.region.not_in(named))
    return more.correlate(one, other).exists()


def _versions_where(*conditions: ColumnElement[bool], limit: int) -> Select[*tuple[Any, ...]]:
    """Versions of entries with their words, the latest day first."""
    return (
        select(
            Entry.id,
            Entry.about_on,
            Entry.version,
            Entry.entered_at,
            Entry.withdrawn_at,
            Entry.reason,
            Entry.pain_average,
            _BEFORE.pain_average.label("before"),
            _BEFORE.id.is_not(None).label("is_known"),
            _BEFORE.withdrawn_at.is_not(None).label("was_withdrawn"),
            _is_changed().label("is_changed"),
            newest_version().label("is_newest"),
            Entry.managed,
            Entry.note,
        )
        .outerjoin(_BEFORE, _at_review())
        .where(Entry.episode_id == _OF, *conditions)
        .order_by(Entry.about_on.desc(), Entry.version.desc())
        .limit(limit)
    )


_HAS_WORDS = or_(Entry.note != "", Entry.managed != "")
_TEXTS = _versions_where(
    Entry.about_on >= _SINCE,
    _HAS_WORDS,
    Entry.withdrawn_at.is_(None),
    newest_version(),
    limit=TEXTS,
)
_VERSIONS = _versions_where(
    Entry.entered_at > _REVIEWED,
    or_(Entry.version > 1, _HAS_WORDS, Entry.about_on == _SINCE),
    limit=VERSIONS,
)


def _version(row: Row[*tuple[Any, ...]]) -> VersionRow:
    return VersionRow(
        id=row.id,
        on=row.about_on,
        version=row.version,
        entered_at=row.entered_at,
        is_withdrawn=row.withdrawn_at is not None,
        reason=row.reason,
        pain_average=row.pain_average,
        before=row.before,
        is_known=bool(row.is_known),
        was_withdrawn=bool(row.was_withdrawn),
        is_changed=bool(row.is_changed),
        is_newest=bool(row.is_newest),
        managed=row.managed,
        note=row.note,
    )


def texts_of(session: Session, episode_id: EpisodeId, *, since: date) -> tuple[VersionRow, ...]:
    """The newest words of the diary, those of withdrawn days left out."""
    asked = {"episode_id": episode_id, "since": since, "reviewed": LONG_AGO}
    return tuple(_version(row) for row in session.execute(_TEXTS, asked))


def versions_since(
    session: Session, head: Head, *, since: datetime | None
) -> tuple[VersionRow, ...]:
    """What was written since the last review: words, today's entry, corrections."""
    asked = {
        "episode_id": head.episode_id,
        "since": clock.today(head.zone),
        "reviewed": since or LONG_AGO,
    }
    return tuple(_version(row) for row in session.execute(_VERSIONS, asked))
