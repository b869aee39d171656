"""A patient writes in the evening, on a phone."""

import pytest
from playwright.sync_api import Page

from portal import db
from portal.care.models import Episode
from portal.diary.models import Entry
from tests import factories
from tests.browser import DESK
from tests.journeys.conftest import Site, entries_of
from tests.people import MONDAY

pytestmark = pytest.mark.browser
TODAY = f"/me/diary/{MONDAY}"


def answer(page: Page, name: str, value: str) -> None:
    """Tap an answer as a thumb does: on its label."""
    page.locator(f"label:has([name={name}][value='{value}'])").click()


def tap(page: Page, place: str) -> None:
    """Tap a place of the body figure: the drawn shape takes the pointer."""
    page.locator(f"label:has([name=places][value='{place}']) path").first.click()


def press_save(page: Page) -> None:
    page.get_by_role("main").get_by_role("button", name="Save").click()


def save(page: Page) -> None:
    """Press Save and wait for the answer; on a machine without a network the page first asks."""
    with page.expect_navigation():
        press_save(page)


def newest(site: Site) -> Entry:
    return entries_of(site.cast.mia)[-1]


def test_patient_writes_todays_entry(site: Site) -> None:
    with site.window(site.cast.mia) as window:
        # Given Mia's empty form
        page = window.open(TODAY)
        window.look()
        # when she answers the two scales and a place, and saves
        answer(page, "pain_average", "4")
        answer(page, "interference", "0")
        answer(page, "flags", "none")
        tap(page, "low-back-l")
        save(page)
        # then it is said, and kept
        assert page.url.endswith("/saved")
        window.look()
    assert (newest(site).pain_average, newest(site).interference) == (4, 0)


def test_saving_nothing_says_what_is_missing_and_keeps_the_rest(site: Site) -> None:
    with site.window(site.cast.mia) as window:
        page = window.open(TODAY)
        answer(page, "interference", "3")
        save(page)
        assert page.title().startswith("Error: ")
        assert page.locator("[name=interference][value='3']").is_checked()
        window.look()
    assert entries_of(site.cast.mia) == []


@pytest.mark.parametrize("script", [True, False], ids=["with-script", "without-script"])
def test_red_flag_leads_to_advice_at_once(site: Site, *, script: bool) -> None:
    with site.window(site.cast.mia, java_script_enabled=script) as window:
        # Given an otherwise empty form
        page = window.open(TODAY)
        # when only a flag is ticked
        answer(page, "flags", "RF5")
        save(page)
        # then the advice stands there, with the number to call
        assert page.get_by_role("main").get_by_role("link", name="911").first.is_visible()
        assert "RF5" not in page.url
        if script:
            window.look()
    assert newest(site).flags == ["RF5"]


def test_written_day_is_corrected_and_keeps_both(site: Site) -> None:
    # Given an entry of this evening
    with db.write_transaction() as session:
        episode = session.get_one(Episode, site.cast.mia.episode_id)
        factories.entry(session, episode, MONDAY, pain=8)
    with site.window(site.cast.mia) as window:
        page = window.open(TODAY)
        assert page.locator("[name=pain_average][value='8']").is_checked()
        window.look()
        # when the number is changed
        answer(page, "pain_average", "3")
        save(page)
        # then the newest counts and the history shows both
        page = window.open(f"{TODAY}/history")
        assert page.get_by_role("main").inner_text().count("8") > 0
        window.look()
    versions = entries_of(site.cast.mia)
    assert [(one.version, one.pain_average) for one in versions] == [(1, 8), (2, 3)]


def test_history_shows_month_and_list(site: Site) -> None:
    with site.window(site.cast.noor, viewport=DESK) as window:
        page = window.open("/me/diary")
        assert "November" in page.get_by_role("main").inner_text()
        window.look()
