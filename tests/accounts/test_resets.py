from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import event, select

from portal import db
from portal.accounts import passwords, resets
from portal.accounts.models import Token
from portal.accounts.passwords import Whose, keeper, weakness
from portal.errors import Busy
from portal.mail.models import OutboxMail
from tests.accounts.ways import (
    PASSWORD,
    cookie_of,
    enter,
    events,
    fresh,
    give_factor,
    give_password,
    mails,
    try_in,
)
from tests.pages import page_of
from tests.people import Cast, HouseClient, Person

NEW = "nine slow trains to the coast"


def asked(app: Flask, email: str) -> HouseClient:
    """A browser in which somebody asked for a link."""
    client = fresh(app)
    assert client.post("/password/reset", {"email": email}).status_code == 303
    return client


def link_to(person: Person) -> str:
    """The path of the newest link in the person's mail."""
    body = [mail.body for mail in mails(person.email) if mail.kind == "reset"][-1]
    address = next(word for word in body.split() if "/password/reset/" in word)
    return address.removeprefix("http://localhost")


def choose(client: HouseClient, link: str, password: str = NEW) -> int:
    """Open a link and choose a password; the status of the answer."""
    client.get(link)
    return client.post("/password/new", {"password": password}).status_code


def test_s003_link_sets_a_new_password(app: Flask, cast: Cast) -> None:
    give_password(cast.mia)
    client = asked(app, cast.mia.email)
    assert choose(client, link_to(cast.mia)) == 303
    old, new = (try_in(fresh(app), cast.mia.email, one).status_code for one in (PASSWORD, NEW))
    assert [old, new] == [422, 303]


def test_s003_link_works_once(app: Flask, cast: Cast) -> None:
    client = asked(app, cast.mia.email)
    link = link_to(cast.mia)
    choose(client, link)
    assert choose(client, link, NEW + "!") == 400


def test_s003_link_works_for_an_hour(app: Flask, cast: Cast, now: time_machine.Traveller) -> None:
    client = asked(app, cast.mia.email)
    now.shift(timedelta(minutes=60))
    assert choose(client, link_to(cast.mia)) == 400


def test_s003_link_that_is_used_voids_the_others(app: Flask, cast: Cast) -> None:
    client = asked(app, cast.mia.email)
    older = link_to(cast.mia)
    asked(app, cast.mia.email)
    newer = link_to(cast.mia)
    assert choose(client, newer) == 303
    assert choose(client, older) == 400


def test_s003_strangers_who_ask_void_no_link(app: Flask, cast: Cast) -> None:
    client = asked(app, cast.mia.email)
    own = link_to(cast.mia)
    for _ in range(9):
        asked(app, cast.mia.email)
    assert choose(client, own) == 303


def test_s003_owner_always_finds_a_link_that_works(
    app: Flask, cast: Cast, now: time_machine.Traveller
) -> None:
    for _ in range(12):
        now.shift(timedelta(minutes=25))
        asked(app, cast.mia.email)
        assert len([mail for mail in mails(cast.mia.email) if mail.kind == "reset"]) <= 12
    assert choose(asked(app, cast.mia.email), link_to(cast.mia)) == 303


def test_s003_changed_password_voids_every_link(app: Flask, cast: Cast) -> None:
    give_password(cast.mia)
    asked(app, cast.mia.email)
    link = link_to(cast.mia)
    client = enter(app, cast.mia)
    typed = {"act": "password", "password": PASSWORD, "new_password": NEW}
    assert client.post("/account", typed).status_code == 303
    assert choose(fresh(app), link, NEW + "!") == 400


def test_asks_from_one_address_are_limited(app: Flask, cast: Cast) -> None:
    answers = [
        fresh(app).post("/password/reset", {"email": email}).status_code
        for email in (f"nobody{number}@example.org" for number in range(21))
    ]
    assert (set(answers[:20]), answers[20]) == ({303}, 429)
    elsewhere = {"REMOTE_ADDR": "198.51.100.9"}
    typed = {"email": cast.mia.email}
    assert fresh(app).post("/password/reset", typed, environ_base=elsewhere).status_code == 303


