"""The portal as an operator runs it: real processes on an instance folder of their own."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from drills.visitor import Missed, Visitor

PORTAL = [sys.executable, "-m", "portal"]
COMMAND_SECONDS = 120
START_SECONDS = 60
STOP_SECONDS = 20


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def surroundings(instance: Path, **settings: str) -> dict[str, str]:
    """An environment that knows this instance and no other setting of the portal."""
    unset = ("PORTAL_", "PYTHONDONTWRITEBYTECODE")  # an installed portal is compiled
    kept = {key: value for key, value in os.environ.items() if not key.startswith(unset)}
    return {**kept, **settings, "PORTAL_INSTANCE": str(instance), "PYTHONUNBUFFERED": "1"}


def portal(instance: Path, *arguments: str, **settings: str) -> str:
    """Run one command to its end and return what it said."""
    ended = subprocess.run(
        [*PORTAL, *arguments],
        env=surroundings(instance, **settings),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=COMMAND_SECONDS,
        check=False,
    )
    if ended.returncode:
        raise Missed(f"portal {' '.join(arguments)}: exit {ended.returncode}: {ended.stderr}")
    return ended.stdout + ended.stderr


@contextmanager
def served(
    instance: Path, port: int, *command: str, log: Path, **settings: str
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a serving command until the block ends; enter it once the server answers."""
    with log.open("ab") as said:
        process = subprocess.Popen(
            [*PORTAL, *command, "--port", str(port)],
            env=surroundings(instance, **settings),
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
        try:
            wait_for(port, process, log)
            yield process
        finally:
            process.terminate()
            process.wait(timeout=STOP_SECONDS)


def wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until somebody answers; a server that ended instead says why."""
    visitor = Visitor(f"http://127.0.0.1:{port}")
    until = time.monotonic() + START_SECONDS
    while not visitor.answers():
        if process.poll() is not None or time.monotonic() > until:
            raise Missed(f"the server did not start: {log.read_text()[-2000:]}")
        time.sleep(0.1)
