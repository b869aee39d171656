"""S-027 from the side of the account: who may mark a phone, and what ends it."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from portal import clock, db
from portal.accounts.models import Device
from portal.accounts.own_phones import LASTS
from portal.accounts.tidying import tidy
from tests.accounts.ways import (
    PASSWORD,
    code_now,
    cookie_of,
    enter,
    events,
    fresh,
    give_factor,
    give_password,
    mails,
    try_in,
)
from tests.own_phones import PHONE, copy_of, own_phone_of, tick_own
from tests.people import Cast, ClientOf, HouseClient, Person

FORM = "/me/diary/2026-11-09"
NEW = "nine slow trains to the coast"


@pytest.fixture
def phone(app: Flask, cast: Cast) -> HouseClient:
    """Mia's own phone, on which nobody is signed in."""
    return own_phone_of(app, cast.mia)


@pytest.fixture
def mia(app: Flask, cast: Cast) -> HouseClient:
    """Mia at another computer."""
    give_password(cast.mia)
    return enter(app, cast.mia)


def opens(client: HouseClient) -> bool:
    """Whether the form opens without a password."""
    today = clock.today("America/Toronto")
    return client.get(f"/me/diary/{today}").status_code == 200


def marks(person: Person) -> list[Device]:
    db.end_read()
    query = select(Device).where(Device.account_id == person.account_id, Device.is_own)
    return list(db.session().scalars(query))


def told(person: Person) -> list[object]:
    return [one.details["what"] for one in events(person) if one.act == "own-phone-changed"]


def test_s027_the_tick_is_never_set_beforehand(app: Flask, phone: HouseClient) -> None:
    for client in (fresh(app), phone):
        field = client.page("/sign-in").field("own_device")
        assert field.get("checked") is None


def test_s027_signing_in_without_the_tick_marks_nothing(app: Flask, cast: Cast) -> None:
    give_password(cast.mia)
    client = enter(app, cast.mia)
    assert (marks(cast.mia), cookie_of(client, PHONE)) == ([], "")


@pytest.mark.parametrize("value", ["", "no", "on", "1"])
def test_s027_only_the_tick_itself_marks(app: Flask, cast: Cast, value: str) -> None:
    give_password(cast.mia)
    typed = {"email": cast.mia.email, "password": PASSWORD, "own_device": value}
    fresh(app).post("/sign-in", typed)
    assert marks(cast.mia) == []


def test_s027_marked_phone_keeps_a_secret_that_the_database_does_not_hold(
    cast: Cast, phone: HouseClient
) -> None:
    (device,) = marks(cast.mia)
    secret = cookie_of(phone, PHONE).partition(".")[2]
    assert len(secret) >= 43
    assert device.own_hash is not None
    assert secret.encode() not in device.own_hash
    found = phone.get_cookie(PHONE)
    assert found is not None
    assert (found.http_only, found.same_site) == (True, "Lax")


def test_s014_a_marked_phone_is_told_by_mail_in_neutral_words(
    cast: Cast, phone: HouseClient
) -> None:
    assert phone
    (mail,) = mails(cast.mia.email)
    assert (mail.kind, mail.subject) == ("own-phone", "A phone was marked as your own")
    assert "Firefox, Android" in mail.body
    assert not [word for word in ("diary", "pain", "clinic", "IMS") if word in mail.body]
    assert told(cast.mia) == ["marked"]


def test_s027_the_tick_of_a_second_sign_in_prolongs_without_another_mail(
    cast: Cast, phone: HouseClient, now: time_machine.Traveller
) -> None:
    now.shift(timedelta(days=20))
    tick_own(phone, cast.mia)
    phone.delete_cookie("portal")
    now.shift(timedelta(days=20))
    assert (opens(phone), len(mails(cast.mia.email))) == (True, 1)


@pytest.mark.parametrize("name", ["ana", "ada"])
def test_s027_staff_mark_no_phone(app: Flask, cast: Cast, name: str) -> None:
    person = cast.everybody[name]
    give_password(person)
    give_factor(person)
    client = fresh(app)
    tick_own(client, person)
    assert client.post("/sign-in/code", {"code": code_now()}).status_code == 303
    assert (marks(person), cookie_of(client, PHONE)) == ([], "")


def test_s027_the_tick_waits_for_the_second_step(app: Flask, cast: Cast) -> None:
    give_password(cast.mia)
    give_factor(cast.mia)
    client = fresh(app)
    tick_own(client, cast.mia)
    assert marks(cast.mia) == []
    client.post("/sign-in/code", {"code": code_now()})
    client.delete_cookie("portal")
    assert opens(client)


def test_s027_a_half_sign_in_opens_no_form(app: Flask, cast: Cast, phone: HouseClient) -> None:
    assert app
    give_factor(cast.mia)
    try_in(phone, cast.mia.email)
    assert phone.get(FORM).headers["Location"].startswith("/sign-in/code")


def test_s027_it_ends_after_thirty_days(phone: HouseClient, now: time_machine.Traveller) -> None:
    now.shift(LASTS - timedelta(seconds=1))
    assert opens(phone)
    now.shift(timedelta(seconds=1))
    assert not opens(phone)


