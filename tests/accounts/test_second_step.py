import re
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from portal import clock, db
from portal.accounts import factors
from portal.accounts.factors import SeedUnreadable, opened_seed, sealed_seed
from portal.accounts.models import RecoveryCode, SecondFactor
from portal.db import AccountId
from tests.accounts.ways import (
    PASSWORD,
    SEED,
    code_now,
    events,
    fresh,
    give_factor,
    give_password,
    mails,
    try_in,
)
from tests.pages import page_of
from tests.people import Cast, HouseClient

STAFF_PAGES = ["/clinic/patients/00000000-0000-0000-0000-000000000000/visits/new", "/account"]


def shown_seed(client: HouseClient) -> str:
    """The seed that the set-up page shows."""
    return "".join(client.page("/sign-in/code").by_class("seed")[0].text_content().split()[1:])


def recovery_codes(person_id: AccountId) -> list[str]:
    """Ten fresh codes."""
    with db.write_transaction() as session:
        return factors.new_recovery_codes(session, account_id=person_id)


@pytest.mark.parametrize("path", STAFF_PAGES)
def test_s008_nothing_of_staff_opens_before_the_code(half: HouseClient, path: str) -> None:
    answer = half.get(path)
    assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (
        303,
        "/sign-in/code",
    )


@pytest.mark.parametrize("path", STAFF_PAGES)
def test_s008_staff_without_a_second_step_are_led_to_set_it_up(
    new_staff: HouseClient, path: str
) -> None:
    to = new_staff.get(path).headers["Location"]
    assert new_staff.page(to).h1 == "Set up your second step"


def test_s008_set_up_with_a_code_opens_the_way_and_shows_ten_recovery_codes(
    new_staff: HouseClient,
) -> None:
    answer = new_staff.post("/sign-in/code", {"code": code_now(shown_seed(new_staff))})
    page = page_of(answer)
    assert (page.h1, len(page.find("//ol[@class='codes']/li"))) == ("Keep your recovery codes", 10)
    assert new_staff.get("/account").status_code == 200


def test_set_up_with_a_wrong_code_stores_nothing(new_staff: HouseClient) -> None:
    answer = new_staff.post("/sign-in/code", {"code": "123456"})
    assert answer.status_code == 422
    assert db.session().scalars(select(SecondFactor)).all() == []


def test_set_up_shows_the_same_seed_until_it_is_proved(new_staff: HouseClient) -> None:
    assert shown_seed(new_staff) == shown_seed(new_staff)


def test_seed_is_another_one_in_another_sign_in(
    app: Flask, cast: Cast, new_staff: HouseClient
) -> None:
    other = fresh(app)
    try_in(other, cast.ben.email)
    assert shown_seed(other) != shown_seed(new_staff)


def test_set_up_sent_twice_goes_on_to_the_landing_page(new_staff: HouseClient) -> None:
    code = code_now(shown_seed(new_staff))
    new_staff.post("/sign-in/code", {"code": code})
    again = new_staff.post("/sign-in/code", {"code": code})
    assert (again.status_code, again.headers["Location"]) == (303, "/clinic")


def test_set_up_names_no_clinic_in_the_app(app: Flask, cast: Cast) -> None:
    with app.test_request_context():
        setup = factors.proposed(cast.ids["noor_flag"], email="a@example.org", issuer="localhost")
    assert re.fullmatch(r"otpauth://totp/localhost:a%40example.org\?.*", setup.address)


def test_s014_new_second_step_is_told_and_written_down(cast: Cast, new_staff: HouseClient) -> None:
    new_staff.post("/sign-in/code", {"code": code_now(shown_seed(new_staff))})
    assert [mail.kind for mail in mails(cast.ben.email)] == ["factor-changed"]
    assert [event.act for event in events(cast.ben)] == ["factor-changed", "signed-in"]


def test_s009_code_works_once(app: Flask, cast: Cast, half: HouseClient) -> None:
    code = code_now()
    first = half.post("/sign-in/code", {"code": code}).status_code
    other = fresh(app)
    try_in(other, cast.ana.email)
    assert [first, other.post("/sign-in/code", {"code": code}).status_code] == [303, 422]


def test_s009_older_code_does_not_work_after_a_newer_one(
    app: Flask, cast: Cast, half: HouseClient
) -> None:
    older = code_now(at=clock.now() - timedelta(seconds=30))
    half.post("/sign-in/code", {"code": code_now()})
    other = fresh(app)
    try_in(other, cast.ana.email)
    assert other.post("/sign-in/code", {"code": older}).status_code == 422


@pytest.mark.parametrize(("seconds", "status"), [(-30, 303), (30, 303), (-60, 422), (60, 422)])
def test_clock_of_the_phone_may_be_half_a_minute_off(
    half: HouseClient, seconds: int, status: int
) -> None:
    code = code_now(at=clock.now() + timedelta(seconds=seconds))
    assert half.post("/sign-in/code", {"code": code}).status_code == status


