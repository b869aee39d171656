import pytest
from flask import Flask

from tests.accounts.ways import code_now, fresh, give_factor, give_password, try_in
from tests.people import Cast


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


@pytest.mark.parametrize("path", ["/sign-in", "/password/reset"])
def test_pages_before_sign_in_are_whole(app: Flask, cast: Cast, path: str) -> None:
    assert fresh(app).page(path).h1
