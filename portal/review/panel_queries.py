"""The panel's rows: everybody in a practitioner's care, in the order they need a look."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum, StrEnum
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    Date,
    FromClause,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    case,
    func,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Session, aliased
from sqlalchemy.types import TypeEngine

from portal import clock
from portal.accounts.reader import Reader
from portal.care import access
from portal.care.models import Episode, Patient, Visit
from portal.clinics.models import Clinic
from portal.db import EntryId, EpisodeId, PatientId
from portal.review.models import EpisodeSummary, Review
from portal.review.panel_read import (
    letter_of,
    newest_entry,
    next_visit,
    on_day,
    own_review,
    visit_today,
)
from portal.review.summaries import urgency
from portal.review.summary import LETTERS, VERDICTS, folded
from portal.review.trends import Verdict
from portal.statements import Kept, at_most

AT_ONCE = 25
PAGE = at_most(AT_ONCE)
NO_RESPONSE_FROM = 3
_ONLY_COUNTED = {"flags", "calls", "questions", "needlings", "quiet", "search_name"}
ESCAPE = "/"

Said = TypeVar("Said")


class Look(IntEnum):
    """Why somebody stands where they stand, first what needs a look first."""

    FLAG = 1
    CALL = 2
    WORSE = 3
    VISIT_TODAY = 4
    QUESTION = 5
    NO_RESPONSE = 6
    QUIET = 7
    REST = 8


class Filter(StrEnum):
    """What the panel can be narrowed to."""

    ALL = "all"
    FLAGS = "flags"
    WORSE = "worse"
    TODAY = "today"
    ASKED = "asked"
    NO_RESPONSE = "no-response"
    QUIET = "quiet"


@dataclass(frozen=True, slots=True)
class Days:
    """Which day it is: for the clinic, and in each zone in which a patient lives."""

    clinic_zone: str
    today: date
    by_zone: tuple[tuple[str, date], ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the panel is asked for."""

    filter: Filter = Filter.ALL
    words: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelRow:
    """One patient of the panel; every day is the patient's own, `today` too."""

    look: Look
    episode_id: EpisodeId
    patient_id: PatientId
    name: str
    complaint: str
    started_on: date
    ended_on: date | None
    today: date
    verdict: Verdict
    level: float | None
    change: float | None
    baseline: float | None
    recent: Mapping[int, int]
    needled_on: tuple[int, ...]
    needlings: int
    flags: int
    flag_code: str | None
    flagged_on: date | None
    called_on: date | None
    questions: int
    last_entry_on: date | None
    next_visit_at: datetime | None
    next_visit_on: date | None
    newest_id: EntryId | None
    read_at: datetime | None
    read_up_to: EntryId | None


@dataclass(frozen=True, slots=True)
class PanelPage:
    """Some rows of the panel, of how many `found`, and how many patients each filter holds.

    The counts are of everybody in the reader's care; `named` counts those whose name was searched
    for, and is the same without a search.
    """

    rows: list[PanelRow]
    counts: dict[Filter, int]
    named: dict[Filter, int]
    found: int


_ZONES = Kept(
    select(Clinic.zone, Patient.zone)
    .outerjoin(Patient, Patient.clinic_id == Clinic.id)
    .where(Clinic.id == bindparam("clinic_id"))
    .distinct()
)


def days_of(session: Session, reader: Reader) -> Days:
    """Which day it is in the clinic and in the zones of its patients; one statement."""
    rows = _ZONES.tuples(session, clinic_id=reader.clinic_id)
    clinic_zone: str = rows[0][0]
    zones = {clinic_zone, *(zone for _, zone in rows if zone)}
    by_zone = {zone: clock.today(zone) for zone in sorted(zones)}
    return Days(clinic_zone, by_zone[clinic_zone], tuple(by_zone.items()))


def panel_page(session: Session, reader: Reader, days: Days, wanted: Wanted) -> PanelPage:
    """One page of the panel, in order, with how many each filter holds.

    One statement, whatever the number of patients. Without a row on this page the counts stand in
    a row of their own, whose `episode_id` is empty.
    """
    words = folded(wanted.words).split()
    asked = {f"word_{n}": _containing(word) for n, word in enumerate(words)}
    rows = _statement(access.sight_of(reader), days, wanted.filter, len(words)).rows(
        session,
        **access.keys_of(reader),
        before=(wanted.page - 1) * AT_ONCE,
        **asked,
    )
    counts = {one: getattr(rows[0], f"count_{one.name}") for one in Filter}
    named = {one: getattr(rows[0], f"named_{one.name}") for one in Filter} if words else counts
    shown = [_row(dict(zip(row._fields, row, strict=True))) for row in rows if row[0] is not None]
    return PanelPage(shown, counts, named, named[wanted.filter])


