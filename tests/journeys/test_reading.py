"""Somebody thinks about IMS and reads."""

import pytest

from tests.browser import DESK
from tests.journeys.conftest import Site

pytestmark = pytest.mark.browser


def test_reader_finds_the_comparison(site: Site) -> None:
    with site.window() as window:
        # Given somebody who has never heard of IMS
        page = window.open("/")
        window.look()
        # when they follow the way to how it differs from acupuncture
        page.get_by_role("main").get_by_role("link", name="acupuncture").first.click()
        # then both stand side by side
        assert page.locator("h1").inner_text().count("acupuncture") == 1
        window.look()


@pytest.mark.parametrize(
    "path",
    [
        "/learn/",
        "/learn/what-is-ims",
        "/learn/the-grasp",
        "/learn/after-your-visit",
        "/learn/questions",
        "/learn/safety",
        "/learn/evidence",
        "/learn/evidence/theory",
        "/learn/evidence/changes",
        "/learn/compare/all",
        "/learn/no-such-page",
        "/glossary",
        "/search?q=bruise",
        "/search?q=brething",
        "/search?q=zzzzzz",
        "/about",
        "/contact",
        "/privacy",
        "/accessibility",
        "/no-such-page",
    ],
)
def test_public_page_is_whole(site: Site, path: str) -> None:
    with site.window(viewport=DESK) as window:
        window.open(path)
        window.look()
