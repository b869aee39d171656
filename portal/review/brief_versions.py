"""The versions of a diary's days beside what stood there at the reader's last review."""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Date,
    Row,
    Select,
    Text,
    and_,
    bindparam,
    cast,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from portal import clock
from portal.db import EpisodeId
from portal.diary.models import Entry, EntryPlace
from portal.review.brief_facts import Head, TextRow, VersionRow
from portal.review.summaries import newest_version
from portal.statements import Kept

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


_HAS_WORDS = or_(Entry.note != "", Entry.managed != "")


def _versions() -> Select[*tuple[Any, ...]]:
    """What was written since the review, beside what stood there, the latest day first."""
    return (
        select(
            literal(value=False).label("is_text"),
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
        .where(
            Entry.episode_id == _OF,
            Entry.entered_at > _REVIEWED,
            or_(Entry.version > 1, _HAS_WORDS, Entry.about_on == bindparam("today", type_=Date())),
        )
        .order_by(Entry.about_on.desc(), Entry.version.desc())
        .limit(VERSIONS)
    )


def _texts() -> Select[*tuple[Any, ...]]:
    """The newest words of the diary in the same columns, those of withdrawn days left out."""
    no = literal(value=False)
    return (
        select(
            literal(value=True).label("is_text"),
            Entry.id,
            Entry.about_on,
            Entry.version,
            Entry.entered_at,
            Entry.withdrawn_at,
            Entry.reason,
            Entry.pain_average,
            Entry.pain_average.label("before"),
            no.label("is_known"),
            no.label("was_withdrawn"),
            no.label("is_changed"),
            literal(value=True).label("is_newest"),
            Entry.managed,
            Entry.note,
        )
        .where(
            Entry.episode_id == _OF,
            Entry.about_on >= _SINCE,
            _HAS_WORDS,
            Entry.withdrawn_at.is_(None),
            newest_version(),
        )
        .order_by(Entry.about_on.desc())
        .limit(TEXTS)
    )


def _both() -> Kept:
    """Both in one statement, which reads the diary's pages once."""
    read = union_all(
        select(_versions().subquery("written")), select(_texts().subquery("texts"))
    ).subquery("read")
    return Kept(select(read).order_by(read.c.about_on.desc(), read.c.version.desc()))


_READ = _both()


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


def words_and_versions(
    session: Session, head: Head, *, since: date, reviewed: datetime | None
) -> tuple[tuple[TextRow, ...], tuple[VersionRow, ...]]:
    """The words of the days from `since`; what was written after the reader's last review.

    Of the second: words, today's entry and corrections. Withdrawn days have no words.
    """
    rows = _READ.rows(
        session,
        episode_id=head.episode_id,
        since=since,
        today=clock.today(head.zone),
        reviewed=reviewed or LONG_AGO,
    )
    return (
        tuple(TextRow(row.about_on, row.managed, row.note) for row in rows if row.is_text),
        tuple(_version(row) for row in rows if not row.is_text),
    )
