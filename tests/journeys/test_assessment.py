"""A patient is asked three questions about the week, one to a page."""

import pytest
from sqlalchemy import func, select

from portal import db
from portal.diary.models import Assessment
from tests.browser import DESK
from tests.journeys.conftest import Site

pytestmark = pytest.mark.browser
PAIN = "What number best describes your pain on average in the past week?"


def kept() -> list[float | None]:
    db.end_read()
    done = select(Assessment.score).where(Assessment.completed_at.is_not(None))
    return list(db.session().scalars(done))


def test_patient_answers_without_script(site: Site) -> None:
    with site.window(site.cast.mia, java_script_enabled=False) as window:
        # Given a week without an answer, the first page offers it
        page = window.open("/me")
        page.locator("a[href='/me/check/peg']").click()
        # when each page is answered, the first is changed, and all is saved
        for number in (7, 6, 5):
            page.locator(".nrs label").nth(number).click()
            page.get_by_role("button", name="Continue").click()
        page.get_by_role("link", name="Change").first.click()
        assert PAIN in page.get_by_role("main").inner_text()
        page.locator(".nrs label").nth(4).click()
        page.get_by_role("button", name="Continue").click()
        page.get_by_role("button", name="Save").click()
        # then it is said in neutral words, and stored once
        assert "The mean of your 3 answers is 5.0" in page.get_by_role("main").inner_text()
        assert kept() == [5.0]


def test_two_clicks_on_save_make_one(site: Site) -> None:
    with site.window(site.cast.mia) as window:
        page = window.open("/me/check/pgic?at=1")
        page.get_by_label("Much improved", exact=True).check()
        page.get_by_role("button", name="Continue").click()
        page.get_by_role("button", name="Save").dblclick()
        page.wait_for_url("**/saved")
        db.end_read()
        assert db.session().scalar(select(func.count()).select_from(Assessment)) == 1


@pytest.mark.parametrize("path", ["peg", "psfs", "pgic?at=1", "pgic"])
def test_pages_of_a_check_are_whole(site: Site, path: str) -> None:
    with site.window(site.cast.mia) as window:
        window.open(f"/me/check/{path}")
        window.look()


def test_all_answers_are_whole_on_a_desk(site: Site) -> None:
    with site.window(site.cast.mia, viewport=DESK) as window:
        page = window.open("/me/check/peg")
        page.locator(".nrs label").nth(3).click()
        page.get_by_role("button", name="Continue").click()
        window.open("/me/check/peg?at=answers")
        window.look()
