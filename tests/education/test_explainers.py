"""The explainers that we publish."""

from datetime import date

import pytest

from portal.education.article import Article, Claims, Drawings, Prose
from portal.education.check import report_on
from portal.education.keeper import CONTENT, house_keeper
from portal.education.markdown import sanitise
from portal.education.prose import Kind
from portal.education.rules import DRAWINGS, GOAL_GRADE, LIGHT_PAGES

LIBRARY = house_keeper().library
SLUGS = [
    "what-is-ims",
    "ims-and-acupuncture",
    "the-grasp",
    "three-effects",
    "before-your-visit",
    "after-your-visit",
    "your-diary",
    "questions",
    "safety",
    "evidence",
    "who-may-needle",
]
TREATMENT = [page for page in LIBRARY.articles if page.slug not in LIGHT_PAGES]
about_treatment = pytest.mark.parametrize("page", TREATMENT, ids=lambda page: page.slug)
each_page = pytest.mark.parametrize("page", LIBRARY.articles, ids=lambda page: page.slug)


def test_content_has_no_error() -> None:
    assert report_on(LIBRARY, today=date(2026, 11, 22)).findings == ()


def test_all_pages_are_there() -> None:
    assert {page.slug for page in LIBRARY.articles} == set(SLUGS)


def test_every_page_reaches_the_goal_grade() -> None:
    rows = report_on(LIBRARY, today=date(2026, 11, 22)).pages
    assert [row.file for row in rows if row.reading.grade > GOAL_GRADE] == []


@about_treatment
def test_page_shows_claims_with_certainty_and_sources(page: Article) -> None:
    assert page.claims
    assert all(claim.sources for claim in page.claims)


@each_page
def test_page_is_safe_in_every_part(page: Article) -> None:
    html = "".join(
        part.html for section in page.sections for part in section.parts if isinstance(part, Prose)
    )
    assert sanitise(html) == html


@about_treatment
def test_page_offers_both_sides_of_its_numbers(page: Article) -> None:
    risks = next(section for section in page.sections if section.anchor == "risks")
    told = " ".join(part.html for part in risks.parts if isinstance(part, Prose))
    assert " of 100" in told
    assert " not" in told


def test_comparison_answers_seven_questions_for_four_kinds() -> None:
    assert LIBRARY.comparison is not None
    assert len(LIBRARY.comparison.kinds) == 4
    assert len(LIBRARY.comparison.questions) == 7


def answers() -> dict[str, str]:
    """Each question of the page of questions with what stands under it."""
    page = LIBRARY.article("questions")
    assert page is not None
    found: dict[str, str] = {}
    asked = ""
    for passage in page.passages:
        if passage.kind is Kind.HEADING:
            asked = passage.source if passage.level == len("###") else ""
        elif asked:
            found[asked] = found.get(asked, "") + passage.source
    return found


def test_at_least_twenty_questions_are_answered() -> None:
    assert len(answers()) >= 20


def test_every_answer_leads_on() -> None:
    assert [asked for asked, answer in answers().items() if "](/" not in answer] == []


def test_three_effects_shows_a_claim_and_a_drawing_for_each() -> None:
    page = LIBRARY.article("three-effects")
    assert page is not None
    for anchor in ("relax", "blood", "nerve"):
        section = next(section for section in page.sections if section.anchor == anchor)
        assert [part.kind for part in section.parts] == ["prose", "drawings", "claims"]


def test_three_effects_shows_its_steps_on_a_card_filled_in() -> None:
    page = LIBRARY.article("three-effects")
    assert page is not None
    section = next(section for section in page.sections if section.anchor == "for-you")
    assert [part.names for part in section.parts if isinstance(part, Drawings)] == [
        ("change-card",)
    ]


@pytest.mark.parametrize("name", ["effect-relax", "effect-blood", "effect-nerve"])
def test_drawing_of_an_idea_says_so_in_the_picture_and_in_its_description(name: str) -> None:
    drawn = (DRAWINGS / f"{name}.svg.html").read_text("utf-8").partition("<figcaption>")[0]
    assert drawn.lower().count("an idea, not proved") == 2


def test_each_certainty_word_is_used_somewhere() -> None:
    assert {claim.certainty.code for claim in LIBRARY.claims.values()} == {
        "well",
        "some",
        "theory",
        "unknown",
    }


def test_help_block_has_a_card_for_each_tier() -> None:
    cards = [card.anchor for card in LIBRARY.help["en"].cards]
    assert cards == ["help-now", "help-department", "help-today", "help-clinic", "help-crisis"]


@pytest.mark.parametrize("words", ["Penetration of a normal muscle", "essentially becomes"])
def test_nothing_is_copied_from_what_clinics_pass_around(words: str) -> None:
    assert all(words not in file.read_text("utf-8") for file in CONTENT.rglob("*.*"))


def test_claim_blocks_have_three_parts() -> None:
    shown = [
        part
        for page in LIBRARY.articles
        for section in page.sections
        for part in section.parts
        if isinstance(part, Claims)
    ]
    assert all(all(claim.parts) for part in shown for claim in part.claims)