@lru_cache(maxsize=64)
def _statement(sight: access.Sight, days: Days, wanted: Filter, words: int) -> Kept:
    """The page beside the counts, kept for who looks again that day.

    Whom it is for, what is searched for and what it asks of the present are bound at each asking.
    Everybody in care is looked at once: both page and counts read the same list.
    """
    base = _base(sight, days, is_searched=words > 0).cte("base").prefix_with("MATERIALIZED")
    named = _is_named(base, words)
    sums = _counts(base, named).subquery("sums")
    shown = _with_facts(_page(base, and_(_kept(base, wanted), *named)), days).subquery("shown")
    return Kept(
        select(*shown.c, *sums.c)
        .select_from(sums.outerjoin(shown, true()))
        .order_by(*_order(shown))
    )


def _counts(base: FromClause, named: Sequence[ColumnElement[bool]]) -> Select[*tuple[Any, ...]]:
    """How many patients each filter holds, and how many of them are named as is searched for."""
    held = {f"count_{one.name}": _kept(base, one) for one in Filter}
    if named:
        held |= {f"named_{one.name}": and_(_kept(base, one), *named) for one in Filter}
    counts = [func.count().filter(each).label(to) for to, each in held.items()]
    return select(*counts).select_from(base)


def _with_facts(wanted: Select[Any], days: Days) -> Select[Any]:
    """A page's rows with everything the panel says of them."""
    page = wanted.subquery("page")
    read = aliased(Review, name="own_review")
    visit = aliased(Visit, name="next_visit")
    summary = EpisodeSummary
    today = _today(days)
    ahead = _of_zone(days, Integer(), date.toordinal) - summary.as_of
    return (
        select(
            *page.c,
            today.label("today"),
            Patient.id.label("patient_id"),
            Patient.given_name,
            Patient.preferred_name,
            Episode.complaint,
            Episode.started_on,
            Episode.ended_on,
            on_day(summary.levels, ahead).label("level"),
            on_day(summary.changes, ahead).label("change"),
            summary.baseline,
            summary.recent,
            summary.needled_on,
            summary.needlings,
            summary.open_flags,
            summary.flagged_on,
            summary.called_on,
            summary.open_questions,
            summary.last_entry_on,
            visit.planned_for,
            visit.planned_on,
            newest_entry(page).label("newest_id"),
            read.at.label("read_at"),
            read.up_to_entry_id,
        )
        .join(Episode, Episode.id == page.c.episode_id)
        .join(Patient, Patient.id == Episode.patient_id)
        .outerjoin(summary, summary.episode_id == page.c.episode_id)
        .outerjoin(visit, visit.id == next_visit(page, today))
        .outerjoin(read, read.id == own_review(page))
    )


def _base(sight: access.Sight, days: Days, *, is_searched: bool) -> Select[Any]:
    """Everybody in the reader's care with what decides their place, and no more than that.

    Without a summary its numbers are NULL, which no condition here takes for more than nothing.
    """
    summary = EpisodeSummary
    today = _of_zone(days, Integer(), date.toordinal)
    open_or_waiting = or_(
        Episode.ended_on.is_(None), summary.open_flags > 0, summary.open_calls > 0
    )
    wanted = select(
        Episode.id.label("episode_id"),
        letter_of(today - summary.as_of).label("letter"),
        visit_today(_today(days)).label("visit_at"),
        summary.open_flags.label("flags"),
        summary.open_calls.label("calls"),
        summary.open_questions.label("questions"),
        summary.needlings.label("needlings"),
        (today > summary.quiet_after).label("quiet"),
        summary.flag_code.label("flag_code"),
        func.coalesce(summary.flagged_at, summary.called_at).label("waits_since"),
        summary.last_entered_at.label("last_entered_at"),
        Patient.family_name.label("family_name"),
        *([summary.search_name.label("search_name")] if is_searched else []),
    ).join(Patient, Patient.id == Episode.patient_id)
    return (
        access.only_in_care(wanted, sight)
        .outerjoin(summary, summary.episode_id == Episode.id)
        .where(open_or_waiting)
    )


def _today(days: Days) -> ColumnElement[date]:
    return _of_zone(days, Date(), lambda on: on)


