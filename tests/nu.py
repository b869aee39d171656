"""The Nu HTML checker over every page that the tests have seen: once, when all of them are done.

The tests run on every processor, so this is no test of its own: it waits for the last of them, and
a single error makes the whole run fail.
"""

import json
import os
import shutil
import subprocess
import tempfile
from collections import Counter
from pathlib import Path

import pytest

from tests import pages
from tests.house import sources

JAR = sources.ROOT / ".tools" / "vnu-jar@26.9.27" / "package" / "build" / "dist" / "vnu.jar"
_found = pytest.StashKey[Counter[str]]()


def _is_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")


def pytest_configure(config: pytest.Config) -> None:
    """Give all processes of this run one folder for the pages they see."""
    if not _is_worker(config):
        os.environ[pages.FOLDER] = tempfile.mkdtemp(prefix="portal-pages-")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Throw the pages away."""
    if not _is_worker(config):
        shutil.rmtree(os.environ.pop(pages.FOLDER), ignore_errors=True)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Check what was seen; errors fail the run."""
    if _is_worker(session.config) or not any(pages.kept().iterdir()):
        return
    session.config.stash[_found] = errors = errors_in(pages.kept())
    if errors:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def errors_in(folder: Path) -> Counter[str]:
    """What the checker says of the pages in a folder, and how often."""
    java = shutil.which("java")
    if java is None or not JAR.exists():
        return Counter(["Java or the Nu checker is missing; `make test` installs both"])
    seen = subprocess.run(
        [java, "-jar", JAR, "--format", "json", "--errors-only", "--skip-non-html", folder],
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    found = json.loads(seen.stderr)["messages"] if seen.stderr else []
    return Counter(f"{one['message']} {one.get('extract', '')[:120]}" for one in found)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say what the checker found."""
    errors = config.stash.get(_found, None)
    if errors is None:
        return
    looked_at = sum(1 for _ in pages.kept().iterdir())
    terminalreporter.write_line(f"Nu HTML checker: {looked_at} pages, {errors.total()} errors")
    for error, times in errors.most_common():
        terminalreporter.write_line(f"NU ERROR ({times}): {error}", red=True)
