"""What somebody typed into a form that was refused comes back in words, not in codes."""

import pytest

from tests import pages
from tests.diary.conftest import TODAY, Diary
from tests.people import ClientOf

TYPED = {
    "entry_key": "0" * 32,
    "base_version": "0",
    "scale_layout": "two-rows",
    "pain_average": "4",
    "needled": "no",
    "places": ["low-back-l"],
    "medicine": "as-usual",
    "note": "slept badly",
}
IN_WORDS = ("Pain, on average", "4 of 10", "As usual", "Left low back", "slept badly")
TECHNICAL = ("entry_key", "base_version", "scale_layout", "two-rows", "low-back-l", "as-usual")
OUT = "You signed out in another window. Nothing was saved; what you typed stands below."


def rows_of(page: pages.Page) -> dict[str, str]:
    rows = page.find("//dl/div")
    return {pages.words(row.find("dt")): pages.words(row.find("dd")) for row in rows}


def test_a_form_from_before_signing_out_elsewhere_comes_back_in_words(diary: Diary) -> None:
    diary.client.post("/sign-out")
    answer = diary.client.post(TODAY, TYPED)
    page = pages.page_of(answer)
    assert (answer.status_code, page.h1) == (400, "You are signed out")
    assert OUT in page.main
    said = str(rows_of(page))
    assert all(words in page.main for words in IN_WORDS)
    assert not [word for word in TECHNICAL if word in said]


def test_a_form_without_its_token_comes_back_in_words(diary: Diary) -> None:
    page = pages.page_of(diary.client.post(TODAY, TYPED, token=False))
    assert all(words in page.main for words in IN_WORDS)
    assert not [word for word in TECHNICAL if word in page.main]


@pytest.mark.parametrize("name", ["note", "reason"])
def test_words_too_long_to_save_come_back_too(diary: Diary, name: str) -> None:
    typed = {"pain_average": "4", name: "x" * 2500}
    page = pages.page_of(diary.client.post(TODAY, typed, token=False))
    assert "x" * 2500 in page.main


def test_after_signing_out_a_flag_is_advised_and_the_words_come_back(diary: Diary) -> None:
    diary.client.get("/me")
    page = pages.page_of(diary.client.post(TODAY, {**TYPED, "flags": "RF2"}, token=False))
    assert page.h1 == "Call 911 now"
    assert rows_of(page)["Note"] == "slept badly"


def test_a_form_of_somebody_not_signed_in_says_that_nothing_is_saved(client_of: ClientOf) -> None:
    page = pages.page_of(client_of(None).post("/me/questions", {"body": "May I swim?"}))
    assert rows_of(page) == {"Your question": "May I swim?"}
    assert OUT in page.main


def test_nothing_typed_promises_nothing_below(client_of: ClientOf) -> None:
    page = pages.page_of(client_of(None).post("/me/questions", {}))
    assert "Nothing was saved." in page.main
    assert "stands below" not in page.main
