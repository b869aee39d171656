import pytest
import time_machine
from flask import Flask

from portal.accounts.landing import known_path
from tests.accounts.ways import PASSWORD, code_now, fresh, give_password
from tests.people import Cast, ClientOf, HouseClient

ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/account",
    "///evil.example/account",
    "/\\evil.example/account",
    "\\\\evil.example",
    "/\t/evil.example",
    "/account\r\nSet-Cookie: x=y",
    "http:account",
    "javascript:alert(1)",
    "account",
    "",
    "/no-such-page",
    "/account/",
    "/sign-out",
    "/sign-in",
    "/sign-in/code",
    "/static/x.css",
    "/" + "a" * 400,
    "/account@evil.example",
    "http://localhost/account",
]


@pytest.mark.parametrize("wanted", ELSEWHERE)
def test_s048_next_that_is_no_page_of_ours_is_ignored(app: Flask, cast: Cast, wanted: str) -> None:
    give_password(cast.mia)
    typed = {"email": cast.mia.email, "password": PASSWORD}
    answer = fresh(app).post("/sign-in", typed, query_string={"next": wanted})
    assert answer.headers["Location"] == "/me"


def test_s048_next_that_is_a_page_of_ours_is_kept_through_both_steps(half: HouseClient) -> None:
    page = half.page("/sign-in/code?next=/account")
    action = page.find("//main//form/@action")[0]
    answer = half.post(str(action), {"code": code_now()})
    assert answer.headers["Location"] == "/account"


def test_somebody_sent_to_sign_in_comes_back(app: Flask, cast: Cast) -> None:
    give_password(cast.mia)
    client = fresh(app)
    to = client.get("/account").headers["Location"]
    answer = client.post(to, {"email": cast.mia.email, "password": PASSWORD})
    assert (to, answer.headers["Location"]) == ("/sign-in?next=/account", "/account")


def test_query_of_next_is_dropped(app: Flask) -> None:
    with app.test_request_context():
        assert known_path("/account?part=password#x") == "/account"


def test_s025_old_proof_is_asked_for_again_on_the_way_to_a_page(
    cast: Cast, client_of: ClientOf, now: time_machine.Traveller
) -> None:
    client = client_of(cast.mia)
    assert client.get("/sign-in?next=/account").headers["Location"] == "/account"
    now.shift(301)
    assert "show once more that it is you" in client.page("/sign-in?next=/account").main
