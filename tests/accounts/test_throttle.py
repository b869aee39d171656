from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal import db
from portal.accounts import throttle
from portal.accounts.models import Throttle
from portal.accounts.throttle import FIRST_DELAY, LONGEST_DELAY, delay_after
from portal.app import create_app
from portal.config import Settings
from tests.accounts.ways import PASSWORD, enter, fresh, give_password, try_in
from tests.pages import page_of
from tests.people import Cast, HouseClient

WRONG = "not the right password"


def fail(app: Flask, email: str, times: int = 1, address: str = "203.0.113.7") -> TestResponse:
    """The last of several wrong tries, each from a browser of its own."""
    return [try_in(fresh(app), email, WRONG, address) for _ in range(times)][-1]


def test_s012_five_failures_are_free_and_the_next_try_has_to_wait(app: Flask, cast: Cast) -> None:
    give_password(cast.mia)
    fifth = fail(app, cast.mia.email, 5)
    sixth = try_in(fresh(app), cast.mia.email, PASSWORD)
    assert [fifth.status_code, sixth.status_code] == [422, 429]
    assert sixth.headers["Retry-After"] == "5"


def test_s012_wait_is_said_in_words_and_nothing_typed_is_lost(app: Flask, cast: Cast) -> None:
    fail(app, cast.mia.email, 5)
    page = page_of(fail(app, cast.mia.email))
    assert "Wait 5 seconds, then try again." in page.main
    assert page.field("email").get("value") == cast.mia.email


def test_s012_after_the_wait_the_right_password_opens(
    app: Flask, cast: Cast, now: time_machine.Traveller
) -> None:
    give_password(cast.mia)
    fail(app, cast.mia.email, 5)
    now.shift(FIRST_DELAY)
    assert try_in(fresh(app), cast.mia.email).status_code == 303


def test_s012_delay_grows_to_fifteen_minutes(
    app: Flask, cast: Cast, now: time_machine.Traveller
) -> None:
    fail(app, cast.mia.email, 5)
    waits = []
    for _ in range(10):
        wait = int(fail(app, cast.mia.email).headers["Retry-After"])
        waits.append(wait)
        now.shift(timedelta(seconds=wait))
        fail(app, cast.mia.email)
    assert waits == [5, 10, 20, 40, 80, 160, 320, 640, 900, 900]


def test_long_wait_is_said_in_minutes(app: Flask, cast: Cast, now: time_machine.Traveller) -> None:
    for _ in range(12):
        fail(app, cast.mia.email)
        now.shift(LONGEST_DELAY)
    fail(app, cast.mia.email)
    assert "Wait 15 minutes" in page_of(fail(app, cast.mia.email)).main


def test_s012_success_forgets_the_failures(app: Flask, cast: Cast) -> None:
    give_password(cast.mia)
    fail(app, cast.mia.email, 4)
    enter(app, cast.mia)
    assert fail(app, cast.mia.email, 5).status_code == 422


def test_s012_failures_are_forgotten_after_a_day(
    app: Flask, cast: Cast, now: time_machine.Traveller
) -> None:
    fail(app, cast.mia.email, 5)
    now.shift(timedelta(days=1))
    assert fail(app, cast.mia.email, 5).status_code == 422


@pytest.mark.sqlite
def test_s012_throttle_survives_a_restart(
    app: Flask, cast: Cast, portal_settings: Settings
) -> None:
    fail(app, cast.mia.email, 5)
    again = create_app(portal_settings)
    again.config["PORTAL_PEPPER"] = app.config["PORTAL_PEPPER"]
    again.test_client_class = HouseClient
    answer = fail(again, cast.mia.email)
    again.extensions["portal.database"].engine.dispose()
    assert answer.status_code == 429


def test_s012_address_that_fails_with_many_people_has_to_wait(app: Flask, cast: Cast) -> None:
    for number in range(30):
        fail(app, f"person{number}@example.org")
    same = fail(app, cast.mia.email).status_code
    other = fail(app, cast.mia.email, address="198.51.100.2").status_code
    assert [same, other] == [429, 422]


