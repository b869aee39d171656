import gzip
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import brotli
import pytest
from flask import Flask, Response, session
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.test import Client, TestResponse

from portal.web.headers import register_headers, security_headers
from portal.web.pages import (
    CACHE_CONTROL,
    PageCache,
    best_form,
    file_name,
    install_page_cache,
    is_same,
    mark_public,
    snapshot,
)
from tests import factories

BODY = "<!doctype html><p>" + "The same for everybody. " * 40


@dataclass
class House:
    """A small site with a counter of how often Flask was asked, and a clock of its own."""

    app: Flask
    asked: list[str] = field(default_factory=list)
    stamp: int = 1
    seconds: float = 0.0

    @property
    def client(self) -> FlaskClient:
        return self.app.test_client()

    def later(self, seconds: float) -> None:
        self.seconds += seconds


def build(*, behind_proxy: bool = False) -> House:
    app = Flask("small", static_folder=None)
    app.secret_key = "not a secret"
    house = House(app)
    register_headers(app, https=False)

    def page() -> Response:
        house.asked.append("page")
        return mark_public(Response(f"{BODY}{house.stamp}", mimetype="text/html"))

    def private() -> Response:
        house.asked.append("private")
        return Response("mine", mimetype="text/html")

    def marked() -> Response:
        session["seen"] = True
        return mark_public(Response("marked", mimetype="text/html"))

    app.add_url_rule("/page", view_func=page)
    app.add_url_rule("/private", view_func=private)
    app.add_url_rule("/marked", view_func=marked)
    if behind_proxy:
        vars(app)["wsgi_app"] = ProxyFix(app.wsgi_app, x_host=1)
    install_page_cache(
        app,
        paths=lambda: ["/page", "/private", "/marked", "/gone"],
        stamp=lambda: house.stamp,
        cookie_names={"signed"},
        base_url="http://localhost",
        is_own_host=lambda host: host == "localhost",
    )
    return house


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch) -> House:
    made = build()
    monkeypatch.setattr("portal.web.pages.monotonic", lambda: made.seconds)
    return made


def cache_of(app: Flask) -> PageCache:
    cache = app.extensions["portal.pages"]
    assert isinstance(cache, PageCache)
    return cache


def get(house: House, path: str = "/page", **headers: str) -> TestResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return house.client.get(path, headers=named)


def test_flask_is_asked_once_for_many_readers(house: House) -> None:
    answers = {get(house).get_data() for _ in range(3)}
    assert answers == {f"{BODY}1".encode()}
    assert house.asked == ["page"]


@pytest.mark.parametrize(
    ("accepts", "coding", "open_it"),
    [
        ("br, gzip", "br", brotli.decompress),
        ("gzip", "gzip", gzip.decompress),
        ("gzip, br;q=0", "gzip", gzip.decompress),
        ("identity", None, bytes),
        ("", None, bytes),
    ],
)
def test_page_comes_in_the_form_the_browser_reads(
    house: House, accepts: str, coding: str | None, open_it: Callable[[bytes], bytes]
) -> None:
    answer = get(house, Accept_Encoding=accepts)
    assert answer.headers.get("Content-Encoding") == coding
    assert open_it(answer.get_data()) == f"{BODY}1".encode()
    assert answer.headers["Content-Length"] == str(len(answer.get_data()))


def test_each_form_has_a_tag_of_its_own(house: House) -> None:
    tags = {get(house, Accept_Encoding=form).headers["ETag"] for form in ("br", "gzip", "identity")}
    assert len(tags) == 3
    assert not any(tag.startswith("W/") for tag in tags)


@pytest.mark.parametrize("weak", ["", "W/"])
def test_reader_who_has_the_page_gets_304_without_a_body(house: House, weak: str) -> None:
    tag = get(house, Accept_Encoding="br").headers["ETag"]
    answer = get(house, Accept_Encoding="br", If_None_Match=f'"other", {weak}{tag}')
    assert (answer.status_code, answer.get_data()) == (304, b"")
    assert answer.headers["ETag"] == tag
    assert answer.headers["Cache-Control"] == CACHE_CONTROL


def test_tag_of_another_form_does_not_match(house: House) -> None:
    tag = get(house, Accept_Encoding="gzip").headers["ETag"]
    assert get(house, Accept_Encoding="br", If_None_Match=tag).status_code == 200


def test_head_has_the_headers_of_get_and_no_body(house: House) -> None:
    answer = house.client.head("/page")
    assert answer.get_data() == b""
    assert dict(answer.headers) == dict(get(house).headers)


def test_page_carries_the_security_headers_and_no_cookie(house: House) -> None:
    answer = get(house)
    assert set(security_headers(https=False)) <= set(answer.headers.items())
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert "Set-Cookie" not in answer.headers


def test_both_ways_give_the_same_headers_and_body(house: House) -> None:
    cache = cache_of(house.app)
    kept = get(house)
    direct = Client(cache._app).get("/page")
    assert direct.get_data() == kept.get_data()
    assert dict(direct.headers) == dict(kept.headers)
    assert len(house.asked) == 2


def test_signed_in_reader_goes_through_to_flask(house: House) -> None:
    browser = house.client
    browser.get("/page")
    browser.set_cookie("theme", "dark")
    browser.set_cookie("signed", "abc")
    browser.get("/page")
    assert len(house.asked) == 2


