import gzip
from collections.abc import Callable

import brotli
import pytest
from flask import Flask, Response
from flask.testing import FlaskClient

from portal.web.pages import mark_public
from portal.web.squeeze import SMALLEST, register_squeezing

LONG = "<p>Sat through a whole supper.</p>" * 80
UNDO: dict[str, Callable[[bytes], bytes]] = {"br": brotli.decompress, "gzip": gzip.decompress}
BOTH = {"Accept-Encoding": "gzip, deflate, br"}


@pytest.fixture
def client() -> FlaskClient:
    app = Flask("pages", static_folder=None)
    register_squeezing(app)
    app.add_url_rule("/long", view_func=lambda: LONG, methods=["GET", "POST"], endpoint="long")
    app.add_url_rule("/short", view_func=lambda: "<p>Hello</p>", endpoint="short")
    app.add_url_rule("/wrong", view_func=lambda: (LONG, 422), endpoint="wrong")
    app.add_url_rule(
        "/file", view_func=lambda: Response(LONG, mimetype="text/csv"), endpoint="file"
    )
    app.add_url_rule("/flow", view_func=lambda: Response(iter([LONG, LONG])), endpoint="flow")
    app.add_url_rule("/kept", view_func=lambda: mark_public(Response(LONG)), endpoint="kept")
    return app.test_client()


@pytest.mark.parametrize("coding", ["br", "gzip"])
def test_a_page_is_the_same_once_unsqueezed(client: FlaskClient, coding: str) -> None:
    answer = client.get("/long", headers={"Accept-Encoding": coding})
    assert answer.headers["Content-Encoding"] == coding
    assert UNDO[coding](answer.data).decode() == LONG
    assert int(answer.headers["Content-Length"]) == len(answer.data) < len(LONG) / 4


def test_brotli_is_taken_where_both_are_understood(client: FlaskClient) -> None:
    assert client.get("/long", headers=BOTH).headers["Content-Encoding"] == "br"


def test_a_browser_that_understands_neither_gets_the_page(client: FlaskClient) -> None:
    answer = client.get("/long")
    assert answer.text == LONG
    assert "Accept-Encoding" in answer.vary


@pytest.mark.parametrize("path", ["/long?q=ruth", "/short", "/wrong", "/file", "/flow", "/kept"])
def test_what_could_tell_or_is_not_worth_it_stays_as_it_is(client: FlaskClient, path: str) -> None:
    assert "Content-Encoding" not in client.get(path, headers=BOTH).headers


def test_what_somebody_typed_is_never_squeezed(client: FlaskClient) -> None:
    assert "Content-Encoding" not in client.post("/long", headers=BOTH).headers


def test_a_head_request_tells_of_the_squeezed_page(client: FlaskClient) -> None:
    answer = client.head("/long", headers=BOTH)
    assert answer.headers["Content-Encoding"] == "br"
    assert not answer.data
    assert len(LONG) > SMALLEST
