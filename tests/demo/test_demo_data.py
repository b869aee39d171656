"""What the demonstration holds, and that it never touches a database of somebody else."""

import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from portal import db
from portal.accounts.models import Account, Role
from portal.accounts.reader import Reader
from portal.app import create_app
from portal.care.models import Episode, Patient, Practitioner
from portal.cli import main
from portal.config import Settings
from portal.demo import people, run
from portal.diary.models import Entry, EntryFlag
from portal.errors import BadSettings
from portal.review import panel_queries
from portal.review.panel_queries import Look, PanelRow
from portal.review.trends import Verdict
from tests.conftest import EVENING
from tests.people import MONDAY
from tests.processes import free_port


@dataclass(frozen=True)
class Made:
    """One demonstration on the disk, opened anew by each test."""

    settings: Settings

    @contextmanager
    def opened(self) -> Iterator[Flask]:
        app = create_app(self.settings)
        with app.app_context():
            yield app
            db.end_read()
        app.extensions["portal.database"].engine.dispose()

    def patients(self) -> set[str]:
        with self.opened():
            return {str(one) for one in db.session().scalars(select(Patient.id))}


@contextmanager
def cheap_settings(folder: Path) -> Iterator[Settings]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PORTAL_INSTANCE", str(folder))
        patch.setenv("PORTAL_ARGON2_MEMORY_KIB", "8")
        patch.setenv("PORTAL_ARGON2_PASSES", "1")
        yield run.demo_settings(8000)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Made:
    with (
        time_machine.travel(EVENING, tick=False),
        cheap_settings(tmp_path_factory.mktemp("demo")) as settings,
    ):
        run.prepare(settings, keep=False)
        run.fill(settings)
        return Made(settings)


def panel(demo: Made) -> list[PanelRow]:
    """The whole panel of the practitioner whom visitors play, who also reads the flags."""
    with demo.opened():
        session = db.session()
        row = session.execute(
            select(Practitioner.id, Practitioner.account_id, Practitioner.clinic_id)
            .join(Account, Account.id == Practitioner.account_id)
            .where(Account.email == people.LEAD.email)
        ).one()
        roles = frozenset({Role.PRACTITIONER})
        reader = Reader(
            row.account_id, people.LEAD.name, row.clinic_id, roles, practitioner_id=row.id
        )
        days = panel_queries.days_of(session, reader)
        return panel_queries.panel_page(session, reader, days, panel_queries.Wanted()).rows


def test_panel_shows_each_reason_to_look(demo: Made) -> None:
    assert {row.look for row in panel(demo)} == set(Look)


def test_panel_shows_each_verdict(demo: Made) -> None:
    assert {row.verdict for row in panel(demo)} == set(Verdict)


def test_diaries_end_on_the_day_before(demo: Made) -> None:
    with demo.opened():
        assert db.session().scalar(select(func.max(Entry.about_on))) == MONDAY - timedelta(days=1)


def test_diaries_show_what_diaries_may_hold(demo: Made) -> None:
    with demo.opened():
        entries = db.session().scalars(select(Entry)).all()
    assert any(entry.version > 1 and not entry.withdrawn_at for entry in entries)
    assert any(entry.withdrawn_at for entry in entries)
    assert any(entry.is_late for entry in entries)
    assert any(entry.call_me for entry in entries)
    assert any(entry.soreness for entry in entries)


def test_one_episode_has_ended_and_one_has_no_entry(demo: Made) -> None:
    with demo.opened():
        session = db.session()
        ended = session.scalars(select(Episode).where(Episode.ended_on.is_not(None))).all()
        written = select(Entry.episode_id)
        silent = session.scalars(select(Episode).where(Episode.id.not_in(written))).all()
    assert len(ended) == 1
    assert len(silent) == 1


def test_flags_wait_in_both_clinics(demo: Made) -> None:
    with demo.opened():
        clinics = db.session().scalars(
            select(Episode.clinic_id)
            .join(EntryFlag, EntryFlag.episode_id == Episode.id)
            .where(EntryFlag.acknowledged_at.is_(None))
            .distinct()
        )
        assert len(clinics.all()) == 2


def test_keeping_keeps_and_starting_anew_does_not(tmp_path: Path) -> None:
    with cheap_settings(tmp_path) as settings:
        made = Made(settings)
        seen = []
        for keep in (False, True, False):
            run.prepare(settings, keep=keep)
            run.fill(settings)
            seen.append(made.patients())
    assert seen[0] == seen[1]
    assert not seen[0] & seen[2]


def test_the_demo_never_opens_a_configured_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_DATABASE_URL", "sqlite:////srv/portal.sqlite3")
    with pytest.raises(BadSettings, match="PORTAL_DATABASE_URL"):
        run.demo_settings(8000)


@pytest.mark.sqlite  # the demo's own database is a file
def test_the_demo_refuses_a_database_it_did_not_make(
    tmp_path: Path,
    template: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    place = tmp_path / run.FOLDER
    place.mkdir(mode=0o700)
    shutil.copyfile(template, place / run.DATABASE)
    before = (place / run.DATABASE).read_bytes()
    monkeypatch.setenv("PORTAL_INSTANCE", str(tmp_path))
    assert main(["demo", "--port", str(free_port())]) == 1
    assert "not a database the demo made" in capsys.readouterr().err
    assert (place / run.DATABASE).read_bytes() == before


def test_a_busy_port_stops_the_demo_before_it_touches_anything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PORTAL_INSTANCE", str(tmp_path))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert main(["demo", "--port", str(taken.getsockname()[1])]) == 1
    assert "cannot be listened on" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
