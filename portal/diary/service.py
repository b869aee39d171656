"""Writing the diary: save, correct, withdraw, restore. Every version stays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import Date, Select, Uuid, bindparam, exists, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from portal import db
from portal.accounts.reader import Reader
from portal.audit import Actor, Event, record
from portal.audit.acts import Act
from portal.care.access import Sight, keys_of, sight_of, visible_by
from portal.care.consent import is_agreed
from portal.care.models import Episode
from portal.db import EntryId
from portal.diary import kept_words
from portal.diary.answers import Answers, Sent
from portal.diary.flags import CALL, version_of
from portal.diary.models import Entry, EntryFlag, EntryPlace
from portal.diary.queries import Care, Version
from portal.diary.queries import version_of as as_version
from portal.diary.schedule import is_late, writable_days
from portal.errors import Conflict, EpisodeEnded, OutOfSight, PortalError

_OTHER = aliased(Entry)
_INSERT = insert(Entry.metadata.tables[Entry.__tablename__])
_INSERT_PLACE = insert(EntryPlace.metadata.tables[EntryPlace.__tablename__])
_PAINS = frozenset({"pain_average", "pain_worst"})


class NoConsent(PortalError):
    """The patient does not agree to today's consent text, so nothing new is written."""


class DayClosed(PortalError):
    """The day lies ahead, or more than two days back, and nothing was written about it."""


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes, for the rule of rows and for the audit."""

    reader: Reader
    actor: Actor


@dataclass(frozen=True, slots=True)
class Saved:
    """The day's newest version holds what was sent.

    `raised` names what a practitioner must now look at: red flags, `CALL`.
    """

    version: int
    is_new: bool
    raised: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Conflicting:
    """Somebody, perhaps the patient in another tab, wrote about this day in between.

    Nothing of the form is saved but the flags in `raised`.
    """

    stored: Version
    raised: tuple[str, ...] = ()


class _Written(NamedTuple):
    """What the rest of a save asks of the version it has just written."""

    id: EntryId
    version: int
    about_on: date
    flags: Sequence[str]
    call_me: bool


@dataclass(slots=True)
class _Day:
    """What stands about one day, inside the writing transaction."""

    entries: dict[int, Entry] = field(default_factory=dict)
    flags: dict[UUID, EntryFlag] = field(default_factory=dict)
    is_key_taken: bool = False

    @property
    def newest(self) -> Entry | None:
        return self.entries[max(self.entries)] if self.entries else None

    @property
    def first(self) -> Entry | None:
        return self.entries[min(self.entries)] if self.entries else None


def _standing(session: Session, writer: Writer, care: Care, on: date, *, key: UUID) -> _Day:
    """Read, in one statement, whether the episode is open and what stands about the day.

    Raises OutOfSight, EpisodeEnded or NoConsent.
    """
    which = {**keys_of(writer.reader), "episode_id": care.episode_id, "on": on, "key": key}
    rows = session.execute(_standing_by(sight_of(writer.reader)), which).all()
    if not rows:
        raise OutOfSight
    ended_on, agrees, is_key_taken, _, _ = rows[0]
    if ended_on is not None:
        raise EpisodeEnded
    if not agrees:
        raise NoConsent
    day = _Day(is_key_taken=bool(is_key_taken))
    for _, _, _, entry, flag in rows:
        if entry is not None:
            day.entries[entry.version] = entry
        if flag is not None:
            day.flags[flag.id] = flag
    return day


@cache
def _standing_by(sight: Sight) -> Select[*tuple[Any, ...]]:
    on, key = bindparam("on", type_=Date()), bindparam("key", type_=Uuid())
    taken = exists().where(
        _OTHER.entry_key == key, (_OTHER.episode_id != Episode.id) | (_OTHER.about_on != on)
    )
    return (
        select(Episode.ended_on, is_agreed(), taken, Entry, EntryFlag)
        .select_from(Episode)
        .outerjoin(Entry, (Entry.episode_id == Episode.id) & (Entry.about_on == on))
        .outerjoin(EntryFlag, (EntryFlag.episode_id == Episode.id) & (EntryFlag.about_on == on))
        .where(Episode.id == bindparam("episode_id"), visible_by(sight))
    )


def _places(session: Session, entry_id: EntryId) -> list[str]:
    query = select(EntryPlace.region).where(EntryPlace.entry_id == entry_id)
    return list(session.scalars(query))


def save(
    session: Session, *, writer: Writer, care: Care, on: date, sent: Sent
) -> Saved | Conflicting:
    """Save what a form says about a day, as its first version or as a correction.

    The same form sent again answers as before (`entry_key`). On an own phone without a sign-in
    only the form that wrote a day can correct it (S-027). Raises OutOfSight, EpisodeEnded,
    NoConsent, or DayClosed for a day that can no longer, or not yet, be written about; Conflict
    when another save of the day came between reading and writing, so that trying again helps.
    """
    key = sent.entry_key or uuid4()
    day = _standing(session, writer, care, on, key=key)
    newest, is_blind = day.newest, writer.reader.is_own_phone
    if (newest is None or is_blind) and on not in writable_days(care.today):
        raise DayClosed
    if newest is None:
        return _saved(session, writer, care, day, on=on, sent=sent, key=key)
    is_known = newest.entry_key == key
    stored = as_version(newest, _places(session, newest.id))
    if not is_known and (is_blind or sent.base_version != stored.version):
        return Conflicting(stored, _raise_flags(session, care, day, entry=newest, sent=sent))
    sent = _with_standing(sent, stored)
    if _says_the_same(stored, sent, is_known=is_known):
        _forget_draft(session, writer, care, on, sent=sent)
        return Saved(stored.version, is_new=False)
    return _saved(session, writer, care, day, on=on, sent=sent, key=key)


def _with_standing(sent: Sent, stored: Version) -> Sent:
    """Return what to save of a correction with a red flag: what is wrong in it changes nothing.

    Average and worst pain stay together, since the worst is never below the average.
    """
    wrong = sent.problems.keys() & (Answers.__dataclass_fields__.keys() - {"flags"})
    if not wrong or stored.withdrawn_at is not None:
        return sent
    if wrong & _PAINS:
        wrong |= _PAINS
    standing = {name: getattr(stored.answers, name) for name in wrong}
    return replace(sent, answers=replace(sent.answers, **standing))


def _saved(
    session: Session, writer: Writer, care: Care, day: _Day, *, on: date, sent: Sent, key: UUID
) -> Saved:
    before = day.newest
    written = _write(session, writer, care, day, on=on, sent=sent, key=key)
    _forget_draft(session, writer, care, on, sent=sent)
    _mark_unticked(care, day, sent=sent)
    raised = _raise_flags(session, care, day, entry=written, sent=sent, before=before)
    return Saved(written.version, is_new=True, raised=raised)


def _says_the_same(stored: Version, sent: Sent, *, is_known: bool) -> bool:
    if stored.withdrawn_at is not None or stored.answers != sent.answers:
        return False
    return is_known or not sent.reason


def _forget_draft(session: Session, writer: Writer, care: Care, on: date, *, sent: Sent) -> None:
    if care.is_draft_kept:
        kept_words.forget(session, writer.reader, on, typed=sent.typed)


def _write(
    session: Session, writer: Writer, care: Care, day: _Day, *, on: date, sent: Sent, key: UUID
) -> _Written:
    newest, first = day.newest, day.first
    written = _add(
        session,
        care,
        sent.answers,
        about_on=on,
        version=newest.version + 1 if newest else 1,
        entry_key=uuid4() if day.is_key_taken else key,
        supersedes_id=newest.id if newest else None,
        entered_by_id=writer.reader.account_id,
        scale_layout=sent.scale_layout,
        is_late=first.is_late if first else is_late(on, care.local_now),
        reason=sent.reason if newest else "",
    )
    _note(
        session, writer, care, Act.ENTRY_CORRECTED if newest else Act.ENTRY_WRITTEN, entry=written
    )
    return written


def _add(
    session: Session,
    care: Care,
    answers: Answers,
    *,
    about_on: date,
    version: int,
    **columns: object,
) -> _Written:
    """Write a version with its places past the ORM, which would cost as much as the rest."""
    written = _Written(
        EntryId(db.new_id()), version, about_on, flags=answers.flags, call_me=answers.call_me
    )
    named = {"id": written.id, "episode_id": care.episode_id, "about_on": about_on}
    stated = {"version": version, "entered_at": care.now} | columns
    connection = session.connection()
    try:
        connection.execute(_INSERT, {**answers.columns(), **named, **stated})
    except IntegrityError as error:  # two saves at once, where the database lets both in
        raise Conflict from error
    places = [
        {"entry_id": written.id, "region": region, "episode_id": care.episode_id}
        for region in answers.places
    ]
    if places:
        connection.execute(_INSERT_PLACE, places)
    db.touch(session, care.episode_id)
    return written


def _note(session: Session, writer: Writer, care: Care, act: Act, *, entry: _Written) -> None:
    how: dict[str, object] = {"by": "own-phone"} if writer.reader.is_own_phone else {}
    event = Event(
        act,
        patient_id=care.patient_id,
        episode_id=care.episode_id,
        subject=str(entry.id),
        details={"version": entry.version} | how,
    )
    record(session, writer.actor, event)


def _wanted(sent: Sent) -> tuple[str, ...]:
    return (*sent.answers.red_flags, *((CALL,) if sent.answers.call_me else ()))


def _mark_unticked(care: Care, day: _Day, *, sent: Sent) -> None:
    """Mark what is no longer ticked; a raised flag never disappears."""
    wanted = _wanted(sent)
    for row in day.flags.values():
        if row.acknowledged_at is None:
            row.unticked_at = None if row.code in wanted else row.unticked_at or care.now


def _raise_flags(
    session: Session,
    care: Care,
    day: _Day,
    *,
    entry: Entry | _Written,
    sent: Sent,
    before: Entry | None = None,
) -> tuple[str, ...]:
    """Raise what is newly ticked, once while it is open.

    A flag that was acknowledged and still stands in a corrected form is not new; taken away
    and ticked again, it is. `before` is the version that `entry` corrects.
    """
    rows = day.flags.values()
    opened = {row.code for row in rows if row.acknowledged_at is None}
    settled = {row.code for row in rows} & _ticked_in(before or entry)
    fresh = tuple(code for code in _wanted(sent) if code not in opened | settled)
    if fresh:
        session.execute(insert(EntryFlag), [_flag_row(care, entry, code) for code in fresh])
        db.touch(session, care.episode_id)
    return fresh


def _ticked_in(entry: Entry | _Written) -> set[str]:
    return {*entry.flags, *([CALL] if entry.call_me else [])}


def _flag_row(care: Care, entry: Entry | _Written, code: str) -> Mapping[str, object]:
    return {
        "id": db.new_id(),
        "episode_id": care.episode_id,
        "entry_id": entry.id,
        "about_on": entry.about_on,
        "code": code,
        "advice_version": version_of(code),
        "raised_at": care.now,
    }


def withdraw(
    session: Session, *, writer: Writer, care: Care, on: date, base_version: int | None, reason: str
) -> int:
    """Take a day out of the figures; it stays in the history. Returns the newest version.

    A day that is withdrawn already stays as it is. Raises Conflict where the day changed since
    the page was shown, OutOfSight where nothing was written, EpisodeEnded, NoConsent.
    """
    return _turn(
        session, writer, care, on, base_version=base_version, reason=reason, is_withdrawn=True
    )


def restore(
    session: Session, *, writer: Writer, care: Care, on: date, base_version: int | None, reason: str
) -> int:
    """Let a withdrawn day count again. Returns the newest version; raises as `withdraw` does."""
    return _turn(
        session, writer, care, on, base_version=base_version, reason=reason, is_withdrawn=False
    )


def _turn(
    session: Session,
    writer: Writer,
    care: Care,
    on: date,
    *,
    base_version: int | None,
    reason: str,
    is_withdrawn: bool,
) -> int:
    key = uuid4()
    newest = _standing(session, writer, care, on, key=key).newest
    if newest is None:
        raise OutOfSight
    if (newest.withdrawn_at is not None) == is_withdrawn:
        return newest.version
    if base_version != newest.version:
        raise Conflict
    version = as_version(newest, _places(session, newest.id))
    entry = _add(
        session,
        care,
        version.answers,
        about_on=on,
        version=newest.version + 1,
        entry_key=key,
        supersedes_id=newest.id,
        entered_by_id=writer.reader.account_id,
        scale_layout=newest.scale_layout,
        is_late=newest.is_late,
        reason=reason,
        withdrawn_at=care.now if is_withdrawn else None,
    )
    _note(
        session,
        writer,
        care,
        Act.ENTRY_WITHDRAWN if is_withdrawn else Act.ENTRY_RESTORED,
        entry=entry,
    )
    return entry.version
