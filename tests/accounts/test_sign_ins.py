from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from portal import clock, db
from portal.accounts import drafts
from portal.accounts import session as sign_ins
from portal.accounts.models import Account, SignIn
from portal.accounts.signed_in import PATIENT_IDLE, PATIENT_LONGEST, STAFF_IDLE, STAFF_LONGEST
from tests.accounts.ways import (
    code_now,
    cookie_of,
    enter,
    fresh,
    give_factor,
    give_password,
    try_in,
)
from tests.people import Cast, ClientOf, HouseClient


def is_in(client: HouseClient) -> bool:
    """Whether a page that asks for a sign-in opens."""
    return client.get("/account").status_code == 200


def copied(app: Flask, client: HouseClient) -> HouseClient:
    """A thief's browser with a copy of somebody's cookie."""
    thief = fresh(app)
    thief.set_cookie("portal", cookie_of(client))
    return thief


def test_s020_only_the_hash_of_the_secret_is_stored(app: Flask, cast: Cast) -> None:
    give_password(cast.mia)
    client = enter(app, cast.mia)
    with client.session_transaction() as cookie:
        secret = cookie["_user_id"]
    stored = db.session().scalars(select(SignIn)).one()
    assert len(secret) >= 43
    assert secret.encode() not in stored.hash


def test_s020_cookie_is_for_us_alone(app: Flask, cast: Cast) -> None:
    give_password(cast.mia)
    answer = try_in(fresh(app), cast.mia.email)
    cookies = answer.headers.getlist("Set-Cookie")
    assert len(cookies) == 2
    for cookie in cookies:
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "Path=/" in cookie


def test_s021_sign_in_takes_a_new_id_and_a_new_form_token(app: Flask, cast: Cast) -> None:
    give_password(cast.mia)
    client = fresh(app)
    client.get("/sign-in")
    planted, token = cookie_of(client), client.form_token()
    enter(app, cast.mia, client)
    assert cookie_of(client) != planted
    assert client.form_token().partition(".")[0] != token.partition(".")[0]


def test_s021_id_before_the_second_step_is_dead_after_it(app: Flask, half: HouseClient) -> None:
    thief = copied(app, half)
    half.post("/sign-in/code", {"code": code_now()})
    stolen = thief.get("/sign-in/code").headers["Location"]
    assert (is_in(half), stolen) == (True, "/sign-in")


def test_s021_sign_in_in_the_same_browser_ends_the_one_before(app: Flask, cast: Cast) -> None:
    give_password(cast.mia)
    client = enter(app, cast.mia)
    thief = copied(app, client)
    enter(app, cast.mia, client)
    assert [is_in(client), is_in(thief)] == [True, False]


def test_s040_form_token_survives_the_second_step(half: HouseClient) -> None:
    before = half.form_token()
    half.post("/sign-in/code", {"code": code_now()})
    assert half.form_token() == before


def test_s040_form_token_survives_a_sign_in_after_time_ran_out(
    app: Flask, cast: Cast, now: time_machine.Traveller
) -> None:
    give_password(cast.mia)
    client = enter(app, cast.mia)
    before = raw_token(client)
    now.shift(PATIENT_IDLE)
    enter(app, cast.mia, client)
    assert raw_token(client) == before


def test_s040_form_token_does_not_pass_to_another_account(app: Flask, cast: Cast) -> None:
    give_password(cast.mia)
    give_password(cast.noor)
    client = enter(app, cast.mia)
    before = raw_token(client)
    enter(app, cast.noor, client)
    assert raw_token(client) != before


def raw_token(client: HouseClient) -> str:
    """What the cookie holds to compare form tokens with."""
    client.get("/sign-in/code")
    client.get("/account")
    with client.session_transaction() as cookie:
        return str(cookie["csrf_token"])


@pytest.mark.parametrize(
    ("name", "idle"), [("mia", PATIENT_IDLE), ("ana", STAFF_IDLE), ("ada", STAFF_IDLE)]
)
def test_s022_sign_in_runs_out_without_use(
    cast: Cast, client_of: ClientOf, now: time_machine.Traveller, name: str, *, idle: timedelta
) -> None:
    client = client_of(cast.everybody[name])
    now.shift(idle - timedelta(seconds=1))
    before = is_in(client)
    now.shift(idle)
    assert [before, is_in(client)] == [True, False]


