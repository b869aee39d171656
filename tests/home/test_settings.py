from datetime import date, time
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from portal import db
from portal.accounts.models import Account
from portal.audit.models import AuditEvent
from portal.care import consent
from portal.care.models import Consent, DiaryPlan, Episode, Patient
from portal.home.zones import known_zones
from tests.accounts.ways import PASSWORD, enter, give_password
from tests.diary.conftest import TODAY, Diary
from tests.house import sources
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


@pytest.mark.parametrize("part", ["reminders", "called", "zone", "look", "leave", "agreement"])
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


@pytest.mark.parametrize("until", ["2026-11-09", "2030-01-01", "2025-01-01"])
def test_a_pause_to_an_impossible_day_changes_nothing(
    mia: HouseClient, cast: Cast, until: str
) -> None:
    assert change(mia, "pause", until=until).status_code == 303
    assert plan(cast).paused_until is None
    assert "Nothing is changed" in mia.page(PATH).main


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


@pytest.fixture
def changed_text(monkeypatch: pytest.MonkeyPatch, diary: Diary) -> Diary:
    """Mia agreed to an older text than the one asked today; she has written once."""
    diary.save(pain_average="4")
    with db.write_transaction() as session:
        session.execute(
            update(Consent)
            .where(Consent.episode_id == diary.person.episode_id)
            .values(text_version="2025-01")
        )
    assert monkeypatch
    return diary


def test_a_changed_text_is_asked_once_at_the_next_sign_in(changed_text: Diary) -> None:
    first = changed_text.client.get("/me")
    assert first.location == f"{PATH}?part=agreement"
    assert changed_text.client.page("/me").h1 == "Today"
    changed_text.client = changed_text._client_of(changed_text.person)
    assert changed_text.client.get("/me").status_code == 303


def test_until_a_changed_text_is_answered_nothing_new_is_taken(changed_text: Diary) -> None:
    answer = changed_text.save(pain_average="9", base_version="1", note="keep me")
    assert answer.status_code == 409
    assert "keep me" in page_of(answer).main
    assert len(changed_text.versions()) == 1
    assert page_of(answer).h1 == "Your diary waits for your answer"


@pytest.mark.parametrize("path", ["/me", "/me/diary", "/me/questions", "/me/reading"])
def test_pages_meanwhile_say_why_and_lead_to_the_text(changed_text: Diary, path: str) -> None:
    changed_text.client.get("/me")
    assert f"{PATH}?part=agreement" in changed_text.client.page(path).hrefs()


def test_agreeing_to_a_changed_text_opens_the_diary_again(changed_text: Diary) -> None:
    change(changed_text.client, "agree", text_version=consent.TEXT_VERSION)
    assert changed_text.save(pain_average="9", base_version="1").status_code == 303
    assert len(changed_text.versions()) == 2
    assert "You agreed on 9 November 2026" in changed_text.client.page(PATH).main


def test_declining_a_changed_text_loses_nothing(
    changed_text: Diary, cast: Cast, client_of: ClientOf
) -> None:
    change(changed_text.client, "decline", text_version=consent.TEXT_VERSION)
    assert acts(cast)[-1] == "consent-declined"
    assert changed_text.client.page(TODAY).h1 == "Your diary waits for your answer"
    assert "4" in changed_text.client.page(f"{TODAY}/history").main
    assert client_of(cast.ana).get(f"/clinic/patients/{cast.mia.patient_id}").status_code == 200


@pytest.mark.parametrize("version", ["", "2025-01", "2026-12", consent.TEXT_VERSION])
def test_what_is_not_asked_cannot_be_agreed_to(diary: Diary, version: str) -> None:
    assert change(diary.client, "agree", text_version=version).status_code == 409


def test_an_older_text_says_where_to_read_it(changed_text: Diary) -> None:
    page = changed_text.client.page(f"{PATH}?part=agreement&text=2025-01")
    assert "Ask the clinic for its copy" in page.main


def test_every_version_of_the_text_stays_readable() -> None:
    texts = (sources.ROOT / "portal/templates/care/consent_texts.html").read_text()
    assert f'version == "{consent.TEXT_VERSION}"' in texts


def test_the_page_of_leaving_says_who_no_longer_sees_it(mia: HouseClient, cast: Cast) -> None:
    page = mia.page(f"{PATH}?part=leave")
    words = page.main
    assert f"{cast.ana.name} (Physiotherapist), and everybody else" in words
    assert "What is kept, and why" in words
    assert "Ask the clinic for a new invitation" in words


def test_leaving_ends_the_diary_and_hides_it(
    mia: HouseClient, cast: Cast, client_of: ClientOf
) -> None:
    assert change(mia, "leave").status_code == 303
    assert client_of(cast.ana).get(f"/clinic/patients/{cast.mia.patient_id}").status_code == 404
    assert mia.page(TODAY).h1 == "Your diary is closed"
    db.end_read()
    assert db.session().get_one(Episode, cast.mia.episode_id).ended_on == date(2026, 11, 9)
    assert "Your diary is closed. You can still read it." in mia.page(PATH).main


def test_leaving_long_after_signing_in_asks_for_the_password(
    app: Flask, cast: Cast, now: time_machine.Traveller
) -> None:
    give_password(cast.mia)
    mia = enter(app, cast.mia)
    now.shift(6 * 60)
    assert mia.page(f"{PATH}?part=leave").field("password") is not None
    wrong = [change(mia, "leave", password=one) for one in ("", "not the right one")]
    assert [answer.status_code for answer in wrong] == [422, 422]
    assert "This is not your password." in page_of(wrong[1]).main
    assert change(mia, "leave", password=PASSWORD).status_code == 303


def test_guessing_the_password_of_leaving_is_slowed(
    app: Flask, cast: Cast, now: time_machine.Traveller
) -> None:
    give_password(cast.mia)
    mia = enter(app, cast.mia)
    now.shift(6 * 60)
    answers = [change(mia, "leave", password="not the right one") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [422] * 5 + [429]


def test_leaving_twice_changes_nothing_more(mia: HouseClient) -> None:
    change(mia, "leave")
    assert change(mia, "leave").status_code == 409


def test_after_leaving_nothing_can_be_agreed_to(mia: HouseClient) -> None:
    change(mia, "leave")
    assert change(mia, "agree", text_version=consent.TEXT_VERSION).status_code == 409


def test_after_leaving_a_pause_changes_nothing(mia: HouseClient) -> None:
    change(mia, "leave")
    assert change(mia, "pause").status_code == 409


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