def test_s003_link_dies_only_on_success(app: Flask, cast: Cast) -> None:
    client = asked(app, cast.mia.email)
    assert [choose(client, link_to(cast.mia), "short"), choose(client, link_to(cast.mia))] == [
        422,
        303,
    ]


def test_s003_reset_never_skips_the_second_step(app: Flask, cast: Cast) -> None:
    give_factor(cast.ana)
    client = asked(app, cast.ana.email)
    choose(client, link_to(cast.ana))
    assert try_in(client, cast.ana.email, NEW).headers["Location"] == "/sign-in/code"


def test_s003_only_the_hash_of_the_link_is_stored(app: Flask, cast: Cast) -> None:
    asked(app, cast.mia.email)
    secret = link_to(cast.mia).rpartition("/")[2]
    stored = db.session().scalars(select(Token)).one()
    assert (len(secret) >= 43, secret.encode() in stored.hash) == (True, False)


def test_s023_reset_ends_every_sign_in(app: Flask, cast: Cast) -> None:
    give_password(cast.mia)
    inside = enter(app, cast.mia)
    choose(asked(app, cast.mia.email), link_to(cast.mia))
    assert inside.get("/account").headers["Location"].startswith("/sign-in")


def test_s061_token_leaves_the_address_at_first_load(app: Flask, cast: Cast) -> None:
    client = asked(app, cast.mia.email)
    answer = client.get(link_to(cast.mia))
    cookie = answer.headers["Set-Cookie"]
    assert (answer.status_code, answer.headers["Location"]) == (303, "/password/new")
    assert [part in cookie for part in ("HttpOnly", "SameSite=Lax", "Max-Age=3600")] == [True] * 3


@pytest.mark.usefixtures("cast")
def test_s061_wrong_token_is_answered_like_a_right_one(app: Flask) -> None:
    answer = fresh(app).get("/password/reset/nonsense")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/password/new")


@pytest.mark.usefixtures("cast")
def test_page_without_a_link_says_how_to_get_one(app: Flask) -> None:
    answer = fresh(app).get("/password/new")
    page = page_of(answer)
    assert (answer.status_code, page.h1) == (400, "This link no longer works")
    assert "/password/reset" in page.hrefs()


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("short", "at least 15 characters"),
        ("qwertyuiop123456", "easy to guess"),
        ("the Riverside IMS Clinic", "the clinic’s name"),
        ("it is {name} and a cat", "your e-mail address"),
        ("", "Enter a new password."),
        ("xk4! q9z-" * 120, "at most 1024"),
    ],
)
def test_s006_refused_password_says_why(
    app: Flask, cast: Cast, password: str, *, words: str
) -> None:
    client = asked(app, cast.mia.email)
    client.get(link_to(cast.mia))
    typed = password.replace("{name}", cast.mia.email.partition("@")[0])
    page = page_of(client.post("/password/new", {"password": typed}))
    assert page.main.count(words) >= 2


@pytest.mark.usefixtures("cast")
@pytest.mark.parametrize("email", ["", "m" * 255])
def test_form_for_a_link_says_what_is_wrong(app: Flask, email: str) -> None:
    answer = fresh(app).post("/password/reset", {"email": email})
    assert (answer.status_code, page_of(answer).title[:19]) == (422, "Error: New password")


def test_page_of_a_link_offers_a_passphrase(app: Flask, cast: Cast) -> None:
    client = asked(app, cast.mia.email)
    client.get(link_to(cast.mia))
    page = client.page("/password/new")
    offered = page.by_class("passphrase")[0].text_content()
    assert page.field("password").get("autocomplete") == "new-password"
    assert weakness(offered, Whose(cast.mia.email)) is None


