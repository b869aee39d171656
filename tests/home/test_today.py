from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from bench.statements import statements
from portal import clock, db
from portal.care.models import CareTeam, DiaryPlan, Episode, Practitioner
from tests import factories
from tests.diary.conftest import MONDAY, TODAY, Diary
from tests.people import Cast


def main(diary: Diary) -> str:
    return diary.client.page("/me").main


def days_ago(days: int) -> date:
    return MONDAY - timedelta(days=days)


def review(diary: Diary, cast: Cast, **more: Any) -> None:
    with db.write_transaction() as session:
        ana = session.get_one(Practitioner, cast.ana.practitioner_id)
        factories.review(session, diary.episode(session), ana, **more)


def test_an_unwritten_day_is_one_press_away(diary: Diary) -> None:
    diary.arrange(factories.entry, days_ago(1))
    page = diary.client.page("/me")
    assert "Today’s diary is not written yet. One number is enough." in page.main
    assert TODAY in page.hrefs()


def test_the_first_day_says_that_the_diary_starts(diary: Diary) -> None:
    assert "Your diary starts here." in main(diary)


def test_a_written_day_says_so_without_praise(diary: Diary) -> None:
    diary.save(pain_average="4")
    said = main(diary)
    assert "Today’s diary is written." in said
    assert "!" not in said


def test_the_two_days_before_can_be_written_or_changed(diary: Diary) -> None:
    diary.arrange(factories.entry, days_ago(1))
    said = main(diary)
    assert "You can still write Saturday." in said
    assert "You can change yesterday." in said


def test_before_four_in_the_morning_yesterday_is_offered(
    diary: Diary, now: time_machine.Traveller
) -> None:
    diary.later(now, clock.now() + timedelta(hours=5))  # 01:00 on Tuesday in Guelph
    page = diary.client.page("/me")
    assert page.find("//a[contains(@class, 'btn')][text()='Write yesterday’s diary']/@href") == [
        TODAY
    ]


def test_the_next_visit_is_counted_in_days(diary: Diary) -> None:
    diary.arrange(factories.visit, days_ago(1))
    diary.arrange(factories.visit, MONDAY + timedelta(days=13), planned=True)
    said = main(diary)
    assert "Next visit in 13 days" in said
    assert "Sunday 22 November, 10:00, with Ana Costa, physiotherapist." in said


@pytest.mark.parametrize(
    ("days", "title"), [(0, "Your visit is today"), (1, "Next visit tomorrow")]
)
def test_a_near_visit_is_said_in_words(diary: Diary, days: int, title: str) -> None:
    diary.arrange(factories.visit, MONDAY + timedelta(days=days), planned=True)
    assert title in main(diary)


def test_without_a_visit_planned_none_is_shown(diary: Diary) -> None:
    assert "visit in" not in main(diary)


def test_the_patient_sees_who_read_the_diary(diary: Diary, cast: Cast) -> None:
    review(diary, cast)
    assert "Ana Costa read your diary today" in main(diary)


def test_a_reading_of_another_day_names_it(diary: Diary, cast: Cast) -> None:
    review(diary, cast, at=clock.now() - timedelta(days=4))
    assert "Ana Costa read your diary on 5 November" in main(diary)


def test_a_review_undone_was_no_reading(diary: Diary, cast: Cast) -> None:
    review(diary, cast, undone_at=clock.now())
    said = main(diary)
    assert "Ana Costa read" not in said
    assert "You will see here when it was read." in said


def test_nobody_reading_is_said(diary: Diary) -> None:
    with db.write_transaction() as session:
        session.execute(
            update(CareTeam)
            .where(CareTeam.episode_id == diary.person.episode_id)
            .values(until_at=clock.now())
        )
    said = main(diary)
    assert "Nobody reads this diary now. For advice call 519-555-0142." in said


def test_an_ended_episode_says_who_to_call(diary: Diary) -> None:
    with db.write_transaction() as session:
        session.execute(
            update(Episode)
            .where(Episode.id == diary.person.episode_id)
            .values(ended_on=days_ago(2))
        )
    page = diary.client.page("/me")
    assert (
        "Your diary ended on 7 November. Nobody reads new entries; call 519-555-0142." in page.main
    )
    assert not [link for link in page.hrefs() if link.startswith("/me/diary/")]


