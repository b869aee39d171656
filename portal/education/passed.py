"""Which content has passed the check, remembered between two starts.

The check reads every sentence and takes as long as loading all pages, so a server that died would
be back later (R-03). What passed is known by its bytes together with those of the rules, and of the
drawings and pictures that the rules look for: one changed letter, and everything is checked anew.
"""

import hashlib
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from portal.education import rules


class Passed:
    """The digest of what passed last, in a file; without one nothing is remembered."""

    def __init__(self) -> None:
        self._note: Path | None = None

    def keep_in(self, note: Path) -> None:
        """Remember in this file from now on."""
        self._note = note

    def knows(self, digest: str) -> bool:
        """Whether the content with this digest is the one that passed last."""
        with suppress(OSError, UnicodeDecodeError):
            return self._note is not None and self._note.read_text(encoding="ascii") == digest
        return False

    def remember(self, digest: str) -> None:
        """Note what passed; where nothing can be written, the next start checks again."""
        if self._note is not None:
            with suppress(OSError):
                self._note.write_text(digest, encoding="ascii")


def digest_of(folder: Path) -> str:
    """One name for all files of a content folder and all that the check looks at besides."""
    found = hashlib.sha256()
    rule_files = Path(__file__).parent.glob("*.py")
    looked_for = (*rules.DRAWINGS.rglob("*"), *rules.IMAGES.rglob("*"))
    for path in (*_files(folder.rglob("*")), *_files(rule_files), *_files(looked_for)):
        content = path.read_bytes()
        found.update(f"{path}\n{len(content)}\n".encode() + content)
    return found.hexdigest()


def _files(paths: Iterable[Path]) -> list[Path]:
    return sorted(path for path in paths if path.is_file())


passed = Passed()
