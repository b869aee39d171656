"""A real server for a real browser, on the evening of every other test, its clock running."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask, Response
from flask.sessions import SecureCookieSessionInterface
from playwright.sync_api import Browser
from sqlalchemy import select
from werkzeug.serving import make_server

from portal import db
from portal.accounts import session as sign_ins
from portal.accounts.models import Account
from portal.config import Env, Settings
from portal.diary.models import Entry
from tests import pages
from tests.browser import Watched, window
from tests.conftest import EVENING
from tests.people import Cast, Person, proof_of
from tests.processes import free_port


@pytest.fixture(autouse=True)
def now() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(EVENING, tick=True) as traveller:
        yield traveller


@pytest.fixture
def portal_settings(tmp_path: Path) -> Settings:
    return Settings(
        env=Env.TEST,
        base_url=f"http://127.0.0.1:{free_port()}",
        instance=tmp_path,
        argon2_memory_kib=8,
        argon2_passes=1,
    )


def _keep(response: Response) -> Response:
    is_page = response.mimetype == "text/html" and not response.direct_passthrough
    if is_page and response.get_data():
        pages.keep(response.get_data(as_text=True))
    return response


@dataclass(frozen=True, slots=True)
class Site:
    """The running portal and the browser that visits it."""

    app: Flask
    cast: Cast
    base: str
    browser: Browser

    @contextmanager
    def window(self, person: Person | None = None, **options: Any) -> Iterator[Watched]:
        """A window in which somebody is signed in already, or nobody."""
        with window(self.browser, self.base, **options) as made:
            if person is not None:
                made.context.add_cookies([self._cookie(person)])
            yield made

    def _cookie(self, person: Person) -> Any:
        with db.write_transaction() as session:
            account = session.get_one(Account, person.account_id)
            token = sign_ins.begin(session, account, person.roles, proof_of(person))
        cookies = self.app.session_interface
        assert isinstance(cookies, SecureCookieSessionInterface)
        signer = cookies.get_signing_serializer(self.app)
        assert signer is not None
        return {
            "name": self.app.config["SESSION_COOKIE_NAME"],
            "value": signer.dumps({"_user_id": token, "_fresh": True}),
            "url": self.base,
        }


def entries_of(person: Person) -> list[Entry]:
    """Every version that somebody wrote, in order, as the database has them now."""
    db.end_read()
    query = select(Entry).where(Entry.episode_id == person.episode_id)
    return list(db.session().scalars(query.order_by(Entry.about_on, Entry.version)))


@pytest.fixture
def site(app: Flask, cast: Cast, portal_settings: Settings, browser: Browser) -> Iterator[Site]:
    app.after_request(_keep)
    port = int(portal_settings.base_url.rpartition(":")[2])
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Site(app, cast, portal_settings.base_url, browser)
    server.shutdown()
    thread.join(timeout=5)
