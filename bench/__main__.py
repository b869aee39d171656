"""`make bench`: each figure beside its floor of the same run, as ratios; nothing is asserted."""

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode
from uuid import uuid4

from flask import Flask
from pysqlite3 import dbapi2 as sqlite
from sqlalchemy import event

from bench import data, measure
from bench.measure import Figure
from portal import clock
from portal.web.assets import house_assets
from tests.factories import ZONE

ROUNDS = 3
AT_ONE_CLIENT = 200
SAVES = 120
GZIP = {"Accept-Encoding": "gzip"}


@dataclass
class Row:
    job: str
    figure: Figure
    floor: str
    ratio: float
    statements: str
    budget: str


def commit_floor(folder: Path) -> float:
    """Milliseconds of one durable commit of one row, as the database does it."""
    connection = sqlite.connect(str(folder / "floor.sqlite3"), isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, x TEXT)")

    def act() -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO t (x) VALUES (?)", (uuid4().hex,))
        connection.execute("COMMIT")

    took = measure.timed(400, act)
    connection.close()
    return took


def read_floor(database: Path) -> float:
    """Milliseconds of reading a year of two columns, bare."""
    connection = sqlite.connect(str(database))
    query = "SELECT about_on, pain_average FROM entry WHERE episode_id = ? ORDER BY about_on"
    first = "SELECT episode_id FROM entry GROUP BY episode_id ORDER BY count(*) DESC LIMIT 1"
    (episode,) = connection.execute(first).fetchone()
    took = measure.timed(200, lambda: connection.execute(query, (episode,)).fetchall())
    connection.close()
    return took


def counted(app: Flask, cookie: str, path: str, *, body: bytes | None = None) -> int:
    """Statements of one request, everything counted but BEGIN, COMMIT and pragmas."""
    seen: list[str] = []
    method = "GET" if body is None else "POST"

    def note(_c: object, _cursor: object, statement: str, *_more: object) -> None:
        seen.append(statement)

    engine = app.extensions["portal.database"].engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        name, _, value = cookie.partition("=")
        client = app.test_client()
        client.set_cookie(name, value)
        answer = client.open(
            path,
            method=method,
            data=body,
            content_type="application/x-www-form-urlencoded",
            base_url=app.extensions["portal.settings"].base_url,
        )
        if answer.status_code not in {200, 303}:
            raise SystemExit(f"{method} {path}: {answer.status_code}")
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(seen)


def saving(token: str, pain: int) -> bytes:
    return urlencode(
        [
            ("csrf_token", token),
            ("entry_key", str(uuid4())),
            ("base_version", "0"),
            ("scale_layout", "two-rows"),
            ("pain_average", str(pain)),
            ("interference", "3"),
            ("flags", "none"),
            ("places", "low-back-l"),
            ("places", "buttock-l"),
            ("note", "Could sit through supper."),
        ]
    ).encode()


