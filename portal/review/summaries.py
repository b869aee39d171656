"""One summary row per episode: kept in the transaction of every change, rebuilt, verified."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Date,
    Row,
    ScalarSelect,
    Select,
    bindparam,
    case,
    cast,
    delete,
    exists,
    func,
    null,
    select,
    union_all,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, aliased

from portal import clock
from portal.care.models import DiaryPlan, Episode, Patient, Visit
from portal.clinics.models import Clinic
from portal.db import EpisodeId
from portal.diary.flags import CALL, FLAGS, Tier
from portal.diary.models import Entry, EntryFlag, Prompt, Question
from portal.diary.reminders import Kind, Prompted
from portal.diary.schedule import Plan, VisitDay, stored_plan
from portal.review.models import EpisodeSummary
from portal.review.summary import (
    Facts,
    Waiting,
    summary_of,
    thresholds_from,
)
from portal.review.written import written_days
from portal.statements import at_most

AT_ONCE = 200
_TABLE = EpisodeSummary.metadata.tables[EpisodeSummary.__tablename__]
URGENCY = {code: list(Tier).index(known.tier) for code, known in FLAGS.items()}


@dataclass(frozen=True, slots=True)
class Difference:
    """A column in which a stored summary is not what the diary says."""

    episode_id: EpisodeId
    column: str
    stored: object
    computed: object


def refresh(session: Session, episode_ids: Collection[EpisodeId]) -> None:
    """Make the summaries of these episodes anew, inside the transaction that changed them.

    Three statements, whatever the number of episodes and entries.
    """
    rows = [summary_of(facts) for facts in _facts(session, list(episode_ids))]
    if rows:
        _upsert(session, rows)


def rebuild(session: Session) -> int:
    """Make every summary anew from the diaries; returns how many there are."""
    session.execute(delete(EpisodeSummary))
    ids = session.scalars(select(Episode.id).order_by(Episode.id)).all()
    for some in _in_parts(ids):
        refresh(session, some)
    return len(ids)


def verify(session: Session) -> list[Difference]:
    """Compare every summary with what its diary says for the day the summary was made.

    An episode without a summary is named with the column `episode_id`.
    """
    found: list[Difference] = []
    for some in _in_parts(session.scalars(select(Episode.id).order_by(Episode.id)).all()):
        of_these = _TABLE.c.episode_id.in_(some)
        rows = session.execute(select(_TABLE).where(of_these)).mappings()
        stored = {row["episode_id"]: dict(row) for row in rows}
        for facts in _facts(session, some):
            found += _differences(facts, stored.get(facts.episode_id))
    return found


def _in_parts(ids: Sequence[EpisodeId]) -> Iterable[list[EpisodeId]]:
    return (list(ids[start : start + AT_ONCE]) for start in range(0, len(ids), AT_ONCE))


def _differences(facts: Facts, stored: dict[str, Any] | None) -> list[Difference]:
    if stored is None:
        return [Difference(facts.episode_id, "episode_id", None, facts.episode_id)]
    computed = summary_of(facts, as_of=date.fromordinal(stored["as_of"]))
    return [
        Difference(facts.episode_id, column, stored[column], value)
        for column, value in computed.items()
        if stored[column] != value
    ]


def _upsert(session: Session, rows: list[dict[str, object]]) -> None:
    connection = session.connection()
    connection.execute(_upserting(connection.dialect.name, tuple(rows[0])), rows)


@cache
def _upserting(dialect: str, columns: tuple[str, ...]) -> sqlite.Insert | postgresql.Insert:
    """One statement on both databases; each has its own word for it."""
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    statement = insert(_TABLE)
    fresh = {name: statement.excluded[name] for name in columns if name != "episode_id"}
    return statement.on_conflict_do_update(index_elements=["episode_id"], set_=fresh)


@cache
def newest_version() -> ColumnElement[bool]:
    """The condition that a row of Entry is the newest version of its day."""
    newer = aliased(Entry)
    return ~exists().where(
        newer.episode_id == Entry.episode_id,
        newer.about_on == Entry.about_on,
        newer.version > Entry.version,
    )


def urgency(code: ColumnElement[str] | Any) -> ColumnElement[int]:
    """How urgent a flag's code is, 0 for the most urgent; for ordering."""
    return case(URGENCY, value=code, else_=len(Tier))


def _first_flag(*, is_call: bool) -> ScalarSelect[Any]:
    """The most urgent open flag of the episode, or its oldest open wish to be called."""
    flag = aliased(EntryFlag)
    return (
        select(flag.id)
        .where(
            flag.episode_id == Episode.id,
            flag.acknowledged_at.is_(None),
            flag.code == CALL if is_call else flag.code != CALL,
        )
        .order_by(urgency(flag.code), flag.raised_at, flag.id)
        .limit(at_most(1))
        .correlate(Episode)
        .scalar_subquery()
    )


def _open_flags(*, is_call: bool) -> ScalarSelect[int]:
    return (
        select(func.count())
        .select_from(EntryFlag)
        .where(
            EntryFlag.episode_id == Episode.id,
            EntryFlag.acknowledged_at.is_(None),
            EntryFlag.code == CALL if is_call else EntryFlag.code != CALL,
        )
        .scalar_subquery()
    )


def _open_questions() -> ScalarSelect[int]:
    return (
        select(func.count())
        .select_from(Question)
        .where(
            Question.episode_id == Episode.id,
            Question.answered_at.is_(None),
            Question.withdrawn_at.is_(None),
        )
        .scalar_subquery()
    )


def _last_entered() -> ScalarSelect[Any]:
    """When the newest version of the latest day was written."""
    return (
        select(Entry.entered_at)
        .where(Entry.episode_id == Episode.id, Entry.withdrawn_at.is_(None), newest_version())
        .order_by(Entry.about_on.desc(), Entry.version.desc())
        .limit(at_most(1))
        .correlate(Episode)
        .scalar_subquery()
    )


