from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from portal import clock, db
from portal.accounts.models import Account, Device, SecondFactor, SignIn
from portal.accounts.signed_in import PATIENT_IDLE
from portal.accounts.tidying import KEEP, tidy
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
from tests.pages import Page, page_of
from tests.people import Cast, ClientOf, HouseClient

NEW = "nine slow trains to the coast"
TWELVE = "gull4 harbor"


@pytest.fixture
def mia(app: Flask, cast: Cast) -> HouseClient:
    """Mia's browser, signed in with her password."""
    give_password(cast.mia)
    return enter(app, cast.mia)


@pytest.fixture
def ana(app: Flask, cast: Cast, now: time_machine.Traveller) -> HouseClient:
    """Ana's browser, signed in with both steps; the next code is another one."""
    give_password(cast.ana)
    give_factor(cast.ana)
    client = enter(app, cast.ana)
    now.shift(60)
    return client


def change(client: HouseClient, act: str, **typed: Any) -> Any:
    """Send one of the account's forms."""
    return client.post("/account", {"act": act, **typed})


def seed_on(page: Page) -> str:
    return "".join(page.by_class("seed")[0].text_content().split()[1:])


def stored(cast: Cast) -> Account:
    db.end_read()
    return db.session().get_one(Account, cast.mia.account_id)


@pytest.mark.parametrize("name", ["mia", "ana", "ada"])
def test_everybody_sees_their_own_name_and_email(
    cast: Cast, client_of: ClientOf, name: str
) -> None:
    person = cast.everybody[name]
    page = client_of(person).page("/account")
    assert person.name in page.main
    assert person.email in page.main


@pytest.mark.parametrize("part", ["password", "phone"])
def test_each_form_has_a_page_of_its_own(mia: HouseClient, part: str) -> None:
    assert mia.page(f"/account?part={part}").h1


@pytest.mark.parametrize("part", ["", "nonsense", "second-step"])
def test_form_that_is_not_there_is_not_found(mia: HouseClient, part: str) -> None:
    assert mia.get(f"/account?part={part}").status_code == 404


@pytest.mark.parametrize("act", ["", "nonsense", "codes", "off"])
def test_act_that_is_not_there_is_refused(mia: HouseClient, act: str) -> None:
    assert change(mia, act, password=PASSWORD).status_code == 400


def test_changed_password_is_the_one_that_opens(app: Flask, cast: Cast, mia: HouseClient) -> None:
    answer = change(mia, "password", password=PASSWORD, new_password=NEW)
    old, new = (try_in(fresh(app), cast.mia.email, one).status_code for one in (PASSWORD, NEW))
    assert [answer.status_code, old, new] == [303, 422, 303]


def test_s023_changed_password_ends_other_sign_ins_and_renews_this_one(
    app: Flask, cast: Cast, mia: HouseClient
) -> None:
    other, before = enter(app, cast.mia), cookie_of(mia)
    change(mia, "password", password=PASSWORD, new_password=NEW)
    assert [one.get("/account").status_code for one in (mia, other)] == [200, 303]
    assert cookie_of(mia) != before


def test_change_says_so_and_is_told_by_mail(cast: Cast, mia: HouseClient) -> None:
    change(mia, "password", password=PASSWORD, new_password=NEW)
    assert "Your password is changed." in mia.page("/account").main
    assert [mail.kind for mail in mails(cast.mia.email)] == ["password-changed"]
    assert events(cast.mia)[-1].act == "password-changed"


def test_change_needs_the_present_password(cast: Cast, mia: HouseClient) -> None:
    before = stored(cast).password_hash
    answer = change(mia, "password", password="not the right one", new_password=NEW)
    assert page_of(answer).main.count("This is not your password.") == 2
    assert (answer.status_code, stored(cast).password_hash) == (422, before)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"password": "", "new_password": NEW}, "Enter your password."),
        ({"password": PASSWORD, "new_password": ""}, "Enter a new password."),
        ({"password": PASSWORD, "new_password": TWELVE}, "at least 15 characters"),
        ({"password": PASSWORD, "new_password": "qwertyuiop123456"}, "easy to guess"),
    ],
)
def test_refused_change_says_why(mia: HouseClient, typed: dict[str, str], words: str) -> None:
    answer = change(mia, "password", **typed)
    assert answer.status_code == 422
    assert page_of(answer).main.count(words) >= 2


