from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from portal import clock, db
from portal.care.models import Episode
from portal.diary.models import Question
from tests import factories
from tests.diary.conftest import MONDAY, Diary
from tests.people import Cast, ClientOf


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


def page(diary: Diary, query: str = "") -> str:
    return diary.client.page(f"/me/questions{query}").main


def stored(question: Question) -> Question:
    with db.database().engine.connect() as connection:
        row = connection.execute(select(Question).where(Question.id == question.id)).one()
        return Question(**row._mapping)


def test_the_words_of_a_question_can_be_changed(diary: Diary) -> None:
    question = diary.arrange(factories.question, "one")
    diary.client.post("/me/questions", {"edit": str(question.id), "body": "two"})
    assert stored(question).body == "two"


def test_a_changed_question_is_known_as_edited(diary: Diary) -> None:
    question = diary.arrange(factories.question, "one")
    diary.client.post("/me/questions", {"edit": str(question.id), "body": "two"})
    assert stored(question).edited_at == clock.now()


def test_the_same_words_are_no_change(diary: Diary) -> None:
    question = diary.arrange(factories.question, "one")
    diary.client.post("/me/questions", {"edit": str(question.id), "body": " one "})
    assert stored(question).edited_at is None


def test_a_question_is_changed_where_it_stands(diary: Diary) -> None:
    question = diary.arrange(factories.question, "one")
    form = diary.client.page(f"/me/questions?edit={question.id}")
    assert form.field("body").text_content().strip() == "one"


def test_an_emptied_question_is_refused_where_it_stands(diary: Diary) -> None:
    question = diary.arrange(factories.question, "one")
    answer = diary.client.post("/me/questions", {"edit": str(question.id), "body": " "})
    assert answer.status_code == 422
    assert "Change your question" in answer.text


def test_an_answered_question_keeps_its_words(diary: Diary) -> None:
    question = diary.arrange(factories.question, "one", answered_at=clock.now())
    answer = diary.client.post("/me/questions", {"edit": str(question.id), "body": "two"})
    assert answer.status_code == 404


def test_taking_back_can_be_undone(diary: Diary) -> None:
    first, _last = [diary.arrange(factories.question, body) for body in ("one", "two")]
    answer = diary.client.post("/me/questions", {"take_back": str(first.id)})
    assert "Taken back: one" in diary.client.page(answer.location).main
    diary.client.post("/me/questions", {"put_back": str(first.id)})
    assert sorted(asked(diary)) == ["one", "two"]


def test_undoing_twice_changes_nothing(diary: Diary) -> None:
    question = diary.arrange(factories.question, "one", withdrawn_at=clock.now())
    for _ in range(2):
        diary.client.post("/me/questions", {"put_back": str(question.id)})
    assert asked(diary) == ["one"]


def test_undoing_does_not_pass_the_limit(diary: Diary) -> None:
    gone = diary.arrange(factories.question, "one", withdrawn_at=clock.now())
    for number in range(20):
        diary.arrange(factories.question, f"question {number}")
    answer = diary.client.post("/me/questions", {"put_back": str(gone.id)})
    assert answer.status_code == 422


def test_nobody_elses_question_is_put_back_or_changed(diary: Diary, cast: Cast) -> None:
    others = str(cast.ids["noor_question"])
    for sent in ({"put_back": others}, {"edit": others, "body": "mine"}):
        assert diary.client.post("/me/questions", sent).status_code == 404


def test_nobody_elses_question_is_shown_as_taken_back(diary: Diary, cast: Cast) -> None:
    others = cast.ids["noor_question"]
    assert "may I swim" not in page(diary, f"?taken={others}")


def test_an_empty_page_offers_what_people_ask(diary: Diary) -> None:
    diary.client.post("/me/questions", {"example": "home"})
    assert asked(diary) == ["What can I do myself between visits?"]


def test_half_typed_question_is_not_lost_when_an_example_is_tapped(diary: Diary) -> None:
    diary.client.post("/me/questions", {"example": "home", "body": "May I swim?"})
    shown = page(diary)
    assert "May I swim?" in shown
    assert "What can I do myself between visits?" in shown


def test_example_tapped_beside_words_too_long_keeps_them_typed(diary: Diary) -> None:
    answer = diary.client.post("/me/questions", {"example": "home", "body": "a" * 2000})
    assert answer.status_code == 422
    assert "a" * 2000 in answer.text


def test_examples_go_when_a_question_stands(diary: Diary) -> None:
    assert "What people often ask" in page(diary)
    diary.arrange(factories.question, "one")
    assert "What people often ask" not in page(diary)


def test_the_next_visit_is_named(diary: Diary) -> None:
    diary.arrange(factories.visit, MONDAY + timedelta(days=3), planned=True)
    assert "Ana Costa sees them before your visit on Thursday 12 November" in page(diary)


def test_practitioners_see_that_a_question_was_edited(
    diary: Diary, cast: Cast, client_of: ClientOf
) -> None:
    diary.arrange(factories.question, "May I swim?", edited_at=clock.now())
    brief = client_of(cast.ana).page(f"/clinic/patients/{cast.mia.patient_id}")
    assert "May I swim? (edited)" in brief.main
