"""The library that the running portal serves, read again when a content file changes."""

from functools import cache
from pathlib import Path
from typing import Final

import structlog

from portal import clock
from portal.education.check import open_library
from portal.education.content import Library
from portal.education.errors import ContentError
from portal.education.overrides import with_own_pages
from portal.education.search import Index, entries_of

CONTENT: Final = Path(__file__).parent.parent / "content"

log = structlog.get_logger()


def changes_in(folder: Path) -> tuple[tuple[str, int], ...]:
    """Every file of a folder with the time it was last written."""
    files = sorted(folder.rglob("*.*")) if folder.is_dir() else []
    return tuple((str(file), file.stat().st_mtime_ns) for file in files if file.is_file())


class Keeper:
    """Holds the newest library that passed the check."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen = changes_in(folder)
        self.library = open_library(folder)

    def stamp(self) -> object:
        """What explainers are built from: the files as they are now, and today's date.

        A changed file that fails the check is logged, and the last good library stays.
        """
        seen = changes_in(self._folder)
        if seen != self._seen:
            self._seen = seen
            try:
                self.library = open_library(self._folder)
            except ContentError as error:
                log.warning("content.refused", file=error.file, line=error.line, key=error.key)
        return self._seen, clock.now().date()


class ClinicKeeper:
    """The portal's library with a clinic's own pages over it, and what search looks through."""

    def __init__(self, house: Keeper, folder: Path) -> None:
        self._house = house
        self._folder = folder
        self._build()

    @property
    def library(self) -> Library:
        """What is served now."""
        return self.shelved.library

    def stamp(self) -> object:
        """What pages are built from; looks for changed files of the portal and of the clinic."""
        stamp = self._house.stamp()
        if changes_in(self._folder) != self._seen or self._house.library is not self._from:
            self._build()
        return stamp, self._seen

    def _build(self) -> None:
        self._seen = changes_in(self._folder)
        self._from = self._house.library
        self.shelved = with_own_pages(self._from, self._folder, today=clock.now().date())
        for found in self.shelved.refused:
            log.warning("content.own_page_left_out", file=found.file, line=found.line)
        self.index: Index = _index(self.library)


_newest_index: dict[int, tuple[Library, Index]] = {}


def _index(library: Library) -> Index:
    """What search looks through, made once for each library."""
    kept = _newest_index.get(id(library))
    if kept is None or kept[0] is not library:
        _newest_index.clear()
        kept = _newest_index[id(library)] = (library, Index(entries_of(library), library.search))
    return kept[1]


@cache
def keeper_of(folder: Path) -> Keeper:
    """A folder of content, opened once per process; raises ContentError at its first error."""
    return Keeper(folder)


def house_keeper() -> Keeper:
    """The portal's own content."""
    return keeper_of(CONTENT)
