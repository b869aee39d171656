from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.education import search
from portal.education.keeper import house_keeper
from portal.education.search import MOST_HITS, Entry, Index, entries_of, stems

LIBRARY = house_keeper().library
ENTRIES = entries_of(LIBRARY)
INDEX = Index(ENTRIES)


def paths(query: str) -> list[str]:
    return [hit.entry.path for hit in INDEX.hits(query)]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("grasp", "/glossary#needle-grasp"),
        ("bruises", "/glossary#bruise"),
        ("collapsed lung", "/glossary#pneumothorax"),
        ("INTRAMUSCULAR", "/glossary#intramuscular-stimulation-ims"),
        ("intermuscular", "/glossary#intramuscular-stimulation-ims"),
        ("can I drive", "/learn/questions#drive"),
    ],
)
def test_readers_words_lead_to_the_right_place(query: str, first: str) -> None:
    assert first in paths(query)[:3]


def test_both_spellings_find_the_same() -> None:
    assert paths("intermuscular stimulation") == paths("intramuscular stimulation")


@pytest.mark.parametrize("query", ["", "   ", "the and of", "?!", "zzzzzz"])
def test_nothing_fits_nothing(query: str) -> None:
    assert paths(query) == []


def test_word_that_was_asked_for_is_marked() -> None:
    entry = Entry("A page", "/learn/a", "One two bruises four five.")
    [hit] = Index((entry,)).hits("bruise")
    assert [words for words, is_wanted in hit.snippet if is_wanted] == ["bruises"]


def test_long_text_is_cut_around_the_word() -> None:
    entry = Entry("A page", "/learn/a", "before " * 60 + "bruise " + "after " * 60)
    [hit] = Index((entry,)).hits("bruise")
    assert len("".join(words for words, _ in hit.snippet)) < 200


def test_every_place_that_is_found_exists() -> None:
    library = house_keeper().library
    known = {f"{page.path}#{anchor}" for page in library.articles for anchor in page.anchors}
    known |= {page.path for page in library.articles}
    known |= {f"/glossary#{term.anchor}" for term in library.glossary}
    assert {entry.path for entry in ENTRIES} <= known


@given(st.text(max_size=200))
def test_any_words_at_all_are_safe_to_ask(query: str) -> None:
    assert len(INDEX.hits(query)) <= MOST_HITS


def a_large_site(pages: int) -> tuple[Entry, ...]:
    return tuple(
        replace(entry, title=f"{entry.title} {copy}", path=f"/learn/{copy}{entry.path}")
        for copy in range(pages // len(LIBRARY.articles) + 1)
        for entry in ENTRIES
    )


def test_two_hundred_pages_are_taken_apart_once_not_for_each_question(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    index = Index(a_large_site(200))
    taken: list[str] = []

    def count(text: str) -> tuple[str, ...]:
        taken.append(text)
        return stems(text)

    monkeypatch.setattr(search, "stems", count)
    found = index.hits("bruise after needling")
    assert len(taken) <= 1 + sum(len(hit.entry.text.split()) for hit in found)


def test_plurals_and_accents_do_not_matter() -> None:
    assert stems("Nerves and Évaluation") == stems("nerve AND evaluation")
    assert paths("bruises") == paths("BRUISE") == paths("brüise")
