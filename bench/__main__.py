"""`make bench`: each figure beside its floor of the same run, as ratios; nothing is asserted.

Rounds alternate between all jobs, so that a machine busy for a while slows each of them alike;
what is printed are medians over the rounds.

    python -m bench [rounds]
    python -m bench big [rounds]
"""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import structlog
from flask import Flask
from pysqlite3 import dbapi2 as sqlite

from bench import big, data, floors, jobs, measure, report, weight
from bench.data import People
from bench.jobs import Form
from bench.measure import Figure, Job, Request
from bench.servers import served
from bench.statements import Statements, statements
from drills.house import free_port
from portal import clock
from tests.factories import ZONE

ROUNDS = 3
QUICK, SLOW, SAVES, SAVES_AT_ONCE = 600, 40, 100, 240
EXPLAINER, EXPORT = "/learn/the-grasp", "/me/export/entries.csv"


@dataclass(frozen=True)
class Served:
    """A server under measurement."""

    port: int
    pid: int


def tasks(people: People, days: Iterator[Request], sheet: str) -> list[Job]:
    """One round of everything that is asked of the portal."""

    def saves(times: int) -> list[Request]:
        return list(islice(days, times))

    today = clock.today(ZONE)
    return [
        Job("explainer", [jobs.reading(EXPLAINER)] * QUICK),
        Job("static", [jobs.reading(sheet)] * QUICK),
        Job("save", saves(SAVES), 303),
        Job("save at 8", saves(SAVES_AT_ONCE), 303, clients=8),
        Job("form", [jobs.reading(f"/me/diary/{today}", people.patients[1])] * SLOW),
        Job("brief, a year", [jobs.brief(people, 0)] * SLOW),
        Job("brief, 40 days", [jobs.brief(people, 1)] * SLOW),
        Job("panel of 500", [jobs.reading("/clinic", people.lead)] * SLOW),
        Job("panel of 25", [jobs.reading("/clinic", people.second)] * SLOW),
        Job("export", [jobs.reading(EXPORT, people.patients[0])] * SLOW),
    ]


@dataclass(frozen=True)
class Servers:
    """The portal beside the smallest application, on each server that there is."""

    portal: Served
    hello: Served
    portal_on_granian: Served
    hello_on_granian: Served


@contextmanager
def all_served(folder: Path, port: int) -> Iterator[Servers]:
    """Run all four until the block ends; those on granian share the database."""
    ports = free_port(), free_port(), free_port()
    hello, fast_hello = ([str(ports[0]), "gunicorn"], [str(ports[1]), "granian"])

    def portal(at: int, server: str) -> AbstractContextManager[int]:
        chosen = {"PORTAL_INSTANCE": str(folder), "PORTAL_BASE_URL": f"http://127.0.0.1:{at}"}
        command = ["-m", "portal", "run", "--port", str(at), "--server", server]
        return served(command, at, "/healthz", **chosen)

    with (
        served(["-m", "bench.hello", *hello], ports[0], "/") as hello_pid,
        served(["-m", "bench.hello", *fast_hello], ports[1], "/") as fast_hello_pid,
        portal(port, "gunicorn") as pid,
        portal(ports[2], "granian") as fast_pid,
    ):
        yield Servers(
            Served(port, pid),
            Served(ports[0], hello_pid),
            Served(ports[2], fast_pid),
            Served(ports[1], fast_hello_pid),
        )


def measured(on: Servers, people: People, *, times: int) -> dict[str, Figure]:
    """Every job once a round, round after round."""
    days = jobs.unwritten(people, clock.today(ZONE))
    sheet = weight.first_sheet(on.portal.port)
    rounds: dict[str, list[measure.Round]] = {}
    for number in range(times):
        print(f"round {number + 1} of {times}", file=sys.stderr)
        hello, explainer = [jobs.reading("/")] * QUICK, [jobs.reading(EXPLAINER)] * QUICK
        plan = [
            (on.hello, Job("hello", hello)),
            (on.hello_on_granian, Job("hello on granian", hello)),
            (on.portal_on_granian, Job("explainer on granian", explainer)),
        ]
        plan += [(on.portal, job) for job in tasks(people, days, sheet)]
        for server, job in plan:
            rounds.setdefault(job.name, []).append(measure.one_round(server.port, server.pid, job))
    return {name: measure.figure(some) for name, some in rounds.items()}


def counted(app: Flask, request: Request, expect: int = 200) -> Statements:
    """The statements of one request, in this process."""
    method, path, body, headers = request
    with statements(app) as seen:
        client = app.test_client(use_cookies=False)
        base_url = app.extensions["portal.settings"].base_url
        answer = client.open(path, method=method, data=body, headers=headers, base_url=base_url)
    if answer.status_code != expect:
        raise SystemExit(f"{method} {path}: {answer.status_code}, expected {expect}")
    return seen


def all_counted(app: Flask, people: People) -> dict[str, Statements]:
    """The statements of each kind of request, for small and for large data."""
    app.extensions["portal.pages"].warm()
    today = clock.today(ZONE)
    wanted: dict[str, tuple[Request, int]] = {
        "explainer": (jobs.reading(EXPLAINER), 200),
        "save": (jobs.saving(people.patients[0], Form(today)), 303),
        "save, 40 days": (jobs.saving(people.patients[1], Form(today)), 303),
        "form": (jobs.reading(f"/me/diary/{today}", people.patients[2]), 200),
        "brief, a year": (jobs.brief(people, 0), 200),
        "brief, 40 days": (jobs.brief(people, 1), 200),
        "panel of 500": (jobs.reading("/clinic", people.lead), 200),
        "panel of 25": (jobs.reading("/clinic", people.second), 200),
        "export": (jobs.reading(EXPORT, people.patients[0]), 200),
    }
    return {name: counted(app, request, expect) for name, (request, expect) in wanted.items()}


def weights(port: int, people: People) -> dict[str, dict[str, int]]:
    """What each page weighs."""
    today = clock.today(ZONE)
    return {
        "explainer": weight.parts(port, jobs.reading(EXPLAINER)),
        "diary form": weight.parts(port, jobs.reading(f"/me/diary/{today}", people.patients[2])),
        "brief, a year": weight.parts(port, jobs.brief(people, 0)),
        "panel of 500": weight.parts(port, jobs.reading("/clinic", people.lead)),
    }


def main() -> None:
    os.umask(0o077)
    if sys.argv[1:2] == ["big"]:
        big.main(sys.argv[2:])
        return
    times = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as name:
        folder = Path(name) / "instance"
        port = free_port()
        app = data.application(folder, port)
        structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
        people = data.fill(app)
        with all_served(folder, port) as on:
            figures = measured(on, people, times=times)
            heavy, memory = weights(port, people), measure.memory_mb(on.portal.pid)
        bare = report.Floors(
            commit=floors.commit_ms(folder),
            year=floors.year_ms(folder / "portal.sqlite3"),
            rows=floors.rows_ms(folder / "portal.sqlite3"),
            whole=floors.whole_ms(folder / "portal.sqlite3"),
        )
        machine = f"{os.cpu_count()} processors at load {os.getloadavg()[0]:.0f}"
        head = f"SQLite {sqlite.sqlite_version}, {machine}, {times} rounds"
        report.show(head, report.rows_of(figures, bare, all_counted(app, people)))
        report.show_weights(heavy)
        print(f"\nmemory of 2 workers and their parent: {memory:.0f} MB (limit 250, goal 150)")


if __name__ == "__main__":
    main()
