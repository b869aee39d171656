"""S-027 from the side of whoever holds the phone: the day goes in, nothing comes out."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bench.statements import statements
from portal import db
from portal.accounts.models import Account, Device, Draft
from portal.audit.models import AuditEvent
from portal.care.models import Consent, Episode, Patient
from portal.diary.models import Entry
from portal.web.guard import Audience, audiences_of
from tests import factories, pages
from tests.accounts.ways import enter
from tests.diary.conftest import MONDAY, TODAY, Arrange, Diary
from tests.own_phones import own_phone_of
from tests.people import Cast, HouseClient

YESTERDAY = "/me/diary/2026-11-08"
SATURDAY = "/me/diary/2026-11-07"
ASKS = "/sign-in?next="


@pytest.fixture
def phone(app: Flask, cast: Cast) -> HouseClient:
    """Mia's own phone, on which nobody is signed in."""
    return own_phone_of(app, cast.mia)


def write(client: HouseClient, path: str = TODAY, **fields: str | list[str]) -> str:
    """Save a day and return where the answer leads, or its status."""
    answer = client.post(path, {"entry_key": str(uuid4()), "base_version": "0", **fields})
    return answer.headers.get("Location", str(answer.status_code))


def drafts() -> list[Draft]:
    db.end_read()
    return list(db.session().scalars(select(Draft)))


def written(cast: Cast, diary: Diary, pain: int = 7) -> None:
    assert cast
    diary.arrange(factories.entry, MONDAY, pain=pain, note="Cried at work", places=["low-back-l"])


def test_s027_three_empty_forms_open_without_a_password(phone: HouseClient) -> None:
    for path in (TODAY, YESTERDAY, SATURDAY):
        page = phone.page(path)
        assert page.find("//input[@checked and not(@name='bodyview')]") == []
        assert "".join(area.text or "" for area in page.find("//textarea")).strip() == ""


def test_s027_saving_needs_no_password(phone: HouseClient, diary: Diary) -> None:
    assert write(phone, pain_average="4", interference="2") == f"{TODAY}/saved"
    assert (diary.newest().pain_average, diary.newest().interference) == (4, 2)
    assert diary.newest().entered_by_id == diary.person.account_id


def test_s027_form_holds_nothing_of_other_days(phone: HouseClient, diary: Diary) -> None:
    yesterday = MONDAY - timedelta(days=1)
    diary.arrange(factories.entry, yesterday, pain=7, soreness=5, places=["low-back-l"])
    page = phone.page(TODAY)
    assert page.find("//input[@checked and not(@name='bodyview')]") == []
    assert page.find("//input[@name='prefilled']") == []
    assert "Kept from last time" not in page.main
    assert "From yesterday" not in page.main


def test_s027_form_names_nobody_and_no_visit(phone: HouseClient, diary: Diary) -> None:
    diary.arrange(factories.visit, MONDAY - timedelta(days=1))
    page = phone.page(TODAY)
    assert "Mia" not in page.source
    assert "Tremblay" not in page.source
    assert "Asked because you had needles" not in page.main
    assert page.find("//input[@name='soreness']") != []


@pytest.mark.parametrize("offset", [-3, 1, 400, -3000])
def test_s027_days_outside_the_window_ask_for_the_password(
    phone: HouseClient, diary: Diary, offset: int
) -> None:
    path = f"/me/diary/{MONDAY + timedelta(days=offset)}"
    assert phone.get(path).headers["Location"] == f"{ASKS}{path}"
    assert write(phone, path, pain_average="4") == "422"
    assert diary.versions(MONDAY + timedelta(days=offset)) == []


def test_s027_a_written_day_outside_the_window_is_answered_like_an_empty_one(
    phone: HouseClient, diary: Diary
) -> None:
    diary.arrange(factories.entry, MONDAY - timedelta(days=5))
    answers = [
        write(phone, f"/me/diary/{MONDAY - timedelta(days=back)}", pain_average="4")
        for back in (5, 6)
    ]
    assert answers == ["422", "422"]


