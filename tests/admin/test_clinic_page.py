from datetime import timedelta

import pytest
from sqlalchemy import select

from portal import db
from portal.accounts.models import AccountRole
from portal.audit.models import AuditEvent
from portal.care.models import Episode
from portal.clinics.models import Clinic
from portal.review.summaries import verify
from tests import factories, pages
from tests.people import MONDAY, Cast, ClientOf, HouseClient


def typed(ada: HouseClient, **changes: str) -> dict[str, str]:
    return {**ada.page("/admin/clinic").values(), **changes}


def clinic(cast: Cast) -> Clinic:
    found = db.session().get_one(Clinic, cast.clinic_id)
    db.end_read()
    return found


def holder(cast: Cast, role: str) -> object:
    found = select(AccountRole.person_id).where(
        AccountRole.clinic_id == cast.clinic_id, AccountRole.role == role
    )
    return db.session().scalar(found)


def test_page_shows_what_is_set(cast: Cast, client_of: ClientOf) -> None:
    values = typed(client_of(cast.ada))
    assert values["review_rhythm"] == "before each visit, not at night"
    assert values["flag_reader"] == str(cast.fay.practitioner_id)


def test_changes_are_shown_before_they_are_saved(cast: Cast, client_of: ClientOf) -> None:
    ada = client_of(cast.ada)
    page = pages.page_of(ada.post("/admin/clinic", typed(ada, phone="519-555-0100")))
    assert "519-555-0142" in page.main
    assert "519-555-0100" in page.main
    assert clinic(cast).phone == "519-555-0142"


def test_confirmed_changes_are_saved_and_written_down(cast: Cast, client_of: ClientOf) -> None:
    ada = client_of(cast.ada)
    summary = pages.page_of(ada.post("/admin/clinic", typed(ada, phone="519-555-0100")))
    answer = ada.post("/admin/clinic", {**summary.values(), "answer": "save"})
    assert answer.status_code == 303
    assert clinic(cast).phone == "519-555-0100"
    event = db.session().scalars(select(AuditEvent).order_by(AuditEvent.seq.desc())).first()
    assert event is not None
    assert (event.act, event.details) == ("clinic-changed", {"settings": ["phone"]})


def test_public_pages_follow_at_once(cast: Cast, client_of: ClientOf) -> None:
    ada = client_of(cast.ada)
    ada.post("/admin/clinic", {**typed(ada, phone="519-555-0100"), "answer": "save"})
    assert "519-555-0100" in client_of(None).get("/contact").text


def test_summary_can_be_taken_back_to_the_form(cast: Cast, client_of: ClientOf) -> None:
    ada = client_of(cast.ada)
    data = {**typed(ada, phone="519-555-0100"), "answer": "change"}
    page = pages.page_of(ada.post("/admin/clinic", data))
    assert page.field("phone").get("value") == "519-555-0100"
    assert clinic(cast).phone == "519-555-0142"


def test_nothing_changed_shows_the_form_again(cast: Cast, client_of: ClientOf) -> None:
    ada = client_of(cast.ada)
    page = pages.page_of(ada.post("/admin/clinic", typed(ada)))
    assert page.h1 == "Clinic settings"
    assert "Nothing changed." in page.main
    ada.post("/admin/clinic", {**typed(ada), "answer": "save"})
    assert clinic(cast).settings_version == 1


def test_flag_reader_and_deputy_can_swap(cast: Cast, client_of: ClientOf) -> None:
    ada = client_of(cast.ada)
    swap = {
        "flag_reader": str(cast.dov.practitioner_id),
        "deputy": str(cast.fay.practitioner_id),
    }
    ada.post("/admin/clinic", {**typed(ada, **swap), "answer": "save"})
    assert holder(cast, "flag-reader") == cast.dov.practitioner_id
    assert holder(cast, "deputy") == cast.fay.practitioner_id


def test_deputy_can_be_nobody_and_then_nobody_is_invited(cast: Cast, client_of: ClientOf) -> None:
    ada = client_of(cast.ada)
    ada.post("/admin/clinic", {**typed(ada, deputy=""), "answer": "save"})
    assert holder(cast, "deputy") is None
    assert client_of(cast.ana).get("/clinic/invite").status_code == 409


def test_advice_is_signed(cast: Cast, client_of: ClientOf) -> None:
    ada = client_of(cast.ada)
    signed = {"advice_checked_by": "Ana Costa", "advice_checked_on": "2026-11-02"}
    ada.post("/admin/clinic", {**typed(ada, **signed), "answer": "save"})
    assert clinic(cast).advice_checked_by == "Ana Costa"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": ""}, "the clinic’s name"),
        ({"phone": "call us"}, "has digits"),
        ({"zone": "Mars/Base"}, "time zone"),
        ({"region": "XX"}, "emergency numbers"),
        ({"flag_reader": "1"}, "somebody of this clinic"),
        ({"deputy": "1"}, "somebody of this clinic"),
        ({"advice_checked_by": "Ana"}, "who checked the advice and when"),
        ({"advice_checked_by": "Ana", "advice_checked_on": "2027-01-01"}, "in the future"),
        ({"advice_checked_by": "Ana", "advice_checked_on": "soon"}, "Not a valid date"),
    ],
)
def test_refused_settings_say_why(
    cast: Cast, client_of: ClientOf, change: dict[str, str], words: str
) -> None:
    ada = client_of(cast.ada)
    answer = ada.post("/admin/clinic", {**typed(ada, **change), "answer": "save"})
    assert answer.status_code == 422
    assert words in pages.page_of(answer).by_class("errsum")[0].text_content()
    assert clinic(cast).settings_version == 1