def test_link_in_a_storm_is_not_used_up(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = asked(app, cast.mia.email)
    with monkeypatch.context() as patch:
        patch.setattr(passwords, "hashed", _busy)
        storm = choose(client, link_to(cast.mia))
    assert [storm, choose(client, link_to(cast.mia))] == [503, 303]


def _busy(_password: str) -> str:
    raise Busy


def test_link_used_by_somebody_faster_sets_nothing(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = asked(app, cast.mia.email)
    monkeypatch.setattr(resets, "use", lambda _session, token: not token)
    assert choose(client, link_to(cast.mia)) == 400


def test_used_link_takes_its_cookie_away(app: Flask, cast: Cast) -> None:
    client = asked(app, cast.mia.email)
    choose(client, link_to(cast.mia))
    assert cookie_of(client, "portal-reset") == ""


def test_s014_new_password_is_told_and_written_down(app: Flask, cast: Cast) -> None:
    choose(asked(app, cast.mia.email), link_to(cast.mia))
    assert [mail.kind for mail in mails(cast.mia.email)] == ["reset", "password-changed"]
    assert [one.act for one in events(cast.mia)] == ["reset-asked", "password-changed"]


def test_reset_opens_an_account_that_guessing_has_slowed(app: Flask, cast: Cast) -> None:
    for _ in range(6):
        try_in(fresh(app), cast.mia.email, "wrong")
    client = asked(app, cast.mia.email)
    choose(client, link_to(cast.mia))
    assert try_in(client, cast.mia.email, NEW).status_code == 303


def test_mailbox_is_not_flooded(app: Flask, cast: Cast) -> None:
    for _ in range(9):
        asked(app, cast.mia.email)
    assert len(mails(cast.mia.email)) == 3


@pytest.mark.usefixtures("cast")
def test_asking_for_nobody_sends_nothing(app: Flask) -> None:
    asked(app, "nobody@example.org")
    assert db.session().scalars(select(OutboxMail)).all() == []


def test_asked_page_says_what_to_do(app: Flask, cast: Cast) -> None:
    page = asked(app, cast.mia.email).page("/password/reset")
    assert page.h1 == "Look in your mail"


class Told:
    """All that somebody outside can see of an answer, and the statements behind it."""

    def __init__(self, app: Flask, path: str, typed: dict[str, str]) -> None:
        self.statements: list[str] = []
        engine = app.extensions["portal.database"].engine
        event.listen(engine, "before_cursor_execute", self._note)
        answer = fresh(app).post(path, typed)
        event.remove(engine, "before_cursor_execute", self._note)
        text = answer.get_data(as_text=True).replace(typed["email"], "E-MAIL")
        self.seen = (answer.status_code, answer.headers.get("Location"), _without_tokens(text))

    def _note(self, *told: object) -> None:
        words = str(told[2]).split()
        verb = words[0]
        marks = {"SELECT": "FROM", "DELETE": "FROM", "INSERT": "INTO", "UPDATE": "UPDATE"}
        self.statements.append(f"{verb} {words[words.index(marks[verb]) + 1]}")


def _without_tokens(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if "csrf_token" not in line)


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("path", "typed"),
    [("/password/reset", {}), ("/sign-in", {"password": "not the right one"})],
)
def test_s011_known_and_unknown_people_get_the_same_answer(
    app: Flask, cast: Cast, path: str, typed: dict[str, str]
) -> None:
    give_password(cast.mia)
    Told(app, path, {**typed, "email": "first@example.org"})
    known = Told(app, path, {**typed, "email": cast.mia.email})
    unknown = Told(app, path, {**typed, "email": "nobody@example.org"})
    assert known.seen == unknown.seen
    assert known.statements == unknown.statements


@pytest.mark.usefixtures("cast")
def test_s011_unknown_person_costs_a_password_check_too(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    argon = keeper()._argon
    checked: list[str] = []

    class Noting:
        def verify(self, stored: str, password: bytes) -> bool:
            checked.append(stored)
            return argon.verify(stored, password)

    monkeypatch.setattr(keeper(), "_argon", Noting())
    try_in(fresh(app), "nobody@example.org", "wrong")
    assert [stored.partition("$v")[0] for stored in checked] == ["$argon2id"]
