"""Fixtures of the command: an instance founded by the real command, in a folder of its own."""

import io
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import pytest

from portal import db
from portal.app import create_app
from portal.audit import Actor, Event, record
from portal.cli import main
from portal.config import load_settings
from tests.people import build_cast

PASSWORD = "seven-quiet-otters-swim"
FOUNDING = (
    "init",
    "--clinic=Grand River IMS",
    "--city=Guelph",
    "--name=Ada Byrne",
    "--email=Ada@Example.org",
)


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended, and what it said."""

    returncode: int
    stdout: str
    stderr: str


Portal = Callable[..., Ran]


def _environment(instance: Path, variables: dict[str, str]) -> dict[str, str]:
    clean = {key: value for key, value in os.environ.items() if not key.startswith("PORTAL_")}
    address = {"PORTAL_BASE_URL": "http://127.0.0.1:8000"}
    chosen = {"PORTAL_INSTANCE": str(instance), **address, **variables}
    return {**clean, **{key: value for key, value in chosen.items() if value}}


def run_portal(instance: Path, *arguments: str, **variables: str) -> Ran:
    """Run a command in this process, with nobody at the terminal; an empty variable is unset."""
    out, err, mask = io.StringIO(), io.StringIO(), os.umask(0o077)
    with (
        patch.dict(os.environ, _environment(instance, variables), clear=True),
        patch("sys.stdin", io.StringIO()),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        try:
            status = main(arguments)
        except SystemExit as ended:
            status = int(ended.code or 0)
        finally:
            os.umask(mask)
    return Ran(status, out.getvalue(), err.getvalue())


def run_really(instance: Path, *arguments: str, **variables: str) -> Ran:
    """Run the command in a process of its own, as an operator does."""
    ran = subprocess.run(
        [sys.executable, "-m", "portal.cli", *arguments],
        env=_environment(instance, variables),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return Ran(ran.returncode, ran.stdout, ran.stderr)


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instance just after `portal init`; each test copies it."""
    folder = tmp_path_factory.mktemp("founded")
    (folder / "password").write_text(f"{PASSWORD}\n", encoding="utf-8")
    ran = run_portal(folder / "instance", *FOUNDING, f"--password-file={folder / 'password'}")
    assert ran.returncode == 0, ran.stderr
    return folder / "instance"


@pytest.fixture
def instance(founded: Path, tmp_path: Path) -> Path:
    """An instance with one clinic and one administrator."""
    return Path(shutil.copytree(founded, tmp_path / "instance"))


@pytest.fixture
def portal(instance: Path) -> Portal:
    """The command, for that instance."""

    def run(*arguments: str, **variables: str) -> Ran:
        return run_portal(instance, *arguments, **variables)

    return run


@pytest.fixture
def mia(instance: Path) -> str:
    """The cast moves into the founded instance; Mia's id, whose record Ana opened from a list."""
    app = create_app(load_settings(instance=instance, base_url="http://127.0.0.1:8000"))
    with app.app_context():
        with db.write_transaction() as session:
            cast = build_cast(session)
            actor = Actor(cast.ana.account_id, "practitioner", cast.clinic_id)
            listed: dict[str, object] = {"patients": [str(cast.mia.patient_id)]}
            record(session, actor, Event("panel-shown", details=listed))
            record(session, actor, Event("panel-shown", details={"patients": []}))
            record(session, actor, Event("brief-opened", patient_id=cast.mia.patient_id))
        db.end_read()
    app.extensions["portal.database"].engine.dispose()
    return str(cast.mia.patient_id)


def refused(ran: Ran) -> str:
    """The one sentence of a command that was refused."""
    assert ran.returncode == 1, ran.stdout + ran.stderr
    lines = [line for line in ran.stderr.splitlines() if not line.startswith("{")]
    assert len(lines) == 1, ran.stderr
    assert lines[0].startswith("portal: ")
    assert "Traceback" not in ran.stderr
    return lines[0]
