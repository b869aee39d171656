import pytest
from flask import Flask

from portal.app import create_app
from portal.config import Env, Settings
from tests.accounts.ways import PASSWORD, fresh, give_password
from tests.people import Cast, ClientOf, HouseClient

OUR_PAGES = {"Origin": "http://localhost"}


def enter_from(app: Flask, cast: Cast, headers: dict[str, str]) -> int:
    """The status of a right sign-in sent with these headers."""
    give_password(cast.mia)
    typed = {"email": cast.mia.email, "password": PASSWORD}
    return fresh(app).post("/sign-in", typed, headers=headers).status_code


@pytest.mark.parametrize(
    "headers",
    [
        {},
        OUR_PAGES,
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        {**OUR_PAGES, "Sec-Fetch-Site": "same-origin"},
    ],
)
def test_s040_form_from_our_own_pages_is_taken(
    app: Flask, cast: Cast, headers: dict[str, str]
) -> None:
    assert enter_from(app, cast, headers) == 303


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "null"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "http://localhost:8000"},
        {"Origin": "https://localhost"},
        {"Origin": ""},
        {"Sec-Fetch-Site": "cross-site"},
        {**OUR_PAGES, "Sec-Fetch-Site": "cross-site"},
    ],
)
def test_s040_form_from_elsewhere_is_refused(
    app: Flask, cast: Cast, headers: dict[str, str]
) -> None:
    assert enter_from(app, cast, headers) == 400


def test_s040_form_without_a_token_is_refused(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.mia)
    answer = client.post("/sign-out", {}, token=False)
    assert (answer.status_code, client.get("/account").status_code) == (400, 200)


@pytest.mark.parametrize("token", ["", "x", "InRva2VuIg.aRE.x"])
def test_s040_form_with_a_made_up_token_is_refused(
    cast: Cast, client_of: ClientOf, token: str
) -> None:
    answer = client_of(cast.mia).post("/sign-out", {"csrf_token": token}, token=False)
    assert answer.status_code == 400


def test_s040_token_of_another_sign_in_is_refused(cast: Cast, client_of: ClientOf) -> None:
    mia, noor = client_of(cast.mia), client_of(cast.noor)
    noor.form_token()
    stolen = {"csrf_token": noor.form_token()}
    mia.form_token()
    assert mia.post("/sign-out", stolen, token=False).status_code == 400


def test_s040_token_in_the_address_does_not_count(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.mia)
    answer = client.post(f"/sign-out?csrf_token={client.form_token()}", {}, token=False)
    assert answer.status_code == 400


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE"])
def test_methods_we_do_not_use_are_refused(cast: Cast, client_of: ClientOf, method: str) -> None:
    assert client_of(cast.mia).open("/account", method=method).status_code in {400, 405}


@pytest.mark.parametrize("host", ["evil.example", "localhost:81", "localhost.evil.example"])
def test_s004_other_hosts_are_answered_400(app: Flask, cast: Cast, host: str) -> None:
    answer = fresh(app).get("/sign-in", headers={"Host": host})
    assert (answer.status_code, host in answer.text, cast.mia.name in answer.text) == (
        400,
        False,
        False,
    )


@pytest.mark.usefixtures("cast")
@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_s004_health_paths_answer_any_host(app: Flask, path: str) -> None:
    assert fresh(app).get(path, headers={"Host": "10.0.0.5:8000"}).status_code == 200


@pytest.mark.usefixtures("cast", "app")
@pytest.mark.parametrize(
    ("host", "origin", "status"),
    [
        ("127.0.0.1:8000", "http://127.0.0.1:8000", 422),
        ("localhost:8000", "http://localhost:8000", 422),
        ("localhost:8000", "http://127.0.0.1:8000", 400),
        ("evil.example:8000", "http://evil.example:8000", 400),
    ],
)
def test_s040_demo_answers_both_loopback_names_each_to_itself(
    portal_settings: Settings, host: str, origin: str, *, status: int
) -> None:
    key = portal_settings.instance / "secret.key"
    key.write_bytes(b"k" * 40)
    key.chmod(0o600)
    demo = create_app(portal_settings.model_copy(update={"env": Env.DEMO}))
    demo.test_client_class = HouseClient
    client = demo.test_client()
    assert isinstance(client, HouseClient)
    base = f"http://{host}"
    client.get("/sign-in", base_url=base)
    page = client.get("/sign-in", base_url=base).text
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    sent = {"email": "", "password": "", "csrf_token": token}
    answer = client.post("/sign-in", sent, token=False, base_url=base, headers={"Origin": origin})
    demo.extensions["portal.database"].engine.dispose()
    assert answer.status_code == status
