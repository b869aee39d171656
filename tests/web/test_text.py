import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.accounts import passwords
from portal.accounts.passwords import LONGEST as LONGEST_PASSWORD
from portal.accounts.passwords import Weakness, Whose, weakness
from portal.accounts.people import normal_email
from portal.web.forms import cleaned
from portal.web.text import LONGEST, composed

MARKS = "\u0316\u0301"
ANY_MARKS = st.text(st.sampled_from("ae\u0301\u0316\u0344\u0958\u0f73\u034f \u1100\u1161"))


@given(st.text())
def test_text_that_somebody_writes_is_only_composed(text: str) -> None:
    assert composed(text) == unicodedata.normalize("NFC", text)


@given(ANY_MARKS)
def test_composing_twice_is_composing_once(text: str) -> None:
    once = composed(text * 20)
    assert composed(once) == once
    assert unicodedata.is_normalized("NFC", once)


def test_nothing_is_taken_away() -> None:
    sent = "a" + MARKS * 500
    kept = unicodedata.normalize("NFD", composed(sent)).replace("\u034f", "")
    assert sorted(kept) == sorted(sent)


@pytest.mark.parametrize("text", ["a" + MARKS * 9999, MARKS * 500_000, "x" * 1_000_000])
def test_s050_marks_take_no_longer_than_letters(text: str) -> None:
    began = time.process_time()
    for step in (cleaned, composed, normal_email):
        step(text)
    assert time.process_time() - began < 1  # it was seconds to minutes; a bound, not a measure


def test_s050_text_longer_than_any_form_comes_back_whole() -> None:
    text = "e\u0301" * LONGEST
    assert cleaned(text) == text


def test_s005_password_over_the_longest_is_refused_unread() -> None:
    long = MARKS * LONGEST_PASSWORD
    assert weakness(long, Whose("a@example.org")) is Weakness.TOO_LONG
    assert passwords.is_long_enough_alone(long)


def test_s011_address_longer_than_any_is_nobodys() -> None:
    assert normal_email("\u0301" * 255) == ""
    assert normal_email(f"{'a' * 242}@example.org") == f"{'a' * 242}@example.org"