def _of_zone(
    days: Days, kind: TypeEngine[Said], said: Callable[[date], Said]
) -> ColumnElement[Said]:
    """What is `said` of today where the patient lives; nobody is asked where it is one day."""
    dates = {zone: literal(said(on), kind) for zone, on in days.by_zone if on != days.today}
    clinic = literal(said(days.today), kind)
    return case(dates, value=Patient.zone, else_=clinic) if dates else clinic


def _kept(base: FromClause, wanted: Filter) -> ColumnElement[bool]:
    """The condition under which a filter keeps a row."""
    same, worse = LETTERS[Verdict.ABOUT_THE_SAME], LETTERS[Verdict.WORSE]
    conditions: dict[Filter, ColumnElement[bool]] = {
        Filter.ALL: true(),
        Filter.FLAGS: base.c.flags > 0,
        Filter.WORSE: base.c.letter == worse,
        Filter.TODAY: base.c.visit_at.is_not(None),
        Filter.ASKED: or_(base.c.calls > 0, base.c.questions > 0),
        Filter.NO_RESPONSE: and_(
            base.c.needlings >= NO_RESPONSE_FROM,
            or_(base.c.letter == same, base.c.letter == worse),
        ),
        Filter.QUIET: base.c.quiet,
    }
    return conditions[wanted]


def _is_named(base: FromClause, words: int) -> list[ColumnElement[bool]]:
    """The conditions under which so many words searched for keep a row."""
    return [
        base.c.search_name.like(bindparam(f"word_{n}", type_=String()), escape=ESCAPE)
        for n in range(words)
    ]


def _containing(word: str) -> str:
    """The pattern of every name with this in it, its own signs taken as they are."""
    for sign in (ESCAPE, "%", "_"):
        word = word.replace(sign, ESCAPE + sign)
    return f"%{word}%"


def _page(base: FromClause, is_found: ColumnElement[bool]) -> Select[Any]:
    """The rows of one page, after as many as `before` says."""
    rank = case(
        (base.c.flags > 0, Look.FLAG.value),
        (base.c.calls > 0, Look.CALL.value),
        (_kept(base, Filter.WORSE), Look.WORSE.value),
        (_kept(base, Filter.TODAY), Look.VISIT_TODAY.value),
        (base.c.questions > 0, Look.QUESTION.value),
        (_kept(base, Filter.NO_RESPONSE), Look.NO_RESPONSE.value),
        (_kept(base, Filter.QUIET), Look.QUIET.value),
        else_=Look.REST.value,
    )
    ranked = select(*base.c, rank.label("look")).where(is_found).subquery("r")
    before = bindparam("before", type_=Integer())
    shown = [one for one in ranked.c if one.name not in _ONLY_COUNTED]
    return select(*shown).order_by(*_order(ranked)).limit(PAGE).offset(before)


def _order(rows: FromClause) -> list[ColumnElement[Any]]:
    """By reason; then by what matters within it; then by last entry, newest first."""
    column = rows.c
    return [
        column.look,
        case((column.look == Look.FLAG.value, urgency(column.flag_code)), else_=0),
        case((column.look <= Look.CALL.value, column.waits_since)),
        case((column.look == Look.VISIT_TODAY.value, column.visit_at)),
        column.last_entered_at.desc().nulls_last(),
        column.family_name,
        column.episode_id,
    ]


def _row(found: Mapping[str, Any]) -> PanelRow:
    return PanelRow(
        look=Look(found["look"]),
        episode_id=found["episode_id"],
        patient_id=found["patient_id"],
        name=f"{found['preferred_name'] or found['given_name']} {found['family_name']}",
        complaint=found["complaint"],
        started_on=found["started_on"],
        ended_on=found["ended_on"],
        today=found["today"],
        verdict=VERDICTS[found["letter"]],
        level=found["level"],
        change=found["change"],
        baseline=found["baseline"],
        recent=dict(found["recent"] or ()),
        needled_on=tuple(found["needled_on"] or ()),
        needlings=found["needlings"] or 0,
        flags=found["open_flags"] or 0,
        flag_code=found["flag_code"],
        flagged_on=found["flagged_on"],
        called_on=found["called_on"],
        questions=found["open_questions"] or 0,
        last_entry_on=found["last_entry_on"],
        next_visit_at=found["planned_for"],
        next_visit_on=found["planned_on"],
        newest_id=found["newest_id"],
        read_at=found["read_at"],
        read_up_to=found["up_to_entry_id"],
    )
