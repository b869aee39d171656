"""A patient writes about one day in two windows."""

import pytest
from playwright.sync_api import Page

from tests.journeys.conftest import Site, entries_of
from tests.journeys.test_diary import TODAY, answer, save

pytestmark = pytest.mark.browser


def is_uncovered(page: Page) -> bool:
    """Whether the page's heading is in view, below the head that stays."""
    heading = page.locator("h1").bounding_box()
    head = page.locator(".app-head").bounding_box()
    assert heading is not None
    assert head is not None
    return head["y"] + head["height"] <= heading["y"] < 600


def test_both_versions_are_shown_under_a_heading_in_view(site: Site) -> None:
    with site.window(site.cast.mia) as window:
        # Given the same day open in two windows
        page = window.open(TODAY)
        other = window.context.new_page()
        other.goto(window.base + TODAY)
        answer(other, "pain_average", "3")
        save(other)
        # when the older form is sent too
        answer(page, "pain_average", "6")
        save(page)
        # then both versions are shown, the heading first
        assert is_uncovered(page)
        assert page.locator("h1").evaluate("one => one === document.activeElement")
        window.look()
        save(page)
    assert [entry.pain_average for entry in entries_of(site.cast.mia)[-2:]] == [3, 6]