@pytest.mark.parametrize(("name", "longest"), [("mia", PATIENT_LONGEST), ("ana", STAFF_LONGEST)])
def test_s022_sign_in_ends_however_much_it_is_used(
    cast: Cast, client_of: ClientOf, now: time_machine.Traveller, name: str, *, longest: timedelta
) -> None:
    client = client_of(cast.everybody[name])
    now.shift(longest - timedelta(seconds=1))
    use()
    before = is_in(client)
    now.shift(1)
    use()
    assert [before, is_in(client)] == [True, False]


def use() -> None:
    """Every sign-in was in use just now."""
    with db.write_transaction() as session:
        session.execute(update(SignIn).values(last_seen_at=clock.now()))


def test_s022_half_a_sign_in_does_not_last(half: HouseClient, now: time_machine.Traveller) -> None:
    now.shift(timedelta(minutes=14))
    half.get("/sign-in/code")
    now.shift(timedelta(minutes=14))
    half.get("/sign-in/code")
    now.shift(timedelta(minutes=2))
    assert half.get("/sign-in/code").headers["Location"] == "/sign-in"


def test_s023_copies_of_the_cookie_are_dead_after_sign_out(app: Flask, cast: Cast) -> None:
    give_password(cast.mia)
    client = enter(app, cast.mia)
    thief = copied(app, client)
    client.post("/sign-out")
    assert [is_in(client), is_in(thief)] == [False, False]


def test_s023_sign_out_by_get_does_nothing(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.mia)
    assert (client.get("/sign-out").status_code, is_in(client)) == (405, True)


def test_s060_sign_out_has_the_browser_forget_pages_but_not_the_device(
    app: Flask, cast: Cast
) -> None:
    give_password(cast.mia)
    client = enter(app, cast.mia)
    answer = client.post("/sign-out")
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in")
    assert cookie_of(client, "portal-device")


@pytest.mark.usefixtures("cast")
def test_sign_out_of_somebody_who_never_came_in_is_no_error(app: Flask) -> None:
    assert fresh(app).post("/sign-out").headers["Location"] == "/sign-in"


def test_sign_out_after_time_ran_out_is_no_error(
    cast: Cast, client_of: ClientOf, now: time_machine.Traveller
) -> None:
    client = client_of(cast.mia)
    now.shift(PATIENT_IDLE)
    assert client.post("/sign-out").headers["Location"] == "/sign-in"


def test_s026_dead_cookie_deletes_no_draft(app: Flask, cast: Cast, client_of: ClientOf) -> None:
    give_password(cast.mia)
    thief = copied(app, enter(app, cast.mia))
    with db.write_transaction() as session:
        sign_ins.end_all(session, cast.mia.account_id)
        drafts.keep(
            session, account_id=cast.mia.account_id, form="/me/questions", fields={"body": ["Mine"]}
        )
    thief.post("/sign-out")
    assert drafts.waiting(db.session(), cast.mia.account_id)
    client_of(cast.mia).post("/sign-out")
    assert not drafts.waiting(db.session(), cast.mia.account_id)


@pytest.mark.parametrize("path", ["/account", "/sign-in", "/password/reset"])
def test_s060_no_page_of_an_account_is_stored(cast: Cast, client_of: ClientOf, path: str) -> None:
    assert client_of(cast.mia).get(path).headers["Cache-Control"] == "no-store"


def test_account_switched_off_is_out_at_once(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.mia)
    switch_off(cast)
    assert not is_in(client)


def switch_off(cast: Cast) -> None:
    """Mia's account is no longer active."""
    with db.write_transaction() as session:
        session.get_one(Account, cast.mia.account_id).is_active = False


def test_staff_with_both_steps_done_has_a_sign_in_by_code(app: Flask, cast: Cast) -> None:
    give_password(cast.ana)
    give_factor(cast.ana)
    enter(app, cast.ana)
    rows = db.session().scalars(select(SignIn))
    assert {(row.factor, row.is_complete, row.ended_as) for row in rows} == {
        ("password", False, "replaced"),
        ("totp", True, None),
    }
