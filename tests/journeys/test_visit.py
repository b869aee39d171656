"""A practitioner records a visit by the keyboard alone."""

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
