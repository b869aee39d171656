"""The servers that are measured, each a real process with two workers."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection

STARTS_WITHIN = 240  # a start is seconds of its own, and minutes where others work too
STOPS_WITHIN = 20


@contextmanager
def served(command: list[str], port: int, path: str, **settings: str) -> Iterator[int]:
    """Run a server until the block ends; give its process number once it answers."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PORTAL_")}
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            [sys.executable, *command], env={**kept, **settings}, stdout=log, stderr=log
        )
        try:
            _wait(process, port, path)
            yield process.pid
        except BaseException:
            log.seek(0)
            sys.stderr.write(log.read().decode()[-4000:])
            raise
        finally:
            process.terminate()
            process.wait(timeout=STOPS_WITHIN)


def _wait(process: "subprocess.Popen[bytes]", port: int, path: str) -> None:
    until = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < until and process.poll() is None:
        try:
            connection = HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", path)
            connection.getresponse().read()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("the server did not start")
