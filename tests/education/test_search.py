from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.education import search
from portal.education.facts import NO_CLINIC
from portal.education.keeper import house_keeper
from portal.education.search import MOST_HITS, Entry, Index, entries_of, stems

LIBRARY = house_keeper().library
ENTRIES = entries_of(LIBRARY)
INDEX = Index(ENTRIES, LIBRARY.search)


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


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("im afraid of needles", "/learn/questions#fear"),
        ("how many sessions", "/learn/questions#visits"),
        ("is it covered by insurance", "/learn/questions#cost"),
        ("is dry needling safe", "/learn/safety"),
        ("does it work for back pain", "/learn/evidence"),
        ("can i go to work after", "/learn/after-your-visit"),
        ("cancel appointment", "/contact"),
        ("delete my data", "/privacy"),
        ("forgot password", "/sign-in"),
        ("placebo", "/glossary#sham-treatment"),
        ("accupunture", "/glossary#acupuncture"),
        ("pnuemothorax", "/glossary#pneumothorax"),
        ("aiguilletage à sec", "/glossary#dry-needling"),
    ],
)
def test_what_people_type_leads_first_to_what_helps(query: str, first: str) -> None:
    assert paths(query)[0] == first


@pytest.mark.parametrize(
    ("query", "card"),
    [
        ("chest pain", "help-now"),
        ("cant breathe", "help-now"),
        ("my leg is numb", "help-now"),
        ("bleeding wont stop", "help-now"),
        ("fever after needling", "help-today"),
        ("redness and sweling", "help-today"),
        ("suicide", "help-crisis"),
        ("i want to kill myself", "help-crisis"),
    ],
)
def test_sign_of_harm_leads_first_to_whom_to_call(query: str, card: str) -> None:
    assert paths(query)[0] == f"/learn/safety#{card}"


def test_every_sign_of_search_stands_in_the_help_block() -> None:
    helping = stems(" ".join(one.text for one in LIBRARY.help["en"].passages))
    assert set(stems(LIBRARY.search.signs)) <= set(helping)


def test_every_word_that_stands_in_for_another_is_on_a_page() -> None:
    said = {stem for entry in ENTRIES for stem in stems(f"{entry.title} {entry.text}")}
    ours = {stem for word in LIBRARY.search.words.values() for stem in stems(word)}
    assert {word for word in ours if not any(one.startswith(word) for one in said)} == set()


def test_found_place_names_the_number_to_call_not_its_placeholder() -> None:
    hit = INDEX.hits("chest pain")[0]
    assert "Call 911 now" in hit.title(NO_CLINIC)
    assert "[[" not in hit.title(NO_CLINIC) + "".join(text for text, _ in hit.words(NO_CLINIC))


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
    known |= {f"/learn/safety#{card.anchor}" for card in library.help["en"].cards}
    known |= {place.path for place in library.search.places if "#" not in place.path}
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
