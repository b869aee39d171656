"""Fixtures of every test: an application on a real database, a fixed evening, people."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from hypothesis import HealthCheck, settings
from sqlalchemy.orm import Session

from portal import db
from portal.app import create_app
from portal.config import Env, Settings
from tests.asked import remember_statements
from tests.browser import browser
from tests.compiled import TEMPLATES
from tests.people import Cast, HouseClient, build_cast, cast, client_of
from tests.rules import remember_rules
from tests.stores import store
from tests.watch import watch

pytest_plugins = ["tests.nu"]
__all__ = ["browser", "cast", "client_of"]
BASE_URL = "http://localhost"
EVENING = datetime(2026, 11, 10, 1, 0, tzinfo=UTC)  # Monday 9 November, 20:00 in Guelph

settings.register_profile(
    "portal",
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
settings.load_profile("portal")
remember_rules()


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> str:
    """One database made by the migrations; each test copies it."""
    return store().make(tmp_path_factory.mktemp("template"))


def _settings(instance: Path) -> Settings:
    return Settings(
        env=Env.TEST,
        base_url=BASE_URL,
        instance=instance,
        argon2_memory_kib=8,
        argon2_passes=1,
    )


def _start(source: str, settings: Settings) -> Flask:
    made = create_app(store().copy(source, settings))
    made.testing = True
    made.config["PROPAGATE_EXCEPTIONS"] = False
    made.config.update(
        dict.fromkeys(
            ("PORTAL_PEPPER", "PORTAL_SEED_KEY", "PORTAL_LINK_KEY"), b"tests only" * 3 + b"!!"
        )
    )
    made.jinja_env.bytecode_cache = TEMPLATES
    data = made.extensions["portal.database"]
    remember_statements(data.engine)
    remember_statements(data.writing)
    made.test_client_class = HouseClient
    return made


@pytest.fixture(scope="session")
def _with_people(template: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Cast]:
    """The template with the cast in it, written once through the portal's own write path."""
    made = _start(template, _settings(tmp_path_factory.mktemp("peopled")))
    with time_machine.travel(EVENING, tick=False), made.app_context():
        with db.write_transaction() as session:
            cast = build_cast(session)
        return store().settle(made), cast


@pytest.fixture
def peopled(_with_people: tuple[str, Cast]) -> Cast:
    return _with_people[1]


@pytest.fixture(autouse=True)
def now() -> Iterator[time_machine.Traveller]:
    """It is the evening of Monday 9 November 2026 in Guelph; the clock moves only when told."""
    with time_machine.travel(EVENING, tick=False) as traveller:
        yield traveller


@pytest.fixture
def portal_settings(tmp_path: Path) -> Settings:
    return _settings(tmp_path)


@pytest.fixture
def app(
    request: pytest.FixtureRequest, template: str, portal_settings: Settings
) -> Iterator[Flask]:
    source = template
    if "cast" in request.fixturenames:
        source, _ = request.getfixturevalue("_with_people")
    made = _start(source, portal_settings)
    faults = watch(made)
    with made.app_context():
        yield made
        db.end_read()
    store().drop(made)
    assert not faults, "; ".join(faults)


@pytest.fixture
def write(app: Flask) -> Iterator[Session]:
    """One writing transaction, committed when the test's arrangement ends with `write.commit()`."""
    with Session(app.extensions["portal.database"].writing, expire_on_commit=False) as session:
        yield session
