"""Timing requests at one client, with the server's own processor time beside the clock's."""

import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Figure:
    """Milliseconds at one client, processor milliseconds a request, and the answer's bytes."""

    p50: float
    p99: float
    cpu: float
    bytes: int


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def _children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(int(child) for child in listed)]


def cpu_ms(pid: int) -> float:
    """Processor time of a process and its children so far."""
    total = 0
    for one in _children(pid):
        fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total * 1000 / TICK


def memory_mb(pid: int) -> float:
    """Memory of a process and its children, shared pages counted once a process (PSS)."""
    total = 0
    for one in _children(pid):
        for line in Path(f"/proc/{one}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
    return total / 1024


@contextmanager
def served(command: list[str], port: int, path: str, environment: dict[str, str]) -> Iterator[int]:
    """Run a server until the block ends; give its process number once it answers."""
    process = subprocess.Popen(
        [sys.executable, *command],
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(port, path)
        yield process.pid
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait(port: int, path: str) -> None:
    for _attempt in range(300):
        try:
            connection = HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", path)
            connection.getresponse().read()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise SystemExit("the server did not start")


Request = tuple[str, str, bytes | None, dict[str, str]]


def run(port: int, pid: int, requests: list[Request], *, expect: int = 200) -> Figure:
    """Send requests one after another over one connection."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    took, size = [], 0
    before = cpu_ms(pid)
    for method, path, body, headers in requests:
        began = time.perf_counter()
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        content = answer.read()
        took.append((time.perf_counter() - began) * 1000)
        size = len(content)
        if answer.status != expect:
            raise SystemExit(f"{method} {path}: {answer.status}, expected {expect}")
    cpu = (cpu_ms(pid) - before) / len(requests)
    return Figure(statistics.median(took), _p99(took), cpu, size)


def _p99(took: list[float]) -> float:
    return sorted(took)[min(len(took) - 1, int(len(took) * 0.99))]


def timed(times: int, act: Callable[[], object]) -> float:
    """Median milliseconds of an act in this process."""
    took = []
    for _ in range(times):
        began = time.perf_counter()
        act()
        took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took)
