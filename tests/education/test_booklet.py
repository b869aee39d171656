"""All explainers on one sheet, light enough for a slow phone."""

import gzip

from flask import Flask

from portal.education.article import Prose
from portal.education.booklet import booklet_of, without_spare_space, without_unused_places
from portal.education.keeper import house_keeper
from tests.pages import page_of

LIBRARY = house_keeper().library
BOOKLET = booklet_of(LIBRARY.in_language("en"))
HEAVIEST = 30_000


def test_each_source_stands_once_in_the_booklet() -> None:
    assert len(set(BOOKLET.sources)) == len(BOOKLET.sources)


def test_booklet_lists_what_each_page_rests_on() -> None:
    listed = {key for page in LIBRARY.in_language("en") for key in page.front.sources}
    assert set(BOOKLET.sources) == listed


def test_number_of_a_source_in_the_booklet_is_its_place_in_the_one_list() -> None:
    [page] = [page for page in BOOKLET.articles if page.slug == "your-diary"]
    html = "".join(
        part.html for section in page.sections for part in section.parts if isinstance(part, Prose)
    )
    number = BOOKLET.sources.index("stone-2002") + 1
    assert f'<a href="#source-{number}">[{number}]</a>' in html


def test_every_mark_of_a_source_in_the_booklet_leads_to_it(app: Flask) -> None:
    page = page_of(app.test_client().get("/learn/print"))
    named = {link.get("href", "")[1:] for link in page.find("//a[starts-with(@href, '#source-')]")}
    assert named
    assert named <= {item.get("id") for item in page.find("//ol[@class='sources']/li")}


def test_booklet_shows_each_drawing_once(app: Flask) -> None:
    drawn = page_of(app.test_client().get("/learn/print")).find("//*[@role='img']/title")
    told = [title.text_content() for title in drawn]
    assert len(told) == len(set(told))


def test_booklet_squeezes_to_thirty_kilobytes(app: Flask) -> None:
    body = app.test_client().get("/learn/print").get_data()
    assert len(gzip.compress(body, 9)) <= HEAVIEST


def test_place_that_nothing_names_is_left_out() -> None:
    html = '<h2 id="a">A</h2><h2 id="b">B</h2><a href="#b">b</a>'
    assert without_unused_places(html) == '<h2>A</h2><h2 id="b">B</h2><a href="#b">b</a>'


def test_space_between_words_stays_and_space_before_blocks_goes() -> None:
    html = "<div>\n  <p>One\n  <b>two</b>\n  three</p>\n</div>"
    assert without_spare_space(html) == "<div><p>One\n<b>two</b>\nthree</p></div>"
