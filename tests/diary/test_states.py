"""A diary that is not open: no episode yet, ended, no consent, no clinic, paused, no plan."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import delete, select, update

from portal import clock, db
from portal.accounts.models import Draft
from portal.care.models import Consent, DiaryPlan, Episode
from portal.clinics.models import Clinic
from portal.diary import flags
from portal.errors import StorageUnavailable
from tests import factories, pages
from tests.diary.conftest import MONDAY, TODAY, Diary
from tests.people import Cast, ClientOf


def change(model: Any, where: Any, **values: Any) -> None:
    with db.write_transaction() as session:
        session.execute(update(model).where(where).values(**values))


@pytest.fixture
def nowhere(diary: Diary, cast: Cast) -> Diary:
    """Mia without an episode of her own."""
    mine = Episode.id == cast.mia.episode_id
    change(Episode, mine, patient_id=cast.noor.patient_id, ended_on=MONDAY)
    return diary


@pytest.mark.parametrize("path", ["/me", "/me/diary", TODAY, f"{TODAY}/saved", f"{TODAY}/history"])
def test_without_an_episode_every_page_is_calm(nowhere: Diary, path: str) -> None:
    page = nowhere.client.page(path)
    assert page.h1 == "Your diary is not open yet"
    assert "tel:5195550142" in page.hrefs()


@pytest.mark.parametrize("path", [f"{TODAY}/withdraw", f"{TODAY}/restore", "/me/questions"])
def test_without_an_episode_nothing_can_be_changed(nowhere: Diary, path: str) -> None:
    assert nowhere.client.post(path, {"body": "x", "base_version": "1"}).status_code == 404


@pytest.fixture
def ended(diary: Diary) -> Diary:
    change(Episode, Episode.id == diary.person.episode_id, ended_on=MONDAY)
    return diary


def test_an_ended_diary_shows_no_form(ended: Diary) -> None:
    page = ended.client.page(TODAY)
    assert page.h1 == "Your diary has ended"
    assert not page.find("//main//form")


def test_a_wrong_form_to_an_ended_diary_is_told_so(ended: Diary) -> None:
    answer = ended.save(note="keep me")
    assert answer.status_code == 409
    assert "keep me" in pages.page_of(answer).main


def test_a_flag_in_an_ended_diary_is_advised(ended: Diary) -> None:
    page = pages.page_of(ended.save(flags="RF2"))
    assert "Your answer has not called for help. Your entry is not saved." in page.main


def test_withdrawn_consent_closes_the_diary(diary: Diary) -> None:
    change(
        Consent,
        Consent.episode_id == diary.person.episode_id,
        withdrawn_at=datetime(2026, 11, 1, tzinfo=UTC),
    )
    assert diary.client.page(TODAY).h1 == "Your diary is closed"
    assert "since you withdrew your consent" in diary.client.page("/me").main


def test_the_saved_page_of_a_withdrawn_day_is_its_history(diary: Diary) -> None:
    diary.save(pain_average="4")
    diary.client.post(f"{TODAY}/withdraw", {"base_version": "1"})
    assert diary.client.get(f"{TODAY}/saved").location == f"{TODAY}/history"


def test_without_storage_a_form_without_a_flag_is_shown_again(
    diary: Diary, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise StorageUnavailable

    monkeypatch.setattr(db, "write_transaction", broken)
    answer = diary.save(pain_average="4", note="keep me")
    assert answer.status_code == 503
    assert "keep me" in answer.text


def test_a_patient_signed_out_before_any_clinic_is_told_the_house_words(
    app: Flask, client_of: ClientOf
) -> None:
    answer = client_of(None).post(TODAY, {"pain_average": "4"})
    assert app.testing
    assert answer.status_code == 400


def test_a_signed_advice_says_nothing_of_checking(diary: Diary) -> None:
    change(Clinic, Clinic.id == diary.person.clinic_id, advice_checked_on=date(2026, 11, 1))
    diary.app.extensions["portal.directory"].settings_changed()
    diary.save(flags="RF1")
    assert "Not yet checked" not in diary.client.page(f"{TODAY}/saved").main


def test_without_a_rhythm_none_is_promised(diary: Diary) -> None:
    change(Clinic, Clinic.id == diary.person.clinic_id, review_rhythm="")
    diary.app.extensions["portal.directory"].settings_changed()
    diary.save(flags="RF1")
    assert "Diaries are read" not in diary.client.page(f"{TODAY}/saved").main


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, "Your plan asks again"),
        ({"paused_until": date(2026, 11, 20)}, "Your diary is paused until 20 November."),
        ({"ends_on": MONDAY}, "Your plan has no more days."),
    ],
)
def test_the_saved_page_says_one_thing_of_the_plan(
    diary: Diary, values: dict[str, Any], words: str
) -> None:
    if values:
        change(DiaryPlan, DiaryPlan.episode_id == diary.person.episode_id, **values)
    diary.save(pain_average="4")
    assert words in diary.client.page(f"{TODAY}/saved").main


def test_without_a_plan_the_saved_page_says_nothing_of_one(diary: Diary) -> None:
    with db.write_transaction() as session:
        mine = DiaryPlan.episode_id == diary.person.episode_id
        session.execute(delete(DiaryPlan).where(mine))
    diary.save(pain_average="4")
    assert "plan" not in diary.client.page(f"{TODAY}/saved").main.lower()


def test_a_day_further_back_is_named_by_its_weekday(diary: Diary) -> None:
    diary.arrange(factories.visit, MONDAY)
    assert diary.client.page("/me/diary/2026-11-07").h1 == "Diary for Saturday 7 November"


def test_at_night_today_offers_yesterday_in_words(
    diary: Diary, now: time_machine.Traveller
) -> None:
    diary.arrange(factories.entry, date(2026, 11, 1))
    diary.later(now, datetime(2026, 11, 10, 6, 0, tzinfo=UTC))
    assert "It is late. Yesterday’s diary is not written yet" in diary.client.page("/me").main


def test_a_day_the_plan_does_not_ask_for_may_be_written(diary: Diary) -> None:
    diary.arrange(factories.entry, date(2026, 11, 1))
    mine = DiaryPlan.episode_id == diary.person.episode_id
    change(DiaryPlan, mine, starts_on=date(2026, 9, 2), ends_on=date(2026, 12, 30))
    assert "Your plan does not ask for today." in diary.client.page("/me").main


def test_a_draft_is_kept_with_its_key(diary: Diary, now: time_machine.Traveller) -> None:
    key = "0" * 31 + "7"
    now.shift(31 * 60)
    diary.save(entry_key=key, pain_average="4", base_version="0")
    with db.database().engine.connect() as connection:
        assert connection.scalar(select(Draft.form)) == TODAY
    diary.later(now, clock.now())
    assert diary.client.page(TODAY).field("entry_key").get("value") == key


def test_a_flag_is_looked_up_by_its_code() -> None:
    assert flags.flag("RF1").tier is flags.Tier.EMERGENCY
