"""What one panel row needs to know of a diary, worked out from plain values."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import NamedTuple

from portal import clock
from portal.db import ClinicId, EpisodeId
from portal.diary import reminders, schedule
from portal.diary.reminders import Prompted
from portal.diary.schedule import EntryDay, Plan, VisitDay
from portal.review.figures import diary_of
from portal.review.trends import USUAL, Day, Thresholds, Verdict, VisitMark, outlook, tenth

DAYS_AHEAD = 14
SPARK_DAYS = 28
LETTERS = MappingProxyType(
    {
        Verdict.BETTER: "B",
        Verdict.WORSE: "W",
        Verdict.ABOUT_THE_SAME: "S",
        Verdict.NOT_CLEAR_YET: "U",
        Verdict.NOT_ENOUGH_DAYS: "N",
    }
)
VERDICTS = MappingProxyType({letter: verdict for verdict, letter in LETTERS.items()})


class WrittenDay(NamedTuple):
    """The newest version of a day that is not withdrawn, with what the patient says of needles."""

    day: Day
    needled: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What waits for somebody of the clinic: unacknowledged flags and calls, open questions.

    `flag_code` is the most urgent open flag, with its own dates; the call is the oldest one.
    """

    flags: int = 0
    flag_code: str | None = None
    flagged_on: date | None = None
    flagged_at: datetime | None = None
    calls: int = 0
    called_on: date | None = None
    called_at: datetime | None = None
    questions: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything a summary is worked out from."""

    episode_id: EpisodeId
    clinic_id: ClinicId
    zone: str
    names: str
    thresholds: Thresholds
    plan: Plan | None
    waiting: Waiting
    last_entered_at: datetime | None
    is_open: bool = True
    is_mailed: bool = True
    prompts: tuple[Prompted, ...] = ()
    days: tuple[WrittenDay, ...] = ()
    visits: tuple[tuple[int | None, VisitDay], ...] = ()


def thresholds_from(own: Mapping[str, float] | None) -> Thresholds:
    """The thresholds in force: the usual ones, with the numbers a clinic has set itself."""
    if not own:
        return USUAL
    usual = {each.name: getattr(USUAL, each.name) for each in fields(Thresholds)}
    changed = {
        name: int(number) if isinstance(usual[name], int) else Decimal(f"{number:g}")
        for name, number in own.items()
        if name in usual
    }
    return Thresholds(**(usual | changed))


def folded(words: str) -> str:
    """Words as they are searched: without accents, in one case."""
    bare = (c for c in unicodedata.normalize("NFKD", words) if not unicodedata.combining(c))
    return "".join(bare).casefold()


def visit_marks(
    visits: Sequence[tuple[int | None, VisitDay]], days: Sequence[WrittenDay], *, today: date
) -> tuple[VisitMark, ...]:
    """The visits held up to today, oldest first.

    A visit counts as one with needling where sites are recorded or where the patient wrote that
    there were needles; one that only the patient tells of takes the next number.
    """
    told = [EntryDay(each.day.on, each.needled) for each in days if each.needled]
    needled = schedule.needling_days((visit for _, visit in visits), told)
    held = {visit.on: number for number, visit in visits if visit.is_recorded}
    marks: list[VisitMark] = []
    for on in sorted(held.keys() | needled):
        if on <= today:
            known = held.get(on)
            highest = max((mark.number for mark in marks), default=0)
            marks.append(VisitMark(known or highest + 1, on, on in needled))
    return tuple(marks)


def planned_dates(visits: Iterable[tuple[int | None, VisitDay]]) -> frozenset[date]:
    """The dates on which a visit is planned and not yet recorded."""
    return frozenset(visit.on for _, visit in visits if not visit.is_recorded)


def quiet_after(facts: Facts, last_entry: date | None) -> int | None:
    """The ordinal of the day after which the patient is quiet (portal/diary/reminders.py)."""
    if facts.plan is None or not facts.is_open:
        return None
    entered = facts.last_entered_at
    entered_on = schedule.offered_day(clock.local(entered, facts.zone)) if entered else None
    visits = [visit for _, visit in facts.visits]
    found = reminders.quiet_on(
        facts.plan,
        visits,
        heard=reminders.heard_on(visits, last_entry, entered_on),
        prompts=facts.prompts,
        is_mailed=facts.is_mailed,
    )
    return found.toordinal() if found else None


def _shown(value: Fraction | None) -> float | None:
    return None if value is None else float(tenth(value))


def summary_of(facts: Facts, *, as_of: date | None = None) -> dict[str, object]:
    """The columns of an episode's summary, as they stand on a day in the patient's zone."""
    today = as_of or clock.today(facts.zone)
    days = [each.day for each in facts.days]
    marks = visit_marks(facts.visits, facts.days, today=today)
    ahead = outlook(
        days,
        marks,
        today=today,
        visits_on=planned_dates(facts.visits),
        thresholds=facts.thresholds,
        days_ahead=DAYS_AHEAD,
    )
    last_entry = max((day.on for day in days), default=None)
    return {
        "episode_id": facts.episode_id,
        "clinic_id": facts.clinic_id,
        "search_name": folded(facts.names)[:260],
        "as_of": today.toordinal(),
        "verdicts": "".join(LETTERS[each.verdict] for each in ahead),
        "changes": [_shown(each.drop) for each in ahead],
        "levels": [_shown(each.level) for each in ahead],
        "needlings": sum(mark.is_needling for mark in marks),
        "last_entry_on": last_entry,
        "last_entered_at": facts.last_entered_at,
        "quiet_after": quiet_after(facts, last_entry),
        **_drawn(facts, days, marks, today),
        **_waiting(facts.waiting),
    }


def _drawn(
    facts: Facts, days: Sequence[Day], marks: Sequence[VisitMark], today: date
) -> dict[str, object]:
    """What the sparkline is drawn from."""
    first = today - timedelta(days=SPARK_DAYS - 1)
    diary = diary_of(days, marks, today, facts.thresholds)
    found = diary.baseline()
    return {
        "baseline": _shown(diary.figures(found[0]).mean) if found else None,
        "recent": [[day.on.toordinal(), day.pain_average] for day in diary.days if day.on >= first],
        "needled_on": [mark.on.toordinal() for mark in diary.needlings if mark.on >= first],
    }


def _waiting(waiting: Waiting) -> dict[str, object]:
    return {
        "open_flags": waiting.flags,
        "flag_code": waiting.flag_code,
        "flagged_on": waiting.flagged_on,
        "flagged_at": waiting.flagged_at,
        "open_calls": waiting.calls,
        "called_on": waiting.called_on,
        "called_at": waiting.called_at,
        "open_questions": waiting.questions,
    }
