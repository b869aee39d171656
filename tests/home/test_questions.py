from datetime import datetime

import pytest
from sqlalchemy import select, update

from portal import clock, db
from portal.care.models import Episode
from portal.diary.models import Question
from tests import factories
from tests.diary.conftest import MONDAY, Diary
from tests.people import Cast


def asked(diary: Diary) -> list[str]:
    with db.database().engine.connect() as connection:
        return list(
            connection.scalars(
                select(Question.body)
                .where(
                    Question.episode_id == diary.person.episode_id,
                    Question.withdrawn_at.is_(None),
                )
                .order_by(Question.position)
            )
        )


def test_a_question_is_added_once(diary: Diary) -> None:
    for _ in range(2):
        assert diary.client.post("/me/questions", {"body": "May I swim?"}).status_code == 303
    assert asked(diary) == ["May I swim?"]


def test_questions_are_put_in_order_by_buttons(diary: Diary) -> None:
    ids = [diary.arrange(factories.question, body).id for body in ("one", "two", "three")]
    diary.client.post("/me/questions", {"up": str(ids[2])})
    diary.client.post("/me/questions", {"down": str(ids[0])})
    assert asked(diary) == ["three", "one", "two"]


def test_the_first_question_cannot_rise(diary: Diary) -> None:
    ids = [diary.arrange(factories.question, body).id for body in ("one", "two")]
    diary.client.post("/me/questions", {"up": str(ids[0])})
    assert asked(diary) == ["one", "two"]


def test_a_question_can_be_taken_back(diary: Diary) -> None:
    question = diary.arrange(factories.question, "one")
    diary.client.post("/me/questions", {"take_back": str(question.id)})
    assert asked(diary) == []


def test_an_answered_question_is_folded_with_its_day(diary: Diary, cast: Cast) -> None:
    at = datetime.fromisoformat("2026-11-06T15:00:00+00:00")
    who = cast.ana.practitioner_id
    diary.arrange(factories.question, "one", answered_at=at, answered_by_id=who)
    page = diary.client.page("/me/questions")
    folded = page.find("//details//dl")[0].text_content()
    assert "Answered 6 November, Ana Costa" in folded


@pytest.mark.parametrize("action", ["up", "down", "take_back"])
def test_somebody_elses_question_is_out_of_sight(diary: Diary, cast: Cast, action: str) -> None:
    other = str(cast.ids["noor_question"])
    assert diary.client.post("/me/questions", {action: other}).status_code == 404


def test_an_answered_question_stays(diary: Diary) -> None:
    question = diary.arrange(factories.question, "one", answered_at=clock.now())
    answer = diary.client.post("/me/questions", {"take_back": str(question.id)})
    assert answer.status_code == 404


@pytest.mark.parametrize("body", ["", "   ", "x" * 501])
def test_a_question_must_have_a_fitting_length(diary: Diary, body: str) -> None:
    answer = diary.client.post("/me/questions", {"body": body})
    assert answer.status_code == 422
    assert asked(diary) == []


def test_a_long_question_is_not_lost(diary: Diary) -> None:
    answer = diary.client.post("/me/questions", {"body": "x" * 501})
    assert "x" * 501 in answer.text


def test_at_most_20_questions_wait(diary: Diary) -> None:
    for number in range(20):
        diary.arrange(factories.question, f"question {number}")
    assert diary.client.post("/me/questions", {"body": "one more"}).status_code == 422


def test_an_ended_episode_takes_no_question(diary: Diary) -> None:
    with db.write_transaction() as session:
        session.execute(
            update(Episode).where(Episode.id == diary.person.episode_id).values(ended_on=MONDAY)
        )
    assert diary.client.post("/me/questions", {"body": "May I swim?"}).status_code == 409
    assert not diary.client.page("/me/questions").find("//main//form")
