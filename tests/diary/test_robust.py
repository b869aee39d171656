"""Whatever is sent to the diary is answered in the house's words, never with an error of ours."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from portal.diary.answers import Answers
from tests.diary.conftest import TODAY, Diary
from tests.people import Cast

NAMES = (*Answers.__dataclass_fields__, "entry_key", "base_version", "scale_layout", "reason")
VALUES = ("0", "10", "11", "-1", "RF1", "RF13", "none", "yes", "low-back-l", "\x00", "9" * 400)
EXPECTED = {303, 400, 409, 413, 422}

values = st.sampled_from(VALUES) | st.text(max_size=40) | st.uuids().map(str)
forms = st.lists(st.tuples(st.sampled_from(NAMES) | st.text(max_size=12), values), max_size=25)


def send(diary: Diary, pairs: Sequence[tuple[str, str]], path: str = TODAY) -> int:
    data = MultiDict([*pairs, ("csrf_token", diary.client.form_token())])
    answer: Any = diary.client.post(path, data=data, token=False)
    return int(answer.status_code)


@settings(max_examples=40)
@given(pairs=forms)
def test_any_form_is_answered(diary: Diary, pairs: list[tuple[str, str]]) -> None:
    assert send(diary, pairs) in EXPECTED


@settings(max_examples=25)
@given(pairs=forms, what=st.sampled_from(["withdraw", "restore"]))
def test_any_withdrawal_is_answered(diary: Diary, pairs: list[tuple[str, str]], what: str) -> None:
    diary.save(pain_average="4")
    assert send(diary, pairs, f"{TODAY}/{what}") in EXPECTED


@settings(max_examples=25)
@given(
    pairs=st.lists(
        st.tuples(st.sampled_from(["body", "up", "down", "take_back"]), values), max_size=6
    )
)
def test_any_question_is_answered(diary: Diary, pairs: list[tuple[str, str]]) -> None:
    assert send(diary, pairs, "/me/questions") in EXPECTED | {404}


@settings(max_examples=40)
@given(word=st.text(max_size=20))
def test_any_address_is_answered(diary: Diary, word: str) -> None:
    assert diary.client.get(f"/me/diary/{word}").status_code in {200, 308, 404}


def test_bytes_that_are_no_text_are_answered(diary: Diary) -> None:
    token = diary.client.form_token()
    body = b"pain_average=%ff%fe&note=%c3%28&note=%ed%a0%80&csrf_token=" + token.encode()
    answer = diary.client.post(
        TODAY, data=body, content_type="application/x-www-form-urlencoded", token=False
    )
    assert answer.status_code == 422


def test_a_huge_form_is_too_much(diary: Diary) -> None:
    assert diary.save(note="x" * (1024 * 1024 + 1)).status_code == 413


def test_a_thousand_places_are_answered(diary: Diary) -> None:
    assert send(diary, [("pain_average", "4"), *[("places", "face")] * 900]) == 303


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "multipart/form-data"])
def test_another_kind_of_body_is_refused(diary: Diary, kind: str) -> None:
    answer = diary.client.post(TODAY, data=b"{", content_type=kind, token=False)
    assert answer.status_code == 400


def test_a_years_worth_of_clicks_makes_one_day(diary: Diary, cast: Cast) -> None:
    key = str(cast.mia.account_id)
    for _ in range(5):
        diary.save(entry_key=key, pain_average="4")
    assert len(diary.versions()) == 1
