"""The diary plan in the database: rows are only added, and what was asked stays asked."""

from collections.abc import Callable
from datetime import date, time, timedelta

import pytest
import time_machine
from sqlalchemy import select

from portal import clock, db
from portal.accounts.models import Role
from portal.audit import Actor
from portal.audit.models import AuditEvent
from portal.care import plans
from portal.care.models import DiaryPlan, Episode, Patient
from portal.care.plans import Course, NoSuchDay
from portal.diary.schedule import Plan, asked_days, stored_plan
from portal.errors import EpisodeEnded
from tests import factories
from tests.people import MONDAY, Cast, Person

START = MONDAY - timedelta(days=20)


def act(cast: Cast, step: Callable[..., object], **more: object) -> Plan:
    """Take one step about Mia's plan, as Ana."""
    who = Actor(cast.ana.account_id, Role.PRACTITIONER, cast.clinic_id, "/plan")
    with db.write_transaction() as session:
        step(session, who, course=course_of(session.get_one(Episode, cast.mia.episode_id)), **more)
    return plan_of(cast.mia)


def course_of(episode: Episode) -> Course:
    return Course(episode, factories.ZONE)


def rows_of(person: Person) -> list[DiaryPlan]:
    rows = select(DiaryPlan).where(DiaryPlan.episode_id == person.episode_id)
    return list(db.session().scalars(rows.order_by(DiaryPlan.made_at, DiaryPlan.id)))


def plan_of(person: Person) -> Plan:
    row = rows_of(person)[-1]
    return stored_plan(
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        paused_until=row.paused_until,
        breaks=row.breaks,
        made_on=clock.local(row.made_at, factories.ZONE).date(),
    )


def asked(plan: Plan) -> list[int]:
    """The days asked, counted from today."""
    return sorted((day - MONDAY).days for day in asked_days(plan, [], START, plan.ends_on))


def later(now: time_machine.Traveller, days: int) -> None:
    now.shift(timedelta(days=days))


def test_a_new_end_keeps_the_days_that_were_asked(cast: Cast) -> None:
    before = asked(plan_of(cast.mia))
    after = asked(act(cast, plans.set_plan, ends_on=MONDAY + timedelta(days=7)))
    assert after == [day for day in before if day <= 7]


def test_the_same_end_adds_no_row(cast: Cast) -> None:
    act(cast, plans.set_plan, ends_on=START + timedelta(weeks=12))
    assert len(rows_of(cast.mia)) == 1


def test_rows_are_added_and_never_changed(cast: Cast) -> None:
    act(cast, plans.set_plan, ends_on=MONDAY + timedelta(days=7))
    assert [row.ends_on for row in rows_of(cast.mia)] == [
        START + timedelta(weeks=12),
        MONDAY + timedelta(days=7),
    ]


@pytest.mark.parametrize("days", [-1, 367])
def test_an_end_lies_within_a_year_from_today(cast: Cast, days: int) -> None:
    with pytest.raises(NoSuchDay):
        act(cast, plans.set_plan, ends_on=MONDAY + timedelta(days=days))


def test_an_ended_plan_asks_nothing_from_that_day_on(cast: Cast) -> None:
    assert max(asked(act(cast, plans.end_plan))) < 0


def test_a_plan_taken_up_again_leaves_the_days_between_unasked(
    cast: Cast, now: time_machine.Traveller
) -> None:
    act(cast, plans.end_plan)
    later(now, 10)
    again = act(cast, plans.set_plan, ends_on=MONDAY + timedelta(days=24))
    assert not again.is_on(MONDAY)
    assert not again.is_on(MONDAY + timedelta(days=9))
    assert again.is_on(MONDAY + timedelta(days=10))


def test_a_pause_lasts_a_week_unless_told_otherwise(cast: Cast) -> None:
    assert act(cast, plans.pause).paused_until == MONDAY + timedelta(days=7)


def test_a_pause_begins_today(cast: Cast) -> None:
    plan = act(cast, plans.pause)
    assert (plan.is_on(MONDAY - timedelta(days=1)), plan.is_on(MONDAY)) == (True, False)


@pytest.mark.parametrize("days", [0, -3, 80])
def test_a_pause_ends_ahead_and_within_the_plan(cast: Cast, days: int) -> None:
    with pytest.raises(NoSuchDay):
        act(cast, plans.pause, until=MONDAY + timedelta(days=days))


def test_a_pause_near_the_end_lasts_to_the_end(cast: Cast) -> None:
    act(cast, plans.set_plan, ends_on=MONDAY + timedelta(days=2))
    assert act(cast, plans.pause).paused_until == MONDAY + timedelta(days=3)


def test_resuming_asks_again_and_remembers_the_pause(
    cast: Cast, now: time_machine.Traveller
) -> None:
    act(cast, plans.pause)
    later(now, 3)
    plan = act(cast, plans.resume)
    assert plan.is_on(MONDAY + timedelta(days=3))
    assert not any(plan.is_on(MONDAY + timedelta(days=day)) for day in range(3))


def test_resuming_what_is_not_paused_adds_no_row(cast: Cast) -> None:
    act(cast, plans.resume)
    assert len(rows_of(cast.mia)) == 1


def test_another_time_of_day_keeps_the_pause(cast: Cast, now: time_machine.Traveller) -> None:
    act(cast, plans.pause)
    later(now, 2)
    plan = act(cast, plans.set_prompt_time, prompt_at=time(18, 30))
    assert not any(plan.is_on(MONDAY + timedelta(days=day)) for day in range(7))
    assert plan.is_on(MONDAY + timedelta(days=7))


def test_an_ended_episode_takes_no_plan(cast: Cast) -> None:
    with db.write_transaction() as session:
        session.get_one(Episode, cast.mia.episode_id).ended_on = MONDAY
    with pytest.raises(EpisodeEnded):
        act(cast, plans.pause)


def test_each_change_is_written_down(cast: Cast) -> None:
    act(cast, plans.pause)
    act(cast, plans.resume)
    found = select(AuditEvent.details).where(AuditEvent.act == "plan-changed")
    assert [one["what"] for one in db.session().scalars(found)] == ["paused", "resumed"]


def test_mail_can_be_turned_off_for_one_patient(cast: Cast) -> None:
    with db.write_transaction() as session:
        who = Actor(cast.mia.account_id, Role.PATIENT, cast.clinic_id)
        plans.set_mailed(session, who, patient_id=cast.mia.patient_id, is_mailed=False)
    read = db.session()
    assert not read.get_one(Patient, cast.mia.patient_id).is_mailed
    assert read.get_one(Patient, cast.noor.patient_id).is_mailed


def test_end_of_a_plan_is_a_day_of_the_patients_zone(
    cast: Cast, now: time_machine.Traveller
) -> None:
    now.move_to(factories.at(date(2026, 11, 9), 23))
    assert act(cast, plans.end_plan).ends_on == date(2026, 11, 8)