def test_other_cookies_do_not_matter(house: House) -> None:
    browser = house.client
    browser.get("/page")
    browser.set_cookie("unsigned", "abc")
    browser.get("/page")
    assert len(house.asked) == 1


def test_unknown_host_goes_through_to_flask(house: House) -> None:
    house.client.get("/page", base_url="http://evil.example")
    house.client.get("/page", base_url="http://evil.example")
    assert len(house.asked) == 2


def test_post_goes_through_to_flask(house: House) -> None:
    assert house.client.post("/page").status_code == 405


def test_unknown_path_goes_through_to_flask(house: House) -> None:
    assert get(house, "/nowhere").status_code == 404
    assert get(house, "/gone").status_code == 404


def test_page_that_is_not_public_is_never_kept(house: House) -> None:
    assert get(house, "/private").headers["Cache-Control"] == "no-store"
    asked = len(house.asked)
    get(house, "/private")
    assert len(house.asked) == asked + 1


def test_page_that_sets_a_cookie_is_never_kept(house: House) -> None:
    assert "Set-Cookie" in get(house, "/marked").headers
    assert "Set-Cookie" in get(house, "/marked").headers


def test_changed_stamp_is_seen_within_a_second(house: House) -> None:
    get(house)
    house.stamp = 2
    assert get(house).get_data().endswith(b"1")
    house.later(1.0)
    assert get(house).get_data().endswith(b"2")


def test_same_stamp_builds_nothing_again(house: House) -> None:
    for _ in range(3):
        get(house)
        house.later(5)
    assert house.asked == ["page"]


def test_while_one_thread_builds_others_ask_flask(house: House) -> None:
    cache = cache_of(house.app)
    with cache._building:
        assert get(house).status_code == 200
        assert get(house).status_code == 200
    assert len(house.asked) == 2


def test_warm_builds_all_public_pages_at_once(house: House) -> None:
    cache = cache_of(house.app)
    assert cache.warm() == 1
    get(house)
    assert house.asked.count("page") == 1


def test_snapshot_writes_the_bytes_that_would_be_sent(house: House, tmp_path: Path) -> None:
    written = snapshot(house.app, tmp_path)
    assert [file.name for file in written] == ["page.html", "page.html.gz", "page.html.br"]
    sent = get(house, Accept_Encoding="br").get_data()
    assert (tmp_path / "page.html.br").read_bytes() == sent


def test_trusted_proxy_names_the_host(monkeypatch: pytest.MonkeyPatch) -> None:
    made = build(behind_proxy=True)
    monkeypatch.setattr("portal.web.pages.monotonic", lambda: 0.0)
    for _ in range(2):
        made.client.get(
            "/page", base_url="http://inner:8000", headers={"X-Forwarded-Host": "localhost"}
        )
    assert made.asked == ["page"]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/", "index.html"),
        ("/learn/", "learn/index.html"),
        ("/learn/the-grasp", "learn/the-grasp.html"),
        ("/sitemap.xml", "sitemap.xml"),
    ],
)
def test_place_of_a_page_in_a_snapshot(path: str, name: str) -> None:
    assert file_name(path) == name


def test_any_form_will_do_for_a_star() -> None:
    assert best_form("*") == "br"
    assert is_same('"a"', "*")
    assert not is_same('"a"', "")


@pytest.fixture
def statements(app: Flask) -> Iterator[list[str]]:
    """The statements that the portal sends to its database."""
    sent: list[str] = []
    engine = app.extensions["portal.database"].engine

    def note(*told: object) -> None:
        sent.append(str(told[2]))

    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize("path", ["/", "/learn/", "/learn/the-grasp", "/contact", "/sitemap.xml"])
def test_portals_page_asks_the_database_nothing(
    app: Flask, statements: list[str], path: str
) -> None:
    client = app.test_client()
    client.get(path)
    statements.clear()
    assert client.get(path).status_code == 200
    assert statements == []


@pytest.mark.parametrize("path", ["/", "/learn/safety", "/privacy", "/sitemap.xml"])
def test_portals_page_is_the_same_from_memory_and_from_flask(app: Flask, path: str) -> None:
    kept = app.test_client().get(path)
    cache = cache_of(app)
    direct = Client(cache._app).get(path)
    assert direct.get_data() == kept.get_data()
    assert dict(direct.headers) == dict(kept.headers)


def test_portals_explainers_weigh_little(app: Flask) -> None:
    browser = Client(app.wsgi_app)
    answer = browser.get("/learn/the-grasp", headers={"Accept-Encoding": "br"})
    assert len(answer.get_data()) < 8_000


def test_portals_pages_follow_the_clinics_settings(
    app: Flask, write: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = [0.0]
    monkeypatch.setattr("portal.web.pages.monotonic", lambda: seconds[0])
    clinic = factories.clinic(write)
    write.commit()
    app.test_client().get("/contact")
    clinic.phone = "519-555-0199"
    write.commit()
    app.extensions["portal.directory"].settings_changed()
    seconds[0] += 2
    assert "519-555-0199" in app.test_client().get("/contact").get_data(as_text=True)
