from datetime import date, time
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from sqlalchemy import select

from portal import db
from portal.accounts.models import Account
from portal.audit.models import AuditEvent
from portal.care import consent
from portal.care.models import DiaryPlan, Patient
from portal.home.zones import known_zones
from tests.diary.conftest import Diary
from tests.pages import page_of
from tests.people import Cast, ClientOf, HouseClient

PATH = "/me/settings"


@pytest.fixture
def mia(cast: Cast, client_of: ClientOf) -> HouseClient:
    return client_of(cast.mia)


def change(client: HouseClient, act: str, **typed: str) -> Any:
    return client.post(PATH, {"act": act, **typed})


def patient(cast: Cast) -> Patient:
    db.end_read()
    return db.session().get_one(Patient, cast.mia.patient_id)


def account(cast: Cast) -> Account:
    db.end_read()
    return db.session().get_one(Account, cast.mia.account_id)


def plan(cast: Cast) -> DiaryPlan:
    db.end_read()
    return (
        db.session()
        .scalars(
            select(DiaryPlan)
            .where(DiaryPlan.episode_id == cast.mia.episode_id)
            .order_by(DiaryPlan.made_at.desc(), DiaryPlan.id.desc())
        )
        .first()
        or DiaryPlan()
    )


def undo(client: HouseClient) -> Any:
    """Press the page's own Undo."""
    form = client.page(PATH).by_class("settings__undo")[0]
    fields = {one.get("name"): one.get("value") for one in form.iterfind(".//input")}
    del fields["csrf_token"]
    return client.post(PATH, fields)


def acts(cast: Cast) -> list[str]:
    return list(
        db.session().scalars(
            select(AuditEvent.act)
            .where(AuditEvent.actor_id == cast.mia.account_id)
            .order_by(AuditEvent.seq)
        )
    )


@pytest.mark.parametrize(
    "part", ["reminders", "called", "zone", "look", "leave", "agreement", "calendar"]
)
def test_each_setting_has_a_page_of_its_own(mia: HouseClient, part: str) -> None:
    assert mia.page(f"{PATH}?part={part}").h1


@pytest.mark.parametrize("part", ["", "nonsense", "pause", "agreement&text=1999-01"])
def test_setting_that_is_not_there_is_not_found(mia: HouseClient, part: str) -> None:
    assert mia.get(f"{PATH}?part={part}").status_code == 404


@pytest.mark.parametrize("act", ["", "nonsense", "password"])
def test_act_that_is_not_there_is_refused(mia: HouseClient, act: str) -> None:
    assert change(mia, act).status_code == 400


def test_the_page_says_what_is_set(mia: HouseClient) -> None:
    words = mia.page(PATH).main
    assert "20:00" in words
    assert "Toronto There it is now Monday 9 November, 20:00." in words
    assert "English. The portal speaks no other language yet." in words


def test_every_way_to_change_names_what_it_changes(mia: HouseClient) -> None:
    names = [link.get("aria-label") for link in mia.page(PATH).find("//*[@class='set__way']/a")]
    assert len(names) == 6
    assert all(str(name).startswith("Change ") for name in names)


def test_the_prompt_comes_at_the_chosen_time(mia: HouseClient, cast: Cast) -> None:
    assert change(mia, "reminders", prompt_at="07:30", mail="yes").status_code == 303
    assert plan(cast).prompt_at == time(7, 30)


def test_the_form_says_when_no_mail_comes(mia: HouseClient) -> None:
    words = mia.page(f"{PATH}?part=reminders").main
    assert "No mail comes between 21:30 and 07:00" in words


def test_mail_can_be_stopped_and_undone(mia: HouseClient, cast: Cast) -> None:
    change(mia, "reminders", prompt_at="20:00")
    assert not patient(cast).is_mailed
    undo(mia)
    assert patient(cast).is_mailed


@pytest.mark.parametrize("typed", ["", "25:00", "8 pm", "20:00+01:00", "20", "\x00"])
def test_what_is_no_time_is_refused_and_kept(mia: HouseClient, cast: Cast, typed: str) -> None:
    answer = change(mia, "reminders", prompt_at=typed)
    page = page_of(answer)
    assert answer.status_code == 422
    assert page.main.count("Enter a time of day, such as 20:00") == 2
    assert (page.field("prompt_at").get("value") or "") == typed.replace("\x00", "")
    assert plan(cast).prompt_at == time(20)