def plan(diary: Diary, **values: Any) -> None:
    with db.write_transaction() as session:
        found = session.scalars(
            select(DiaryPlan).where(DiaryPlan.episode_id == diary.person.episode_id)
        ).first()
        if found is not None:
            for name, value in values.items():
                setattr(found, name, value)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (
            {"starts_on": MONDAY, "ends_on": date(2026, 11, 15)},
            "Every evening until 15 November. Then your diary ends.",
        ),
        (
            {"starts_on": MONDAY, "ends_on": date(2026, 12, 30)},
            "Every evening until 22 November, then once a week or around visits, until 30",
        ),
        ({"starts_on": date(2026, 8, 1), "ends_on": days_ago(3)}, "Your plan has ended."),
        ({"paused_until": date(2026, 11, 20)}, "Paused until 20 November."),
    ],
)
def test_the_plan_is_one_sentence(diary: Diary, values: dict[str, Any], words: str) -> None:
    plan(diary, **values)
    assert words in main(diary)


def test_a_weekly_plan_names_the_next_day(diary: Diary) -> None:
    plan(diary, starts_on=date(2026, 9, 2), ends_on=date(2026, 12, 30))
    assert "Next on Tuesday 10 November. Your diary ends on 30 December." in main(diary)


def test_a_weekly_day_that_is_today_says_so(diary: Diary) -> None:
    plan(diary, starts_on=date(2026, 9, 1), ends_on=date(2026, 12, 30))
    assert "Today, then about once a week. Your diary ends on 30 December." in main(diary)


def test_without_a_plan_one_may_still_write(diary: Diary) -> None:
    with db.write_transaction() as session:
        for row in session.scalars(
            select(DiaryPlan).where(DiaryPlan.episode_id == diary.person.episode_id)
        ):
            session.delete(row)
    assert "You have no plan yet. Write when you like." in main(diary)


@pytest.mark.parametrize(
    ("ago", "why", "section"),
    [
        (0, "you had needling today", "#what"),
        (1, "you had needling yesterday", ""),
        (3, "needling 3 days ago", ""),
    ],
)
def test_after_needling_the_days_after_are_explained(
    diary: Diary, ago: int, why: str, section: str
) -> None:
    diary.arrange(factories.visit, days_ago(ago))
    page = diary.client.page("/me")
    assert why in page.main
    assert f"/learn/after-your-visit{section}" in page.hrefs()


def test_before_the_first_visit_it_is_explained(diary: Diary) -> None:
    diary.arrange(factories.visit, MONDAY + timedelta(days=3), planned=True)
    assert "Shown because your first visit is in 3 days" in main(diary)


def test_a_grasp_that_was_felt_is_explained(diary: Diary) -> None:
    diary.save(pain_average="3", grasp_felt="strongly")
    assert "/learn/the-grasp" in diary.client.page("/me").hrefs()


def test_the_first_day_explains_the_diary(diary: Diary) -> None:
    assert "/learn/your-diary" in diary.client.page("/me").hrefs()


def test_nothing_reassures_when_a_flag_was_ticked(diary: Diary) -> None:
    diary.arrange(factories.visit, MONDAY)
    diary.save(flags="RF8")
    assert "Shown because" not in main(diary)


def test_waiting_questions_are_shown(diary: Diary) -> None:
    diary.arrange(factories.question, "May I swim?")
    assert "May I swim?" in main(diary)


def test_answered_questions_are_not(diary: Diary) -> None:
    diary.arrange(factories.question, "May I swim?", answered_at=clock.now())
    assert "May I swim?" not in main(diary)


def test_the_title_names_no_clinic(diary: Diary) -> None:
    assert diary.client.page("/me").title == "Today"


def test_nothing_of_another_patient_is_shown(diary: Diary) -> None:
    assert "noor" not in diary.client.page("/me").source.lower()


def test_today_takes_the_same_statements_for_a_long_diary(app: Flask, diary: Diary) -> None:
    diary.client.get("/me")
    with statements(app) as few:
        diary.client.get("/me")
    for back in range(1, 30):
        diary.arrange(factories.entry, days_ago(back))
    with statements(app) as many:
        diary.client.get("/me")
    assert len(few.all) == len(many.all)


def test_today_offers_the_days_that_the_diary_offers(diary: Diary) -> None:
    with db.write_transaction() as session:
        session.execute(
            update(Episode).where(Episode.id == diary.person.episode_id).values(started_on=MONDAY)
        )
    diary.arrange(factories.entry, days_ago(20))
    offered = {f"/me/diary/{days_ago(back).isoformat()}" for back in range(3)}
    assert offered <= set(diary.client.page("/me").hrefs())
    assert offered <= set(diary.client.page("/me/diary").hrefs())
