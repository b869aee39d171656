"""The brief as a PDF: tagged, one side, the same record as the screen, stable to the byte."""

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import select
from time_machine import Traveller

from portal import db
from portal.audit.acts import Act
from portal.audit.models import AuditEvent
from portal.review import paper
from portal.review.typeset import HouseFetcher
from portal.web.assets import house_assets
from tests.conftest import EVENING
from tests.people import Cast, ClientOf
from tests.review import scenes
from tests.review.test_brief import address, brief_for


@pytest.fixture
def full(cast: Cast) -> Cast:
    with db.write_transaction() as session:
        scenes.fullest(session, cast)
    return cast


def printed(cast: Cast, client_of: ClientOf, asked: str = "") -> bytes:
    answer = client_of(cast.ana).get(address(cast, f"/brief.pdf{asked}"))
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    return bytes(answer.data)


def words_of(pdf: bytes) -> str:
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    return " ".join(text.replace("\N{NO-BREAK SPACE}", " ").split())


@pytest.mark.parametrize(("paper", "points"), [("a4", (595, 842)), ("letter", (612, 792))])
def test_the_fullest_brief_is_one_side_of_either_paper(
    full: Cast, client_of: ClientOf, paper: str, points: tuple[int, int]
) -> None:
    [page] = PdfReader(io.BytesIO(printed(full, client_of, f"?paper={paper}"))).pages
    assert (round(page.mediabox.width), round(page.mediabox.height)) == points


@pytest.mark.parametrize("asked", ["", "?paper=", "?paper=a3"])
def test_the_paper_is_the_one_of_the_clinics_region(
    cast: Cast, client_of: ClientOf, asked: str
) -> None:
    [page] = PdfReader(io.BytesIO(printed(cast, client_of, asked))).pages
    assert round(page.mediabox.height) == 792


def test_paper_says_what_the_screen_says(full: Cast, client_of: ClientOf) -> None:
    said, found = words_of(printed(full, client_of)), brief_for(full)
    expected = [found.name, found.history, found.caution, found.finding, found.visit]
    expected += [flag.name.split(" (")[0] for flag in found.flags[1:]]
    expected += [question.body for question in found.questions]
    expected += [figure.value for figure in found.figures]
    assert [each for each in expected if each not in said] == []


def test_it_is_tagged_and_names_itself(cast: Cast, client_of: ClientOf) -> None:
    reader = PdfReader(io.BytesIO(printed(cast, client_of)))
    root: Any = reader.trailer["/Root"]
    told = (root["/MarkInfo"]["/Marked"].value, "/StructTreeRoot" in root, root["/Lang"])
    assert told == (True, True, "en-CA")
    assert reader.metadata is not None
    assert reader.metadata.title == "Mia Tremblay, pre-visit brief"
    assert re.search(rb'pdfuaid:part(="|>)1\b', root["/Metadata"].get_data())


def test_every_picture_is_told_in_words(full: Cast, client_of: ClientOf) -> None:
    reader = PdfReader(io.BytesIO(printed(full, client_of)))
    figures = [one for one in tagged(reader) if one.get("/S") == "/Figure"]
    assert figures
    assert all(one.get("/Alt") for one in figures)


def tagged(reader: PdfReader) -> list[Any]:
    """Every element of the tree of tags."""
    root: Any = reader.trailer["/Root"]
    waiting, found = [root["/StructTreeRoot"]], []
    while waiting:
        one = waiting.pop()
        kids = one.get("/K", [])
        for kid in kids if isinstance(kids, list) else [kids]:
            element = kid.get_object() if hasattr(kid, "get_object") else kid
            if isinstance(element, dict) and "/S" in element:
                found.append(element)
                waiting.append(element)
    return found


def test_the_same_record_is_the_same_bytes(cast: Cast, client_of: ClientOf) -> None:
    assert printed(cast, client_of) == printed(cast, client_of)


def test_only_the_date_differs_later(cast: Cast, client_of: ClientOf, now: Traveller) -> None:
    first = words_of(printed(cast, client_of))
    now.move_to(EVENING + timedelta(minutes=7), tick=False)
    later = words_of(printed(cast, client_of))
    assert first != later
    assert first.replace("20:00, by", "20:07, by") == later


def test_nothing_of_the_patient_is_in_the_files_name(cast: Cast, client_of: ClientOf) -> None:
    answer = client_of(cast.ana).get(address(cast, "/brief.pdf"))
    said = answer.headers["Content-Disposition"]
    assert said == 'inline; filename="brief-2026-11-09.pdf"'


def test_printing_is_written_down_and_told(cast: Cast, client_of: ClientOf) -> None:
    printed(cast, client_of)
    db.end_read()
    acts = db.session().scalars(select(AuditEvent.act)).all()
    assert acts.count(Act.BRIEF_PRINTED) == 1
    assert "sheet of paper" in client_of(cast.mia).page("/me/access").main


@pytest.fixture
def without_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paper, "find_spec", lambda _name: None)


@pytest.mark.usefixtures("without_extra")
def test_without_the_extra_the_page_says_how_to_print(cast: Cast, client_of: ClientOf) -> None:
    answer = client_of(cast.ana).get(address(cast, "/brief.pdf"))
    said = answer.get_data(as_text=True)
    assert answer.status_code == 404
    assert 'pip install "ims-portal[pdf]"' in said.replace("&#34;", '"')
    assert address(cast) in said


@pytest.mark.usefixtures("without_extra")
def test_without_the_extra_out_of_sight_stays_out_of_sight(cast: Cast, client_of: ClientOf) -> None:
    answer = client_of(cast.ben).get(address(cast, "/brief.pdf"))
    assert answer.status_code == 404
    assert b"pip install" not in answer.data


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "https://example.org/a.css", "portal:/static/unknown.css"]
)
def test_the_engine_reaches_for_nothing(url: str) -> None:
    with pytest.raises(ValueError, match="own files"):
        HouseFetcher().fetch(url)


def test_the_engine_reads_the_houses_files() -> None:
    path = house_assets().url("paper.css")
    assert b"@page" in HouseFetcher().fetch(f"portal:{path}").read()


@pytest.mark.parametrize("kind", ["chart", "minibody"])
def test_drawings_carry_every_colour(kind: str) -> None:
    styles = paper.drawing_styles(kind)
    assert re.search(r"fill:#[0-9a-f]{6}", styles)
    assert "var(" not in styles
