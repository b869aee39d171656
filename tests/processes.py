"""The portal in processes of its own, as a timer or an operator starts it."""

import os
import socket
import subprocess
import sys
from pathlib import Path

ENDS_WITHIN = 120


def free_port() -> int:
    """A port of this machine at which nobody listens."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def run_two_at_once(instance: Path, command: str, **settings: str) -> None:
    """Run a command twice at the same moment; both must end well."""
    surroundings = {"PATH": os.environ["PATH"], "PORTAL_INSTANCE": str(instance), **settings}
    both = [
        subprocess.Popen(
            [sys.executable, "-m", "portal.cli", command],
            env=surroundings,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _run in range(2)
    ]
    try:
        ends = [(one.communicate(timeout=ENDS_WITHIN), one.returncode) for one in both]
    finally:
        for one in both:
            one.kill()
    assert [code for _said, code in ends] == [0, 0], ends
