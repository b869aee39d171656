"""Another e-mail address: the password asks for it, a link proves it, both addresses are told."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from portal import db
from portal.accounts.models import Account, Token
from tests.accounts.ways import PASSWORD, enter, events, fresh, give_password, mails, try_in
from tests.pages import page_of
from tests.people import Cast, HouseClient

NEW = "mia.new@example.org"


@pytest.fixture
def mia(app: Flask, cast: Cast) -> HouseClient:
    give_password(cast.mia)
    return enter(app, cast.mia)


def ask(client: HouseClient, email: str = NEW, password: str = PASSWORD) -> Any:
    return client.post("/account", {"act": "email", "email": email, "password": password})


def link() -> str:
    """The path in the newest mail to the new address."""
    found = re.search(r"/account/email/\S+", mails(NEW)[-1].body)
    assert found is not None
    return found[0]


def opened(app: Flask) -> HouseClient:
    """Whoever opens the link, in a browser of their own."""
    client = fresh(app)
    assert client.get(link()).location == "/account/email"
    return client


def address(cast: Cast) -> str:
    db.end_read()
    return db.session().get_one(Account, cast.mia.account_id).email


def test_asking_changes_nothing_and_tells_both(cast: Cast, mia: HouseClient) -> None:
    assert ask(mia).status_code == 303
    assert address(cast) == cast.mia.email
    assert [mail.kind for mail in mails(NEW)] == ["email-link"]
    assert [mail.kind for mail in mails(cast.mia.email)] == ["email-asked"]
    assert events(cast.mia)[-1].details == {"what": "asked"}


def test_the_account_page_says_what_happens_next(mia: HouseClient) -> None:
    ask(mia)
    assert "A link is on its way to the new address." in mia.page("/account").main


def test_the_link_proves_the_address(app: Flask, cast: Cast, mia: HouseClient) -> None:
    ask(mia)
    client = opened(app)
    assert NEW in client.page("/account/email").main
    assert client.post("/account/email").location == "/sign-in"
    assert address(cast) == NEW


def test_opening_the_link_alone_changes_nothing(app: Flask, cast: Cast, mia: HouseClient) -> None:
    ask(mia)
    opened(app).page("/account/email")
    assert address(cast) == cast.mia.email


def test_both_addresses_are_told_of_the_change(app: Flask, cast: Cast, mia: HouseClient) -> None:
    ask(mia)
    opened(app).post("/account/email")
    assert [mails(to)[-1].kind for to in (cast.mia.email, NEW)] == ["email-changed"] * 2


def test_a_change_ends_every_sign_in_and_the_new_address_opens(
    app: Flask, cast: Cast, mia: HouseClient
) -> None:
    ask(mia)
    opened(app).post("/account/email")
    assert mia.get("/me").status_code == 303
    old, new = (try_in(fresh(app), one).status_code for one in (cast.mia.email, NEW))
    assert [old, new] == [422, 303]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (("", PASSWORD), "Enter the new e-mail address."),
        (("no address", PASSWORD), "This does not look like an e-mail address."),
        (("a@b.example, c@d.example", PASSWORD), "This does not look like an e-mail address."),
        ((NEW, ""), "Enter your password."),
        ((NEW, "not the right one"), "This is not your password."),
    ],
)
def test_what_cannot_be_used_is_refused_and_kept(
    mia: HouseClient, typed: tuple[str, str], words: str
) -> None:
    email, password = typed
    answer = ask(mia, email, password)
    page = page_of(answer)
    assert (answer.status_code, page.main.count(words)) == (422, 2)
    assert (page.field("email").get("value") or "") == email
    assert page.field("password").get("value") is None


def test_ones_own_address_is_no_new_one(cast: Cast, mia: HouseClient) -> None:
    answer = ask(mia, f" {cast.mia.email.upper()} ")
    assert answer.status_code == 422
    assert "This is your address already." in page_of(answer).main


def test_s011_an_address_of_somebody_else_is_answered_alike(cast: Cast, mia: HouseClient) -> None:
    assert ask(mia, cast.noor.email).location == ask(mia, NEW).location
    assert mails(cast.noor.email) == []


def test_an_address_taken_meanwhile_is_not_taken_again(
    app: Flask, cast: Cast, mia: HouseClient
) -> None:
    ask(mia)
    client = opened(app)
    with db.write_transaction() as session:
        session.get_one(Account, cast.noor.account_id).email = NEW
    assert client.post("/account/email").status_code == 400
    assert address(cast) == cast.mia.email


def test_a_link_works_once(app: Flask, mia: HouseClient) -> None:
    ask(mia)
    client, again = opened(app), opened(app)
    client.post("/account/email")
    assert again.get("/account/email").status_code == 400


def test_a_link_is_over_after_an_hour(
    app: Flask, mia: HouseClient, now: time_machine.Traveller
) -> None:
    ask(mia)
    client = opened(app)
    now.shift(timedelta(hours=1))
    assert client.post("/account/email").status_code == 400


def test_a_newer_link_takes_the_place_of_the_older(
    app: Flask, mia: HouseClient, now: time_machine.Traveller
) -> None:
    ask(mia)
    client = opened(app)
    now.shift(1)
    ask(mia)
    assert client.get("/account/email").status_code == 400
    assert opened(app).get("/account/email").status_code == 200


def test_a_new_password_stops_the_change(app: Flask, cast: Cast, mia: HouseClient) -> None:
    ask(mia)
    client = opened(app)
    new = "nine slow trains to the coast"
    typed = {"act": "password", "password": PASSWORD, "new_password": new}
    assert mia.post("/account", typed).status_code == 303
    assert client.post("/account/email").status_code == 400
    assert address(cast) == cast.mia.email


@pytest.mark.parametrize("token", ["x", "x" * 43])
def test_a_link_nobody_sent_says_so(app: Flask, token: str) -> None:
    client = fresh(app)
    client.get(f"/account/email/{token}")
    answer = client.get("/account/email")
    assert (answer.status_code, page_of(answer).h1) == (400, "This link no longer works")


def test_only_the_hash_of_a_link_is_stored(mia: HouseClient) -> None:
    ask(mia)
    secret = link().rpartition("/")[2]
    stored = db.session().scalars(select(Token)).one()
    assert secret.encode() not in stored.hash


def test_mails_name_no_health_matter(app: Flask, cast: Cast, mia: HouseClient) -> None:
    ask(mia)
    opened(app).post("/account/email")
    words = " ".join(one.body for to in (NEW, cast.mia.email) for one in mails(to)).lower()
    assert not [word for word in ("pain", "diary", "needle", "clinic name") if word in words]


def test_somebody_without_an_account_leaves_no_token(cast: Cast, mia: HouseClient) -> None:
    ask(mia, cast.noor.email)
    assert db.session().scalar(select(func.count(Token.id))) == 0
