"""What the patient's first page says in each state of the diary; no praise, no reproach."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from portal import clock, db
from portal.care.models import DiaryPlan, Episode
from tests import factories
from tests.diary.conftest import MONDAY, TODAY, Diary


def days_ago(days: int) -> date:
    return MONDAY - timedelta(days=days)


def plan(diary: Diary, **values: Any) -> None:
    with db.write_transaction() as session:
        query = select(DiaryPlan).where(DiaryPlan.episode_id == diary.person.episode_id)
        for found in session.scalars(query):
            for name, value in values.items():
                setattr(found, name, value)


def main(diary: Diary) -> str:
    return diary.client.page("/me").main


def leading(diary: Diary) -> list[str]:
    """The links that look like the one thing to do."""
    page = diary.client.page("/me")
    return [str(link.get("href")) for link in page.by_class("btn--primary") if link.get("href")]


def test_the_first_day_says_what_for_and_until_when(diary: Diary) -> None:
    plan(diary, starts_on=MONDAY, ends_on=date(2026, 12, 30))
    said = main(diary)
    assert "before picking up a needle" in said
    assert "It ends by itself on 30 December." in said


def test_after_the_first_entry_that_is_not_said_again(diary: Diary) -> None:
    diary.arrange(factories.entry, days_ago(1))
    assert "What this diary is" not in main(diary)


def test_the_last_day_says_that_it_is_the_last(diary: Diary) -> None:
    diary.arrange(factories.entry, days_ago(1))
    plan(diary, starts_on=days_ago(5), ends_on=MONDAY)
    assert "This is the last day that your plan asks for." in main(diary)
    assert leading(diary) == [TODAY]


def test_the_last_day_once_written_ends_calmly(diary: Diary) -> None:
    plan(diary, starts_on=days_ago(5), ends_on=MONDAY)
    diary.save(pain_average="4")
    assert "It was the last day that your plan asks for." in main(diary)


def test_after_the_plan_one_may_still_write(diary: Diary) -> None:
    diary.arrange(factories.entry, days_ago(5))
    plan(diary, starts_on=days_ago(50), ends_on=days_ago(2))
    said = main(diary)
    assert "Your plan has ended. Nothing is asked of you now." in said
    assert "You can still write when something changes." in said
    assert TODAY in diary.client.page("/me").hrefs()


def test_after_the_plan_there_is_nothing_to_pause(diary: Diary) -> None:
    diary.arrange(factories.entry, days_ago(5))
    plan(diary, starts_on=days_ago(50), ends_on=days_ago(2))
    assert "Pause for a week" not in main(diary)
    assert "Your plan" not in [h2.text_content() for h2 in diary.client.page("/me").find("//h2")]


def test_while_nothing_more_is_asked_there_is_nothing_to_pause(diary: Diary) -> None:
    diary.arrange(factories.entry, days_ago(1))
    plan(diary, starts_on=days_ago(84), ends_on=MONDAY + timedelta(days=1))
    said = main(diary)
    assert "Nothing more is asked." in said
    assert "Pause for a week" not in said


def test_after_the_plan_nothing_presses(diary: Diary) -> None:
    diary.arrange(factories.entry, days_ago(5))
    plan(diary, starts_on=days_ago(50), ends_on=days_ago(2))
    assert leading(diary) == []


def test_a_pause_asks_for_nothing(diary: Diary) -> None:
    diary.arrange(factories.entry, days_ago(5))
    plan(diary, paused_until=date(2026, 11, 20))
    said = main(diary)
    assert "Your diary is paused until 20 November." in said
    assert leading(diary) == []


def test_whoever_comes_back_is_not_reproached(diary: Diary) -> None:
    with db.write_transaction() as session:
        diary.episode(session).started_on = days_ago(60)
        factories.entry(session, diary.episode(session), days_ago(23))
    plan(diary, starts_on=days_ago(60), ends_on=date(2026, 12, 30))
    said = main(diary)
    assert "Nothing was written for 23 days, and that is fine." in said
    assert "The gap stays a gap." in said


def test_a_missed_week_is_no_silence(diary: Diary) -> None:
    diary.arrange(factories.entry, days_ago(8))
    assert "and that is fine" not in main(diary)


def test_a_day_not_asked_for_does_not_press(diary: Diary) -> None:
    with db.write_transaction() as session:
        diary.episode(session).started_on = days_ago(60)
        factories.entry(session, diary.episode(session), days_ago(6))
    plan(diary, starts_on=date(2026, 9, 2), ends_on=date(2026, 12, 30))
    assert "Your plan does not ask for today." in main(diary)
    assert leading(diary) == []


def test_an_ended_diary_leads_to_what_it_showed(diary: Diary) -> None:
    with db.write_transaction() as session:
        session.execute(
            update(Episode)
            .where(Episode.id == diary.person.episode_id)
            .values(ended_on=days_ago(2))
        )
    page = diary.client.page("/me")
    assert {"/me/diary", "/me/trends"} <= set(page.hrefs())
    assert "Everything you wrote stays yours to read." in page.main


@pytest.mark.parametrize(("days", "name"), [(3, "Thursday"), (1, "Tuesday")])
def test_questions_are_prompted_three_days_and_one_day_before(
    diary: Diary, days: int, name: str
) -> None:
    diary.arrange(factories.visit, MONDAY + timedelta(days=days), planned=True)
    assert f"Anything to ask on {name}?" in main(diary)


@pytest.mark.parametrize("days", [0, 2, 4])
def test_questions_are_not_prompted_on_other_days(diary: Diary, days: int) -> None:
    diary.arrange(factories.visit, MONDAY + timedelta(days=days), planned=True)
    assert "Anything to ask on" not in main(diary)


def test_the_prompt_counts_what_is_written(diary: Diary) -> None:
    diary.arrange(factories.visit, MONDAY + timedelta(days=1), planned=True)
    diary.arrange(factories.question, "May I swim?")
    diary.arrange(factories.question, "Done?", answered_at=clock.now())
    assert "1 question is written. Ana Costa sees it before you meet." in main(diary)


def test_the_days_after_a_visit_are_counted(diary: Diary) -> None:
    diary.arrange(factories.visit, days_ago(3), number=4)
    assert "Day 3 of the 7 after visit 4." in main(diary)


@pytest.mark.parametrize("ago", [0, 8])
def test_other_days_are_not_counted(diary: Diary, ago: int) -> None:
    diary.arrange(factories.visit, days_ago(ago), number=4)
    assert "of the 7 after visit" not in main(diary)
