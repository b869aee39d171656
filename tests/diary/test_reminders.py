"""When a patient is reminded, and when no more."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from portal.diary.reminders import (
    Asking,
    Kind,
    Pace,
    Prompted,
    due_prompt,
    heard_on,
    open_day,
    pace_of,
    quiet_on,
)
from portal.diary.schedule import Plan, VisitDay
from tests import factories

START = date(2026, 11, 2)
PLAN = Plan(START, START + timedelta(weeks=12))
ASKING = Asking(plan=PLAN, zone=factories.ZONE, prompt_at=time(20))


def day(offset: int) -> date:
    return START + timedelta(days=offset)


def due(offset: int, hour: int = 20, minute: int = 0, **changed: Any) -> Prompted | None:
    """What is due at this time in Guelph, so many days after the plan began."""
    return due_prompt(replace(ASKING, **changed), factories.at(day(offset), hour, minute))


def reminded(*offsets: int) -> tuple[Prompted, ...]:
    return tuple(Prompted(Kind.DIARY, day(offset)) for offset in offsets)


def test_an_asked_day_is_due_at_its_time() -> None:
    assert due(0) == Prompted(Kind.DIARY, START)


@pytest.mark.parametrize(("hour", "minute"), [(19, 59), (21, 30), (23, 0)])
def test_nothing_is_due_before_the_time_or_in_the_quiet_hours(hour: int, minute: int) -> None:
    assert due(0, hour, minute) is None


@pytest.mark.parametrize("hour", [0, 3, 6])
def test_nothing_is_due_at_night(hour: int) -> None:
    assert due(1, hour) is None


@pytest.mark.parametrize(
    ("chosen", "hour", "minute", "due_then"),
    [(time(22, 15), 22, 15, True), (time(22, 15), 0, 14, True), (time(22, 15), 0, 15, False)],
)
def test_a_time_chosen_at_night_is_kept_for_two_hours(
    *, chosen: time, hour: int, minute: int, due_then: bool
) -> None:
    found = due(1 if hour == 0 else 0, hour, minute, prompt_at=chosen)
    assert found == (Prompted(Kind.DIARY, START) if due_then else None)


def test_a_time_before_four_belongs_to_the_evening_before() -> None:
    assert due(1, 1, prompt_at=time(1)) == Prompted(Kind.DIARY, START)


def test_a_day_is_reminded_of_once() -> None:
    assert due(0, 20, 5, prompts=reminded(0)) is None


def test_a_written_day_is_not_reminded_of() -> None:
    assert due(0, written=frozenset({START})) is None


def test_a_day_the_plan_does_not_ask_for_is_not_reminded_of() -> None:
    assert due(15, heard_on=day(14)) is None


@pytest.mark.parametrize("offset", [-1, 85])
def test_outside_the_plan_nobody_is_reminded(offset: int) -> None:
    assert due(offset) is None


def test_in_a_pause_nobody_is_reminded() -> None:
    paused = replace(PLAN, paused_from=START, paused_until=day(7))
    assert due(6, plan=paused) is None
    assert due(7, plan=paused) is not None


def test_two_without_an_answer_make_it_weekly() -> None:
    at = [offset for offset in range(2, 12) if due(offset, prompts=reminded(0, 1))]
    assert at == [8, 9, 10, 11]


def test_four_without_an_answer_stop_it() -> None:
    assert not any(due(offset, prompts=reminded(0, 1, 8, 20)) for offset in range(21, 85))


def test_an_entry_restores_the_rhythm() -> None:
    assert due(3, prompts=reminded(0, 1), heard_on=day(2)) == Prompted(Kind.DIARY, day(3))


def test_a_visit_restores_the_rhythm() -> None:
    visits = (VisitDay(None, day(30)),)
    heard = heard_on(visits)
    assert due(31, prompts=reminded(0, 1, 8, 20), visits=visits, heard_on=heard) is not None


@pytest.mark.parametrize(("before", "is_due"), [(4, False), (3, True), (2, False), (1, True)])
def test_questions_are_asked_for_three_days_and_one_day_before_a_visit(
    *, before: int, is_due: bool
) -> None:
    found = due(0, visits=(VisitDay(day(before)),), written=frozenset({START}), has_questions=False)
    assert found == (Prompted(Kind.QUESTIONS, START) if is_due else None)


def test_whoever_has_written_a_question_is_not_asked_for_one() -> None:
    visits = (VisitDay(day(3)),)
    assert due(0, visits=visits, written=frozenset({START}), has_questions=True) is None


def test_the_diary_goes_before_the_questions() -> None:
    assert due(0, visits=(VisitDay(day(3)),)) == Prompted(Kind.DIARY, START)


def test_questions_are_not_asked_for_once_reminders_have_stopped() -> None:
    assert due(30, visits=(VisitDay(day(31)),), prompts=reminded(0, 1, 8, 20)) is None


def test_a_reminder_about_questions_waits_for_no_answer() -> None:
    asked = tuple(Prompted(Kind.QUESTIONS, day(offset)) for offset in range(4))
    assert pace_of(asked, None) is Pace.AS_PLANNED


@pytest.mark.parametrize(
    ("count", "pace"),
    [(1, Pace.AS_PLANNED), (2, Pace.WEEKLY), (3, Pace.WEEKLY), (4, Pace.STOPPED)],
)
def test_the_pace_follows_what_was_not_answered(count: int, pace: Pace) -> None:
    assert pace_of(reminded(*range(count)), None) is pace


def test_reminders_before_the_last_word_count_no_more() -> None:
    assert pace_of(reminded(0, 1, 2, 3), day(3)) is Pace.AS_PLANNED


def test_the_clock_goes_forward_over_the_chosen_time() -> None:
    """On 14 March 2027 there is no 02:30 in Guelph: the reminder comes at 03:30."""
    assert open_day(datetime(2027, 3, 14, 7, 29, tzinfo=UTC), factories.ZONE, time(2, 30)) is None
    found = open_day(datetime(2027, 3, 14, 7, 30, tzinfo=UTC), factories.ZONE, time(2, 30))
    assert found == date(2027, 3, 13)


def test_the_hour_that_comes_twice_reminds_once() -> None:
    """On 1 November 2026 01:30 comes twice in Guelph; the second lies within the same two hours."""
    first, second = (datetime(2026, 11, 1, hour, 30, tzinfo=UTC) for hour in (5, 6))
    days = {open_day(instant, factories.ZONE, time(1, 30)) for instant in (first, second)}
    assert days == {date(2026, 10, 31)}


def quiet(*offsets: int, is_mailed: bool = True, heard: date | None = None) -> date | None:
    return quiet_on(PLAN, (), heard=heard, prompts=reminded(*offsets), is_mailed=is_mailed)


def test_the_fourth_reminder_without_an_answer_makes_quiet() -> None:
    assert quiet(0, 1, 8, 20) == day(20)


def test_three_do_not() -> None:
    assert quiet(0, 1, 8) is None


def test_without_mail_it_is_the_fourth_asked_day() -> None:
    assert quiet(is_mailed=False, heard=day(2)) == day(6)


def test_before_the_first_reminder_it_is_the_fourth_asked_day() -> None:
    assert quiet(heard=day(2)) == day(6)


def test_an_answer_starts_the_count_anew() -> None:
    assert quiet(0, 1, 8, 20, 30, heard=day(20)) is None


def test_a_plan_too_short_for_four_days_makes_nobody_quiet() -> None:
    short = Plan(START, day(2))
    assert quiet_on(short, (), heard=None, prompts=(), is_mailed=False) is None