def best(figures: list[Figure]) -> Figure:
    """The median round, by processor time and then by the clock."""
    return sorted(figures, key=lambda figure: (figure.cpu, figure.p50))[len(figures) // 2]


def pages(port: int, pid: int, people: data.People, paths: dict[str, str]) -> dict[str, Figure]:
    cookie, _token = people.practitioner
    staff = {"Cookie": cookie, **GZIP}
    jobs = {
        "static": ("GET", paths["static"], None, GZIP),
        "explainer": ("GET", "/learn/the-grasp", None, GZIP),
        "brief": ("GET", f"/clinic/patients/{people.year_patient}", None, staff),
        "panel": ("GET", "/clinic", None, staff),
    }
    return {
        name: best([measure.run(port, pid, [job] * AT_ONE_CLIENT) for _ in range(ROUNDS)])
        for name, job in jobs.items()
    }


def saves(port: int, pid: int, people: data.People, today: str) -> Figure:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    requests = [
        ("POST", f"/me/diary/{today}", saving(token, 4), {"Cookie": cookie, **form})
        for cookie, token in people.patients[1 : SAVES + 1]
    ]
    return measure.run(port, pid, requests, expect=303)


def table(rows: list[Row]) -> None:
    print(
        f"{'job':<34}{'p50 ms':>8}{'p99 ms':>8}{'CPU ms':>8}{'bytes':>8}"
        f"{'× floor':>9}{'SQL':>5}  floor; budget"
    )
    for row in rows:
        figure = row.figure
        print(
            f"{row.job:<34}{figure.p50:>8.2f}{figure.p99:>8.2f}{figure.cpu:>8.2f}"
            f"{figure.bytes:>8}{row.ratio:>9.2f}{row.statements:>5}  {row.floor}; {row.budget}"
        )


def main() -> None:
    os.umask(0o077)
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as name:
        folder = Path(name) / "instance"
        port, hello_port = measure.free_port(), measure.free_port()
        data.prepare(folder)
        app = data.application(folder, port)
        people = data.fill(app)
        app.extensions["portal.database"].engine.dispose()
        print(
            f"{data.PATIENTS} patients, one with {data.YEAR} days; SQLite {sqlite.sqlite_version};"
            f" {os.cpu_count()} processors"
        )
        report(app, folder, people, (port, hello_port))


def report(app: Flask, folder: Path, people: data.People, ports: tuple[int, int]) -> None:
    port, hello_port = ports
    today = clock.today(ZONE).isoformat()
    static = house_assets().url("public.css")
    chosen = {"PORTAL_INSTANCE": str(folder), "PORTAL_BASE_URL": f"http://127.0.0.1:{port}"}
    with measure.served(["-m", "bench.hello", str(hello_port)], hello_port, "/", {}) as pid:
        job = [("GET", "/", None, {})] * AT_ONE_CLIENT
        hello = best([measure.run(hello_port, pid, job) for _ in range(ROUNDS)])
    with measure.served(
        ["-m", "portal.cli", "run", "--port", str(port)], port, "/healthz", chosen
    ) as pid:
        seen = pages(port, pid, people, {"static": static})
        save = saves(port, pid, people, today)
        memory = measure.memory_mb(pid)
    commit = commit_floor(folder)
    read = read_floor(folder / "portal.sqlite3")
    cookie, token = people.patients[-1]
    staff = people.practitioner[0]
    brief = f"/clinic/patients/{people.year_patient}"
    sql = {
        "explainer": counted(app, "x=y", "/learn/the-grasp"),
        "save": counted(app, cookie, f"/me/diary/{today}", body=saving(token, 5)),
        "brief": counted(app, staff, brief),
        "panel": counted(app, staff, "/clinic"),
    }
    rows = [
        Row("bare Flask hello", hello, "-", 1, "0", "-"),
        Row("static file", seen["static"], "hello CPU", seen["static"].cpu / hello.cpu, "0", "-"),
        Row(
            "J1 explainer",
            seen["explainer"],
            "hello CPU",
            seen["explainer"].cpu / hello.cpu,
            str(sql["explainer"]),
            "≤ 1.5, goal 0.6; 0 SQL",
        ),
        Row(
            "J3 save an entry",
            save,
            f"commit {commit:.2f} ms",
            save.p50 / commit,
            str(sql["save"]),
            f"p50 ≤ {commit + 8:.1f} ms, goal {commit + 4:.1f}; ≤ 14 SQL*",
        ),
        Row(
            "J4 brief, a year of entries",
            seen["brief"],
            f"year read {read:.2f} ms",
            seen["brief"].p50 / read,
            str(sql["brief"]),
            "≤ 25 ms, goal 8 CPU-ms; ≤ 16 SQL*",
        ),
        Row(
            "J5 panel of 500",
            seen["panel"],
            f"year read {read:.2f} ms",
            seen["panel"].p50 / read,
            str(sql["panel"]),
            "≤ 50 ms, goal 4 CPU-ms; ≤ 12 SQL*",
        ),
    ]
    table(rows)
    print(f"memory of 2 processes and their parent: {memory:.0f} MB (≤ 250, goal 150)")
    print("* of these, 2 may be the sign-in check and 2 the audit row with its chain head")


if __name__ == "__main__":
    main()
