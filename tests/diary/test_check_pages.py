"""Filling in an instrument: one question to a page, answers kept, saved once."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select, update

from bench.statements import statements
from portal import db
from portal.audit.models import AuditEvent
from portal.care.models import Consent, Episode
from portal.diary.models import Assessment, AssessmentAnswer
from tests import assessing
from tests.conftest import EVENING
from tests.diary.conftest import MONDAY, Diary
from tests.pages import Page
from tests.people import Cast, ClientOf

PEG = "/me/check/peg"
PSFS = "/me/check/psfs"
PGIC = "/me/check/pgic"
ITEMS = ("pain", "enjoyment", "activity")


def give(diary: Diary, item: str, value: object, path: str = PEG, **more: str) -> Any:
    form = {"act": "answer", "item": item, "answer": str(value), **more}
    return diary.client.post(path, form)


def give_all(diary: Diary, values: Sequence[int] = (7, 6, 5)) -> Any:
    for item, value in zip(ITEMS, values, strict=False):
        assert give(diary, item, value).status_code == 303
    return diary.client.post(PEG, {"act": "save"})


def stored(diary: Diary) -> list[Assessment]:
    with db.database().engine.connect() as connection:
        rows = connection.execute(
            select(Assessment)
            .where(Assessment.episode_id == diary.person.episode_id)
            .order_by(Assessment.completed_at, Assessment.id)
        )
        return [Assessment(**row._mapping) for row in rows]


def answers(diary: Diary) -> dict[str, int]:
    with db.database().engine.connect() as connection:
        query = select(AssessmentAnswer.item, AssessmentAnswer.value).where(
            AssessmentAnswer.episode_id == diary.person.episode_id
        )
        return {row.item: row.value for row in connection.execute(query)}


def change_episode(diary: Diary, **columns: Any) -> None:
    with db.write_transaction() as session:
        of = Episode.id == diary.person.episode_id
        session.execute(update(Episode).where(of).values(**columns))


def page_at(diary: Diary, path: str) -> Page:
    return diary.client.page(path)


def test_a_due_check_opens_at_its_first_question(diary: Diary) -> None:
    page = page_at(diary, PEG)
    assert "1 of 3" in page.main
    assert "your pain on average in the past week?" in page.main


def test_nothing_is_chosen_beforehand(diary: Diary) -> None:
    assert page_at(diary, PEG).find("//main//input[@checked]") == []


def test_scale_has_eleven_answers(diary: Diary) -> None:
    assert len(page_at(diary, PEG).find("//input[@type='radio']")) == 11


def test_an_answer_leads_to_the_next_question(diary: Diary) -> None:
    assert give(diary, "pain", 7).headers["Location"] == f"{PEG}?at=2"


def test_the_last_answer_leads_to_all_answers(diary: Diary) -> None:
    assert give(diary, "activity", 5).headers["Location"] == f"{PEG}?at=answers"


def test_a_changed_answer_leads_back_to_all_answers(diary: Diary) -> None:
    answer = give(diary, "pain", 4, then="answers")
    assert answer.headers["Location"] == f"{PEG}?at=answers"


def test_all_answers_can_be_changed(diary: Diary) -> None:
    for item in ITEMS:
        give(diary, item, 3)
    links = page_at(diary, f"{PEG}?at=answers").hrefs()
    assert f"{PEG}?at=2&then=answers" in links


def test_a_kept_answer_stands_when_one_goes_back(diary: Diary) -> None:
    give(diary, "pain", 0)
    checked = page_at(diary, f"{PEG}?at=1").find("//input[@checked]")
    assert [one.get("value") for one in checked] == ["0"]


def test_back_leads_to_the_question_before(diary: Diary) -> None:
    assert f"{PEG}?at=1" in page_at(diary, f"{PEG}?at=2").hrefs()


def test_a_new_sign_in_goes_on_where_it_was_left(diary: Diary, now: time_machine.Traveller) -> None:
    give(diary, "pain", 7)
    diary.later(now, EVENING + timedelta(hours=3))
    assert "2 of 3" in page_at(diary, PEG).main


def test_what_was_begun_yesterday_is_begun_anew(diary: Diary, now: time_machine.Traveller) -> None:
    give(diary, "pain", 7)
    diary.later(now, EVENING + timedelta(hours=24))
    assert "1 of 3" in page_at(diary, PEG).main


def test_an_old_beginning_leaves_nothing_behind(diary: Diary, now: time_machine.Traveller) -> None:
    give(diary, "pain", 7)
    diary.later(now, EVENING + timedelta(hours=25))
    give(diary, "enjoyment", 2)
    assert answers(diary) == {"enjoyment": 2}


def test_saving_keeps_the_score(diary: Diary) -> None:
    assert give_all(diary).headers["Location"] == f"{PEG}/saved"
    assert [(one.score, one.no_score, one.about_on) for one in stored(diary)] == [
        (6.0, None, MONDAY)
    ]


def test_three_zeros_are_a_score_of_zero(diary: Diary) -> None:
    give_all(diary, (0, 0, 0))
    assert stored(diary)[0].score == 0.0


def test_one_left_out_gives_no_score_with_its_reason(diary: Diary) -> None:
    give(diary, "pain", 7)
    diary.client.post(PEG, {"act": "leave-out", "item": "enjoyment"})
    give(diary, "activity", 5)
    diary.client.post(PEG, {"act": "save"})
    assert [(one.score, one.no_score) for one in stored(diary)] == [(None, "item-missing")]


def test_an_answer_can_be_left_out_again(diary: Diary) -> None:
    give(diary, "pain", 7)
    diary.client.post(PEG, {"act": "leave-out", "item": "pain"})
    assert answers(diary) == {}


def test_nothing_answered_is_not_saved(diary: Diary) -> None:
    diary.client.post(PEG, {"act": "leave-out", "item": "pain"})
    answer = diary.client.post(PEG, {"act": "save"})
    assert answer.status_code == 422
    assert "Answer at least one question" in answer.get_data(as_text=True)


def test_a_second_click_saves_once(diary: Diary) -> None:
    give_all(diary)
    assert diary.client.post(PEG, {"act": "save"}).headers["Location"] == f"{PEG}/saved"
    assert len(stored(diary)) == 1


def test_a_second_one_the_same_day_stands_beside_the_first(diary: Diary) -> None:
    give_all(diary)
    give_all(diary, (1, 1, 1))
    assert [one.score for one in stored(diary)] == [6.0, 1.0]
    assert "1.0" in page_at(diary, f"{PEG}/saved").main


def test_saving_is_written_down(diary: Diary) -> None:
    give_all(diary)
    give_all(diary, (1, 1, 1))
    with db.database().engine.connect() as connection:
        acts = list(connection.scalars(select(AuditEvent.act).order_by(AuditEvent.seq)))
    assert acts[-4:] == [
        "assessment-begun",
        "assessment-completed",
        "assessment-begun",
        "assessment-corrected",
    ]


def test_saved_page_says_number_and_direction(diary: Diary) -> None:
    give_all(diary)
    said = page_at(diary, f"{PEG}/saved").main
    assert "The mean of your 3 answers is 6.0, on a scale from 0 to 10. Lower is better." in said
    assert "It is asked for next on 16 November." in said


def test_saved_page_names_the_one_before(diary: Diary) -> None:
    diary.arrange(assessing.peg, MONDAY - timedelta(days=7), (8, 8, 8))
    give_all(diary)
    assert "On 2 November it was 8.0." in page_at(diary, f"{PEG}/saved").main


def test_saved_page_without_an_assessment_leads_to_the_questions(diary: Diary) -> None:
    assert diary.client.get(f"{PEG}/saved").headers["Location"] == PEG


def test_done_today_is_told_calmly(diary: Diary) -> None:
    give_all(diary)
    assert "You have answered this today." in page_at(diary, PEG).main


def test_what_is_not_asked_can_still_be_answered(diary: Diary) -> None:
    page = page_at(diary, PGIC)
    assert "This is not asked for today." in page.main
    assert f"{PGIC}?at=1" in page.hrefs()


def test_pgic_offers_its_seven_labels_in_order(diary: Diary) -> None:
    page = page_at(diary, f"{PGIC}?at=1")
    assert page.main.index("Very much improved") < page.main.index("Very much worse")
    assert len(page.find("//input[@type='radio']")) == 7


def test_pgic_is_kept_as_a_label(diary: Diary) -> None:
    give(diary, "overall", 2, PGIC)
    diary.client.post(PGIC, {"act": "save"})
    assert [(one.score, one.no_score) for one in stored(diary)] == [(None, "label-only")]
    assert "You answered “Much improved”." in page_at(diary, f"{PGIC}/saved").main


def test_pgic_has_nothing_to_leave_out(diary: Diary) -> None:
    assert "Leave this one out" not in page_at(diary, f"{PGIC}?at=1").main


def test_psfs_asks_the_patients_own_activities(diary: Diary) -> None:
    page = page_at(diary, PSFS)
    assert "Walking the dog for half an hour" in page.main
    assert "1 of 2" in page.main


def test_psfs_keeps_what_was_rated(diary: Diary) -> None:
    give(diary, "activity-1", 4, PSFS)
    change_episode(diary, activities=["Swim"])
    give(diary, "activity-2", 6, PSFS)
    diary.client.post(PSFS, {"act": "save"})
    (row,) = stored(diary)
    assert row.score == 5.0
    assert list(row.subjects.values()) == [
        "Walking the dog for half an hour",
        "Sitting through a meeting",
    ]


def test_psfs_without_activities_asks_for_them_first(diary: Diary) -> None:
    change_episode(diary, activities=[])
    assert page_at(diary, PSFS).h1 == "Activities that matter to you"


def test_named_activities_are_rated_next(diary: Diary) -> None:
    change_episode(diary, activities=[])
    named = {"act": "name", "activity_1": " Climb  stairs ", "activity_3": "Sleep"}
    assert diary.client.post(PSFS, named).headers["Location"] == f"{PSFS}?at=1"
    page = page_at(diary, f"{PSFS}?at=1")
    assert "Climb stairs" in page.main
    assert "1 of 2" in page.main


@pytest.mark.parametrize("words", ["", "x" * 121])
def test_no_or_long_activities_are_refused(diary: Diary, words: str) -> None:
    change_episode(diary, activities=[])
    answer = diary.client.post(PSFS, {"act": "name", "activity_1": words})
    assert answer.status_code == 422


def test_activities_that_stand_are_left_alone(diary: Diary) -> None:
    diary.client.post(PSFS, {"act": "name", "activity_1": "Swim"})
    assert "Walking the dog" in page_at(diary, f"{PSFS}?at=1").main


@pytest.mark.parametrize("value", ["", "11", "-1", "4.5", "ten", "０"])
def test_what_is_no_answer_is_refused_at_the_question(diary: Diary, value: str) -> None:
    answer = give(diary, "enjoyment", value)
    assert answer.status_code == 422
    assert "Choose a number from 0 to 10" in answer.get_data(as_text=True)


def test_an_item_that_is_not_asked_is_not_there(diary: Diary) -> None:
    assert give(diary, "sleep", 4).status_code == 404


@pytest.mark.parametrize("path", ["/me/check/bpi", "/me/check/PEG", "/me/check/bpi/saved"])
def test_an_unknown_instrument_is_not_there(diary: Diary, path: str) -> None:
    assert diary.client.get(path).status_code == 404


def test_an_unknown_place_goes_on_where_it_was_left(diary: Diary) -> None:
    give(diary, "pain", 7)
    assert "2 of 3" in page_at(diary, f"{PEG}?at=99").main


def test_an_ended_episode_takes_nothing_new(diary: Diary) -> None:
    give(diary, "pain", 7)
    change_episode(diary, ended_on=MONDAY)
    answer = give(diary, "enjoyment", 7)
    assert answer.status_code == 409
    assert "Your diary has ended" in answer.get_data(as_text=True)
    assert answers(diary) == {"pain": 7}


def test_an_ended_episode_says_so_before_anybody_answers(diary: Diary) -> None:
    change_episode(diary, ended_on=MONDAY)
    assert "Nobody reads new entries" in page_at(diary, PEG).main


def test_withdrawn_consent_takes_nothing_new(diary: Diary) -> None:
    with db.write_transaction() as session:
        session.execute(update(Consent).values(withdrawn_at=EVENING))
    assert diary.client.post(PEG, {"act": "save"}).status_code == 409


def test_somebody_without_an_episode_sees_the_house_page(cast: Cast, client_of: ClientOf) -> None:
    with db.write_transaction() as session:
        session.execute(update(Episode).values(patient_id=cast.pim.patient_id, ended_on=MONDAY))
    page = client_of(cast.mia).page(PEG)
    assert page.h1 == "Your diary is not open yet"


def test_nobody_elses_answers_are_touched(diary: Diary, cast: Cast, client_of: ClientOf) -> None:
    client_of(cast.noor).post(PEG, {"act": "answer", "item": "pain", "answer": "9"})
    give_all(diary)
    assert [one.score for one in stored(diary)] == [6.0]


def test_what_was_chosen_survives_a_sign_in_that_ran_out(
    diary: Diary, now: time_machine.Traveller
) -> None:
    page_at(diary, PEG)
    now.move_to(EVENING + timedelta(hours=2))
    gone = give(diary, "enjoyment", 8)
    assert gone.status_code == 303
    diary.later(now, EVENING + timedelta(hours=2, minutes=1))
    page = page_at(diary, PEG)
    assert "2 of 3" in page.main
    assert [one.get("value") for one in page.find("//input[@checked]")] == ["8"]


def test_a_draft_is_forgotten_once_it_is_kept(diary: Diary, now: time_machine.Traveller) -> None:
    now.move_to(EVENING + timedelta(hours=2))
    give(diary, "enjoyment", 8)
    diary.later(now, EVENING + timedelta(hours=2, minutes=1))
    give(diary, "enjoyment", 8)
    assert "before your sign-in ran out" not in page_at(diary, PEG).main


def test_two_rows_cannot_wait_at_once(diary: Diary) -> None:
    give(diary, "pain", 7)
    give(diary, "pain", 6)
    with db.database().engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(Assessment)) == 1


@pytest.mark.parametrize("path", [PEG, f"{PSFS}?at=1", f"{PEG}?at=answers", f"{PEG}/saved"])
def test_pages_cost_few_statements(app: Flask, diary: Diary, path: str) -> None:
    for week in range(30):
        diary.arrange(assessing.peg, MONDAY - timedelta(weeks=week), (8, 8, 8))
    give(diary, "pain", 4)
    with statements(app) as seen:
        assert diary.client.get(path).status_code == 200
    assert seen.counted <= 6, seen.all


def test_keeping_an_answer_costs_few_statements(app: Flask, diary: Diary) -> None:
    with statements(app) as seen:
        give(diary, "pain", 4)
    assert seen.counted <= 8, seen.all