def test_one_tap_pauses_and_one_resumes(
    mia: HouseClient, cast: Cast, now: time_machine.Traveller
) -> None:
    change(mia, "pause")
    now.shift(1)
    assert plan(cast).paused_until == date(2026, 11, 16)
    assert "Paused until 16 November." in mia.page(PATH).main
    change(mia, "resume")
    assert plan(cast).paused_until is None


def test_a_pause_can_be_undone(mia: HouseClient, cast: Cast, now: time_machine.Traveller) -> None:
    change(mia, "pause")
    now.shift(1)
    undo(mia)
    assert plan(cast).paused_until is None


def test_ending_a_pause_can_be_undone(
    mia: HouseClient, cast: Cast, now: time_machine.Traveller
) -> None:
    change(mia, "pause")
    now.shift(1)
    change(mia, "resume")
    now.shift(1)
    undo(mia)
    assert plan(cast).paused_until == date(2026, 11, 16)


@pytest.mark.parametrize(
    ("until", "said"),
    [
        ("2026-11-09", "Choose a day ahead, before your diary ends"),
        ("2030-01-01", "Choose a day ahead, before your diary ends"),
        ("2025-01-01", "Choose a day ahead, before your diary ends"),
        ("24/12/2026", "Enter the day from which your diary asks again"),
        ("abc", "Enter the day from which your diary asks again"),
    ],
)
def test_a_pause_to_an_impossible_day_changes_nothing_and_keeps_what_was_typed(
    mia: HouseClient, cast: Cast, until: str, said: str
) -> None:
    answer = change(mia, "pause", until=until)
    page = page_of(answer)
    assert (answer.status_code, plan(cast).paused_until) == (422, None)
    assert (page.values()["until"], page.main.count(said)) == (until, 2)


def test_a_pause_that_was_refused_is_put_right_on_its_page(mia: HouseClient, cast: Cast) -> None:
    page = page_of(change(mia, "pause", until="abc"))
    mia.post(PATH, page.values() | {"until": "2026-11-20"})
    assert plan(cast).paused_until == date(2026, 11, 20)


def test_a_name_to_be_called_by_is_seen_by_the_practitioner(
    mia: HouseClient, cast: Cast, client_of: ClientOf
) -> None:
    change(mia, "called", called="  Mimi ")
    assert patient(cast).preferred_name == "Mimi"
    brief = client_of(cast.ana).page(f"/clinic/patients/{cast.mia.patient_id}")
    assert "Mimi Tremblay" in brief.main


def test_a_name_too_long_is_refused_and_kept(mia: HouseClient, cast: Cast) -> None:
    answer = change(mia, "called", called="M" * 81)
    assert answer.status_code == 422
    assert page_of(answer).field("called").get("value") == "M" * 81
    assert not patient(cast).preferred_name


def test_another_zone_moves_the_day_and_says_so(mia: HouseClient, cast: Cast) -> None:
    change(mia, "zone", zone="Pacific/Auckland")
    assert patient(cast).zone == "Pacific/Auckland"
    said = mia.page(PATH).by_class("said")[0].text_content()
    assert "For your diary it is now Tuesday 10 November, 14:00." in said
    assert "Days you have written stay as they are." in said


def test_days_written_stay_as_they_are_in_another_zone(diary: Diary) -> None:
    diary.save(pain_average="4")
    change(diary.client, "zone", zone="Pacific/Auckland")
    assert [one.pain_average for one in diary.versions()] == [4]
    assert diary.client.page("/me/diary/2026-11-10").h1 == "Today’s diary"


def test_another_zone_can_be_undone(mia: HouseClient, cast: Cast) -> None:
    change(mia, "zone", zone="Pacific/Auckland")
    undo(mia)
    assert patient(cast).zone == "America/Toronto"


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../../etc/passwd", "Etc/GMT+5"])
def test_a_zone_that_is_not_in_the_list_is_refused(mia: HouseClient, cast: Cast, zone: str) -> None:
    assert change(mia, "zone", zone=zone).status_code == 422
    assert patient(cast).zone == "America/Toronto"


