"""A practitioner reads before the visit, and the patient sees that it was read."""

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from portal import db
from portal.diary.models import EntryFlag
from tests.browser import DESK
from tests.journeys.conftest import Site
from tests.review import scenes

pytestmark = pytest.mark.browser


def button(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("button", name=name).first.click()


def test_brief_is_reviewed_undone_and_the_patient_sees_who_looked(site: Site) -> None:
    with site.window(site.cast.ben, viewport=DESK) as window:
        # Given Ben's panel
        page = window.open("/clinic")
        window.look()
        # when he opens Noor's brief and marks it reviewed
        page.get_by_role("link", name="Noor Haddad").first.click()
        window.look()
        button(page, "Mark reviewed")
        # then it says so, and he can take it back
        assert page.get_by_role("button", name="Undo").is_visible()
        window.look()
        button(page, "Undo")
        assert page.get_by_role("button", name="Mark reviewed").is_visible()
    with site.window(site.cast.noor) as window:
        # and Noor sees that Ben looked
        page = window.open("/me/access")
        assert "Ben Okafor" in page.get_by_role("main").inner_text()
        window.look()


def test_flag_stays_open_until_somebody_says_what_was_done(site: Site) -> None:
    with site.window(site.cast.ben, viewport=DESK) as window:
        page = window.open(f"/clinic/patients/{site.cast.noor.patient_id}")
        flag = page.locator("details:has(form[action*='/flags/'])").first
        # When he says nothing, it is not settled
        flag.locator("summary").click()
        flag.get_by_role("button", name="Save").click()
        assert page.title().startswith("Error: ")
        window.look()
        # when he says what he did, it is
        page.locator("details[open] [value=called]").check(force=True)
        page.locator("details[open] [name=note]").fill("Called at nine, the bleeding had stopped")
        page.locator("details[open]").get_by_role("button", name="Save").click()
    assert len(_open_flags(site)) == 2


def _open_flags(site: Site) -> list[EntryFlag]:
    db.end_read()
    of_noor = EntryFlag.episode_id == site.cast.noor.episode_id
    query = select(EntryFlag).where(of_noor, EntryFlag.acknowledged_at.is_(None))
    return list(db.session().scalars(query))


@pytest.mark.parametrize(
    "path",
    [
        "/clinic/today",
        "/clinic/today/briefs",
        "/clinic/invite",
        "/clinic/patients/{patient}/entries",
        "/clinic/patients/{patient}/visits/new",
        "/clinic/patients/{patient}/visits/{visit}",
        "/account",
    ],
)
def test_practitioners_page_is_whole(site: Site, path: str) -> None:
    names = {"patient": site.cast.noor.patient_id, "visit": site.cast.ids["noor_visit"]}
    with site.window(site.cast.ben, viewport=DESK) as window:
        window.open(path.format(**names))
        window.look()


def test_flag_reader_sees_whom_to_call(site: Site) -> None:
    with site.window(site.cast.fay, viewport=DESK) as window:
        page = window.open("/clinic/flags")
        assert "519-555-0188" in page.get_by_role("main").inner_text()
        window.look()


@pytest.mark.parametrize("path", ["/admin/people", "/admin/clinic", "/admin/audit"])
def test_administrators_page_is_whole(site: Site, path: str) -> None:
    with site.window(site.cast.ada, viewport=DESK) as window:
        window.open(path)
        window.look()


@pytest.mark.parametrize("path", ["/me", "/me/questions", "/account"])
def test_patients_page_is_whole(site: Site, path: str) -> None:
    with site.window(site.cast.noor) as window:
        window.open(path)
        window.look()


def test_the_panel_is_walked_and_reviewed_with_single_keys(site: Site) -> None:
    with db.write_transaction() as session:
        scenes.whole_panel(session, site.cast)
    with site.window(site.cast.ana, viewport=DESK) as window:
        page = window.open("/clinic")
        # When she walks down twice and up once, the second row has the focus
        for key in ("j", "j", "j", "k"):
            page.keyboard.press(key)
        focused = "document.activeElement.textContent"
        assert page.evaluate(focused) == page.locator("[data-open]").nth(1).inner_text()
        # and r marks it, on the panel itself
        page.keyboard.press("r")
        page.get_by_text("Marked as reviewed.").wait_for()
        window.look()
        # in a field, keys are letters
        page.locator("#q").press_sequentially("jrk?")
        assert page.locator("#q").input_value() == "jrk?"
        # and ? tells them all, and switches them off
        page.locator("h1").click()
        page.keyboard.press("?")
        page.locator("[data-keys-on]").uncheck()
        page.keyboard.press("j")
        assert page.evaluate("document.activeElement.matches('[data-keys-on]')")
        window.look()


def test_enter_opens_and_r_marks_the_brief(site: Site) -> None:
    with db.write_transaction() as session:
        scenes.busiest(session, site.cast)
    with site.window(site.cast.ana, viewport=DESK) as window:
        page = window.open("/clinic")
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        page.wait_for_url("**/clinic/patients/*")
        page.keyboard.press("r")
        page.get_by_role("button", name="Undo").wait_for()


@pytest.mark.parametrize("path", ["/clinic/figures", "/clinic/patients/{patient}/entries?show=all"])
def test_pages_of_counting_and_of_time_are_whole(site: Site, path: str) -> None:
    with db.write_transaction() as session:
        scenes.busiest(session, site.cast)
    with site.window(site.cast.ana, viewport=DESK) as window:
        window.open(path.format(patient=site.cast.mia.patient_id))
        window.look()
