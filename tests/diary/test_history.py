from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from bench.statements import statements
from portal import db
from portal.care.models import Episode, Practitioner
from portal.diary.models import EntryFlag
from tests import factories, pages
from tests.diary.conftest import MONDAY, TODAY, Diary
from tests.people import Cast, ClientOf


def test_an_empty_diary_says_what_will_be_here(diary: Diary) -> None:
    assert "Your first entry will show here." in diary.client.page("/me/diary").main


def test_the_number_stands_in_the_day(diary: Diary) -> None:
    diary.save(pain_average="0")
    cell = diary.client.page("/me/diary").find(f"//table//a[@href='{TODAY}/history']/b")
    assert [pages.words(one) for one in cell] == ["0"]


def test_a_gap_is_a_plain_day(diary: Diary) -> None:
    diary.arrange(factories.entry, MONDAY - timedelta(days=5))
    page = diary.client.page("/me/diary")
    assert not page.find("//a[contains(@href, '2026-11-05')]")
    assert "missed" not in page.main.lower()


def test_a_late_entry_is_marked(diary: Diary) -> None:
    diary.save("/me/diary/2026-11-08", pain_average="4")
    assert "Written later." in diary.client.page("/me/diary").main
    assert "written later" in diary.client.page("/me/diary/2026-11-08/history").main


def test_a_day_without_a_number_shows_none(diary: Diary) -> None:
    diary.save(call_me="yes")
    assert "No pain number" in diary.client.page("/me/diary").main


@pytest.mark.parametrize("month", ["2026-10", "2026-12", "1999-01"])
def test_another_month_can_be_asked_for(diary: Diary, month: str) -> None:
    diary.arrange(factories.entry, date(2026, 10, 20))
    assert diary.client.get(f"/me/diary?month={month}").status_code == 200


@pytest.mark.parametrize("month", ["", "2026-13", "0000-01", "9999-12", "x", "2026-1", "٢٠٢٦-10"])
def test_an_odd_month_shows_this_one(diary: Diary, month: str) -> None:
    diary.save(pain_average="4")
    assert "November 2026" in diary.client.page(f"/me/diary?month={month}").main


def test_months_lead_to_their_neighbours(diary: Diary) -> None:
    diary.arrange(factories.entry, date(2026, 10, 20))
    assert "/me/diary?month=2026-10" in diary.client.page("/me/diary").hrefs()
    assert "/me/diary?month=2026-11" in diary.client.page("/me/diary?month=2026-10").hrefs()


def test_every_version_of_a_day_can_be_read(diary: Diary) -> None:
    diary.save(pain_average="4", note="at first")
    diary.save(pain_average="5", note="then", base_version="1", reason="wrong number")
    said = diary.client.page(f"{TODAY}/history").main
    for words in ("at first", "then", "Your reason: wrong number", "First written", "Corrected"):
        assert words in said


def test_the_time_of_writing_is_the_patients_own(diary: Diary) -> None:
    diary.save(pain_average="4")
    assert "Monday 9 November, 20:00" in diary.client.page(f"{TODAY}/history").main


def test_a_day_not_written_has_no_history(diary: Diary) -> None:
    assert diary.client.get(f"{TODAY}/history").status_code == 404
    assert diary.client.get(f"{TODAY}/saved").status_code == 404


def test_a_withdrawn_day_leaves_the_list_of_numbers_not_the_history(diary: Diary) -> None:
    diary.save(pain_average="7", note="mine")
    answer = diary.client.post(f"{TODAY}/withdraw", {"base_version": "1", "reason": "wrong day"})
    assert answer.location == f"{TODAY}/history"
    assert diary.newest().withdrawn_at is not None
    assert "mine" in diary.client.page(f"{TODAY}/history").main
    assert not diary.client.page("/me/diary").find(f"//table//a[@href='{TODAY}/history']/b")


