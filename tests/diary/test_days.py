from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import update

from portal import db
from portal.care.models import Patient
from tests import factories, pages
from tests.diary.conftest import MONDAY, TODAY, Diary, fields_of


@pytest.mark.parametrize("back", [1, 2])
def test_the_two_days_before_are_written_late(diary: Diary, back: int) -> None:
    on = MONDAY - timedelta(days=back)
    diary.save(f"/me/diary/{on}", pain_average="4")
    assert diary.newest(on).is_late


def test_today_is_not_late(diary: Diary) -> None:
    diary.save(pain_average="4")
    assert not diary.newest().is_late


@pytest.mark.parametrize("day", ["2026-11-06", "2026-11-10", "2025-11-09", "0001-01-01"])
def test_older_and_future_days_are_refused_and_nothing_is_lost(diary: Diary, day: str) -> None:
    answer = diary.save(f"/me/diary/{day}", pain_average="4", note="keep me")
    page = pages.page_of(answer)
    assert answer.status_code == 422
    assert "one of these days instead" in page.main
    assert page.find("//input[@name='note'][@value='keep me']")
    assert diary.versions(date.fromisoformat(day)) == []


def test_a_refused_day_can_be_saved_for_today_with_one_press(diary: Diary) -> None:
    page = pages.page_of(diary.save("/me/diary/2026-11-06", pain_average="4", note="keep me"))
    assert page.find(f"//button[@formaction='{TODAY}']")
    diary.client.post(TODAY, fields_of(page))
    assert diary.newest().note == "keep me"


@pytest.mark.parametrize(
    "day", ["2026-11-31", "2026-1-9", "yesterday", "2026-11-09x", "٢٠٢٦-11-09"]
)
def test_a_day_that_is_none_is_no_page(diary: Diary, day: str) -> None:
    answers = [diary.client.get(f"/me/diary/{day}"), diary.save(f"/me/diary/{day}")]
    assert [answer.status_code for answer in answers] == [404, 404]


@pytest.mark.parametrize("day", ["2026-11-06", "2026-11-10"])
def test_a_day_that_is_closed_is_refused_before_anything_typed(diary: Diary, day: str) -> None:
    answer = diary.save(f"/me/diary/{day}", pain_average="12", note="keep me")
    page = pages.page_of(answer)
    assert answer.status_code == 422
    assert "one of these days instead" in page.main
    assert page.find("//input[@name='note'][@value='keep me']")


def test_a_mistake_in_a_correction_of_an_older_day_is_shown_in_its_form(diary: Diary) -> None:
    on = MONDAY - timedelta(days=9)
    diary.arrange(factories.entry, on)
    page = pages.page_of(diary.save(f"/me/diary/{on}", pain_average="12", base_version="1"))
    assert "Choose one number from 0 to 10" in page.main


def test_one_minute_to_midnight_in_guelph_lands_on_that_day(
    diary: Diary, now: time_machine.Traveller
) -> None:
    diary.later(now, datetime(2026, 11, 10, 4, 59, tzinfo=UTC))
    diary.save(pain_average="4")
    assert not diary.newest().is_late


def test_after_midnight_yesterday_is_not_late(diary: Diary, now: time_machine.Traveller) -> None:
    diary.later(now, datetime(2026, 11, 10, 8, 59, tzinfo=UTC))  # 03:59 in Guelph
    diary.save(pain_average="4")
    assert not diary.newest().is_late


def test_from_four_on_yesterday_is_late(diary: Diary, now: time_machine.Traveller) -> None:
    diary.later(now, datetime(2026, 11, 10, 9, 0, tzinfo=UTC))  # 04:00 in Guelph
    diary.save(pain_average="4")
    assert diary.newest().is_late


def test_the_day_is_the_patients_own_not_the_clinics(
    diary: Diary, now: time_machine.Traveller
) -> None:
    with db.write_transaction() as session:
        session.execute(
            update(Patient)
            .where(Patient.id == diary.person.patient_id)
            .values(zone="Pacific/Auckland")
        )
    diary.later(now, datetime(2026, 11, 9, 12, 0, tzinfo=UTC))  # Tuesday 10 November in Auckland
    assert diary.save("/me/diary/2026-11-10", pain_average="4").status_code == 303


def test_a_late_entry_stays_late_when_corrected(diary: Diary) -> None:
    diary.save("/me/diary/2026-11-08", pain_average="4")
    diary.save("/me/diary/2026-11-08", pain_average="5", base_version="1")
    assert diary.newest(MONDAY - timedelta(days=1)).is_late
