"""Bytes squeezed at their best, kept between two starts: the best takes a second for all pages.

A kept file is used only where it unfolds to the very bytes asked for, so that a torn or foreign
one does no harm, and only those asked for since the start are kept for the next.
"""

import hashlib
from contextlib import suppress
from pathlib import Path

import brotli

_BEST = 11
_TORN: type[Exception] = vars(brotli)["error"]


class Shelf:
    """A folder of squeezed bytes; without one, everything is squeezed anew."""

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._used: set[Path] = set()

    def keep_in(self, folder: Path) -> None:
        """Keep what is squeezed from now on in this folder."""
        folder.mkdir(mode=0o700, exist_ok=True)
        self._folder = folder
        self._used = set()

    def squeezed(self, body: bytes) -> bytes:
        """Return these bytes as brotli at its best, kept from before or made now."""
        if self._folder is None:
            return brotli.compress(body, quality=_BEST)
        path = self._folder / f"{hashlib.sha256(body).hexdigest()}.br"
        self._used.add(path)
        kept = _unfolds_to(path, body)
        return kept if kept is not None else _stored(path, brotli.compress(body, quality=_BEST))

    def forget_the_rest(self) -> None:
        """Delete what nobody has asked for since the start."""
        if self._folder is not None:
            for path in set(self._folder.iterdir()) - self._used:
                path.unlink(missing_ok=True)


def _unfolds_to(path: Path, body: bytes) -> bytes | None:
    with suppress(OSError, _TORN):
        kept = path.read_bytes()
        if brotli.decompress(kept) == body:
            return kept
    return None


def _stored(path: Path, squeezed: bytes) -> bytes:
    """Store squeezed bytes whole or not at all; they are used all the same."""
    with suppress(OSError):
        half = path.with_suffix(".half")
        half.write_bytes(squeezed)
        half.replace(path)
    return squeezed


shelf = Shelf()
