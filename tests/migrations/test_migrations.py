"""Each step up keeps every row, and the last one is exactly what the models say."""

import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text
from sqlalchemy.orm import Session

from portal import db, models
from portal.db import Base, Database
from portal.errors import BadSettings, StorageUnavailable
from portal.migrations.run import (
    VERSIONS,
    _foreign_keys_off,
    current,
    migrate,
    newest,
    refuse_old,
)
from tests.people import build_cast

FIRST = "0001"
_OUTER_COMMA = re.compile(r",(?![^(]*\))")


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Database]:
    made = db.open_database(f"sqlite:///{tmp_path / 'portal.sqlite3'}")
    yield made
    made.engine.dispose()


@pytest.fixture
def newest_form(tmp_path: Path) -> Iterator[Database]:
    made = db.open_database(f"sqlite:///{tmp_path / 'newest.sqlite3'}")
    migrate(made)
    yield made
    made.engine.dispose()


@pytest.fixture
def peopled_first(empty: Database, newest_form: Database) -> Database:
    """A database in its first form with rows of the whole cast."""
    migrate(empty, FIRST)
    with Session(newest_form.writing) as session:
        build_cast(session)
        session.commit()
    with _foreign_keys_off(empty) as first, newest_form.engine.connect() as last:
        for name in set(inspect(first).get_table_names()) & set(Base.metadata.tables):
            _copy_rows(name, last, first)
    return empty


def _copy_rows(name: str, source: Connection, target: Connection) -> None:
    """Copy what both forms of a table know."""
    columns = [f'"{column["name"]}"' for column in inspect(target).get_columns(name)]
    listed = ", ".join(columns)
    places = ", ".join(["?"] * len(columns))
    for row in source.exec_driver_sql(f"SELECT {listed} FROM {name}"):
        target.exec_driver_sql(f"INSERT INTO {name} ({listed}) VALUES ({places})", tuple(row))


def _counts(database: Database) -> dict[str, int]:
    with database.engine.connect() as connection:
        return {
            name: connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one()
            for name in Base.metadata.tables
            if name in inspect(connection).get_table_names()
        }


def _shape(database: Database) -> dict[str, set[str]]:
    """Each table and index as its sorted clauses, checks included, whatever their order."""
    query = "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND type <> 'trigger'"
    with database.engine.connect() as connection:
        found = connection.execute(text(query)).all()
    return {name: _clauses(sql) for name, sql in found if name != "alembic_version"}


def _clauses(sql: str) -> set[str]:
    """The parts between the outermost commas; an added column stands on its neighbour's line."""
    plain = re.sub(r"\s+", " ", re.sub(r'"', "", sql))
    head, _, inner = plain.partition("(")
    return {
        head.strip(),
        *(part.strip(" ,)") for part in _OUTER_COMMA.split(inner.rstrip().removesuffix(")"))),
    }


def test_newest_form_is_the_one_that_alembic_would_reach() -> None:
    assert newest() == ScriptDirectory(str(VERSIONS.parent)).get_current_head()


def test_newest_form_is_what_the_models_say(empty: Database) -> None:
    migrate(empty)
    with empty.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_every_check_and_index_is_in_the_migrations(empty: Database, tmp_path: Path) -> None:
    """Autogenerate does not see a changed CHECK, so the tables' own words are compared."""
    assert models
    migrate(empty)
    drawn = db.open_database(f"sqlite:///{tmp_path / 'drawn.sqlite3'}")
    Base.metadata.create_all(drawn.writing)
    assert _shape(empty) == _shape(drawn)
    drawn.engine.dispose()


def test_steps_up_keep_every_row(peopled_first: Database) -> None:
    before = _counts(peopled_first)
    migrate(peopled_first)
    after = _counts(peopled_first)
    assert {name: after[name] for name in before} == before
    assert min(before[name] for name in ("entry", "entry_flag", "visit", "needling_site")) > 0


def test_rebuilding_a_table_keeps_what_hangs_on_it(peopled_first: Database) -> None:
    migrate(peopled_first)
    before = _counts(peopled_first)
    with _foreign_keys_off(peopled_first) as connection:
        operations = Operations(MigrationContext.configure(connection))
        with operations.batch_alter_table("entry", recreate="always"):
            pass
    assert _counts(peopled_first) == before


def test_step_that_breaks_a_reference_is_undone(peopled_first: Database) -> None:
    with pytest.raises(StorageUnavailable, match="entry_place"):
        _orphan_the_places(peopled_first)
    assert _counts(peopled_first)["entry"] > 0


def _orphan_the_places(database: Database) -> None:
    with _foreign_keys_off(database) as connection:
        for table in ("entry_flag", "review", "entry"):
            connection.execute(text(f"DELETE FROM {table}"))


def test_references_are_enforced_again_afterwards(peopled_first: Database) -> None:
    migrate(peopled_first)
    with peopled_first.engine.connect() as connection:
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1
        assert connection.execute(text("PRAGMA foreign_key_check")).first() is None


def test_two_that_migrate_at_once_do_it_once(empty: Database) -> None:
    both = [threading.Thread(target=migrate, args=(empty,)) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join(timeout=20)
    assert current(empty) == newest()


def test_old_database_stops_the_start_with_a_sentence(empty: Database) -> None:
    migrate(empty, FIRST)
    with pytest.raises(BadSettings, match=r"0001 and .* is needed; run `portal migrate`"):
        refuse_old(empty)


def test_newest_database_starts(empty: Database) -> None:
    migrate(empty)
    refuse_old(empty)
    assert current(empty) == newest()
