"""The library that the running portal serves, read again when a content file changes."""

from functools import cache
from pathlib import Path
from typing import Final

import structlog

from portal import clock
from portal.education.check import open_library
from portal.education.errors import ContentError

CONTENT: Final = Path(__file__).parent.parent / "content"

log = structlog.get_logger()


class Keeper:
    """Holds the newest library that passed the check."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen = self._changes()
        self.library = open_library(folder)

    def stamp(self) -> object:
        """What explainers are built from: the files as they are now, and today's date.

        A changed file that fails the check is logged, and the last good library stays.
        """
        seen = self._changes()
        if seen != self._seen:
            self._seen = seen
            try:
                self.library = open_library(self._folder)
            except ContentError as error:
                log.warning("content.refused", file=error.file, line=error.line, key=error.key)
        return self._seen, clock.now().date()

    def _changes(self) -> tuple[tuple[str, int], ...]:
        files = sorted(self._folder.rglob("*.*"))
        return tuple((file.name, file.stat().st_mtime_ns) for file in files)


@cache
def house_keeper() -> Keeper:
    """The portal's own content, opened once per process."""
    return Keeper(CONTENT)