def test_next_code_works_half_a_minute_later(
    app: Flask, cast: Cast, half: HouseClient, now: time_machine.Traveller
) -> None:
    half.post("/sign-in/code", {"code": code_now()})
    now.shift(30)
    other = fresh(app)
    try_in(other, cast.ana.email)
    assert other.post("/sign-in/code", {"code": code_now()}).status_code == 303


@pytest.mark.parametrize("code", ["", "abc", "12345", "１２３４５６", "0" * 41, "\x00\x00"])
def test_odd_codes_are_refused(half: HouseClient, code: str) -> None:
    assert half.post("/sign-in/code", {"code": code}).status_code == 422


@pytest.mark.usefixtures("app")
def test_account_without_a_second_step_accepts_no_code(cast: Cast) -> None:
    with db.write_transaction() as session:
        assert not factors.accept_code(session, account_id=cast.mia.account_id, code="000000")


def test_code_may_be_typed_with_a_blank(half: HouseClient) -> None:
    code = code_now()
    assert half.post("/sign-in/code", {"code": f" {code[:3]} {code[3:]} "}).status_code == 303


def test_recovery_code_works_once(app: Flask, cast: Cast, half: HouseClient) -> None:
    code = recovery_codes(cast.ana.account_id)[3]
    first = half.post("/sign-in/code", {"code": code}).status_code
    other = fresh(app)
    try_in(other, cast.ana.email)
    assert [first, other.post("/sign-in/code", {"code": code}).status_code] == [303, 422]


def test_recovery_code_may_be_misread_in_the_usual_ways(cast: Cast, half: HouseClient) -> None:
    code = recovery_codes(cast.ana.account_id)[0].upper().replace("0", "O").replace("1", "I")
    assert half.post("/sign-in/code", {"code": code.replace(" ", "-")}).status_code == 303


def test_recovery_code_of_somebody_else_does_not_work(cast: Cast, half: HouseClient) -> None:
    code = recovery_codes(cast.ben.account_id)[0]
    assert half.post("/sign-in/code", {"code": code}).status_code == 422


@pytest.mark.usefixtures("app")
def test_recovery_codes_are_stored_hashed_and_replaced_whole(cast: Cast) -> None:
    old = recovery_codes(cast.ana.account_id)
    new = recovery_codes(cast.ana.account_id)
    stored = [row.hash for row in db.session().scalars(select(RecoveryCode))]
    assert (len(set(old + new)), len(stored)) == (20, 10)
    assert not [code for code in new if code.encode() in b"".join(stored)]


@pytest.mark.usefixtures("app")
def test_s063_seed_is_not_readable_in_the_database(cast: Cast) -> None:
    give_factor(cast.ana)
    stored = db.session().get_one(SecondFactor, cast.ana.account_id).seed
    assert SEED.encode() not in stored
    assert opened_seed(cast.ana.account_id, stored) == SEED


@pytest.mark.usefixtures("app")
def test_s063_seed_moved_between_accounts_does_not_open(cast: Cast) -> None:
    stored = sealed_seed(cast.ana.account_id, SEED)
    with pytest.raises(SeedUnreadable):
        opened_seed(cast.ben.account_id, stored)


def test_s063_seed_does_not_open_with_another_key(app: Flask, cast: Cast) -> None:
    stored = sealed_seed(cast.ana.account_id, SEED)
    app.config["PORTAL_SEED_KEY"] = b"x" * 32
    with pytest.raises(SeedUnreadable):
        opened_seed(cast.ana.account_id, stored)


def test_s063_seed_moved_between_accounts_opens_no_door(app: Flask, cast: Cast) -> None:
    give_factor(cast.ana)
    give_factor(cast.ben)
    give_password(cast.ben, PASSWORD)
    with db.write_transaction() as session:
        moved = session.get_one(SecondFactor, cast.ana.account_id).seed
        session.get_one(SecondFactor, cast.ben.account_id).seed = moved
    client = fresh(app)
    try_in(client, cast.ben.email)
    assert client.post("/sign-in/code", {"code": code_now()}).status_code == 500


def test_patient_with_a_second_step_is_asked_for_it(app: Flask, cast: Cast) -> None:
    give_password(cast.mia)
    give_factor(cast.mia)
    client = fresh(app)
    first = try_in(client, cast.mia.email).headers["Location"]
    second = client.post("/sign-in/code", {"code": code_now()}).headers["Location"]
    assert [first, second] == ["/sign-in/code", "/me"]


def test_start_again_shows_the_first_step(half: HouseClient) -> None:
    assert half.page("/sign-in").h1 == "Sign in"