def test_s027_a_written_day_asks_for_the_password(
    phone: HouseClient, cast: Cast, diary: Diary
) -> None:
    written(cast, diary)
    answer = phone.get(TODAY)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{ASKS}{TODAY}")


@pytest.mark.parametrize("base_version", ["0", "1", "2", "", "x"])
def test_s027_a_written_day_is_not_changed_and_not_shown(
    phone: HouseClient, cast: Cast, diary: Diary, base_version: str
) -> None:
    written(cast, diary)
    typed = {"entry_key": str(uuid4()), "base_version": base_version, "pain_average": "2"}
    answer = phone.post(TODAY, typed)
    page = pages.page_of(answer)
    assert (answer.status_code, page.h1) == (409, "This day is written already")
    assert not re.search(r"Cried|low back|7 of 10|8 Nov", page.source)
    assert [one.pain_average for one in diary.versions()] == [7]


def test_s027_what_was_typed_about_a_written_day_waits_for_its_patient(
    app: Flask, phone: HouseClient, cast: Cast, diary: Diary
) -> None:
    written(cast, diary)
    write(phone, pain_average="2", note="Walked far", junk="x")
    (draft,) = drafts()
    assert (draft.account_id, draft.form) == (cast.mia.account_id, TODAY)
    assert "junk" not in draft.body
    enter(app, cast.mia, phone)
    page = phone.page(TODAY)
    assert "Walked far" in str(page.field("note").text)
    answer = phone.post(TODAY, page.values())
    assert answer.status_code == 409
    assert "Cried at work" in answer.text


def test_s027_a_withdrawn_day_counts_as_written(phone: HouseClient, diary: Diary) -> None:
    diary.arrange(factories.entry, MONDAY, withdrawn_at=factories.at(MONDAY))
    assert phone.get(TODAY).status_code == 303
    assert write(phone, pain_average="2") == "409"


def test_s027_the_same_form_sent_twice_is_one_entry(phone: HouseClient, diary: Diary) -> None:
    key = str(uuid4())
    assert write(phone, entry_key=key, pain_average="4") == f"{TODAY}/saved"
    assert write(phone, entry_key=key, pain_average="4") == f"{TODAY}/saved"
    assert len(diary.versions()) == 1


def test_s027_the_form_that_wrote_the_day_can_mend_it(phone: HouseClient, diary: Diary) -> None:
    key = str(uuid4())
    write(phone, entry_key=key, pain_average="4")
    assert write(phone, entry_key=key, pain_average="5") == f"{TODAY}/saved"
    assert [one.pain_average for one in diary.versions()] == [4, 5]


def test_s027_saved_page_shows_for_ten_minutes(
    phone: HouseClient, now: time_machine.Traveller
) -> None:
    write(phone, pain_average="4")
    now.shift(timedelta(minutes=9, seconds=59))
    assert phone.page(f"{TODAY}/saved").h1 == "Saved"
    now.shift(timedelta(seconds=1))
    assert phone.get(f"{TODAY}/saved").headers["Location"] == f"{ASKS}{TODAY}/saved"


def test_s027_saved_page_shows_only_in_the_browser_that_saved(
    app: Flask, cast: Cast, phone: HouseClient
) -> None:
    other = own_phone_of(app, cast.mia)
    write(phone, flags="RF2")
    assert other.get(f"{TODAY}/saved").status_code == 303


def test_s027_saved_page_is_of_that_day_alone(phone: HouseClient, diary: Diary) -> None:
    diary.arrange(factories.entry, MONDAY - timedelta(days=1), flags=["RF2"])
    write(phone, pain_average="4")
    assert phone.get(f"{YESTERDAY}/saved").status_code == 303


