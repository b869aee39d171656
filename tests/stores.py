"""Where the tests' databases stand: SQLite files, or a PostgreSQL server that the run was given."""

import os
import shutil
from functools import cache
from itertools import count
from pathlib import Path
from typing import Protocol

from flask import Flask
from sqlalchemy import create_engine, make_url, text

from portal import db
from portal.config import Settings
from portal.migrations.run import migrate

SERVER = "TEST_SERVER"
_number = count(1)


class Store(Protocol):
    """A place for databases: one is made by the migrations, and every test copies it."""

    def make(self, folder: Path) -> str:
        """Make an empty database in its newest form and return its name."""

    def copy(self, source: str, settings: Settings) -> Settings:
        """Copy a database for one application and return its settings."""

    def settle(self, app: Flask) -> str:
        """Close an application's database so that it can be copied, and return its name."""

    def drop(self, app: Flask) -> None:
        """Close an application's database for good."""


class Files:
    """SQLite, one file a database; a copy takes about 3 ms."""

    def make(self, folder: Path) -> str:
        path = folder / "portal.sqlite3"
        made = db.open_database(f"sqlite:///{path}")
        migrate(made)
        self._write_out(made)
        return str(path)

    def copy(self, source: str, settings: Settings) -> Settings:
        shutil.copyfile(source, settings.instance / "portal.sqlite3")
        return settings

    def settle(self, app: Flask) -> str:
        self._write_out(app.extensions["portal.database"])
        return str(Path(app.instance_path) / "portal.sqlite3")

    def drop(self, app: Flask) -> None:
        app.extensions["portal.database"].engine.dispose()

    def _write_out(self, data: db.Database) -> None:
        with data.engine.connect() as connection:
            connection.connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        data.engine.dispose()


class Server:
    """PostgreSQL: each copy is a database of its own, dropped when its test is over."""

    def __init__(self, address: str) -> None:
        self._address = make_url(address)
        self._admin = create_engine(address, isolation_level="AUTOCOMMIT")

    def make(self, folder: Path) -> str:
        assert folder.exists()
        name = self._new("postgres")
        made = db.open_database(self._url(name))
        migrate(made)
        made.engine.dispose()
        return name

    def copy(self, source: str, settings: Settings) -> Settings:
        return settings.model_copy(update={"database_url": self._url(self._new(source))})

    def settle(self, app: Flask) -> str:
        data = app.extensions["portal.database"]
        data.engine.dispose()
        return str(data.engine.url.database)

    def drop(self, app: Flask) -> None:
        name = self.settle(app)
        with self._admin.connect() as connection:
            connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))

    def _url(self, name: str) -> str:
        return self._address.set(database=name).render_as_string(hide_password=False)

    def _new(self, source: str) -> str:
        name = f"portal_{os.getpid()}_{next(_number)}"
        origin = "" if source == "postgres" else f'TEMPLATE "{source}" STRATEGY FILE_COPY'
        with self._admin.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{name}" {origin}'))
        return name


@cache
def store() -> Store:
    """The place this run's databases stand in."""
    address = os.environ.get(SERVER)
    return Server(address) if address else Files()
