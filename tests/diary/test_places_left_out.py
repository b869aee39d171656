from datetime import timedelta
from uuid import uuid4

import pytest

from tests import factories
from tests.diary.conftest import MONDAY, TODAY, Diary

SAID = "No places kept, since your pain was 0."
LAST = ("low-back-l", "knee-r")


@pytest.fixture
def after_yesterday(diary: Diary) -> Diary:
    diary.arrange(factories.entry, MONDAY - timedelta(days=1), places=LAST)
    return diary


def prefilled(diary: Diary) -> list[str]:
    fields = diary.client.page(TODAY).find("//input[@name='prefilled']")
    return [field.get("value", "") for field in fields]


def save(diary: Diary, pain: str, places: list[str], **more: str | list[str]) -> str:
    diary.save(TODAY, pain_average=pain, places=places, prefilled=prefilled(diary), **more)
    said: str = diary.client.page(f"{TODAY}/saved").main
    return said


def test_the_form_says_which_places_it_took_over(after_yesterday: Diary) -> None:
    assert set(prefilled(after_yesterday)) == set(LAST)


def test_untouched_places_are_left_out_where_pain_was_0(after_yesterday: Diary) -> None:
    said = save(after_yesterday, "0", list(LAST))
    assert after_yesterday.places(after_yesterday.newest()) == set()
    assert SAID in said


def test_with_a_flag_the_advice_page_says_so_too(after_yesterday: Diary) -> None:
    assert SAID in save(after_yesterday, "0", list(LAST), flags="RF8")


@pytest.mark.parametrize("places", [["low-back-l"], [*LAST, "face"]])
def test_changed_places_are_kept_with_pain_0(after_yesterday: Diary, places: list[str]) -> None:
    said = save(after_yesterday, "0", places)
    assert after_yesterday.places(after_yesterday.newest()) == set(places)
    assert SAID not in said


def test_untouched_places_are_kept_where_it_hurt(after_yesterday: Diary) -> None:
    said = save(after_yesterday, "1", list(LAST))
    assert after_yesterday.places(after_yesterday.newest()) == set(LAST)
    assert SAID not in said


def test_the_sentence_is_said_once(after_yesterday: Diary) -> None:
    save(after_yesterday, "0", list(LAST))
    assert SAID not in after_yesterday.client.page(f"{TODAY}/saved").main


def test_a_correction_to_0_keeps_the_days_own_places(diary: Diary) -> None:
    diary.save(pain_average="4", places=["face"])
    save_again = {"pain_average": "0", "places": ["face"], "base_version": "1"}
    assert prefilled(diary) == []
    diary.client.post(TODAY, {"entry_key": str(uuid4()), **save_again})
    assert diary.places(diary.newest()) == {"face"}


def test_a_refused_form_still_knows_what_it_took_over(after_yesterday: Diary) -> None:
    answer = after_yesterday.save(prefilled=list(LAST), places=list(LAST), pain_average="11")
    assert answer.status_code == 422
    assert answer.get_data(as_text=True).count('name="prefilled"') == len(LAST)