@pytest.mark.parametrize("value", ["", "x", ".", "a.b", "0" * 16 + "." + "A" * 43, "x" * 3000])
def test_s027_an_invented_cookie_opens_nothing(app: Flask, cast: Cast, value: str) -> None:
    assert cast
    client = fresh(app)
    client.set_cookie(PHONE, value)
    assert not opens(client)


def test_s027_sign_out_ends_it_for_every_copy(app: Flask, cast: Cast, phone: HouseClient) -> None:
    copy = copy_of(app, phone)
    enter(app, cast.mia, phone)
    phone.post("/sign-out")
    assert (opens(phone), opens(copy), cookie_of(phone, PHONE)) == (False, False, "")
    assert told(cast.mia) == ["marked", "signed-out"]


def test_s027_sign_out_ends_it_also_when_the_sign_in_had_run_out(phone: HouseClient) -> None:
    phone.post("/sign-out")
    assert not opens(phone)


def test_s027_sign_out_can_leave_it_where_the_patient_says_so(
    app: Flask, cast: Cast, phone: HouseClient
) -> None:
    enter(app, cast.mia, phone)
    assert phone.page("/account").find("//button[@name='keep_own_phone']")
    phone.post("/sign-out", {"keep_own_phone": "yes"})
    assert (phone.get("/me").status_code, opens(phone)) == (303, True)


def test_s027_it_is_listed_and_ended_from_elsewhere(
    cast: Cast, phone: HouseClient, mia: HouseClient
) -> None:
    page = mia.page("/account")
    assert "Until 9 December 2026" in page.main
    assert page.find("//button[@name='keep_own_phone']") == []
    (device,) = marks(cast.mia)
    mia.post("/account", {"act": "end-own-phone", "id": str(device.id)})
    assert (opens(phone), marks(cast.mia)) == (False, [])
    assert "asks for your password again" in mia.page("/account").main


def test_s027_nobody_ends_another_persons_phone(
    cast: Cast, phone: HouseClient, client_of: ClientOf
) -> None:
    (device,) = marks(cast.mia)
    client_of(cast.noor).post("/account", {"act": "end-own-phone", "id": str(device.id)})
    assert opens(phone)


def test_s027_a_forgotten_browser_stays_forgotten_after_the_next_sign_in(
    app: Flask, cast: Cast, phone: HouseClient, mia: HouseClient
) -> None:
    (device,) = marks(cast.mia)
    mia.post("/account", {"act": "forget-browser", "id": str(device.id)})
    assert not opens(phone)
    enter(app, cast.mia, phone)
    phone.delete_cookie("portal")
    assert not opens(phone)


def test_s023_a_changed_password_ends_it(phone: HouseClient, mia: HouseClient) -> None:
    mia.post("/account", {"act": "password", "password": PASSWORD, "new_password": NEW})
    assert not opens(phone)


def test_s024_ending_all_other_sign_ins_ends_it_elsewhere_only(
    app: Flask, cast: Cast, phone: HouseClient, mia: HouseClient
) -> None:
    tick_own(mia, cast.mia)
    mia.post("/account", {"act": "end-others"})
    mia.delete_cookie("portal")
    assert (opens(phone), opens(mia), len(marks(cast.mia))) == (False, True, 1)
    assert app


def test_s027_another_patient_on_the_same_phone_ends_it(
    app: Flask, cast: Cast, phone: HouseClient
) -> None:
    give_password(cast.noor)
    enter(app, cast.noor, phone)
    assert (marks(cast.mia), cookie_of(phone, PHONE)) == ([], "")
    assert told(cast.mia) == ["marked", "somebody-else"]
    phone.delete_cookie("portal")
    assert not opens(phone)


def test_s027_another_patient_may_make_the_phone_theirs(
    app: Flask, cast: Cast, phone: HouseClient
) -> None:
    give_password(cast.noor)
    tick_own(phone, cast.noor)
    phone.delete_cookie("portal")
    assert (marks(cast.mia), len(marks(cast.noor)), opens(phone)) == ([], 1, True)
    assert app


def test_s027_a_copy_of_the_mark_in_anothers_browser_opens_nothing(
    cast: Cast, phone: HouseClient, client_of: ClientOf, now: time_machine.Traveller
) -> None:
    noor = client_of(cast.noor)
    noor.set_cookie(PHONE, cookie_of(phone, PHONE))
    now.shift(timedelta(hours=1))
    assert not opens(noor)


def test_sign_in_page_of_an_own_phone_leads_to_todays_form(phone: HouseClient) -> None:
    page = phone.page(phone.get("/me").headers["Location"])
    assert FORM in page.hrefs()
    assert "Mia" not in page.source


def test_sign_in_page_does_not_send_in_circles(phone: HouseClient) -> None:
    assert FORM not in phone.page(f"/sign-in?next={FORM}").hrefs()


def test_sign_in_page_of_any_other_browser_offers_no_form(app: Flask, cast: Cast) -> None:
    assert cast
    assert FORM not in fresh(app).page("/sign-in").hrefs()


def test_what_ran_out_is_tidied_away(
    cast: Cast, phone: HouseClient, now: time_machine.Traveller
) -> None:
    assert phone
    now.shift(LASTS)
    with db.write_transaction() as session:
        tidy(session)
    assert marks(cast.mia) == []


def test_a_written_day_says_why_the_password_is_asked(phone: HouseClient) -> None:
    page = phone.page(f"/sign-in?next={FORM}")
    assert "A day that is written shows only after you sign in." in page.main
