"""A clinic's own pages over the portal's."""

import os
from datetime import date
from pathlib import Path

import pytest
from flask import Flask

from portal.config import Settings
from portal.education.check import content_check
from portal.education.content import Library
from portal.education.keeper import CONTENT, ClinicKeeper, house_keeper
from portal.education.overrides import Shelved, with_own_pages
from tests.education.shelf import HELP, PAGE, SOURCES
from tests.pages import page_of

TODAY = date(2026, 11, 22)
HOUSE = house_keeper().library
OWN = PAGE.replace("order: 11", "order: 51")


def lay(folder: Path, text: str | bytes, *, slug: str = "parking", **more: str) -> Path:
    (folder / "en").mkdir(parents=True, exist_ok=True)
    data = text if isinstance(text, bytes) else text.encode()
    (folder / "en" / f"{slug}.md").write_bytes(data)
    for name, body in more.items():
        (folder / f"{name}.yaml").write_text(body, encoding="utf-8")
    return folder


def good(text: str = OWN) -> str:
    """The page of the small shelf with a claim that the portal has."""
    sources = "sources: [brady-2014, soreness-trials, ga-2007, soreness-ease]"
    return text.replace("{claims: sore}", "{claims: soreness-common}").replace(
        "sources: [brady-2014]", sources
    )


def shelve(folder: Path) -> Shelved:
    return with_own_pages(HOUSE, folder, today=TODAY)


def slugs(library: Library) -> set[str]:
    return {page.slug for page in library.articles}


def test_no_folder_is_the_portals_library(tmp_path: Path) -> None:
    assert shelve(tmp_path / "none") == Shelved(HOUSE)


def test_clinics_page_is_added(tmp_path: Path) -> None:
    shelved = shelve(lay(tmp_path, good()))
    assert shelved.refused == ()
    assert slugs(shelved.library) == slugs(HOUSE) | {"parking"}


def test_check_of_the_command_names_what_is_wrong_in_a_clinics_page(tmp_path: Path) -> None:
    code, told = content_check(CONTENT, lay(tmp_path, good("---\ntitle: Parking\n---\n")))
    assert code == 1
    assert "error: instance/" in told
    assert "parking.md" in told


def test_check_of_the_command_has_a_row_for_a_clinics_page(tmp_path: Path) -> None:
    code, told = content_check(CONTENT, lay(tmp_path, good()))
    assert code == 0
    assert f"{len(HOUSE.articles) + 1} pages, 0 errors" in told


def test_clinics_page_replaces_the_portals(tmp_path: Path) -> None:
    text = good().replace("order: 51", "order: 31")
    text = text.replace("## What it is {#what}", "## What it is {#what}\n\n## Visit {#visit}")
    shelved = shelve(lay(tmp_path, text, slug="before-your-visit"))
    page = shelved.library.article("before-your-visit")
    assert shelved.refused == ()
    assert page is not None
    assert page.file == "instance/" + page.file.removeprefix("instance/")
    assert page.file in shelved.own


BROKEN = [
    (good().replace("title:", "titel:"), 2, "not known"),
    (good().replace("soreness-common", "no-such-claim"), None, "no-such-claim"),
    (good().replace("Nothing is injected.", "<script>alert(1)</script>"), None, "script"),
    (good().replace("Nothing is injected.", "[x](javascript:alert(1))"), None, "not allowed"),
    (good().replace("soreness-ease]", "no-such-source]"), 12, "no-such-source"),
    (good().replace("Nothing is injected.", "#### Deep {#deep}"), None, "never skip"),
    (good().replace("Nothing is injected.", "It is a miracle."), None, "miracle"),
    (good() + "word " * 250_000, 1, "larger than"),
    (good().encode() + b"\xff\xfe", 1, "not UTF-8"),
    (good().replace("2027-05-31", "2027-13-31"), 1, "month must be in"),
    (good().replace("order: 51", "order: 41"), 13, "also the order"),
    ("no front matter", 1, "front matter"),
]


@pytest.mark.parametrize(("text", "line", "told"), BROKEN, ids=lambda value: str(value)[-24:])
def test_broken_page_is_left_out_with_file_line_and_remedy(
    tmp_path: Path, text: str | bytes, line: int | None, told: str
) -> None:
    shelved = shelve(lay(tmp_path, text))
    assert shelved.library.articles == HOUSE.articles
    assert shelved.refused[0].file == f"instance/{tmp_path.name}/en/parking.md"
    assert told in shelved.refused[0].sentence
    assert line in {None, shelved.refused[0].line}


def test_page_that_lost_a_linked_heading_is_left_out(tmp_path: Path) -> None:
    text = good().replace("order: 51", "order: 41")
    shelved = shelve(lay(tmp_path, text, slug="safety"))
    assert "links to the place {#rare}" in " ".join(one.sentence for one in shelved.refused)
    assert shelved.library.article("safety") == HOUSE.article("safety")


def test_page_that_links_to_one_left_out_is_left_out_too(tmp_path: Path) -> None:
    lay(tmp_path, good().replace("Nothing is injected.", "A cure."), slug="one")
    text = good().replace("order: 51", "order: 52")
    lay(tmp_path, text.replace("Nothing is injected.", "See [one](/learn/one)."), slug="two")
    assert slugs(shelve(tmp_path).library) == slugs(HOUSE)


def test_clinic_brings_a_source_of_its_own(tmp_path: Path) -> None:
    text = good().replace("brady-2014", "own-count")
    folder = lay(tmp_path, text, sources=SOURCES.replace("brady-2014", "own-count"))
    assert shelve(folder).refused == ()


def test_clinic_cannot_redefine_a_source(tmp_path: Path) -> None:
    shelved = shelve(lay(tmp_path, good(), sources=SOURCES))
    assert "already defined" in shelved.refused[0].sentence
    assert "parking" in slugs(shelved.library)


def test_help_block_cannot_be_replaced(tmp_path: Path) -> None:
    (tmp_path / "en" / "blocks").mkdir(parents=True)
    (tmp_path / "en" / "blocks" / "get-help.md").write_text(HELP, encoding="utf-8")
    assert shelve(tmp_path).library.help == HOUSE.help


def test_keeper_sees_a_page_come_and_break(tmp_path: Path) -> None:
    keeper = ClinicKeeper(house_keeper(), tmp_path)
    before = keeper.stamp()
    page = lay(tmp_path, good()) / "en" / "parking.md"
    assert keeper.stamp() != before
    assert keeper.library.article("parking") is not None
    page.write_text("broken", encoding="utf-8")
    os.utime(page, ns=(1, page.stat().st_mtime_ns + 1_000_000_000))
    keeper.stamp()
    assert keeper.library.article("parking") is None
    assert len(keeper.shelved.refused) == 1


def test_site_stays_up_beside_a_broken_page(portal_settings: Settings, app: Flask) -> None:
    lay(portal_settings.instance / "content", b"\xff", slug="safety")
    app.extensions["portal.explainers"].stamp()
    answer = app.test_client().get("/learn/safety")
    assert answer.status_code == 200
    assert page_of(answer).by_class("helps")
