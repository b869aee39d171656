"""What a patient types outlives a reload, a lost connection and a sign-in that ran out."""

from datetime import timedelta

import pytest
import time_machine
from playwright.sync_api import Page

from portal.accounts.signed_in import PATIENT_IDLE
from tests.journeys.conftest import Site, entries_of
from tests.journeys.test_diary import TODAY, answer, press_save, save

pytestmark = pytest.mark.browser
NOTE = "Walked to the mill"


def wait_until_kept(page: Page) -> None:
    page.get_by_text("Kept until you save.").wait_for()


def note(page: Page, words: str = NOTE) -> None:
    if not page.get_by_label("A note for your practitioner").is_visible():
        page.locator("summary", has_text="More").click()
    page.get_by_label("A note for your practitioner").fill(words)


def test_a_reload_brings_back_what_was_typed(site: Site) -> None:
    with site.window(site.cast.mia) as window:
        page = window.open(TODAY)
        answer(page, "pain_average", "6")
        note(page)
        wait_until_kept(page)
        window.look()
        page.reload()
        assert page.locator("[name=pain_average][value='6']").is_checked()
        assert page.get_by_label("A note for your practitioner").input_value() == NOTE
        window.look()
        save(page)
        page.wait_for_url("**/saved")
        # and once saved, nothing waits
        page.goto(window.base + TODAY)
        assert page.get_by_text("It is not saved yet.").count() == 0
    assert [one.note for one in entries_of(site.cast.mia)] == [NOTE]


def test_without_a_connection_the_page_stays_and_says_so(site: Site) -> None:
    with site.window(site.cast.mia) as window:
        page = window.open(TODAY)
        window.context.set_offline(offline=True)
        answer(page, "pain_average", "6")
        press_save(page)
        page.get_by_role("status").get_by_text("No connection.").wait_for()
        assert page.locator("[name=pain_average][value='6']").is_checked()
        window.context.set_offline(offline=False)
        # Where the machine itself has no network, the browser does not say that one is back.
        page.evaluate("dispatchEvent(new Event('online'))")
        wait_until_kept(page)
        save(page)
        page.wait_for_url("**/saved")
        window.complaints = [one for one in window.complaints if "DISCONNECTED" not in one]
    assert [one.pain_average for one in entries_of(site.cast.mia)] == [6]


def test_what_is_typed_after_the_sign_in_ran_out_is_kept(
    site: Site, now: time_machine.Traveller
) -> None:
    with site.window(site.cast.mia) as window:
        page = window.open(TODAY)
        now.shift(PATIENT_IDLE + timedelta(minutes=1))
        answer(page, "pain_average", "6")
        page.get_by_role("status").get_by_text("Your sign-in has ended.").wait_for()
        press_save(page)
        page.wait_for_url("**/sign-in?**")
        assert page.get_by_text("What you typed is kept. Sign in to go on.").is_visible()
    assert entries_of(site.cast.mia) == []


def test_leaving_the_page_at_once_keeps_what_was_typed(site: Site) -> None:
    with site.window(site.cast.mia) as window:
        page = window.open(TODAY)
        answer(page, "pain_average", "6")
        page.goto(window.base + "/me")
        page.goto(window.base + TODAY)
        assert page.locator("[name=pain_average][value='6']").is_checked()


def test_nothing_is_left_in_the_browser_after_signing_out(site: Site) -> None:
    with site.window(site.cast.mia) as window:
        page = window.open(TODAY)
        answer(page, "pain_average", "6")
        wait_until_kept(page)
        left = "({...localStorage, ...sessionStorage})"
        assert page.evaluate(left) == {}
        page.goto(window.base + "/me")
        page.get_by_text("Menu", exact=True).click()
        page.get_by_role("banner").get_by_role("button", name="Sign out").last.click()
        page.wait_for_url("**/sign-in")
        page.go_back()
        page.wait_for_url("**/sign-in?**")
        assert page.evaluate("caches.keys()") == []
