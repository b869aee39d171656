from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from portal.app import create_app
from portal.config import Env, Settings
from tests.accounts.ways import PASSWORD, give_password
from tests.people import Cast, HouseClient

pytestmark = pytest.mark.sqlite  # a second application opens the same file
BASE = "https://portal.example.org"


@pytest.fixture
def live(app: Flask, portal_settings: Settings) -> Iterator[Flask]:
    """The same database, served as a clinic would: production, behind https."""
    key = portal_settings.instance / "secret.key"
    key.write_bytes(b"k" * 40)
    key.chmod(0o600)
    changed = {"env": Env.PRODUCTION, "base_url": BASE}
    made = create_app(portal_settings.model_copy(update=changed))
    made.config["PORTAL_PEPPER"] = app.config["PORTAL_PEPPER"]
    made.test_client_class = HouseClient
    yield made
    made.extensions["portal.database"].engine.dispose()


def enter(live: Flask, cast: Cast, referrer: str | None = f"{BASE}/sign-in") -> TestResponse:
    """Sign in over https as a browser does, token from the page."""
    client = live.test_client()
    assert isinstance(client, HouseClient)
    page = client.get("/sign-in", base_url=BASE).text
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    typed = {"email": cast.mia.email, "password": PASSWORD, "csrf_token": token}
    headers = {"Referer": referrer} if referrer else {}
    return client.post("/sign-in", typed, token=False, base_url=BASE, headers=headers)


def test_s020_cookies_are_bound_to_host_and_https(live: Flask, cast: Cast) -> None:
    give_password(cast.mia)
    answer = enter(live, cast)
    cookies = answer.headers.getlist("Set-Cookie")
    names = sorted(cookie.partition("=")[0] for cookie in cookies)
    assert names == ["__Host-portal", "__Host-portal-device"]
    for cookie in cookies:
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
        assert "Domain" not in cookie


@pytest.mark.parametrize("referrer", [None, "https://evil.example/"])
def test_s040_over_https_a_form_names_the_page_it_came_from(
    live: Flask, cast: Cast, referrer: str | None
) -> None:
    give_password(cast.mia)
    assert enter(live, cast, referrer).status_code == 400


@pytest.mark.usefixtures("cast")
def test_s004_over_https_other_hosts_are_refused(live: Flask) -> None:
    answer = live.test_client().get("/sign-in", base_url="https://evil.example")
    assert answer.status_code == 400
