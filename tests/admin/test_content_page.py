"""The administrator looks at the explainers."""

from datetime import date
from pathlib import Path

import pytest
from flask import Flask

from portal.education.keeper import house_keeper
from portal.education.overrides import Shelved
from portal.education.shelf import Due, due_on, rows_of
from tests.pages import Page, page_of, words
from tests.people import Cast, ClientOf


def content_page(client_of: ClientOf, cast: Cast) -> Page:
    answer = client_of(cast.ada).get("/admin/content")
    assert answer.status_code == 200
    return page_of(answer)


def test_every_page_has_its_row(client_of: ClientOf, cast: Cast) -> None:
    rows = content_page(client_of, cast).find("//tbody/tr")
    assert len(rows) == len(house_keeper().library.articles)
    assert "31 May 2027" in words(rows[0])
    assert "Not yet reviewed by a practitioner" in words(rows[0])


def test_page_past_its_date_is_overdue() -> None:
    rows = rows_of(Shelved(house_keeper().library), today=date(2027, 6, 1))
    assert {row.due for row in rows} == {Due.OVERDUE}


def test_broken_page_of_the_clinic_is_told_with_file_and_line(
    app: Flask, client_of: ClientOf, cast: Cast
) -> None:
    folder = Path(app.instance_path) / "content" / "en"
    folder.mkdir(parents=True)
    (folder / "parking.md").write_text("no front matter", encoding="utf-8")
    told = content_page(client_of, cast).main
    assert "1 thing in your own pages is left out" in told
    assert "instance/content/en/parking.md, line 1" in told


@pytest.mark.parametrize("name", ["ana", "mia"])
def test_content_is_for_administrators(client_of: ClientOf, cast: Cast, name: str) -> None:
    assert client_of(getattr(cast, name)).get("/admin/content").status_code in {403, 404}


@pytest.mark.parametrize(
    ("today", "due"),
    [
        (date(2027, 3, 31), Due.LATER),
        (date(2027, 4, 1), Due.SOON),
        (date(2027, 5, 31), Due.SOON),
        (date(2027, 6, 1), Due.OVERDUE),
    ],
)
def test_a_page_is_due_by_its_date(today: date, due: Due) -> None:
    assert due_on(date(2027, 5, 31), today) is due


def test_most_urgent_page_stands_first() -> None:
    rows = rows_of(Shelved(house_keeper().library), today=date(2026, 11, 22))
    assert [row.next_review for row in rows] == sorted(row.next_review for row in rows)
