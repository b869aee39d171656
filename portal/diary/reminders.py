"""When a patient is reminded: pure rules on top of the plan's days, without database or clock.

At most one reminder a day. Two in a row without an answer make it once a week, four stop it: the
patient is quiet then. An entry or a visit starts the count anew.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from portal import clock
from portal.diary.schedule import NIGHT_ENDS_AT, WEEK, Plan, VisitDay, asked_days

QUIET_FROM = time(21, 30)
QUIET_UNTIL = time(7)
LATEST = timedelta(hours=2)
WEEKLY_AFTER = 2
QUIET_AFTER = 4
QUESTION_DAYS = frozenset({3, 1})


class Kind(StrEnum):
    """What a reminder is about; names are stable, since they stand in stored rows."""

    DIARY = "diary"
    QUESTIONS = "questions"


class Pace(StrEnum):
    """How reminders go on, by how many in a row were not answered."""

    AS_PLANNED = "as-planned"
    WEEKLY = "weekly"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Prompted:
    """A reminder that went out, and the day of the diary it was about."""

    kind: Kind
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Everything that decides whether one patient is reminded.

    `written` are the days that have an entry, `heard_on` is the last day on which an entry was
    written or a visit held, `has_questions` says that one waits for the next visit.
    """

    plan: Plan
    visits: tuple[VisitDay, ...] = ()
    zone: str
    prompt_at: time
    written: frozenset[date] = frozenset()
    heard_on: date | None = None
    prompts: tuple[Prompted, ...] = ()
    has_questions: bool = False


def is_night(at: time) -> bool:
    """Whether a time lies in the quiet hours, 21:30 to 07:00."""
    return at >= QUIET_FROM or at < QUIET_UNTIL


def open_day(now: datetime, zone: str, prompt_at: time) -> date | None:
    """Return the day whose reminder may go out now; None outside its hours.

    It goes out from the chosen time until the quiet hours begin. A time chosen within them is
    kept for two hours; one before 04:00 belongs to the evening before.
    """
    today = clock.local(now, zone).date()
    for day in (today, today - timedelta(days=1)):
        opens, closes = hours_of(day, zone, prompt_at)
        if opens <= now < closes:
            return day
    return None


def hours_of(day: date, zone: str, prompt_at: time) -> tuple[datetime, datetime]:
    """Return from when, and until when, the reminder of a day of the diary may go out."""
    on = day + timedelta(days=1) if prompt_at < time(NIGHT_ENDS_AT) else day
    opens = datetime.combine(on, prompt_at, ZoneInfo(zone)).astimezone(UTC)
    if is_night(prompt_at):
        return opens, opens + LATEST
    return opens, datetime.combine(on, QUIET_FROM, ZoneInfo(zone)).astimezone(UTC)


def heard_on(visits: Iterable[VisitDay], *wrote: date | None) -> date | None:
    """Return the last day on which the patient wrote, or was at a visit.

    `wrote` are days of the diary: what is written before 04:00 belongs to the evening before, so
    that the next evening's reminder still waits for an answer.
    """
    held = (visit.on for visit in visits if visit.is_recorded)
    return max((*held, *(day for day in wrote if day is not None)), default=None)


def unanswered(prompts: Iterable[Prompted], heard: date | None) -> list[date]:
    """Return the days of the diary reminders since the patient was last heard of, in order."""
    return sorted(
        prompt.on
        for prompt in prompts
        if prompt.kind is Kind.DIARY and (heard is None or prompt.on > heard)
    )


def pace_of(prompts: Iterable[Prompted], heard: date | None) -> Pace:
    """Return how reminders go on."""
    count = len(unanswered(prompts, heard))
    if count >= QUIET_AFTER:
        return Pace.STOPPED
    return Pace.WEEKLY if count >= WEEKLY_AFTER else Pace.AS_PLANNED


def due_prompt(asking: Asking, now: datetime) -> Prompted | None:
    """Return the reminder that is due at this instant; None where none is.

    Nobody is reminded twice about a day, about a day already written, in a pause, after the
    plan's end, or once reminders have stopped.
    """
    on = open_day(now, asking.zone, asking.prompt_at)
    if on is None or not asking.plan.is_on(on):
        return None
    pace = pace_of(asking.prompts, asking.heard_on)
    if pace is Pace.STOPPED or any(prompt.on >= on for prompt in asking.prompts):
        return None
    if _is_diary_due(asking, on, pace):
        return Prompted(Kind.DIARY, on)
    if _is_question_due(asking, on):
        return Prompted(Kind.QUESTIONS, on)
    return None


def _is_diary_due(asking: Asking, on: date, pace: Pace) -> bool:
    if on in asking.written or on not in asked_days(asking.plan, asking.visits, on, on):
        return False
    last = max(unanswered(asking.prompts, asking.heard_on), default=None)
    return pace is Pace.AS_PLANNED or last is None or (on - last).days >= WEEK


def _is_question_due(asking: Asking, on: date) -> bool:
    ahead = (visit.on for visit in asking.visits if not visit.is_recorded)
    return not asking.has_questions and any((day - on).days in QUESTION_DAYS for day in ahead)


def quiet_on(
    plan: Plan,
    visits: Sequence[VisitDay],
    *,
    heard: date | None,
    prompts: Iterable[Prompted],
    is_mailed: bool,
) -> date | None:
    """Return the day of the fourth reminder in a row without an answer; None while there is none.

    For somebody who gets no mail, and before the first reminder, it is the fourth day in a row
    that the plan asks for. On the day itself the patient may still write.
    """
    reminded = unanswered(prompts, heard)
    if not (is_mailed and reminded):
        first = heard + timedelta(days=1) if heard else plan.starts_on
        reminded = sorted(asked_days(plan, visits, first, plan.ends_on))
    return reminded[QUIET_AFTER - 1] if len(reminded) >= QUIET_AFTER else None
