"""A stamp that says the clinic's settings changed, for every worker to notice within a second."""

import os
import time
from pathlib import Path

CHECK_EVERY_SECONDS = 1.0


class Stamp:
    """A small file whose changing time is the version of everything built from the settings."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._checked = 0.0
        self._value = 0

    def value(self) -> int:
        """Return the present version, looked up at most once a second."""
        now = time.monotonic()
        if now - self._checked >= CHECK_EVERY_SECONDS or self._checked == 0.0:
            self._checked = now
            try:
                self._value = self._path.stat().st_mtime_ns
            except FileNotFoundError:
                self._value = 0
        return self._value

    def touch(self) -> None:
        """Say that settings changed; this worker sees it at once."""
        self._path.touch(mode=0o600)
        os.utime(self._path)
        self._checked = 0.0
