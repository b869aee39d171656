import shutil
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.dialects import sqlite

from portal import clock, db
from portal.audit import Actor, Event, record
from portal.audit.models import AuditEvent
from portal.audit.record import first_broken
from portal.errors import BadSettings, QueueFull
from tests.people import Cast, ClientOf


def test_keys_made_later_sort_later() -> None:
    first = db.new_id()
    with_later_clock = [db.new_id() for _ in range(3)]
    assert first.version == 7
    assert len({first, *with_later_clock}) == 4


def test_keys_of_one_instant_sort_in_the_order_of_making() -> None:
    made = [db.new_id() for _ in range(9000)]
    assert made == sorted(made)
    assert {key.version for key in made} == {7}


def test_old_sqlite_is_refused_with_a_sentence() -> None:
    with pytest.raises(BadSettings, match=r"3\.40\.1 can lose data"):
        db.refuse_unsafe_sqlite((3, 40, 1))


@pytest.mark.sqlite
@pytest.mark.usefixtures("app")
def test_connections_are_durable_and_keep_references() -> None:
    found = db.session().execute(text("PRAGMA synchronous")).scalar()
    keys = db.session().execute(text("PRAGMA foreign_keys")).scalar()
    mode = db.session().execute(text("PRAGMA journal_mode")).scalar()
    assert (found, keys, mode) == (2, 1, "wal")


def test_ready_probe_writes(app: Flask) -> None:
    assert app.test_client().get("/readyz").status_code == 200


@pytest.mark.sqlite
def test_s080_moved_database_is_not_written_and_serves_once_it_is_back(app: Flask) -> None:
    path, aside = _files(app)
    path.rename(aside)
    assert app.test_client().get("/readyz").status_code == 503
    assert not path.exists()
    aside.rename(path)
    assert app.test_client().get("/readyz").status_code == 200


@pytest.mark.sqlite
def test_s080_signed_in_people_read_that_nothing_can_be_shown(
    app: Flask, cast: Cast, client_of: ClientOf
) -> None:
    ana = client_of(cast.ana)
    path, aside = _files(app)
    path.rename(aside)
    answer = ana.get("/clinic")
    aside.rename(path)
    assert answer.status_code == 503


@pytest.mark.sqlite
def test_s080_another_file_in_its_place_is_opened_anew(app: Flask) -> None:
    path, aside = _files(app)
    shutil.copy(path, aside)
    aside.replace(path)
    seen = [app.test_client().get("/readyz").status_code for _ in range(2)]
    assert seen == [503, 200]


def _files(app: Flask) -> tuple[Path, Path]:
    """Where the database is once somebody has used it, and a place beside it."""
    assert app.test_client().get("/readyz").status_code == 200
    with app.app_context():
        path = Path(db.database().engine.url.database or "")
    return path, path.with_suffix(".aside")


def test_naive_time_is_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        db.UTCDateTime().process_bind_param(datetime.fromisoformat("2026-01-01"), sqlite.dialect())


@pytest.mark.sqlite
@pytest.mark.usefixtures("app")
def test_audit_events_are_chained_and_a_change_is_found() -> None:
    for number in range(3):
        with db.write_transaction() as session:
            record(session, Actor(), Event("tried", details={"number": number}))
    assert first_broken(db.session()) is None
    with db.write_transaction() as session:
        session.execute(text("DROP TRIGGER audit_event_no_UPDATE"))
        session.execute(text("UPDATE audit_event SET act = 'other' WHERE seq = 2"))
    assert first_broken(db.session()) == 2


@pytest.mark.sqlite
@pytest.mark.usefixtures("app")
def test_database_itself_refuses_to_change_the_audit() -> None:
    with db.write_transaction() as session:
        record(session, Actor(), Event("tried"))
    with (
        pytest.raises(Exception, match="append-only"),
        db.write_transaction() as session,
    ):
        session.query(AuditEvent).update({"act": "other"})


@pytest.mark.usefixtures("app")
def test_rolled_back_transaction_leaves_no_event() -> None:
    with pytest.raises(RuntimeError):
        _record_and_fail()
    assert db.session().query(AuditEvent).count() == 0


def _record_and_fail() -> None:
    with db.write_transaction() as session:
        record(session, Actor(), Event("tried"))
        raise RuntimeError


@pytest.mark.sqlite
@pytest.mark.usefixtures("app")
def test_thirty_third_waiting_writer_is_turned_away() -> None:
    queue = db.database().queue
    for _ in range(db.MAX_WAITING):
        queue._places.acquire()
    with pytest.raises(QueueFull), queue.turn():
        pass


@pytest.mark.sqlite
@pytest.mark.usefixtures("app")
def test_writers_of_two_threads_do_not_meet() -> None:
    queue = db.database().queue
    inside: list[str] = []
    with queue.turn():
        other = threading.Thread(target=lambda: _enter(queue, inside))
        other.start()
        other.join(timeout=0.05)
        inside.append("first")
    other.join(timeout=5)
    assert inside == ["first", "second"]


def _enter(queue: db.WriteQueue, inside: list[str]) -> None:
    with queue.turn():
        inside.append("second")


@pytest.mark.usefixtures("app")
def test_clock_can_be_set_for_the_demo() -> None:
    clock.run_from(datetime(2030, 1, 1, tzinfo=UTC))
    try:
        assert clock.now().year == 2030
    finally:
        clock.run_from(datetime(2026, 11, 10, 1, 0, tzinfo=UTC))
