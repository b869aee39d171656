"""Timing requests from one or more clients, with the server's own processor time beside."""

import statistics
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path

Request = tuple[str, str, bytes | None, dict[str, str]]
_NANO = 1_000_000


@dataclass(frozen=True)
class Job:
    """Requests of one kind; a round does all of them, from some clients at once."""

    name: str
    requests: Sequence[Request]
    expect: int = 200
    clients: int = 1


@dataclass
class Round:
    """What one round of one job gave."""

    took: list[float] = field(default_factory=list)
    cpu: float = 0.0
    wall: float = 0.0
    bytes: int = 0


@dataclass(frozen=True)
class Figure:
    """Medians over the rounds: milliseconds, processor milliseconds a request, bytes, a second."""

    p50: float
    p99: float
    cpu: float
    bytes: int
    rate: float


def _family(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(int(child) for child in listed)]


def cpu_ms(pid: int) -> float:
    """Processor time of a process and its children so far, over all their threads."""
    total = 0
    for one in _family(pid):
        for task in Path(f"/proc/{one}/task").iterdir():
            total += int((task / "schedstat").read_text().split()[0])
    return total / _NANO


def memory_mb(pid: int) -> float:
    """Memory of a process and its children; what they share is counted once (PSS)."""
    total = 0
    for one in _family(pid):
        for line in Path(f"/proc/{one}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
    return total / 1024


def ask(connection: HTTPConnection, request: Request, expect: int) -> tuple[float, bytes]:
    """Send one request; return its milliseconds and the answer's body."""
    method, path, body, headers = request
    began = time.perf_counter()
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    content = answer.read()
    took = (time.perf_counter() - began) * 1000
    if answer.status != expect:
        raise SystemExit(f"{method} {path}: {answer.status}, expected {expect}")
    return took, content


def _client(port: int, requests: Sequence[Request], expect: int, into: Round) -> None:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    for request in requests:
        took, content = ask(connection, request, expect)
        into.took.append(took)
        into.bytes = len(content)
    connection.close()


def one_round(port: int, pid: int, job: Job) -> Round:
    """Do a job's requests one after another, shared out over its clients, a connection each."""
    into, requests = Round(), job.requests
    threads = [
        threading.Thread(target=_client, args=(port, requests[at :: job.clients], job.expect, into))
        for at in range(job.clients)
    ]
    cpu, began = cpu_ms(pid), time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    into.wall = time.perf_counter() - began
    into.cpu = (cpu_ms(pid) - cpu) / len(requests)
    if len(into.took) != len(requests):
        raise SystemExit(f"{len(requests) - len(into.took)} requests were not answered")
    return into


def figure(rounds: Sequence[Round]) -> Figure:
    """The median of the rounds, figure by figure."""
    middle = statistics.median
    return Figure(
        p50=middle(middle(one.took) for one in rounds),
        p99=middle(_p99(one.took) for one in rounds),
        cpu=middle(one.cpu for one in rounds),
        bytes=rounds[0].bytes,
        rate=middle(len(one.took) / one.wall for one in rounds),
    )


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