@pytest.mark.parametrize("what", ["withdraw", "restore"])
def test_a_reason_that_is_too_long_comes_back_and_changes_nothing(diary: Diary, what: str) -> None:
    diary.save(pain_average="7")
    if what == "restore":
        diary.client.post(f"{TODAY}/withdraw", {"base_version": "1"})
    before = len(diary.versions())
    sent = {"base_version": str(before), "reason": "é" * 501}
    answer = diary.client.post(f"{TODAY}/{what}", sent)
    page = pages.page_of(answer)
    assert (answer.status_code, len(diary.versions())) == (422, before)
    assert page.values()["reason"] == sent["reason"]
    assert page.main.count("Use at most 500 characters here") == 2


def test_a_day_taken_out_says_so_by_one_name(diary: Diary) -> None:
    diary.save(pain_average="7")
    assert "Take this entry out" in diary.client.page(f"{TODAY}/history").main
    diary.client.post(f"{TODAY}/withdraw", {"base_version": "1"})
    lists, day = diary.client.page("/me/diary").main, diary.client.page(f"{TODAY}/history").main
    assert "Taken out." in lists
    assert "No pain number" not in lists
    assert "You have taken this entry out." in day
    assert "Put it back" in day
    for said in (lists, day, diary.client.page(TODAY).main):
        assert "ithdraw" not in said


def test_a_day_put_back_says_so(diary: Diary) -> None:
    diary.save(pain_average="7")
    diary.client.post(f"{TODAY}/withdraw", {"base_version": "1"})
    diary.client.post(f"{TODAY}/restore", {"base_version": "2"})
    titles = [pages.words(one) for one in diary.client.page(f"{TODAY}/history").find("//h2")]
    assert titles[:3] == ["Put back", "Taken out", "First written"]


def test_what_is_said_of_a_day_reads_as_sentences(diary: Diary) -> None:
    diary.arrange(factories.visit, MONDAY)
    diary.save(pain_average="4", interference="3", flags="RF8")
    diary.save(pain_average="5", interference="3", flags="RF8", base_version="1")
    said = "A visit was on this day. In the way: 3 of 10. Changed since. You ticked a warning sign."
    assert said in diary.client.page("/me/diary").main


def test_a_first_entry_names_no_entry_before(diary: Diary) -> None:
    diary.save(pain_average="4", flags="none")
    said = diary.client.page(f"{TODAY}/history").main
    assert "Anything newNone of these" in said
    assert "entry before" not in said


def test_a_withdrawn_day_can_be_restored(diary: Diary) -> None:
    diary.save(pain_average="7", places=["face"])
    diary.client.post(f"{TODAY}/withdraw", {"base_version": "1"})
    diary.client.post(f"{TODAY}/restore", {"base_version": "2"})
    newest = diary.newest()
    assert (newest.version, newest.withdrawn_at, newest.pain_average) == (3, None, 7)
    assert diary.places(newest) == {"face"}


def test_withdrawing_twice_makes_one_version(diary: Diary) -> None:
    diary.save(pain_average="7")
    for _ in range(2):
        diary.client.post(f"{TODAY}/withdraw", {"base_version": "1"})
    assert len(diary.versions()) == 2


def test_a_day_changed_since_is_not_withdrawn(diary: Diary) -> None:
    diary.save(pain_average="7")
    diary.save(pain_average="6", base_version="1")
    answer = diary.client.post(f"{TODAY}/withdraw", {"base_version": "1"})
    assert answer.status_code == 409
    assert len(diary.versions()) == 2


def test_a_form_from_before_the_withdrawal_meets_it(diary: Diary) -> None:
    key = "0" * 31 + "1"
    diary.save(entry_key=key, pain_average="7")
    diary.client.post(f"{TODAY}/withdraw", {"base_version": "1"})
    assert diary.save(entry_key=key, pain_average="7").status_code == 409


@pytest.mark.parametrize("what", ["withdraw", "restore"])
def test_a_day_not_written_cannot_be_turned(diary: Diary, what: str) -> None:
    assert diary.client.post(f"{TODAY}/{what}", {"base_version": "1"}).status_code == 404


