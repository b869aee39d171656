"""Bringing a database to the newest form, safely, from Python."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from portal.db import Database
from portal.errors import BadSettings, StorageUnavailable


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def newest() -> str:
    """Return the newest form's name."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    assert head is not None  # noqa: S101 - the package always carries migrations
    return head


def current(database: Database) -> str | None:
    """Return the form a database is in; None when it is empty."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


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
    with database.queue.turn():
        if database.engine.dialect.name == "sqlite":
            with _foreign_keys_off(database) as connection:
                command.upgrade(_config(connection), revision)
        else:
            with database.engine.begin() as connection:
                connection.execute(text("SELECT pg_advisory_xact_lock(724151)"))
                command.upgrade(_config(connection), revision)


def refuse_old(database: Database) -> None:
    """Raise BadSettings unless the database is in the newest form."""
    found = current(database)
    if found != newest():
        raise BadSettings(
            f"the database is at {found or 'nothing'} and {newest()} is needed; "
            "run `portal migrate`"
        )