def test_guessing_the_present_password_is_slowed(mia: HouseClient) -> None:
    for _ in range(5):
        change(mia, "password", password="not the right one", new_password=NEW)
    answer = change(mia, "password", password=PASSWORD, new_password=NEW)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "5")
    assert "Wait 5 seconds" in page_of(answer).main


def test_patient_turns_the_second_step_on(cast: Cast, mia: HouseClient) -> None:
    code = code_now(seed_on(mia.page("/account?part=phone")))
    page = page_of(change(mia, "phone", password=PASSWORD, code=code))
    assert len(page.find("//ol[@class='codes']/li")) == 10
    assert "10 recovery codes are left." in mia.page("/account").main
    assert [mail.kind for mail in mails(cast.mia.email)] == ["factor-changed"]


def test_second_step_with_a_wrong_code_or_password_stays_off(mia: HouseClient) -> None:
    code = code_now(seed_on(mia.page("/account?part=phone")))
    wrong = [
        change(mia, "phone", password=PASSWORD, code="000000").status_code,
        change(mia, "phone", password="wrong", code=code).status_code,
        change(mia, "phone", password=PASSWORD, code="").status_code,
    ]
    assert (wrong, db.session().scalars(select(SecondFactor)).all()) == ([422] * 3, [])


def test_wrong_codes_for_a_new_phone_are_slowed(mia: HouseClient) -> None:
    answers = [change(mia, "phone", password=PASSWORD, code="000000") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [422] * 5 + [429]


def test_staff_move_their_second_step_to_another_phone(ana: HouseClient, cast: Cast) -> None:
    seed = seed_on(ana.page("/account?part=phone"))
    change(ana, "phone", password=PASSWORD, code=code_now(seed))
    ana.post("/sign-out")
    try_in(ana, cast.ana.email)
    old = ana.post("/sign-in/code", {"code": code_now()}).status_code
    new = ana.post("/sign-in/code", {"code": code_now(seed, clock.now() + timedelta(seconds=30))})
    assert [old, new.status_code] == [422, 303]


def test_new_recovery_codes_take_the_place_of_the_old(ana: HouseClient) -> None:
    first = change(ana, "codes", password=PASSWORD)
    second = change(ana, "codes", password=PASSWORD)
    shown = [
        {item.text_content() for item in page_of(one).find("//ol//code")} for one in (first, second)
    ]
    assert [len(shown[0]), len(shown[1]), len(shown[0] & shown[1])] == [10, 10, 0]
    assert "10 recovery codes are left." in ana.page("/account").main


def test_new_recovery_codes_need_the_password(ana: HouseClient) -> None:
    answer = change(ana, "codes", password="wrong")
    assert (answer.status_code, page_of(answer).h1) == (422, "Your second step")


def test_staff_cannot_turn_their_second_step_off(ana: HouseClient) -> None:
    assert "Turn the second step off" not in ana.page("/account?part=second-step").main
    assert change(ana, "off", password=PASSWORD).status_code == 400
    assert db.session().scalars(select(SecondFactor)).all() != []


def test_patient_turns_the_second_step_off(app: Flask, cast: Cast, mia: HouseClient) -> None:
    give_factor(cast.mia)
    answer = change(mia, "off", password=PASSWORD)
    assert (answer.status_code, db.session().scalars(select(SecondFactor)).all()) == (303, [])
    assert try_in(fresh(app), cast.mia.email).headers["Location"] == "/me"


def test_s005_short_password_cannot_stand_alone(app: Flask, cast: Cast) -> None:
    give_password(cast.mia, TWELVE)
    client = fresh(app)
    try_in(client, cast.mia.email, TWELVE)
    give_factor(cast.mia)
    answer = change(client, "off", password=TWELVE)
    assert "Choose a longer password first." in page_of(answer).main
    assert answer.status_code == 422


def test_s024_person_ends_one_of_their_sign_ins(app: Flask, cast: Cast, mia: HouseClient) -> None:
    other = enter(app, cast.mia)
    page = mia.page("/account")
    (chosen,) = [
        form.xpath(".//input[@name='id']/@value")[0]
        for form in page.find("//form[.//input[@value='end-sign-in']]")
    ]
    change(mia, "end-sign-in", id=chosen)
    assert [one.get("/account").status_code for one in (mia, other)] == [200, 303]


def test_s024_person_ends_all_others(app: Flask, cast: Cast, mia: HouseClient) -> None:
    others = [enter(app, cast.mia) for _ in range(2)]
    change(mia, "end-others")
    assert [one.get("/account").status_code for one in (mia, *others)] == [200, 303, 303]
    assert events(cast.mia)[-1].act == "sign-ins-ended"


def test_s024_nobody_ends_somebody_elses_sign_in(
    cast: Cast, mia: HouseClient, client_of: ClientOf
) -> None:
    noor = client_of(cast.noor)
    query = select(SignIn.id).where(SignIn.account_id == cast.noor.account_id)
    answer = change(mia, "end-sign-in", id=str(db.session().scalars(query).one()))
    assert answer.status_code == 404
    assert noor.get("/account").status_code == 200


def test_sign_ins_that_are_over_are_not_listed(
    app: Flask, cast: Cast, mia: HouseClient, now: time_machine.Traveller
) -> None:
    enter(app, cast.mia).post("/sign-out")
    enter(app, cast.mia)
    now.shift(PATIENT_IDLE)
    enter(app, cast.mia, mia)
    assert mia.page("/account").main.count("last used") == 1


def test_forgotten_browser_is_news_again(app: Flask, cast: Cast, mia: HouseClient) -> None:
    device = db.session().scalars(select(Device)).one()
    change(mia, "forget-browser", id=str(device.id))
    assert "None yet." in mia.page("/account").main
    enter(app, cast.mia, mia)
    assert [mail.kind for mail in mails(cast.mia.email)] == ["new-device"]


def test_nobody_forgets_somebody_elses_browser(app: Flask, cast: Cast, mia: HouseClient) -> None:
    give_password(cast.noor)
    enter(app, cast.noor)
    query = select(Device).where(Device.account_id == cast.noor.account_id)
    change(mia, "forget-browser", id=str(db.session().scalars(query).one().id))
    db.end_read()
    assert db.session().scalars(query).one().revoked_at is None


def test_browser_is_named_in_our_words(app: Flask, cast: Cast) -> None:
    give_password(cast.mia)
    typed = {"email": cast.mia.email, "password": PASSWORD}
    agent = "Mozilla/5.0 (Linux; Android 14) Firefox/131.0 <script>alert(1)</script>"
    client = fresh(app)
    client.post("/sign-in", typed, headers={"User-Agent": agent})
    page = client.page("/account")
    assert page.main.count("Firefox, Android") >= 2
    assert "alert(1)" not in page.source


@pytest.mark.parametrize("act", ["end-sign-in", "forget-browser", "end-own-phone"])
@pytest.mark.parametrize(
    ("identifier", "status"),
    [("", 400), ("x", 400), ("00000000-0000-0000-0000-000000000000", 404)],
)
def test_s031_odd_ids_end_nothing_and_say_so(
    mia: HouseClient, act: str, identifier: str, status: int
) -> None:
    assert change(mia, act, id=identifier).status_code == status
    assert "ended" not in mia.page("/account").main


def test_look_is_chosen_and_kept(cast: Cast, mia: HouseClient) -> None:
    change(mia, "theme", theme="dark")
    assert 'data-theme="dark"' in mia.page("/account").source
    assert stored(cast).theme == "dark"


def test_unknown_look_is_refused(mia: HouseClient) -> None:
    assert change(mia, "theme", theme="pink").status_code == 400


def test_what_is_over_is_forgotten_after_a_month(
    mia: HouseClient, now: time_machine.Traveller
) -> None:
    mia.post("/sign-out")
    now.shift(KEEP + timedelta(days=181))
    with db.write_transaction() as session:
        tidy(session)
    left = [db.session().scalars(select(kind)).all() for kind in (SignIn, Device)]
    assert left == [[], []]
