import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.education.readability import (
    Reading,
    reading_of,
    sentences_in,
    syllables_in,
    words_in,
)

SYLLABLES = {
    "the": 1,
    "needle": 2,
    "muscle": 2,
    "area": 3,
    "idea": 3,
    "people": 2,
    "something": 2,
    "shortened": 2,
    "needed": 2,
    "relaxed": 2,
    "practitioner": 4,
    "physiotherapist": 6,
    "acupuncture": 4,
    "intramuscular": 5,
    "soreness": 2,
    "every": 2,
    "being": 2,
    "well-known": 2,
    "911": 3,
}


@pytest.mark.parametrize(("word", "count"), SYLLABLES.items())
def test_syllables_of_known_words(word: str, count: int) -> None:
    assert syllables_in(word) == count


def test_grade_of_the_published_platypus_sentence() -> None:
    # 13 words with 24 syllables in one sentence: 11.3 in the formula's standard example.
    assert Reading(sentences=1, words=13, syllables=24).grade == pytest.approx(11.26, abs=0.01)


def test_grade_of_six_short_words() -> None:
    assert reading_of(["The cat sat on the mat."]).grade == pytest.approx(-1.45, abs=0.01)


def test_jargon_is_far_harder_than_plain_words() -> None:
    jargon = (
        "Intramuscular stimulation addresses neuropathic dysfunction by mechanically releasing"
        " supersensitive paraspinal musculature exhibiting persistent myofascial shortening."
    )
    plain = "The needle goes into tight muscle. It may ache. The ache goes away."
    assert reading_of([jargon]).grade - reading_of([plain]).grade > 20


def test_text_without_words_has_no_grade() -> None:
    assert reading_of(["", "—"]).grade == 0.0


def test_a_bullet_without_a_full_stop_ends_its_sentence() -> None:
    assert reading_of(["a small prick", "a deep ache"]).sentences == 2


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Dr. Gunn taught it. He lived in B.", 2),
        ("It rose by 2.5 points. Then it fell.", 2),
        ("Getting worse? Call now.", 2),
        ("He said “stop.” Then it ended.", 2),
    ],
)
def test_sentences_end_where_people_end_them(text: str, count: int) -> None:
    assert len(sentences_in(text)) == count


def test_a_hyphenated_word_is_one_word() -> None:
    assert words_in("a low-back pain") == ["a", "low-back", "pain"]


@given(st.from_regex(r"[a-z]{1,20}", fullmatch=True))
def test_every_word_has_at_least_one_syllable(word: str) -> None:
    assert 1 <= syllables_in(word) <= 2 * len(word)