def newest_plan() -> ScalarSelect[Any]:
    """The diary plan in force for Episode."""
    return (
        select(DiaryPlan.id)
        .where(DiaryPlan.episode_id == Episode.id)
        .order_by(DiaryPlan.made_at.desc(), DiaryPlan.id.desc())
        .limit(at_most(1))
        .correlate(Episode)
        .scalar_subquery()
    )


def _episodes() -> CTE:
    """What is known of each episode apart from its visits and entries."""
    flag, call = aliased(EntryFlag), aliased(EntryFlag)
    return (
        select(
            Episode.id,
            Episode.clinic_id,
            Episode.ended_on,
            Patient.zone,
            Patient.given_name,
            Patient.preferred_name,
            Patient.family_name,
            Patient.clinic_number,
            Clinic.thresholds,
            DiaryPlan.starts_on,
            DiaryPlan.ends_on,
            DiaryPlan.paused_until,
            DiaryPlan.made_at,
            DiaryPlan.breaks,
            Patient.is_mailed,
            _open_flags(is_call=False).label("flags"),
            flag.code.label("flag_code"),
            flag.about_on.label("flagged_on"),
            flag.raised_at.label("flagged_at"),
            _open_flags(is_call=True).label("calls"),
            call.about_on.label("called_on"),
            call.raised_at.label("called_at"),
            _open_questions().label("questions"),
            _last_entered().label("last_entered_at"),
        )
        .join(Patient, Patient.id == Episode.patient_id)
        .join(Clinic, Clinic.id == Episode.clinic_id)
        .outerjoin(DiaryPlan, DiaryPlan.id == newest_plan())
        .outerjoin(flag, flag.id == _first_flag(is_call=False))
        .outerjoin(call, call.id == _first_flag(is_call=True))
        .where(Episode.id.in_(bindparam("ids", expanding=True)))
        .cte("facts")
        .prefix_with("MATERIALIZED")
    )


def _happened() -> CTE:
    """Visits, and the diary reminders that no later entry answers, in one list."""
    answered = exists().where(
        Entry.episode_id == Prompt.episode_id,
        Entry.about_on >= Prompt.asked_on,
        Entry.withdrawn_at.is_(None),
        newest_version(),
    )
    visits = select(
        Visit.episode_id,
        Visit.id,
        Visit.number,
        Visit.planned_on,
        Visit.held_on,
        Visit.is_needling,
        cast(null(), Date).label("prompted_on"),
    ).where(Visit.cancelled_at.is_(None), Visit.episode_id.in_(bindparam("ids", expanding=True)))
    nothing = (cast(null(), column.type) for column in list(visits.selected_columns)[2:6])
    prompts = select(Prompt.episode_id, Prompt.id, *nothing, Prompt.asked_on).where(
        Prompt.kind == Kind.DIARY,
        Prompt.episode_id.in_(bindparam("ids", expanding=True)),
        ~answered,
    )
    return union_all(visits, prompts).cte("happened")


def _episodes_with_what_happened() -> Select[Any]:
    episodes, happened = _episodes(), _happened()
    on = happened.c
    return (
        select(episodes, on.number, on.planned_on, on.held_on, on.is_needling, on.prompted_on)
        .outerjoin(happened, on.episode_id == episodes.c.id)
        .order_by(episodes.c.id, on.planned_on, on.held_on, on.prompted_on, on.id)
    )


# Built once: putting such a statement together costs more than running it.
_FACTS = _episodes_with_what_happened()


def _facts(session: Session, ids: list[EpisodeId]) -> list[Facts]:
    """Everything that summaries are worked out from: two statements."""
    rows = session.connection().execute(_FACTS, {"ids": ids}).all()
    days = written_days(session, ids)
    grouped: dict[EpisodeId, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        grouped[row.id].append(row)
    return [
        replace(
            _facts_of(some[0]),
            days=days.get(key, ()),
            prompts=_prompts(some),
            visits=_visits(some),
        )
        for key, some in grouped.items()
    ]


def _visits(rows: Iterable[Row[Any]]) -> tuple[tuple[int | None, VisitDay], ...]:
    return tuple(
        (row.number, VisitDay(row.planned_on, row.held_on, bool(row.is_needling)))
        for row in rows
        if row.planned_on is not None or row.held_on is not None
    )


def _prompts(rows: Iterable[Row[Any]]) -> tuple[Prompted, ...]:
    return tuple(Prompted(Kind.DIARY, row.prompted_on) for row in rows if row.prompted_on)


def _facts_of(row: Row[Any]) -> Facts:
    return Facts(
        episode_id=row.id,
        clinic_id=row.clinic_id,
        zone=row.zone,
        names=f"{row.given_name} {row.preferred_name} {row.family_name} {row.clinic_number}",
        thresholds=thresholds_from(row.thresholds),
        plan=plan_of(row),
        waiting=Waiting(
            flags=row.flags,
            flag_code=row.flag_code,
            flagged_on=row.flagged_on,
            flagged_at=row.flagged_at,
            calls=row.calls,
            called_on=row.called_on,
            called_at=row.called_at,
            questions=row.questions,
        ),
        last_entered_at=row.last_entered_at,
        is_open=row.ended_on is None,
        is_mailed=row.is_mailed,
    )


def plan_of(row: Row[Any]) -> Plan | None:
    """The plan in a row that names the columns of DiaryPlan and the patient's zone."""
    if row.made_at is None:
        return None
    return stored_plan(
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        paused_until=row.paused_until,
        breaks=row.breaks,
        made_on=clock.local(row.made_at, row.zone).date(),
    )
