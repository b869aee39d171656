from pathlib import Path

import pytest

from portal.education.article import Claims, Help
from portal.education.content import load_library
from portal.education.errors import ContentError
from portal.errors import BadSettings
from tests.education.shelf import CLAIMS, HELP, PAGE, SOURCES, lay, line_of


def refused(folder: Path) -> ContentError:
    with pytest.raises(ContentError) as error:
        load_library(folder)
    return error.value


def test_good_folder_becomes_a_library(tmp_path: Path) -> None:
    library = load_library(lay(tmp_path))
    article = library.article("what-it-is")
    assert article is not None
    assert article.path == "/learn/what-it-is"
    assert {type(part) for section in article.sections for part in section.parts} > {Claims, Help}


def test_unknown_page_is_none(tmp_path: Path) -> None:
    assert load_library(lay(tmp_path)).article("nowhere") is None


BAD_KEYS = [
    ("title: What it is\n", "", "title", "---", "one line"),
    ("audience: reader", "audience: doctors", "audience", "audience:", "reader, patient"),
    ("version: 1", "version: none", "version", "version:", "whole number"),
    ("next_review: 2027-05-31", "next_review: soon", "next_review", "next_review:", "24 months"),
    ("author: A writer", "author: A writer\ncolour: red", "colour", "colour:", "title, summary"),
    ("  link: /contact", "  link: contact us", "call_to_action.link", "  link:", "a path"),
    ("thin needles.", "thin " + "long " * 30, "summary", "summary:", "30 words"),
    ("lang: en", "lang: fr", "lang", "lang:", "en"),
    ("sources: [brady-2014]", "sources: [nobody]", "sources", "sources:", "sources.yaml"),
    ("last_reviewed: null", "last_reviewed: 2026-01-01", "last_reviewed", "last_", "null"),
    ("order: 11", "order: 11\norder: 12", "order", "order: 12", "once"),
]


@pytest.mark.parametrize("wrong", BAD_KEYS)
def test_bad_front_matter_names_file_line_key_and_what_is_allowed(
    tmp_path: Path, wrong: tuple[str, str, str, str, str]
) -> None:
    good, bad, key, at, allowed = wrong
    page = PAGE.replace(good, bad, 1)
    error = refused(lay(tmp_path, page=page))
    assert (error.file, error.key) == ("content/en/what-it-is.md", key)
    assert error.line == (2 if at == "---" else line_of(page, at))
    assert allowed in error.sentence.split("Allowed:")[1]


def test_review_more_than_two_years_ahead_is_refused(tmp_path: Path) -> None:
    page = PAGE.replace(
        "clinical_reviewer: null\nlast_reviewed: null\nnext_review: 2027-05-31",
        "clinical_reviewer: {name: A. Sample, profession: physiotherapist}\n"
        "last_reviewed: 2026-11-01\nnext_review: 2028-11-02",
    )
    assert refused(lay(tmp_path, page=page)).key == "next_review"


def test_page_that_says_nothing_about_itself_is_refused(tmp_path: Path) -> None:
    assert "front matter" in str(refused(lay(tmp_path, page="## Hello\n")))


def test_front_matter_that_is_not_yaml_is_refused_with_its_line(tmp_path: Path) -> None:
    error = refused(lay(tmp_path, page=PAGE.replace("author: A writer", "author: [A writer")))
    assert "not YAML" in error.sentence


def test_unknown_claim_is_refused_at_its_line(tmp_path: Path) -> None:
    page = PAGE.replace("{claims: sore}", "{claims: sore, magic}")
    error = refused(lay(tmp_path, page=page))
    assert (error.line, error.key) == (line_of(page, "{claims"), "claims")


def test_marker_that_names_nothing_is_refused(tmp_path: Path) -> None:
    page = PAGE.replace("{claims: sore}", "{claims}")
    assert "names nothing" in refused(lay(tmp_path, page=page)).sentence


def test_unknown_placeholder_is_refused_at_its_line(tmp_path: Path) -> None:
    error = refused(lay(tmp_path, help=HELP.replace("[[phone]]", "[[fax]]")))
    assert (error.file, error.line) == ("content/en/blocks/get-help.md", line_of(HELP, "[[phone]]"))


@pytest.mark.parametrize(
    ("good", "bad", "key"),
    [
        ("certainty: Theory", "certainty: Sure", "certainty"),
        ("sources: [brady-2014]", "sources: []", "sources"),
        ("sources: [brady-2014]", "sources: [nobody]", "sources"),
        ("id: effect-relax", "id: sore", "id"),
        ("  not_known: If it does.\n", "", "not_known"),
    ],
)
def test_bad_claim_names_its_key(tmp_path: Path, good: str, bad: str, key: str) -> None:
    error = refused(lay(tmp_path, claims=CLAIMS.replace(good, bad)))
    assert error.file == "content/claims.yaml"
    assert error.key.rsplit(".", 1)[-1] == key


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ("  url: https://example.org/brady\n", ""),
        ("https://", "http://"),
        ('"2026-11"', "lately"),
        ("  citation: Brady and others, 2014\n", ""),
    ],
)
def test_bad_source_is_refused(tmp_path: Path, good: str, bad: str) -> None:
    error = refused(lay(tmp_path, sources=SOURCES.replace(good, bad)))
    assert error.file == "content/sources.yaml"


@pytest.mark.parametrize("name", ["claims", "sources"])
def test_registry_of_the_wrong_shape_is_refused(tmp_path: Path, name: str) -> None:
    assert "expected here" in refused(lay(tmp_path, **{name: "just words\n"})).sentence


def test_entry_that_is_not_a_mapping_is_refused(tmp_path: Path) -> None:
    assert "keys are expected" in refused(lay(tmp_path, claims="- just words\n")).sentence


def test_missing_registry_is_refused(tmp_path: Path) -> None:
    folder = lay(tmp_path)
    (folder / "claims.yaml").unlink()
    assert "missing" in refused(folder).sentence


def test_file_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    folder = lay(tmp_path)
    (folder / "en" / "what-it-is.md").write_bytes(b"---\ntitle: \xff\n---\n")
    assert "UTF-8" in refused(folder).sentence


def test_two_pages_cannot_share_an_order(tmp_path: Path) -> None:
    folder = lay(tmp_path)
    (folder / "en" / "zz.md").write_text(PAGE, encoding="utf-8")
    assert refused(folder).key == "order"


def test_bad_content_stops_the_start_like_bad_settings() -> None:
    assert issubclass(ContentError, BadSettings)
