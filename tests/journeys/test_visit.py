"""A practitioner records a visit: by the keyboard alone, by one thumb, with half of it kept."""

import pytest
from sqlalchemy import select

from portal import db
from portal.care.models import NeedlingSite
from tests.browser import DESK
from tests.journeys.conftest import Site

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scripts", [True, False])
def test_enter_in_a_site_saves_the_visit(site: Site, *, scripts: bool) -> None:
    noor = site.cast.noor
    # Given a visit's form with one site typed
    with site.window(site.cast.ben, viewport=DESK, java_script_enabled=scripts) as window:
        page = window.open(f"/clinic/patients/{noor.patient_id}/visits/new")
        page.locator("[name=note]").fill("By the keyboard")
        place = page.locator("[name^=place-]").last
        place.fill("Piriformis")
        number = str(place.get_attribute("name")).removeprefix("place-")
        page.locator(f"[name=side-{number}][value=left]").check()
        # when Enter is pressed in the site
        place.press("Enter")
        page.wait_for_url("**/clinic/patients/*")
    # then the visit is saved
    db.end_read()
    sites = db.session().scalars(
        select(NeedlingSite.place).where(NeedlingSite.episode_id == noor.episode_id)
    )
    assert "Piriformis" in set(sites)


def sites_of(site: Site) -> set[tuple[str, str, int | None]]:
    db.end_read()
    noor = site.cast.noor.episode_id
    rows = select(NeedlingSite).where(NeedlingSite.episode_id == noor)
    return {(one.place, one.side, one.grasp) for one in db.session().scalars(rows)}


def test_three_sites_take_a_few_key_presses(site: Site) -> None:
    # Given a visit's form
    with site.window(site.cast.ben, viewport=DESK) as window:
        page = window.open(f"/clinic/patients/{site.cast.noor.patient_id}/visits/new")
        places = page.locator(".site:not(.site--suggested) [name^=place-]")
        # when three sites are typed in one go each, and Enter is pressed
        for at, typed in enumerate(("piriformis l 2", "ql r 1", "l5 paraspinals b")):
            places.nth(at).press_sequentially(typed)
        places.nth(2).press("Enter")
        page.wait_for_url("**/clinic/patients/*")
    # then all three are recorded in full
    assert sites_of(site) >= {
        ("Piriformis", "left", 2),
        ("Quadratus lumborum", "right", 1),
        ("L5 paraspinals", "both", None),
    }


def test_one_thumb_records_last_visits_site_again_in_three_taps(site: Site) -> None:
    # Given a phone with last visit's site as a suggestion
    with site.window(site.cast.ben) as window:
        page = window.open(f"/clinic/patients/{site.cast.noor.patient_id}/visits/new")
        window.look()
        # when it is ticked, its grasp is tapped, and Save is within reach of the thumb
        page.locator("[name=keep-0]").check()
        page.locator("[name=grasp-0][value='3']").check()
        save = page.locator(".visit-save .btn--primary")
        box = save.bounding_box()
        assert box is not None
        assert box["y"] > 500
        save.click()
        page.wait_for_url("**/clinic/patients/*")
    # then that site is recorded with its side
    assert ("L4–L5", "left", 3) in sites_of(site)


def test_half_a_record_survives_a_reload(site: Site) -> None:
    with site.window(site.cast.ben, viewport=DESK) as window:
        path = f"/clinic/patients/{site.cast.noor.patient_id}/visits/new"
        page = window.open(path)
        # Given words typed and kept by the server, which takes a moment
        with page.expect_response(lambda answer: answer.status == 204):
            page.locator("[name=note]").press_sequentially("Half a note")
        # when the page is opened anew
        page = window.open(path)
        # then they stand in it, and can be thrown away
        assert page.locator("[name=note]").input_value() == "Half a note"
        with page.expect_navigation():
            page.get_by_role("button", name="Start afresh").click()
        assert page.locator("[name=note]").input_value() == ""


@pytest.mark.parametrize("path", ["/clinic/appointments", "/clinic/today"])
def test_pages_around_a_visit_are_sound(site: Site, path: str) -> None:
    with site.window(site.cast.ben) as window:
        page = window.open(path)
        if page.locator("textarea").count():
            page.locator("textarea").fill("2026-11-20,10:40,Noor Haddad\nsoon,1,2")
            page.get_by_role("button", name="See what would happen").click()
            page.wait_for_selector("table")
        window.look()


@pytest.mark.parametrize("path", ["/admin/clinic", "/admin/audit", "/admin/people"])
def test_pages_of_the_administrator_are_sound(site: Site, path: str) -> None:
    with site.window(site.cast.ada) as window:
        window.open(path)
        window.look()
