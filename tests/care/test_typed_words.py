"""A form that could not be taken is shown in its own words, never by the names of its fields."""

import re
from datetime import timedelta

import pytest
import time_machine

from portal import db
from portal.care.models import Episode
from portal.clinics.models import Clinic
from tests import pages
from tests.admin.test_people_page import KAI
from tests.care.inviting import form_of
from tests.care.test_visits import path_of, typed
from tests.people import MONDAY, Cast, ClientOf

RAW = re.compile(
    r"[a-z]+_[a-z]+|place-|side-|base.version|[0-9a-f]{8}-[0-9a-f]{4}-|csrf|kebab|on_day",
    re.IGNORECASE,
)


def told(page: pages.Page) -> dict[str, str]:
    rows = page.find("//dl[contains(@class, 'kept')]/div")
    found = {pages.words(row.find("dt")): pages.words(row.find("dd")) for row in rows}
    assert found, page.main
    return found


def test_visit_that_came_too_late_is_told_site_by_site(cast: Cast, client_of: ClientOf) -> None:
    with db.write_transaction() as session:
        session.get_one(Episode, cast.mia.episode_id).ended_on = MONDAY
    sent = typed(("Piriformis", "left", "2"), ("", "", ""), note="Went well", plan="keep")
    suggested = {"place-2": "Soleus", "side-2": "left", "grasp-2": "", "suggested-2": "yes"}
    answer = client_of(cast.ana).post(path_of(cast), sent | suggested)
    assert answer.status_code == 409
    assert told(pages.page_of(answer)) == {
        "Site 1": "Piriformis, Left, grasp 2, clear",
        "Day of the visit": "2026-11-09",
        "Note": "Went well",
    }


def test_settings_changed_in_between_are_told_by_their_labels(
    cast: Cast, client_of: ClientOf
) -> None:
    ada = client_of(cast.ada)
    sent = {**ada.page("/admin/clinic").values(), "phone": "519-555-0100", "answer": "save"}
    with db.write_transaction() as session:
        session.get_one(Clinic, cast.clinic_id).settings_version = 7
    found = told(pages.page_of(ada.post("/admin/clinic", sent)))
    assert found["Phone"] == "519-555-0100"
    assert found["When diaries are read"] == "before each visit, not at night"
    assert not [text for pair in found.items() for text in pair if RAW.search(text)]


@pytest.mark.parametrize("who", ["ada", "ana"])
def test_invitation_that_waits_for_proof_or_sign_in_is_told_in_words(
    cast: Cast, client_of: ClientOf, now: time_machine.Traveller, who: str
) -> None:
    client = client_of(cast.everybody[who])
    now.shift(timedelta(minutes=6 if who == "ada" else 20))
    path, sent = ("/admin/people", KAI) if who == "ada" else ("/clinic/invite", form_of(cast))
    client.post(path, sent)
    fresh = client_of(cast.everybody[who])
    found = told(fresh.page("/sign-in/kept"))
    assert found["E-mail"] == sent["email"]
    assert not [text for pair in found.items() for text in pair if RAW.search(text)]