@pytest.mark.parametrize("what", ["withdraw", "restore"])
def test_an_ended_episode_takes_no_change(diary: Diary, what: str) -> None:
    diary.save(pain_average="7")
    with db.write_transaction() as session:
        session.execute(
            update(Episode).where(Episode.id == diary.person.episode_id).values(ended_on=MONDAY)
        )
    assert diary.client.post(f"{TODAY}/{what}", {"base_version": "1"}).status_code == 409


def test_an_ended_diary_can_still_be_read(diary: Diary) -> None:
    diary.save(pain_average="7")
    with db.write_transaction() as session:
        session.execute(
            update(Episode).where(Episode.id == diary.person.episode_id).values(ended_on=MONDAY)
        )
    page = diary.client.page("/me/diary")
    assert "Nobody reads new entries" in page.main
    assert "tel:5195550142" in page.hrefs()
    page = diary.client.page(f"{TODAY}/history")
    assert "7 of 10" in page.main
    assert not page.find("//main//form")


def test_a_flag_shows_that_it_waits(diary: Diary) -> None:
    diary.save(flags="RF8")
    assert "Waiting on your practitioner’s list." in diary.client.page(f"{TODAY}/history").main


def test_a_flag_taken_away_says_that_it_stays(diary: Diary) -> None:
    diary.save(flags="RF8", pain_average="4")
    diary.save(pain_average="4", base_version="1")
    said = diary.client.page(f"{TODAY}/history").main
    assert "You took the tick away later." in said


def test_another_patients_day_is_not_mine(diary: Diary, cast: Cast, client_of: ClientOf) -> None:
    diary.save(pain_average="7", note="mine alone")
    answer = client_of(cast.noor).get(f"{TODAY}/history")
    assert answer.status_code == 404
    assert "mine alone" not in answer.text


def test_the_list_takes_the_same_statements_for_a_long_diary(app: Flask, diary: Diary) -> None:
    diary.arrange(factories.entry, MONDAY)
    diary.client.get("/me/diary")
    with statements(app) as few:
        diary.client.get("/me/diary")
    for back in range(1, 40):
        diary.arrange(factories.entry, MONDAY - timedelta(days=back))
    with statements(app) as many:
        diary.client.get("/me/diary")
    assert len(few.all) == len(many.all)


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ("called", "Ana Costa called you about it, 9 November."),
        ("no-answer", "Ana Costa tried to reach you, 9 November."),
        ("spoke-at-visit", "Ana Costa spoke with you about it at a visit, 9 November."),
        ("sent-to-doctor", "Ana Costa sent you to a doctor about it, 9 November."),
    ],
)
def test_the_patient_sees_who_looked_after_a_flag(
    diary: Diary, cast: Cast, how: str, words: str
) -> None:
    diary.save(flags="RF8")
    with db.write_transaction() as session:
        flag = session.get_one(EntryFlag, diary.flags()[0].id)
        ana = session.get_one(Practitioner, cast.ana.practitioner_id)
        factories.flag_act(session, flag, ana, how=how)
    said = diary.client.page(f"{TODAY}/history").main
    assert words in said
    assert "family doctor" not in said


def words_of(page: pages.Page, tag: str) -> list[str]:
    """What stands in the list of changes."""
    return [pages.words(one) for one in page.find(f"//dl[@class='changed']//{tag}")]


def test_a_correction_says_what_changed(diary: Diary) -> None:
    diary.save(pain_average="8", interference="3")
    diary.save(pain_average="5", interference="3", base_version="1")
    page = diary.client.page(f"{TODAY}/history")
    assert words_of(page, "dt") == ["Pain, on average"]
    assert words_of(page, "dd") == ["now 5 of 10 before: 8 of 10"]


def test_an_answer_taken_away_is_said_as_such(diary: Diary) -> None:
    diary.save(pain_average="8", managed="Slept")
    diary.save(pain_average="8", base_version="1")
    page = diary.client.page(f"{TODAY}/history")
    assert words_of(page, "dt") == ["Managed"]
    assert words_of(page, "dd") == ["now – before: Slept"]
