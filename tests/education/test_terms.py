"""Words of the glossary lead to it where a page first uses them."""

from flask import Flask

from portal.education.keeper import house_keeper
from portal.education.markdown import SafeHtml, link_terms, sanitise
from tests.pages import page_of

LIBRARY = house_keeper().library
WORDS = {"bruise": "/glossary#bruise", "ims": "/glossary#ims"}


def linked(html: str) -> str:
    return link_terms(SafeHtml(html), WORDS)[0]


def test_first_use_alone_is_linked() -> None:
    html = linked("<p>A bruise, then a bruise.</p>")
    assert html == '<p>A <a class="term" href="/glossary#bruise">bruise</a>, then a bruise.</p>'


def test_plural_and_capital_count_as_the_word() -> None:
    assert ">Bruises</a>" in linked("<p>Bruises fade.</p>")


def test_part_of_another_word_is_not_the_word() -> None:
    assert "<a" not in linked("<p>Swimsuit, bruiser.</p>")


def test_headings_links_and_quotations_stay_as_they_are() -> None:
    html = '<h2 id="b">Bruise</h2><p><a href="/x">bruise</a> <q>a bruise</q></p>'
    assert linked(html) == html


def test_markers_and_places_to_fill_are_no_words() -> None:
    assert linked("<p>{drawings: bruise} [[ims]]</p>") == "<p>{drawings: bruise} [[ims]]</p>"


def test_linked_page_is_still_safe() -> None:
    html = linked("<p>A bruise.</p>")
    assert sanitise(html) == html


def test_words_that_were_linked_are_told() -> None:
    assert link_terms(SafeHtml("<p>IMS.</p>"), WORDS)[1] == ("/glossary#ims",)


def test_every_linked_word_has_its_place() -> None:
    places = {f"/glossary#{term.anchor}" for term in LIBRARY.glossary}
    assert {place for page in LIBRARY.articles for place in page.terms} <= places


def test_glossary_has_forty_words_with_distinct_forms() -> None:
    forms = [form for term in LIBRARY.glossary for form in term.forms]
    assert len(LIBRARY.glossary) >= 40
    assert len(forms) == len(set(forms))


def test_glossary_leads_back_to_the_pages(app: Flask) -> None:
    page = page_of(app.test_client().get("/glossary"))
    links = [link.get("href") for link in page.find("//div[@id='pneumothorax']//a")]
    assert "/learn/safety" in links
    assert len(page.find("//dt/dfn")) == len(LIBRARY.glossary)
