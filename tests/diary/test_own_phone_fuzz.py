"""Anything at all sent from a found phone: answered, nothing shown, nothing old changed."""

from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import factories
from tests.diary.conftest import MONDAY, Diary
from tests.diary.fuzzing import DIARY, Sent, digest_of_others, forms, ids_of_others
from tests.house import policy
from tests.own_phones import marked
from tests.people import Cast

EXPECTED = {204, 303, 400, 404, 409, 413, 422}
SECRET = "Cried at work"
RULES = [
    cells[1]
    for cells in (line.split() for line in policy.stated("tests/house/endpoints.txt"))
    if cells[0] == "POST" and "own-phone" in cells[3:]
]


@pytest.mark.parametrize("rule", RULES)
def test_s027_any_form_from_a_found_phone_shows_and_changes_nothing_old(
    app: Flask, cast: Cast, diary: Diary, rule: str
) -> None:
    for back in (1, 9):
        on = MONDAY - timedelta(days=back)
        diary.arrange(factories.entry, on, pain=7, note=SECRET, places=["low-back-l"])
    phone = marked(app, cast.mia)
    phone.checks_pages = False
    others = digest_of_others(cast.mia)
    ids = ids_of_others(cast)
    days = st.sampled_from([MONDAY + timedelta(days=away) for away in (0, -1, -2, -3, -9, 1)])

    @settings(max_examples=60)
    @given(on=days, sent=forms([*DIARY, "throw_away", "just_saved"], ids))
    def attempt(on: object, sent: Sent) -> None:
        path = rule.replace("<day:on>", str(on))
        body = sent.body(phone.form_token())
        answer = phone.post(path, data=body, content_type=sent.kind, token=False)
        assert answer.status_code in EXPECTED
        assert SECRET not in answer.text

    attempt()
    assert digest_of_others(cast.mia) == others
    for back in (1, 9):
        assert [one.note for one in diary.versions(MONDAY - timedelta(days=back))] == [SECRET]


def test_the_forms_of_an_own_phone_are_all_there() -> None:
    assert RULES == ["/me/diary/<day:on>", "/me/diary/<day:on>/draft"]
