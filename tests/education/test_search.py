from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.education import search
from portal.education.facts import NO_CLINIC, RegionFacts
from portal.education.keeper import house_keeper
from portal.education.search import MOST_HITS, Entry, Index, entries_of
from portal.education.stems import stem, stems

LIBRARY = house_keeper().library
ENTRIES = entries_of(LIBRARY)
INDEX = Index(ENTRIES, LIBRARY.search)


def paths(query: str) -> list[str]:
    return [hit.entry.path for hit in INDEX.hits(query).places]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("grasp", "/glossary#needle-grasp"),
        ("bruises", "/glossary#bruise"),
        ("collapsed lung", "/glossary#pneumothorax"),
        ("pneumothorax", "/glossary#pneumothorax"),
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
        ("latex allergy", "/learn/safety#tell-body"),
        ("stent", "/learn/questions#implant"),
        ("can I swim", "/learn/questions#exercise"),
        ("can I walk", "/learn/questions#exercise"),
        ("fees", "/learn/questions#cost"),
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
        ("it still bleeds", "help-now"),
        ("fever after needling", "help-today"),
        ("redness and sweling", "help-today"),
        ("suicide", "help-crisis"),
        ("i want to kill myself", "help-crisis"),
        ("pneumothorax", "help-now"),
        ("collapsed lung", "help-now"),
        ("pnuemothorax", "help-now"),
        ("brething", "help-now"),
        ("stroke", "help-now"),
        ("speech", "help-now"),
        ("incontinence", "help-now"),
        ("blackout", "help-now"),
        ("i fainted", "help-now"),
        ("fits", "help-now"),
        ("can't walk", "help-now"),
        ("can’t walk", "help-now"),
        ("cannot walk", "help-now"),
        ("rash", "help-today"),
        ("want to die", "help-crisis"),
        ("suiccide", "help-crisis"),
        ("911", "help-now"),
        ("call 9-1-1", "help-now"),
        ("811", "help-today"),
        ("988", "help-crisis"),
        ("9-8-8", "help-crisis"),
    ],
)
def test_sign_of_harm_leads_first_to_whom_to_call(query: str, card: str) -> None:
    assert paths(query)[0] == f"/learn/safety#{card}"


def test_numbers_to_call_are_those_of_the_region() -> None:
    region = RegionFacts("ZZ", "000", "A line", "555 1234", "Another", "77-88")
    first = [
        INDEX.hits(number, region).places[0].entry.path for number in ("000", "5551234", "7788")
    ]
    cards = ("help-now", "help-today", "help-crisis")
    assert first == [f"/learn/safety#{card}" for card in cards]
    assert INDEX.hits("911", region).places == ()


@pytest.mark.parametrize(
    "query", ["bath", "can i have a bath", "breast pain", "beer", "knee", "chilli", "selling"]
)
def test_everyday_word_is_taken_for_no_other_and_for_no_sign(query: str) -> None:
    found = INDEX.hits(query)
    assert found.taken == ()
    assert not any(hit.entry.urgency for hit in found.places[:1])


def test_word_taken_for_a_mistyped_one_is_named() -> None:
    assert INDEX.hits("accupunture and brething").taken == ("acupuncture", "breathing")


@pytest.mark.parametrize(("typed", "ours"), LIBRARY.search.words.items())
def test_word_with_a_stand_in_leads_first_to_a_page_of_it(typed: str, ours: str) -> None:
    entry = INDEX.hits(typed.replace("-", " ")).places[0].entry
    said = stems(f"{entry.page} {entry.title} {entry.text}")
    assert any(word.startswith(stem(ours)) for word in said)


def test_word_that_begins_like_one_with_a_stand_in_is_another() -> None:
    assert "/learn/questions#fear" not in paths("scar")


def test_every_sign_of_search_stands_in_the_help_block() -> None:
    helping = stems(" ".join(one.text for one in LIBRARY.help["en"].passages))
    assert set(stems(LIBRARY.search.signs)) <= set(helping)


def test_every_word_that_stands_in_for_another_is_on_a_page() -> None:
    said = {stem for entry in ENTRIES for stem in stems(f"{entry.title} {entry.text}")}
    ours = {stem for word in LIBRARY.search.words.values() for stem in stems(word)}
    assert {word for word in ours if not any(one.startswith(word) for one in said)} == set()


def test_found_place_names_the_number_to_call_not_its_placeholder() -> None:
    hit = INDEX.hits("chest pain").places[0]
    assert "Call 911 now" in hit.title(NO_CLINIC)
    assert "[[" not in hit.title(NO_CLINIC) + "".join(text for text, _ in hit.words(NO_CLINIC))


def test_both_spellings_find_the_same() -> None:
    assert paths("intermuscular stimulation") == paths("intramuscular stimulation")


@pytest.mark.parametrize("query", ["", "   ", "the and of", "?!", "zzzzzz"])
def test_nothing_fits_nothing(query: str) -> None:
    assert paths(query) == []


def test_word_that_was_asked_for_is_marked() -> None:
    entry = Entry("A page", "/learn/a", "One two bruises four five.")
    [hit] = Index((entry,)).hits("bruise").places
    assert [words for words, is_wanted in hit.snippet if is_wanted] == ["bruises"]


def test_long_text_is_cut_around_the_word() -> None:
    entry = Entry("A page", "/learn/a", "before " * 60 + "bruise " + "after " * 60)
    [hit] = Index((entry,)).hits("bruise").places
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
    assert len(INDEX.hits(query).places) <= MOST_HITS


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
    found = index.hits("bruise after needling").places
    assert len(taken) <= 1 + sum(len(hit.entry.text.split()) for hit in found)


def test_plurals_and_accents_do_not_matter() -> None:
    assert stems("Nerves and Évaluation") == stems("nerve AND evaluation")
    assert paths("bruises") == paths("BRUISE") == paths("brüise")
