"""A plan in one sentence, in every state it can be in."""

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from portal.diary.plan_words import outline, patient_words, staff_words
from portal.diary.schedule import Plan, VisitDay

TODAY = date(2026, 11, 9)


def day(offset: int) -> date:
    return TODAY + timedelta(days=offset)


def plan(starts: int, ends: int, **more: Any) -> Plan:
    return Plan(day(starts), day(ends), **more)


STATES = [
    (None, [], "no plan", "no plan"),
    (plan(-50, -1), [], "Your plan has ended.", "The plan ended on 8 November."),
    (
        plan(-5, 40, paused_from=TODAY, paused_until=day(7)),
        [],
        "Paused until 16 November. Your diary ends on 19 December.",
        "Paused: nothing is asked until 16 November. The plan ends on 19 December.",
    ),
    (
        plan(-15, 3),
        [],
        "Nothing more is asked. Your diary ends on 12 November.",
        "Nothing more is asked until the plan ends on 12 November.",
    ),
    (plan(-13, 0), [], "Today for the last time.", "Today for the last time."),
    (plan(-20, 6), [], "Today for the last time.", "Today for the last time."),
    (plan(0, 6), [], "Every evening until 15 November. Then your", "when the plan ends."),
    (
        plan(0, 60),
        [],
        "Every evening until 22 November, then once a week or around visits, until 8 January.",
        "Every evening until 22 November, then once a week",
    ),
    (plan(-20, 60), [], "Today, then about once a week.", "Today, then about once a week, until"),
    (plan(-19, 60), [], "Next on Tuesday 10 November.", "next on Tuesday 10 November, until"),
    (
        plan(-20, 60),
        [VisitDay(day(12))],
        "Today, then about once a week.",
        "Today, then about once a week",
    ),
    (
        plan(-22, 60),
        [VisitDay(day(9))],
        "Every evening from 11 November until 25 November.",
        "Every evening from 11 November until 25 November.",
    ),
]


@pytest.mark.parametrize(("known", "visits", "to_patient", "to_staff"), STATES)
def test_every_state_is_one_sentence(
    app: Flask, *, known: Plan | None, visits: list[VisitDay], to_patient: str, to_staff: str
) -> None:
    found = outline(known, visits, TODAY)
    with app.test_request_context():
        assert to_patient in patient_words(found)
        assert to_staff in staff_words(found)
