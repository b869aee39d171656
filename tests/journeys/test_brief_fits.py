"""The fullest brief there is, on one screen and on one sheet, nothing of it cut."""

import io
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page
from pypdf import PdfReader

from portal import db
from tests.browser import Watched
from tests.journeys.conftest import Site
from tests.review import scenes

pytestmark = pytest.mark.browser
DESKTOP = {"width": 1366, "height": 768}


@pytest.fixture
def brief(site: Site) -> Iterator[Page]:
    """Mia's brief at its fullest, in the window of a treatment room's screen."""
    with db.write_transaction() as session:
        scenes.fullest(session, site.cast)
    with site.window(site.cast.ana, viewport=DESKTOP) as window:
        yield opened(window, site)


def opened(window: Watched, site: Site) -> Page:
    page = window.open(f"/clinic/patients/{site.cast.mia.patient_id}")
    page.evaluate("document.fonts.ready")
    return page


def bottom(page: Page, selector: str) -> float:
    """Where the lowest of these elements that is seen ends, in pixels from the top."""
    found: float = page.evaluate(
        """(selector) => Math.max(...[...document.querySelectorAll(selector)]
            .filter((one) => one.getClientRects().length)
            .map((one) => one.getBoundingClientRect().bottom))""",
        selector,
    )
    return found


@pytest.mark.parametrize("part", ["svg.chart:not(.chart--al)", ".asks", ".figs", ".flagbox"])
def test_one_screen_shows_chart_and_questions(brief: Page, part: str) -> None:
    assert bottom(brief, part) <= DESKTOP["height"]


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_one_sheet_holds_the_fullest_brief(brief: Page, paper: str) -> None:
    found = PdfReader(io.BytesIO(brief.pdf(format=paper)))
    assert len(found.pages) == 1
