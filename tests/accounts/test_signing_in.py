import pytest
from flask import Flask
from sqlalchemy import update

from portal import db
from portal.accounts.models import Account
from tests.accounts.ways import (
    PASSWORD,
    code_now,
    enter,
    events,
    fresh,
    give_factor,
    give_password,
    mails,
    try_in,
)
from tests.pages import page_of
from tests.people import Cast, ClientOf


def test_patient_comes_to_their_own_page(app: Flask, cast: Cast) -> None:
    give_password(cast.mia)
    answer = try_in(fresh(app), cast.mia.email)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/me")


def test_practitioner_comes_to_the_panel_after_the_second_step(app: Flask, cast: Cast) -> None:
    give_password(cast.ana)
    give_factor(cast.ana)
    client = fresh(app)
    first = try_in(client, cast.ana.email)
    second = client.post("/sign-in/code", {"code": code_now()})
    assert [first.headers["Location"], second.headers["Location"]] == ["/sign-in/code", "/clinic"]


def test_administrator_comes_to_the_people(app: Flask, cast: Cast) -> None:
    give_password(cast.ada)
    give_factor(cast.ada)
    client = fresh(app)
    try_in(client, cast.ada.email)
    answer = client.post("/sign-in/code", {"code": code_now()})
    assert answer.headers["Location"] == "/admin/people"


def test_email_may_be_typed_in_capitals_with_blanks(app: Flask, cast: Cast) -> None:
    give_password(cast.mia)
    assert try_in(fresh(app), f"  {cast.mia.email.upper()} ").status_code == 303


@pytest.mark.usefixtures("cast")
@pytest.mark.parametrize("path", ["/sign-in", "/password/reset"])
def test_pages_before_sign_in_are_whole(app: Flask, path: str) -> None:
    assert fresh(app).page(path).h1


@pytest.mark.usefixtures("cast")
def test_empty_form_says_what_to_enter_at_the_field_and_above(app: Flask) -> None:
    page = page_of(fresh(app).post("/sign-in", {"email": "", "password": ""}))
    assert page.text.count("Enter your e-mail address.") == 2
    assert page.title.startswith("Error: Sign in")


def test_wrong_password_keeps_the_email_and_not_the_password(app: Flask, cast: Cast) -> None:
    give_password(cast.mia)
    answer = try_in(fresh(app), cast.mia.email, "not the right one")
    page = page_of(answer)
    assert (answer.status_code, page.field("email").get("value")) == (422, cast.mia.email)
    assert "not the right one" not in page.source


@pytest.mark.usefixtures("cast")
def test_fields_help_password_managers(app: Flask) -> None:
    page = fresh(app).page("/sign-in")
    hints = [page.field(name).get("autocomplete") for name in ("email", "password")]
    assert hints == ["username", "current-password"]


def test_code_field_is_for_one_time_codes(app: Flask, cast: Cast) -> None:
    give_password(cast.ana)
    give_factor(cast.ana)
    client = fresh(app)
    try_in(client, cast.ana.email)
    field = client.page("/sign-in/code").find("//*[@id='code']")[0]
    assert (field.get("autocomplete"), field.get("inputmode")) == ("one-time-code", "numeric")


def test_inactive_account_stays_out(app: Flask, cast: Cast) -> None:
    give_password(cast.mia)
    with db.write_transaction() as session:
        session.execute(
            update(Account).where(Account.id == cast.mia.account_id).values(is_active=False)
        )
    assert try_in(fresh(app), cast.mia.email).status_code == 422


def test_account_without_a_password_stays_out(app: Flask, cast: Cast) -> None:
    assert try_in(fresh(app), cast.mia.email, "").status_code == 422
    assert try_in(fresh(app), cast.mia.email, PASSWORD).status_code == 422


def test_signed_in_person_is_led_on_from_the_sign_in_page(cast: Cast, client_of: ClientOf) -> None:
    answer = client_of(cast.mia).get("/sign-in")
    assert answer.headers["Location"] == "/me"


def test_sign_in_failure_and_sign_out_are_written_down(app: Flask, cast: Cast) -> None:
    give_password(cast.mia)
    try_in(fresh(app), cast.mia.email, "wrong")
    enter(app, cast.mia).post("/sign-out")
    acts = [event.act for event in events(cast.mia)]
    assert acts == ["sign-in-failed", "signed-in", "signed-out"]


@pytest.mark.usefixtures("cast")
def test_failure_of_an_unknown_person_names_nobody(app: Flask) -> None:
    try_in(fresh(app), "nobody@example.org", "wrong")
    (event,) = [event for event in events(None) if event.act == "sign-in-failed"]
    assert (event.actor_id, event.details) == (None, {"step": "password"})


def test_s014_first_browser_is_no_news_and_the_second_one_is(app: Flask, cast: Cast) -> None:
    give_password(cast.mia)
    known = enter(app, cast.mia)
    enter(app, cast.mia, known)
    before = len(mails(cast.mia.email))
    enter(app, cast.mia)
    kinds = [mail.kind for mail in mails(cast.mia.email)]
    assert (before, kinds) == (0, ["new-device"])


@pytest.mark.usefixtures("cast")
@pytest.mark.parametrize("path", ["/", "/learn/", "/search", "/healthz", "/no-such-page"])
def test_public_pages_set_no_cookie(app: Flask, path: str) -> None:
    assert "Set-Cookie" not in fresh(app).get(path).headers
