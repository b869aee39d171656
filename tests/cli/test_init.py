import stat
from pathlib import Path

import pytest
from pysqlite3 import dbapi2 as sqlite

from tests.cli.conftest import FOUNDING, PASSWORD, Portal, refused, run_portal


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def rows(instance: Path, query: str) -> list[tuple[object, ...]]:
    connection = sqlite.connect(str(instance / "portal.sqlite3"))
    try:
        return list(connection.execute(query))
    finally:
        connection.close()


def test_only_the_first_administrator_has_an_account(founded: Path) -> None:
    assert rows(founded, "SELECT email, is_active FROM account") == [("ada@example.org", 1)]
    assert rows(founded, "SELECT role FROM account_role") == [("administrator",)]


def test_founding_is_written_down(founded: Path) -> None:
    assert rows(founded, "SELECT act FROM audit_event") == [("clinic-founded",)]


def test_nobody_else_may_look_into_the_instance(founded: Path) -> None:
    assert mode(founded) == 0o700
    assert {mode(path) for path in founded.iterdir() if path.is_file()} == {0o600}


def test_password_is_stored_hashed(founded: Path) -> None:
    assert rows(founded, "SELECT substr(password_hash, 1, 9) FROM account") == [("$argon2id",)]


def test_second_founding_is_refused(portal: Portal, founded: Path) -> None:
    assert "there is a clinic already (Grand River IMS)" in refused(portal(*FOUNDING))
    assert len(rows(founded, "SELECT id FROM clinic")) == 1


def test_address_is_kept_where_it_was_said(tmp_path: Path) -> None:
    (tmp_path / "password").write_text(PASSWORD, encoding="utf-8")
    instance = tmp_path / "new"
    ran = run_portal(
        instance,
        *FOUNDING,
        "--base-url=https://portal.example.org/",
        f"--password-file={tmp_path / 'password'}",
        PORTAL_BASE_URL="",
    )
    assert ran.returncode == 0, ran.stderr
    kept = (instance / "portal.toml").read_text(encoding="utf-8")
    assert kept == 'base_url = "https://portal.example.org"\n'
    assert "https://portal.example.org/sign-in" in ran.stdout


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        ((), "--password-file is needed"),
        (("--region=XX",), "no emergency numbers are known"),
        (("--zone=Mars/Base",), "there is no such time zone"),
        (("--email=ada",), "ada: "),
        (("--name= ",), "your name is needed"),
        (("--password-file=/nowhere",), "/nowhere: No such file"),
    ],
)
def test_founding_says_what_is_missing(tmp_path: Path, flags: tuple[str, ...], words: str) -> None:
    assert words in refused(run_portal(tmp_path / "new", *FOUNDING, *flags))


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("short", "12 characters"),
        ("passwordpassword", "tried first"),
        ("grand-river-ims-7", "the clinic's name"),
    ],
)
def test_weak_password_is_refused_with_the_reason(
    tmp_path: Path, password: str, words: str
) -> None:
    (tmp_path / "password").write_text(password, encoding="utf-8")
    ran = run_portal(tmp_path / "new", *FOUNDING, f"--password-file={tmp_path / 'password'}")
    assert words in refused(ran)
    assert rows(tmp_path / "new", "SELECT id FROM account") == []


def test_first_failure_does_not_hinder_the_second_try(tmp_path: Path) -> None:
    refused(run_portal(tmp_path / "new", *FOUNDING))
    (tmp_path / "password").write_text(PASSWORD, encoding="utf-8")
    ran = run_portal(tmp_path / "new", *FOUNDING, f"--password-file={tmp_path / 'password'}")
    assert ran.returncode == 0, ran.stderr


def test_open_instance_is_closed_and_its_settings_are_not_overwritten(tmp_path: Path) -> None:
    instance = tmp_path / "instance"
    instance.mkdir(mode=0o755)
    (instance / "portal.toml").write_text("proxy_hops = 1\n", encoding="utf-8")
    ran = run_portal(instance, *FOUNDING, "--base-url=http://127.0.0.1:8000", PORTAL_BASE_URL="")
    assert "write base_url into it" in refused(ran)
    refused(run_portal(instance, *FOUNDING))
    assert mode(instance) == 0o700


def test_address_is_asked_for_where_it_is_nowhere_set(tmp_path: Path) -> None:
    ran = run_portal(tmp_path / "new", *FOUNDING, PORTAL_BASE_URL="")
    assert "--base-url is needed" in refused(ran)


def test_other_bad_settings_stop_the_founding(tmp_path: Path) -> None:
    ran = run_portal(tmp_path / "new", *FOUNDING, PORTAL_PROXY_HOPS="9")
    assert "PORTAL_PROXY_HOPS" in refused(ran)