def test_s027_what_was_corrected_elsewhere_is_not_shown(phone: HouseClient, diary: Diary) -> None:
    write(phone, pain_average="4")
    diary.save(base_version="1", flags="RF2", pain_average="4")
    assert phone.get(f"{TODAY}/saved").status_code == 303


def test_s027_a_red_flag_leads_to_its_advice(phone: HouseClient, diary: Diary) -> None:
    assert write(phone, flags="RF2") == f"{TODAY}/saved"
    assert phone.page(f"{TODAY}/saved").h1 == "Call 911 now"
    assert [flag.code for flag in diary.flags()] == ["RF2"]


def test_s027_a_red_flag_among_mistakes_is_saved_and_advised(
    phone: HouseClient, diary: Diary
) -> None:
    key = str(uuid4())
    answer = phone.post(TODAY, {"entry_key": key, "flags": "RF2", "pain_average": "12"})
    page = pages.page_of(answer)
    assert (answer.status_code, "Call 911 now" in page.main) == (422, True)
    mended = page.values() | {"pain_average": "8", "flags": "RF2"}
    assert phone.post(TODAY, mended).headers["Location"] == f"{TODAY}/saved"
    assert diary.newest().pain_average == 8


def test_s027_a_red_flag_on_a_written_day_is_raised_and_advised(
    phone: HouseClient, cast: Cast, diary: Diary
) -> None:
    written(cast, diary)
    answer = phone.post(TODAY, {"entry_key": str(uuid4()), "flags": "RF2"})
    assert (answer.status_code, "Call 911 now" in answer.text) == (409, True)
    assert "Your tick is saved." in answer.text
    assert [flag.code for flag in diary.flags()] == ["RF2"]


@pytest.mark.parametrize("path", ["/me/diary/2026-11-01", TODAY])
def test_s027_a_red_flag_where_nothing_can_be_saved_is_advised(
    phone: HouseClient, diary: Diary, path: str
) -> None:
    if path == TODAY:
        diary.arrange(lambda _session, of: setattr(of, "ended_on", MONDAY))
    answer = phone.post(path, {"entry_key": str(uuid4()), "flags": "RF2"})
    assert (answer.status_code in {409, 422}, "Call 911 now" in answer.text) == (True, True)


def test_s027_a_red_flag_is_advised_when_the_phone_is_no_longer_its_own(
    phone: HouseClient, now: time_machine.Traveller
) -> None:
    now.shift(timedelta(days=30))
    answer = phone.post(TODAY, {"entry_key": str(uuid4()), "flags": "RF2"})
    assert (answer.status_code, "Call 911 now" in answer.text) == (400, True)


def test_s027_a_red_flag_without_the_forms_token_is_advised(
    phone: HouseClient, diary: Diary
) -> None:
    answer = phone.post(TODAY, {"flags": "RF2"}, token=False)
    assert (answer.status_code, "Call 911 now" in answer.text) == (400, True)
    assert diary.versions() == []


def test_s027_a_form_of_another_site_saves_nothing(phone: HouseClient, diary: Diary) -> None:
    answer = phone.post(TODAY, {"pain_average": "4"}, token=False)
    assert (answer.status_code, diary.versions()) == (400, [])


def _episode_ended(_session: Session, of: Episode) -> None:
    of.ended_on = MONDAY


def _consent_withdrawn(session: Session, of: Episode) -> None:
    for one in session.scalars(select(Consent).where(Consent.episode_id == of.id)):
        one.withdrawn_at = factories.at(MONDAY)


def _account_off(session: Session, of: Episode) -> None:
    account_id = session.get_one(Patient, of.patient_id).account_id
    session.get_one(Account, account_id).is_active = False


@pytest.mark.parametrize("why", [_episode_ended, _consent_withdrawn, _account_off])
def test_s027_what_ends_the_diary_ends_this_at_once(
    phone: HouseClient, diary: Diary, why: Arrange
) -> None:
    phone.page(TODAY)
    diary.arrange(why)
    assert phone.get(TODAY).status_code == 303
    assert write(phone, pain_average="4") in {"400", "409"}
    assert diary.versions() == []


