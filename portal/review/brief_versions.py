"""The versions of a diary's days beside what stood there at the reader's last review."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Date,
    Integer,
    Select,
    Text,
    and_,
    bindparam,
    cast,
    func,
    literal,
    null,
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
from portal.statements import Kept, at_most

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
    """Joins the newest version of a day with the newest one that the last review covers."""
    newest = (
        select(func.max(_LATER.version))
        .where(
            _LATER.episode_id == Entry.episode_id,
            _LATER.about_on == Entry.about_on,
            _LATER.version < Entry.version,  # or SQLite looks through the whole diary
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
_IS_TODAY = Entry.about_on == bindparam("today", type_=Date())
_NOT_WITHDRAWN = Entry.withdrawn_at.is_(None)


def _newest(*beside: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
    """The newest versions of the days, the latest day first, with what stands beside each."""
    return (
        select(
            Entry.about_on,
            Entry.managed,
            Entry.note,
            Entry.entered_at,
            Entry.withdrawn_at.is_not(None).label("is_withdrawn"),
            Entry.pain_average,
            *beside,
        )
        .where(Entry.episode_id == _OF, newest_version())
        .order_by(Entry.about_on.desc())
    )


def _since_review() -> Select[*tuple[Any, ...]]:
    """What was written since the review, beside what stood there."""
    beside = (
        _BEFORE.pain_average.label("before"),
        _BEFORE.id.is_not(None).label("is_known"),
        _BEFORE.withdrawn_at.is_not(None).label("was_withdrawn"),
        _is_changed().label("is_changed"),
        literal(value=False).label("is_text"),
    )
    return (
        _newest(*beside)
        .outerjoin(_BEFORE, _at_review())
        .where(Entry.entered_at > _REVIEWED, or_(Entry.version > 1, _HAS_WORDS, _IS_TODAY))
        .limit(at_most(VERSIONS))
    )


def _new_words() -> tuple[ColumnElement[Any], ...]:
    """What stands beside a version where nothing stood before: all of it is new."""
    no = literal(value=False)
    return (
        cast(null(), Integer).label("before"),
        no.label("is_known"),
        no.label("was_withdrawn"),
        literal(value=True).label("is_changed"),
    )


def _texts() -> Select[*tuple[Any, ...]]:
    """The newest words of the diary, those of withdrawn days left out."""
    return (
        _newest(*_new_words(), literal(value=True).label("is_text"))
        .where(Entry.about_on >= _SINCE, _HAS_WORDS, _NOT_WITHDRAWN)
        .limit(at_most(TEXTS))
    )


def _both() -> Kept:
    """Both in one statement, which reads the diary's pages once."""
    read = union_all(
        select(_since_review().subquery("written")), select(_texts().subquery("texts"))
    ).subquery("read")
    return Kept(select(read).order_by(read.c.about_on.desc()))


_READ = _both()
_READ_FIRST = Kept(
    _newest(*_new_words())
    .where(_NOT_WITHDRAWN, or_(_HAS_WORDS, _IS_TODAY))
    .limit(at_most(VERSIONS))
)
Words = tuple[tuple[TextRow, ...], tuple[VersionRow, ...]]


def words_and_versions(
    session: Session, head: Head, *, since: date, reviewed: datetime | None
) -> Words:
    """The words of the days from `since`; what was written after the reader's last review.

    Of the second: words, today's entry and corrections, by the newest version of each day.
    Withdrawn days have no words. Who has never reviewed the diary has nothing to compare.
    """
    asked = {"episode_id": head.episode_id, "today": clock.today(head.zone)}
    if reviewed is None:
        return _all_new(_READ_FIRST.tuples(session, **asked), since)
    rows = _READ.tuples(session, **asked, since=since, reviewed=reviewed)
    return (
        tuple(TextRow(*row[:3]) for row in rows if row[-1]),
        tuple(VersionRow(*row[:-1]) for row in rows if not row[-1]),
    )


def _all_new(rows: Sequence[Sequence[Any]], since: date) -> Words:
    versions = tuple(VersionRow(*row) for row in rows)
    texts = [one for one in versions if one.on >= since and (one.note or one.managed)]
    return tuple(TextRow(one.on, one.managed, one.note) for one in texts[:TEXTS]), versions