def test_s012_success_is_not_counted_against_the_address(app: Flask, cast: Cast) -> None:
    give_password(cast.mia)
    for number in range(29):
        fail(app, f"person{number}@example.org")
    enter(app, cast.mia)
    assert fail(app, cast.noor.email).status_code == 422


@pytest.mark.usefixtures("cast")
def test_s012_forged_forwarded_address_does_not_evade_the_limit(app: Flask) -> None:
    def forged(number: int) -> TestResponse:
        typed = {"email": f"person{number}@example.org", "password": WRONG}
        headers = {"X-Forwarded-For": f"198.51.100.{number}"}
        return fresh(app).post("/sign-in", typed, headers=headers)

    answers = [forged(number).status_code for number in range(31)]
    assert answers[-2:] == [422, 429]


@pytest.mark.sqlite
@pytest.mark.usefixtures("cast", "app")
def test_s077_only_the_last_proxys_word_counts(portal_settings: Settings) -> None:
    behind = create_app(portal_settings.model_copy(update={"proxy_hops": 1}))
    behind.test_client_class = HouseClient

    def forged(number: int) -> TestResponse:
        typed = {"email": f"person{number}@example.org", "password": WRONG}
        headers = {"X-Forwarded-For": f"198.51.100.{number}, 203.0.113.9"}
        return behind.test_client().post("/sign-in", typed, headers=headers)

    with behind.app_context():
        answers = [forged(number).status_code for number in range(31)]
    behind.extensions["portal.database"].engine.dispose()
    assert answers[-2:] == [422, 429]


def test_s013_known_browser_is_not_delayed_by_others(app: Flask, cast: Cast) -> None:
    give_password(cast.mia)
    own = enter(app, cast.mia)
    own.post("/sign-out")
    fail(app, cast.mia.email, 9)
    assert try_in(own, cast.mia.email).status_code == 303


def test_s013_known_browser_has_a_limit_of_its_own(app: Flask, cast: Cast) -> None:
    give_password(cast.mia)
    own = enter(app, cast.mia)
    answers = [try_in(own, cast.mia.email, WRONG).status_code for _ in range(6)]
    assert answers == [422] * 5 + [429]


def test_s013_browser_known_to_one_account_helps_no_other(app: Flask, cast: Cast) -> None:
    give_password(cast.mia)
    give_password(cast.noor)
    own = enter(app, cast.mia)
    fail(app, cast.noor.email, 5)
    assert try_in(own, cast.noor.email).status_code == 429


def test_wrong_codes_have_a_limit_too(half: HouseClient) -> None:
    answers = [half.post("/sign-in/code", {"code": "000000"}) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [422] * 5 + [429]
    assert answers[-1].headers["Retry-After"] == "5"


def test_keys_tell_neither_people_nor_addresses(app: Flask, cast: Cast) -> None:
    fail(app, cast.mia.email)
    keys = [row.key for row in db.session().scalars(select(Throttle))]
    assert len(keys) == 2
    assert not [key for key in keys if cast.mia.email in key or "203.0.113" in key]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("203.0.113.1", "203.0.113.1", True),
        ("203.0.113.1", "203.0.113.2", False),
        ("2001:db8:1:2:3::4", "2001:db8:1:2:aaaa::1", True),
        ("2001:db8:1:2::4", "2001:db8:1:3::4", False),
        ("", "no address", True),
    ],
)
@pytest.mark.usefixtures("app")
def test_household_shares_one_count(one: str, other: str, *, same: bool) -> None:
    assert (throttle.for_address(one) == throttle.for_address(other)) is same


@given(st.integers(0, 200), st.integers(1, 50))
def test_delay_never_shrinks_and_never_passes_fifteen_minutes(failures: int, free: int) -> None:
    before, after = delay_after(failures, free), delay_after(failures + 1, free)
    assert timedelta(0) <= before <= after <= LONGEST_DELAY
