"""Whatever is wrong with settings or storage is one plain sentence, exit status 1."""

import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from pysqlite3 import dbapi2 as sqlite

from portal.config import Settings
from portal.db import refuse_unsafe_sqlite
from portal.errors import BadSettings
from tests.cli.conftest import Portal, refused, run_portal, run_really


@pytest.mark.parametrize("command", ["run", "migrate", "mail", "audit verify", "backup x"])
def test_missing_instance(tmp_path: Path, command: str) -> None:
    ran = run_portal(tmp_path / "nowhere", *command.split())
    assert "`portal init` makes one" in refused(ran)
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize(
    ("toml", "words"),
    [
        ("base_url = ", "portal.toml: cannot be read as TOML"),
        ("colour = 'green'\n", "PORTAL_COLOUR"),
        ("proxy_hops = 9\n", "PORTAL_PROXY_HOPS"),
        ("test_now = 2026-11-09T20:00:00Z\n", "PORTAL_TEST_NOW: is allowed only"),
        ("argon2_passes = 1\n", "at least 19456 and 2"),
    ],
)
def test_bad_settings_file(portal: Portal, instance: Path, toml: str, words: str) -> None:
    (instance / "portal.toml").write_text(toml, encoding="utf-8")
    assert words in refused(portal("run"))


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("BASE_URL", "https://portal.example.org/ims", "a name and perhaps a port"),
        ("BASE_URL", "https://portal.example.org?x=1", "a name and perhaps a port"),
        ("BASE_URL", "https://ada@portal.example.org", "a name and perhaps a port"),
        ("BASE_URL", "https://portal.example.org:99999", "a name and perhaps a port"),
        ("BASE_URL", "https://portal.example.org:0", "a name and perhaps a port"),
        ("BASE_URL", "https://portal..example.org", "a name and perhaps a port"),
        ("BASE_URL", "portal.example.org", "must be https://"),
        ("MAIL_FROM", "portal", "must be one plain e-mail address"),
        ("MAIL_FROM", "p@example.org\nBcc: x@example.org", "must be one plain e-mail address"),
        ("ARGON2_MEMORY_KIB", "999999999999", "from 19456 (in production) to 1048576"),
        ("SMTP_URL", "http://mail.example.org", "must look like smtp://"),
        ("SMTP_URL", "smtp://mail.example.org:99999", "must look like smtp://"),
        ("DATABASE_URL", "mysql://h/db", "must begin with sqlite:/// or postgresql+psycopg://"),
        ("DATABASE_URL", "postgresql+psycopg://h:x/db", "must begin with sqlite:///"),
        ("PROXY_HOPS", "two", "must be a whole number from 0 to 5"),
        ("ENV", "live", "must be production, demo or test"),
        ("TEST_NOW", "today", "must be an instant with its zone"),
    ],
)
def test_impossible_value(portal: Portal, name: str, value: str, words: str) -> None:
    said = refused(portal("run", **{f"PORTAL_{name}": value}))
    assert said.startswith(f"portal: PORTAL_{name}: must ")
    assert words in said


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("https://Portal.Example.ORG/", "https://portal.example.org"),
        ("https://portal.example.org:443", "https://portal.example.org"),
        ("https://portal.example.org:8443", "https://portal.example.org:8443"),
        ("http://localhost:80", "http://localhost"),
    ],
)
def test_address_is_kept_as_browsers_say_it(typed: str, address: str) -> None:
    assert Settings(base_url=typed).base_url == address


def test_unknown_variable(portal: Portal) -> None:
    assert "PORTAL_COLOR: no such setting" in refused(portal("run", PORTAL_COLOR="green"))


def test_address_without_https(portal: Portal) -> None:
    assert "https://" in refused(portal("run", PORTAL_BASE_URL="http://portal.example.org"))


def test_host_that_others_reach(portal: Portal) -> None:
    assert "without https" in refused(portal("run", "--host", "0.0.0.0"))


def test_port_that_is_taken(portal: Portal) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = str(other.getsockname()[1])
        assert "cannot be listened on" in refused(portal("run", "--port", taken))


@pytest.mark.parametrize(
    ("arguments", "variables", "words"),
    [
        (("run",), {"PORTAL_COLOR": "green"}, "PORTAL_COLOR: no such setting"),
        (("audit", "verify"), {}, "`portal init` makes one"),
    ],
)
def test_real_process_says_one_sentence(
    tmp_path: Path, arguments: tuple[str, ...], variables: dict[str, str], words: str
) -> None:
    assert words in refused(run_really(tmp_path / "nowhere", *arguments, **variables))


def test_missing_key(portal: Portal, instance: Path) -> None:
    (instance / "secret.key").unlink()
    assert "the secret key cannot be read" in refused(portal("run"))


def test_key_that_others_may_read(portal: Portal, instance: Path) -> None:
    (instance / "secret.key").chmod(0o644)
    assert "chmod 600" in refused(portal("run"))


def test_short_key(portal: Portal, instance: Path) -> None:
    (instance / "secret.key").write_text("short", encoding="utf-8")
    assert "too short" in refused(portal("run"))


def test_instance_that_others_may_open(portal: Portal, instance: Path) -> None:
    instance.chmod(0o755)
    assert "chmod 700" in refused(portal("run"))


def test_database_in_an_older_form(portal: Portal, instance: Path) -> None:
    with closing(sqlite.connect(str(instance / "portal.sqlite3"))) as database:
        database.execute("UPDATE alembic_version SET version_num = '0001'")
        database.commit()
    assert "run `portal migrate`" in refused(portal("run"))


def test_file_that_is_no_database(portal: Portal, instance: Path) -> None:
    (instance / "portal.sqlite3").write_bytes(b"not a database, whatever its name says" * 40)
    assert "not a database" in refused(portal("migrate"))


@pytest.fixture
def locked(instance: Path) -> Iterator[None]:
    """Somebody else holds the database for longer than anybody waits."""
    with closing(sqlite.connect(str(instance / "portal.sqlite3"))) as database:
        database.isolation_level = None
        database.execute("BEGIN IMMEDIATE")
        yield


@pytest.mark.usefixtures("locked")
def test_locked_database(portal: Portal) -> None:
    said = refused(portal("run"))
    assert said == "portal: the database cannot be used: database is locked"


def test_database_in_a_folder_that_is_missing(portal: Portal, instance: Path) -> None:
    ran = portal("migrate", PORTAL_DATABASE_URL=f"sqlite:///{instance}/missing/portal.sqlite3")
    assert "no such folder for the database" in refused(ran)


@pytest.mark.parametrize("version", [(3, 40, 1), (3, 51, 2)])
def test_old_sqlite(version: tuple[int, ...]) -> None:
    with pytest.raises(BadSettings, match=r"can lose data in WAL mode; 3\.51\.3"):
        refuse_unsafe_sqlite(version)


def test_postgresql_is_backed_up_elsewhere(portal: Portal, tmp_path: Path) -> None:
    ran = portal("backup", str(tmp_path / "b"), PORTAL_DATABASE_URL="postgresql+psycopg://h/db")
    assert "pg_dump" in refused(ran)
