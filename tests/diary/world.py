"""The portal with everybody in it, put back to its first evening whenever it is asked to."""

from pathlib import Path
from shutil import copyfile

import time_machine
from flask import Flask

from portal import clock, db
from tests.people import Cast, HouseClient


class World:
    """The portal with everybody in it, put back to its first evening before each run."""

    def __init__(self, app: Flask, cast: Cast, now: time_machine.Traveller) -> None:
        self.app, self.cast, self.now = app, cast, now
        self.evening = clock.now()
        self.file = Path(app.instance_path) / "portal.sqlite3"
        self.first = self.file.with_suffix(".first")
        self._close()
        copyfile(self.file, self.first)

    def _close(self) -> None:
        db.end_read()
        engine = self.app.extensions["portal.database"].engine
        with engine.connect() as connection:
            connection.connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        engine.dispose()

    def begin_again(self) -> None:
        """Forget everything that was written since the first evening."""
        self._close()
        copyfile(self.first, self.file)
        self.now.move_to(self.evening)

    def browser(self) -> HouseClient:
        """A browser in which nobody is signed in."""
        made = self.app.test_client()
        assert isinstance(made, HouseClient)
        made.checks_pages = False
        return made