def test_flag_reader_cannot_be_their_own_deputy(cast: Cast, client_of: ClientOf) -> None:
    ada = client_of(cast.ada)
    same = {"deputy": str(cast.fay.practitioner_id), "answer": "save"}
    assert "choose two" in ada.post("/admin/clinic", {**typed(ada), **same}).text


def test_reader_of_another_clinic_is_not_taken(cast: Cast, client_of: ClientOf) -> None:
    ada = client_of(cast.ada)
    other = {"deputy": str(cast.olga.practitioner_id), "answer": "save"}
    assert ada.post("/admin/clinic", {**typed(ada), **other}).status_code == 422


def test_settings_changed_in_between_are_not_overwritten(cast: Cast, client_of: ClientOf) -> None:
    ada = client_of(cast.ada)
    data = typed(ada, phone="519-555-0100")
    with db.write_transaction() as session:
        session.get_one(Clinic, cast.clinic_id).settings_version = 2
    answer = ada.post("/admin/clinic", {**data, "answer": "save"})
    assert answer.status_code == 409
    assert clinic(cast).phone == "519-555-0142"


NUMBERS = {
    "points": "2",
    "points_with_percent": "1.5",
    "percent": "30",
    "window_days": "14",
    "settled_days": "5",
}


def write_week(cast: Cast) -> None:
    with db.write_transaction() as session:
        of = session.get_one(Episode, cast.mia.episode_id)
        for days in range(6):
            factories.entry(session, of, MONDAY - timedelta(days=days), pain=6)


def test_numbers_in_force_stand_with_their_sources(cast: Cast, client_of: ClientOf) -> None:
    page = client_of(cast.ada).page("/admin/clinic")
    assert {name: page.values()[name] for name in NUMBERS} == NUMBERS
    assert page.main.count("Usual:") == len(NUMBERS)
    assert "Farrar 2001" in page.main


def test_changed_numbers_are_shown_before_and_after(cast: Cast, client_of: ClientOf) -> None:
    ada = client_of(cast.ada)
    page = pages.page_of(ada.post("/admin/clinic", typed(ada, points="2,5", percent="40")))
    rows = [[cell.text_content() for cell in row] for row in page.find("//tbody/tr")]
    assert rows == [
        ["A change counts from (points of 0 to 10)", "2", "2.5"],
        ["Share of the level before (per cent)", "30", "40"],
    ]


def test_only_what_is_not_usual_is_stored(cast: Cast, client_of: ClientOf) -> None:
    ada = client_of(cast.ada)
    ada.post("/admin/clinic", {**typed(ada, points="2.5"), "answer": "save"})
    assert clinic(cast).thresholds == {"points": 2.5}
    ada.post("/admin/clinic", {**typed(ada, points="2"), "answer": "save"})
    assert clinic(cast).thresholds is None


def test_brief_prints_the_numbers_in_force(cast: Cast, client_of: ClientOf) -> None:
    write_week(cast)
    ada = client_of(cast.ada)
    ada.post("/admin/clinic", {**typed(ada, points="3", window_days="21"), "answer": "save"})
    page = client_of(cast.ana).page(f"/clinic/patients/{cast.mia.patient_id}").main
    assert "In force: 3 points, 1.5 with 30 %, 21 days, 5 settled days." in page
    assert "Set by this clinic" in page


def test_summaries_follow_the_numbers_at_once(cast: Cast, client_of: ClientOf) -> None:
    write_week(cast)
    ada = client_of(cast.ada)
    ada.post("/admin/clinic", {**typed(ada, settled_days="7"), "answer": "save"})
    assert verify(db.session()) == []
    assert clinic(cast).thresholds == {"settled_days": 7.0}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"points": "0"}, "A change counts from: enter 1 to 5, in halves"),
        ({"points": "2.3"}, "in halves"),
        ({"points": "two"}, "in halves"),
        ({"points": "NaN"}, "in halves"),
        ({"points": "1e1"}, "in halves"),
        ({"points": ""}, "in halves"),
        ({"percent": "30.5"}, "whole number, 10 to 90"),
        ({"window_days": "365"}, "7 to 28"),
        ({"settled_days": "٥"}, "3 to 14"),
        ({"points_with_percent": "2.5"}, "cannot be more than without"),
        ({"window_days": "7", "settled_days": "8"}, "more settled days than days"),
    ],
)
def test_numbers_out_of_bounds_are_refused(
    cast: Cast, client_of: ClientOf, change: dict[str, str], words: str
) -> None:
    ada = client_of(cast.ada)
    answer = ada.post("/admin/clinic", {**typed(ada, **change), "answer": "save"})
    assert answer.status_code == 422
    assert words in pages.page_of(answer).by_class("errsum")[0].text_content()
    assert clinic(cast).thresholds is None


def test_clinic_without_a_flag_reader_invites_nobody(cast: Cast, client_of: ClientOf) -> None:
    ada = client_of(cast.ada)
    ada.post("/admin/clinic", {**typed(ada, flag_reader=""), "answer": "save"})
    assert client_of(cast.ana).get("/clinic/invite").status_code == 409
