"""The chart partials: valid XML, named for those who do not see them, nothing inline."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from lxml import etree

from portal.review.chart_words import calendar_words, visit_words
from portal.review.charts import (
    DESKTOP,
    PHONE,
    PRINT,
    VISITS_DESKTOP,
    VISITS_PHONE,
    VISITS_PRINT,
    calendar,
    sparkline_of,
    visit_curves,
)
from portal.review.tables import around_rows, day_rows, fortnight_rows
from portal.review.trends import Record
from tests.review.diaries import after_two_weeks, days, record, visits

Macro = Callable[..., str]


def macro(app: Flask, file: str, name: str) -> Macro:
    with app.test_request_context():
        module = app.jinja_env.get_template(f"review/charts/{file}.html").make_module()
        found: Macro = getattr(module, name)
        return found


def written() -> Record:
    diary = [
        day._replace(interference=3, soreness=2, is_late=day.pain_average == 5)
        for day in days("6757867567657" + "5." * 20, first=0)
    ]
    return record(diary, visits(14, 15, 30), today=52)


EMPTY = record([], [], today=52)


def drawings(app: Flask, found: Record) -> list[etree._Element]:
    with app.test_request_context():
        words, around = calendar_words(found), visit_words(found)
        draw, draw_visits = macro(app, "calendar", "calendar"), macro(app, "visits", "visits")
        html = [draw(calendar(found, shape, words), id="a") for shape in (PHONE, DESKTOP, PRINT)]
        html += [
            draw_visits(visit_curves(found.aligned, shape, around), id="b")
            for shape in (VISITS_PHONE, VISITS_DESKTOP, VISITS_PRINT)
        ]
        html.append(macro(app, "spark", "spark")(sparkline_of(found)))
    return [etree.fromstring(each.strip()) for each in html]


def found_in(svg: etree._Element, xpath: str) -> list[str]:
    found = svg.xpath(xpath)
    assert isinstance(found, list)
    return [str(one) for one in found]


@pytest.mark.parametrize("found", [written(), EMPTY], ids=["written", "empty"])
def test_each_drawing_is_named_or_hidden(app: Flask, found: Record) -> None:
    for svg in drawings(app, found):
        named = [svg.findtext(tag) for tag in ("title", "desc")]
        assert svg.get("aria-hidden") == "true" or (svg.get("role") == "img" and all(named))


@pytest.mark.parametrize("found", [written(), EMPTY], ids=["written", "empty"])
def test_no_drawing_has_anything_inline(app: Flask, found: Record) -> None:
    for svg in drawings(app, found):
        assert not svg.xpath("//@style | //style | //script | //@*[starts-with(name(), 'on')]")


def test_every_marker_a_drawing_uses_is_its_own(app: Flask) -> None:
    for svg in drawings(app, written()):
        used = set(found_in(svg, "//@marker-mid"))
        assert used <= {f"url(#{name})" for name in found_in(svg, "//marker/@id")}


def test_ids_begin_with_the_drawings_own(app: Flask) -> None:
    for svg in drawings(app, written()):
        assert all(name[:2] in {"a-", "b-"} for name in found_in(svg, "//@id"))


def test_three_drawings_of_each_kind_stay_small(app: Flask) -> None:
    assert sum(len(etree.tostring(svg)) for svg in drawings(app, written())) < 30_000


def test_words_in_a_drawing_are_escaped(app: Flask) -> None:
    with app.test_request_context():
        words = replace(calendar_words(EMPTY), title="<b>")
        html = macro(app, "calendar", "calendar")(calendar(EMPTY, PHONE, words), id="a")
    assert "<b>" not in html


def test_the_key_names_six_signs(app: Flask) -> None:
    assert macro(app, "key", "key")(14).count("<li>") == 6


def test_the_table_has_the_numbers_of_the_steps(app: Flask) -> None:
    with app.test_request_context():
        rows = fortnight_rows(after_two_weeks("7" * 14, "4" * 14))
        html = macro(app, "tables", "fortnights")(rows, 14)
    assert html.count("7.0") == html.count("4.0") == 1


def test_the_table_of_days_has_the_newest_first(app: Flask) -> None:
    with app.test_request_context():
        rows = day_rows(written())
    assert rows[0].on > rows[-1].on


def test_the_table_of_days_leaves_gaps_out(app: Flask) -> None:
    with app.test_request_context():
        html = macro(app, "tables", "days")(day_rows(written()))
    assert html.count("<tr>") == 1 + len(written().days)


def test_the_table_around_visits_has_eighteen_days(app: Flask) -> None:
    with app.test_request_context():
        html = macro(app, "tables", "around")(around_rows(written()))
    assert html.count("<tr>") == 1 + 18
