"""Bringing a database to the newest form, safely, from Python."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from portal.db import Database
from portal.errors import BadSettings, StorageUnavailable

Upgrade = Callable[[Connection, str], None]
VERSIONS = Path(__file__).parent / "versions"


def newest() -> str:
    """Return the newest form's name, with which its migration's file begins."""
    return max(path.name.partition("_")[0] for path in VERSIONS.glob("[0-9]*_*.py"))


def current(database: Database) -> str | None:
    """Return the form a database is in; None when it is empty."""
    with database.engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
        return found


@contextmanager
def _foreign_keys_off(database: Database) -> Iterator[Connection]:
    """Open one writing transaction in which a rebuilt table keeps its children.

    With the pragma on, a batch change of a table silently deletes cascading children; it can
    only be set outside a transaction, so before BEGIN IMMEDIATE.
    """
    with database.writing.connect() as connection:
        driver = connection.connection.dbapi_connection
        assert driver is not None  # noqa: S101 - the connection is open
        driver.cursor().execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                yield connection
                broken = connection.execute(text("PRAGMA foreign_key_check")).first()
                if broken is not None:
                    raise StorageUnavailable(f"the migration broke a reference in {broken[0]}")
        finally:
            driver.cursor().execute("PRAGMA foreign_keys=ON")


def migrate(database: Database, revision: str = "head") -> None:
    """Bring the database to `revision`; two processes at once do it once.

    Raises StorageUnavailable when it cannot be written; then nothing has changed.
    """
    # A start only asks which form the database is in, and Alembic takes a while to load.
    upgrade: Upgrade = import_module("portal.migrations.upgrade").upgrade
    with database.queue.turn():
        if database.engine.dialect.name == "sqlite":
            with _foreign_keys_off(database) as connection:
                upgrade(connection, revision)
        else:
            with database.engine.begin() as connection:
                connection.execute(text("SELECT pg_advisory_xact_lock(724151)"))
                upgrade(connection, revision)


def refuse_old(database: Database) -> None:
    """Raise BadSettings unless the database is in the newest form."""
    found = current(database)
    if found != newest():
        raise BadSettings(
            f"the database is at {found or 'nothing'} and {newest()} is needed; "
            "run `portal migrate`"
        )