def test_the_list_holds_every_place_once(mia: HouseClient) -> None:
    page = mia.page(f"{PATH}?part=zone")
    values = [option.get("value") for option in page.find("//select[@name='zone']//option")]
    assert sorted(values) == sorted(known_zones())
    assert len(values) > 400
    assert page.find("//option[@selected]")[0].get("value") == "America/Toronto"


def test_large_text_and_dark_are_on_every_page(mia: HouseClient) -> None:
    change(mia, "look", theme="dark", size="large")
    root = mia.page("/me").find("/html")[0]
    assert (root.get("data-theme"), "data-large" in root.attrib) == ("dark", True)


def test_the_look_can_be_undone(mia: HouseClient, cast: Cast) -> None:
    change(mia, "look", theme="dark", size="large")
    undo(mia)
    own = account(cast)
    assert (own.theme, own.is_large) == ("system", False)


@pytest.mark.parametrize("typed", [{"theme": "pink", "size": "large"}, {"theme": "dark"}])
def test_a_look_that_is_not_there_is_refused_and_kept(
    mia: HouseClient, cast: Cast, typed: dict[str, str]
) -> None:
    answer = change(mia, "look", **typed)
    assert answer.status_code == 422
    assert account(cast).theme == "system"
    links = page_of(answer).find("//*[@class='errsum']//a")
    ids = {element.get("id") for element in page_of(answer).find("//input[@id]")}
    assert {link.get("href", "")[1:] for link in links} <= ids


def test_settings_name_no_value_in_the_audit(mia: HouseClient, cast: Cast) -> None:
    change(mia, "called", called="Mimi")
    change(mia, "zone", zone="Pacific/Auckland")
    noted = [str(one.details) for one in db.session().scalars(select(AuditEvent)).all()]
    assert "Mimi" not in str(noted)
    assert acts(cast)[-2:] == ["settings-changed"] * 2


def test_every_agreement_is_listed_with_its_text(mia: HouseClient, cast: Cast) -> None:
    page = mia.page(PATH)
    rows = page.find("//section[@aria-labelledby='agreed']//li")
    assert len(rows) == 2
    assert "Taken back on 8 November 2026" in page.main
    text = mia.page(f"{PATH}?part=agreement&text={consent.TEXT_VERSION}")
    assert "Nobody watches it in between" in text.main
    assert "Ana Costa" in text.main
    assert cast.ben.name not in text.main


def test_settings_without_a_plan_have_no_time(mia: HouseClient, cast: Cast) -> None:
    change(mia, "leave")
    page = mia.page(f"{PATH}?part=reminders")
    assert page.field("prompt_at").get("type") == "hidden"
    assert change(mia, "reminders", prompt_at="20:00").status_code == 303
    assert not patient(cast).is_mailed


def test_a_preferred_name_can_be_taken_back(mia: HouseClient, cast: Cast) -> None:
    change(mia, "called", called="Mimi")
    assert account(cast).name == "Mimi Tremblay"
    change(mia, "called", called="")
    assert account(cast).name == "Mia Tremblay"


def calendar_of(client: HouseClient) -> str:
    """The path of the address that the calendar's page shows."""
    found = client.page(f"{PATH}?part=calendar").by_class("settings__address")
    return urlsplit(found[0].text_content()).path if found else ""


def test_a_calendar_has_no_address_until_it_is_asked_for(mia: HouseClient) -> None:
    assert calendar_of(mia) == ""


def test_the_address_of_the_calendar_works_without_a_password(
    mia: HouseClient, client_of: ClientOf
) -> None:
    change(mia, "calendar-new")
    assert client_of(None).get(calendar_of(mia)).mimetype == "text/calendar"


def test_a_new_address_stops_the_old_one(mia: HouseClient, client_of: ClientOf) -> None:
    change(mia, "calendar-new")
    old = calendar_of(mia)
    change(mia, "calendar-new")
    assert calendar_of(mia) != old
    assert client_of(None).get(old).status_code == 404


def test_a_calendar_can_be_stopped(mia: HouseClient, client_of: ClientOf) -> None:
    change(mia, "calendar-new")
    old = calendar_of(mia)
    change(mia, "calendar-stop")
    assert calendar_of(mia) == ""
    assert client_of(None).get(old).status_code == 404
