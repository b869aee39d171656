"""A patient writes on a phone of her own; somebody finds it."""

import pytest
from playwright.sync_api import Page

from tests.accounts.ways import PASSWORD, give_password
from tests.browser import Watched
from tests.journeys.conftest import Site, entries_of
from tests.journeys.test_diary import TODAY, answer, save

pytestmark = pytest.mark.browser


def sign_in(window: Watched, site: Site, *, is_own: bool) -> None:
    """Sign Mia in on the page, as she does."""
    give_password(site.cast.mia)
    page = window.open("/sign-in")
    page.get_by_label("E-mail").fill(site.cast.mia.email)
    page.get_by_label("Password").fill(PASSWORD)
    tick = page.get_by_label("This is my own phone")
    assert not tick.is_checked()
    if is_own:
        tick.check()
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/me")


def close_browser(window: Watched) -> None:
    """Forget what a browser forgets when it is closed: the sign-in, not the phone's own mark."""
    window.context.clear_cookies(name="portal")


def heading(page: Page) -> str:
    return page.locator("h1").inner_text()


def test_evening_entry_on_ones_own_phone_needs_no_password(site: Site) -> None:
    with site.window() as window:
        # Given a phone that Mia called her own, some days later
        sign_in(window, site, is_own=True)
        close_browser(window)
        # when she follows the link of a reminder
        page = window.open("/me")
        window.look()
        page.get_by_role("link", name="Write today’s entry").click()
        window.look()
        answer(page, "pain_average", "4")
        save(page)
        # then it is saved, and said
        page.wait_for_url("**/saved")
        assert heading(page) == "Saved"
        window.look()
        # and going back shows nothing of it
        page.go_back()
        page.wait_for_url("**/sign-in?**")
        assert page.locator("input:checked").count() == 0
    assert [one.pain_average for one in entries_of(site.cast.mia)] == [4]


def test_a_written_day_is_not_shown_to_whoever_finds_the_phone(site: Site) -> None:
    with site.window() as window:
        sign_in(window, site, is_own=True)
        close_browser(window)
        # Given the empty form, open while Mia writes the day elsewhere
        page = window.open(TODAY)
        with site.window(site.cast.mia) as other:
            elsewhere = other.open(TODAY)
            answer(elsewhere, "pain_average", "9")
            save(elsewhere)
            elsewhere.wait_for_url("**/saved")
        # when somebody sends that form
        answer(page, "pain_average", "1")
        save(page)
        # then nothing of the day is shown or changed
        page.get_by_role("heading", name="This day is written already").wait_for()
        window.look()
    assert [one.pain_average for one in entries_of(site.cast.mia)] == [9]


def test_signing_out_ends_it_on_the_phone(site: Site) -> None:
    with site.window() as window:
        sign_in(window, site, is_own=True)
        page = window.open("/account")
        window.look()
        assert page.get_by_role("button", name="Sign out, and go on writing here").is_visible()
        page.get_by_text("Menu", exact=True).click()
        page.get_by_role("banner").get_by_role("button", name="Sign out").last.click()
        page.wait_for_url("**/sign-in")
        page = window.open(TODAY)
        assert "/sign-in" in page.url