def test_s027_no_address_of_a_patient_answers_a_found_phone_with_data(
    app: Flask, phone: HouseClient, cast: Cast, diary: Diary
) -> None:
    written(cast, diary)
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith(("/me", "/account", "/sign-in/kept", "/clinic", "/admin")):
            continue
        given = {name: MONDAY if name == "on" else _any(name) for name in rule.arguments}
        methods = sorted(rule.methods or set())
        for method in {"GET", "POST"} & set(methods):
            path = app.url_map.bind("localhost").build(rule.endpoint, given, method=method)
            answer = phone.get(path) if method == "GET" else phone.post(path, {"pain_average": "1"})
            assert (path, answer.status_code in {204, 303, 400, 409}) == (path, True)
            assert not re.search(r"Cried|Mia|Tremblay|7 of 10", answer.text), path


def _any(name: str) -> object:
    return (
        uuid4() if name.endswith("_id") else {"slug": "safety", "instrument": "peg"}.get(name, "x")
    )


def test_only_the_pages_for_writing_a_day_are_open_to_an_own_phone(app: Flask) -> None:
    own = {name for name, who in audiences_of(app).items() if Audience.OWN_PHONE in who}
    assert own == {"diary.entry", "diary.save", "diary.saved", "drafts.keep"}


def test_audit_tells_that_an_own_phone_wrote(phone: HouseClient, cast: Cast, diary: Diary) -> None:
    write(phone, pain_average="4")
    diary.save(YESTERDAY, pain_average="4")
    rows = db.session().scalars(select(AuditEvent).where(AuditEvent.act == "entry-written"))
    told = [(row.actor_id, row.role, row.clinic_id, row.details) for row in rows]
    mia = (cast.mia.account_id, "patient", cast.mia.clinic_id)
    assert told == [(*mia, {"version": 1, "by": "own-phone"}), (*mia, {"version": 1})]


def test_entries_of_two_patients_are_never_mixed(
    app: Flask, cast: Cast, phone: HouseClient, diary: Diary
) -> None:
    noors = own_phone_of(app, cast.noor)
    write(phone, pain_average="1")
    write(noors, pain_average="9")
    found = db.session().scalars(select(Entry).where(Entry.about_on == MONDAY))
    assert {one.episode_id: one.pain_average for one in found} == {
        cast.mia.episode_id: 1,
        cast.noor.episode_id: 9,
    }
    assert len(diary.versions()) == 1


def test_s038_a_phone_ended_while_it_saves_saves_nothing(
    app: Flask, phone: HouseClient, diary: Diary
) -> None:
    def end(session: Session) -> None:
        session.execute(update(Device).values(is_own=False))

    app.extensions["portal.database"].hooks.recheck.insert(0, end)
    assert write(phone, pain_average="4") == "400"
    assert diary.versions() == []


def test_saving_on_an_own_phone_costs_no_more_than_any_saving(
    app: Flask, phone: HouseClient
) -> None:
    with statements(app) as seen:
        assert write(phone, pain_average="4") == f"{TODAY}/saved"
    assert seen.counted <= 10, seen.all


def test_s027_without_an_episode_there_is_no_form(
    phone: HouseClient, cast: Cast, diary: Diary
) -> None:
    def end(_session: Session, of: Episode) -> None:
        of.patient_id, of.ended_on = cast.noor.patient_id, MONDAY

    diary.arrange(end)
    assert phone.get(TODAY).headers["Location"] == f"{ASKS}{TODAY}"
    assert TODAY not in phone.page("/sign-in").hrefs()
    assert [write(phone, path, pain_average="4") for path in (TODAY, f"{TODAY}/draft")] == [
        "404",
        "404",
    ]
