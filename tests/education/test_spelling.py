"""How far a guess may go, measured with real misspellings and with words that are right."""

from pathlib import Path

import codespell_lib
import pytest

from portal.education.asked import Meant, Vocabulary
from portal.education.keeper import house_keeper
from portal.education.search import Index, entries_of
from portal.education.spelling import Spelling, are_alike
from portal.education.stems import plain_words, stem

LIBRARY = house_keeper().library
ENTRIES = entries_of(LIBRARY)
WORDS: Vocabulary = Index(ENTRIES, LIBRARY.search).vocabulary
TOLD = {word for entry in ENTRIES for word in plain_words(f"{entry.title} {entry.text}")}
OURS = {word for word in TOLD if WORDS.read(word).words}
CORRECTED = [
    line.lower().split("->")
    for line in (Path(codespell_lib.__file__).parent / "data" / "dictionary.txt")
    .read_text(encoding="utf-8")
    .splitlines()
]


def read(word: str) -> Meant:
    return WORDS.read(word)


def test_most_real_misspellings_of_our_words_are_read_right() -> None:
    ours = [
        (slip, right)
        for slip, right in CORRECTED
        if slip.isalpha() and len(slip) >= 5 and slip[0] == right[0] and right in OURS
    ]
    read_right = [1 for slip, right in ours if stem(right) in read(slip).words]
    assert len(ours) > 1500
    assert len(read_right) > 0.88 * len(ours)


def test_guess_of_a_short_word_is_no_sign_of_harm() -> None:
    assert read("couhg").taken == "cough"
    assert not read("couhg").signs
    assert read("cough").signs


def test_hardly_a_right_word_is_taken_for_another_and_none_for_a_sign_of_harm() -> None:
    right = {word.strip() for _, told in CORRECTED for word in told.split(",") if word.strip()}
    taken = {word: read(word) for word in right if word.isalpha() and read(word).taken}
    assert len(right) > 10_000
    assert len(taken) < 0.02 * len(right)
    near = [one.taken for one in taken.values() if one.signs]
    assert len(near) <= 8, near


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("sweling", "swelling"),
        ("swellling", "swelling"),
        ("swalling", "swelling"),
        ("swleling", "swelling"),
    ],
)
def test_a_letter_too_few_too_many_wrong_or_swapped_is_one_slip(typed: str, meant: str) -> None:
    assert are_alike(typed, meant, slips=1)
    assert not are_alike(typed, meant, slips=0)


@pytest.mark.parametrize(("one", "other"), [("breast", "breath"), ("knee", "knock"), ("ab", "ba")])
def test_what_takes_more_slips_is_another_word(one: str, other: str) -> None:
    assert not are_alike(one, other, slips=0)
    assert are_alike(one, other, slips=1) == (one == "ab")


def test_short_word_and_word_known_to_be_right_are_not_guessed() -> None:
    spelling = Spelling({"bath": 1, "breath": 1}, right=["breach"])
    assert spelling.guess("bahh") is None
    assert spelling.guess("breach") is None


def test_most_common_of_two_neighbours_is_guessed() -> None:
    guess = Spelling({"needle": 9, "needed": 2}).guess("needee")
    assert guess is not None
    assert guess.word == "needle"
