"""From an invitation on paper to the first entry, and back in with the password."""

import pytest
from playwright.sync_api import Page

from tests.browser import DESK, Watched
from tests.journeys.conftest import Site
from tests.people import MONDAY

pytestmark = pytest.mark.browser
PASSWORD = "seven quiet herons by the river"


def button(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("button", name=name).first.click()


def born(page: Page, day: str, month: str, year: str) -> None:
    for part, value in (("day", day), ("month", month), ("year", year)):
        page.locator(f"[name=born_on_{part}]").fill(value)


def invite_on_paper(window: Watched) -> str:
    """Fill in the invitation and return the code of the sheet."""
    page = window.open("/clinic/invite")
    for name, value in (
        ("given_name", "Iris"),
        ("family_name", "Novak"),
        ("email", "iris.novak@example.org"),
        ("phone", "519-555-0199"),
        ("complaint", "Neck pain with headaches"),
        ("activity_1", "look over my shoulder in the car"),
    ):
        page.locator(f"[name={name}]").fill(value)
    born(page, "27", "3", "1968")
    page.locator("[name=way][value=sheet]").check(force=True)
    button(page, "Send invitation")
    window.look()
    return page.locator(".invite-sheet code").last.inner_text()


def test_invited_patient_writes_a_first_entry(site: Site) -> None:
    # Given a sheet that Ana printed
    with site.window(site.cast.ana, viewport=DESK) as window:
        code = invite_on_paper(window)
    with site.window() as window:
        # when Iris opens it, says when she was born, agrees and chooses a password
        page = window.open(f"/invitation/{code}")
        window.look()
        born(page, "27", "3", "1968")
        button(page, "Continue")
        window.look()
        button(page, "I agree")
        window.look()
        page.locator("[name=password]").fill(PASSWORD)
        button(page, "Finish")
        # then she is at home, and her first entry is kept
        assert page.url.endswith("/me")
        window.look()
        page = window.open(f"/me/diary/{MONDAY}")
        page.locator("label:has([name=pain_average][value='0'])").click()
        with page.expect_navigation():
            button(page, "Save")
        assert page.url.endswith("/saved")


def test_patient_signs_in_and_out(site: Site) -> None:
    with site.window() as window:
        page = window.open("/me")
        assert page.url.partition("?")[0].endswith("/sign-in")
        window.look()
        page.locator("[name=email]").fill(site.cast.mia.email)
        page.locator("[name=password]").fill("not her password at all")
        button(page, "Sign in")
        assert page.title().startswith("Error: ")
        window.look()


@pytest.mark.parametrize("path", ["/password/reset", "/invitation"])
def test_door_is_whole(site: Site, path: str) -> None:
    with site.window() as window:
        window.open(path)
        window.look()
