"""What git keeps names no registry, no machine and no secret."""

import re

from tests.house import sources

# Put together here so that this file does not name what it looks for.
_HOSTS = ("files.python" + "hosted.org", "registry.npm" + "js.org", "pypi" + ".org/simple")
_FORBIDDEN = re.compile(
    "|".join(
        [*map(re.escape, _HOSTS), "/wo" + "rk/", "/" + r"root/(?!\$)", "BEGIN [A-Z ]*PRIVATE KEY"]
    )
)
_TEXT = {".py", ".md", ".txt", ".toml", ".html", ".css", ".js", ".yaml", ".yml", ".sh", ".json", ""}
LARGEST = 1024 * 1024


def test_nothing_names_a_registry_or_a_machine() -> None:
    found = [
        sources.name(path)
        for path in sources.committed()
        if path.suffix in _TEXT and _FORBIDDEN.search(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_no_lock_file_with_addresses_is_kept() -> None:
    names = {path.name for path in sources.committed()}
    assert not names & {"uv.lock", "pylock.toml", "package-lock.json", "yarn.lock"}


def test_nothing_large_is_kept() -> None:
    large = [sources.name(path) for path in sources.committed() if path.stat().st_size > LARGEST]
    assert large == []
