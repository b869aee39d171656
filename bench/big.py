"""The brief of three years and the panel of 500 in a database of 1.1 million entries.

    python -m bench big [rounds]

The database is made once a day and kept in the machine's temporary folder; SQLite itself writes
the entries, because a million rows through Python take minutes. What is printed stands beside the
same pages of the small database of `make bench`: both must cost the same (performance.md, J4, J5).
"""

import shutil
import sys
import tempfile
import time
from dataclasses import asdict
from datetime import date, timedelta
from json import dumps, loads
from pathlib import Path

import structlog
from flask import Flask
from sqlalchemy import text, update
from sqlalchemy.orm import Session

from bench import data, jobs, measure
from bench.data import People, Person
from bench.measure import Figure, Job
from bench.servers import served
from bench.statements import Statements, statements
from drills.house import free_port
from portal import clock, db
from portal.accounts.models import Role, SignIn
from portal.app import create_app
from portal.migrations.run import newest
from portal.review import summaries
from tests import factories

PEOPLE, HERS, DAYS = 1000, 500, 1095
EVERY = 28
SLOW, ROUNDS = 40, 3

_DROPPED = ("uq_entry_day_version", "uq_entry_key_version", "ix_entry_written", "ix_entry_trend")
_ENTRIES = """
WITH RECURSIVE ago(n) AS (SELECT 3 UNION ALL SELECT n + 1 FROM ago WHERE n < :last),
who AS (SELECT e.id, p.account_id, e.rowid AS seed
        FROM episode e JOIN patient p ON p.id = e.patient_id)
INSERT INTO entry (id, episode_id, about_on, version, entry_key, entered_at, entered_by_id,
  method, scale_layout, is_late, reason, pain_average, interference, pain_worst, sleep, flags,
  managed, note, call_me)
SELECT lower(hex(randomblob(16))), who.id, date(:today, '-' || n || ' days'), 1,
  lower(hex(randomblob(16))), date(:today, '-' || n || ' days') || ' 23:40:00.000000',
  who.account_id, 'web', 'two-rows', 0, '', 3 + (n * 7 + who.seed) % 4, 2 + (n + who.seed) % 4,
  7 + n % 3, 3, '["none"]', '', CASE n % 9 WHEN 0 THEN 'Stairs are slow.' ELSE '' END, 0
FROM who CROSS JOIN ago
"""
_PLACES = """
INSERT INTO entry_place (entry_id, region, episode_id)
SELECT id, 'low-back-l', episode_id FROM entry WHERE about_on >= date(:today, '-90 days')
"""


def filled(folder: Path, today: date) -> People:
    """The big database with the browsers of its people, made anew where it is not of today."""
    stamp, wanted = folder / "stamp.json", [today.isoformat(), newest()]
    if stamp.exists():
        kept = loads(stamp.read_text("utf-8"))
        if kept["of"] == wanted:
            return _people(kept["people"])
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    began = time.perf_counter()
    people = _fill(data.application(folder / "instance", free_port()), today)
    stamp.write_text(dumps({"of": wanted, "people": asdict(people)}), encoding="utf-8")
    print(f"made in {time.perf_counter() - began:.0f} s", file=sys.stderr)
    return people


def _people(kept: dict[str, object]) -> People:
    def one(of: object) -> Person:
        assert isinstance(of, dict)
        return Person(**of)

    listed = kept["patients"]
    assert isinstance(listed, list)
    return People(one(kept["lead"]), one(kept["second"]), [one(each) for each in listed])


def _fill(app: Flask, today: date) -> People:
    with app.app_context():
        with db.write_transaction() as session:
            people = _clinic(app, session, today)
        with db.write_transaction() as session:
            _entries(session, today)
        with db.write_transaction() as session:
            summaries.rebuild(session)
    engine = app.extensions["portal.database"].engine
    with engine.connect() as connection:
        connection.connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return people


def _clinic(app: Flask, session: Session, today: date) -> People:
    clinic = factories.clinic(session)
    lead = factories.practitioner(session, clinic, "Ana Costa", Role.FLAG_READER)
    second = factories.practitioner(session, clinic, "Dov Katz", Role.DEPUTY)
    patients = []
    for number in range(PEOPLE):
        who = factories.patient(session, clinic, f"Patient{number:04} Example")
        started = today - timedelta(days=DAYS + data.OPEN_DAYS)
        own = lead if number < HERS else second
        episode = factories.episode(session, who, own, started_on=started)
        if number % EVERY == 0:
            for ago in range(8, DAYS - 14, EVERY):
                factories.visit(session, episode, today - timedelta(days=ago))
        patients.append(who)
    return People(
        lead=data.browser(app, session, lead.account_id, Role.PRACTITIONER),
        second=data.browser(app, session, second.account_id, Role.PRACTITIONER),
        patients=[Person("", "", str(one.id)) for one in patients[:5]],
    )


def _entries(session: Session, today: date) -> None:
    """Write every entry at once, its indexes afterwards."""
    named = text("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'entry'")
    made = {name: sql for name, sql in session.execute(named) if name in _DROPPED}
    for name in made:
        session.execute(text(f"DROP INDEX {name}"))
    asked = {"today": today.isoformat(), "last": DAYS + data.OPEN_DAYS - 1}
    session.execute(text(_ENTRIES), asked)
    session.execute(text(_PLACES), {"today": today.isoformat()})
    for sql in made.values():
        session.execute(text(sql))
    session.execute(text("ANALYZE"))


def _wake(app: Flask) -> None:
    """Let the sign-ins of a database that is kept for the day last another hour."""
    now = clock.now()
    with app.app_context(), db.write_transaction() as session:
        session.execute(
            update(SignIn).values(last_seen_at=now, expires_at=now + timedelta(hours=1))
        )
    app.extensions["portal.database"].engine.dispose()


def counted(app: Flask, request: measure.Request) -> Statements:
    """The statements of a page's second opening, in this process."""
    method, path, _body, headers = request
    client = app.test_client(use_cookies=False)
    base_url = app.extensions["portal.settings"].base_url
    client.open(path, method=method, headers=headers, base_url=base_url)
    with statements(app) as seen:
        answer = client.open(path, method=method, headers=headers, base_url=base_url)
    if answer.status_code != 200:
        raise SystemExit(f"{path}: {answer.status_code}")
    return seen


def wanted(people: People) -> dict[str, measure.Request]:
    """The pages that must not notice how much the database holds."""
    brief = f"/clinic/patients/{people.patients[0].id}"
    return {
        "J4 brief, 3 years": jobs.reading(brief, people.lead),
        "J5 panel of 500": jobs.reading("/clinic", people.lead),
        "J5 its last page": jobs.reading("/clinic?page=20", people.lead),
        "all entries": jobs.reading(f"{brief}/entries", people.lead),
        "the clinic's figures": jobs.reading("/clinic/figures", people.lead),
    }


LIMITS = {
    "J4 brief, 3 years": "p50 ≤ 25, goal 8 CPU-ms; ≤ 12 SQL",
    "J5 panel of 500": "p50 ≤ 50, goal 4 CPU-ms; ≤ 8 SQL",
}


def show(figures: dict[str, Figure], sql: dict[str, Statements], entries: int) -> None:
    print(f"\n{entries:,} entries of {PEOPLE:,} people")
    for name, figure in figures.items():
        line = f"{figure.p50:7.1f} ms  {figure.cpu:6.1f} CPU-ms  {sql[name]!s:24}"
        print(f"{name:22} {line} {LIMITS.get(name, '-')}")


def main(arguments: list[str]) -> None:
    """Make or find the big database, ask for its pages, and print what they cost."""
    times = int(arguments[0]) if arguments else ROUNDS
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    folder = Path(tempfile.gettempdir()) / f"portal-bench-big-{Path.home().name}"
    people = filled(folder, clock.today(factories.ZONE))
    port = free_port()
    instance = folder / "instance"
    chosen = {"PORTAL_INSTANCE": str(instance), "PORTAL_BASE_URL": f"http://127.0.0.1:{port}"}
    pages = wanted(people)
    rounds: dict[str, list[measure.Round]] = {name: [] for name in pages}
    app = create_app(data.settings(instance, port))
    _wake(app)
    with served(
        ["-m", "portal.cli", "run", "--port", str(port)], port, "/healthz", **chosen
    ) as pid:
        for _ in range(times):
            for name, request in pages.items():
                job = Job(name, [request] * SLOW)
                rounds[name].append(measure.one_round(port, pid, job))
    sql = {name: counted(app, request) for name, request in pages.items()}
    with app.app_context():
        entries = db.session().execute(text("SELECT count(*) FROM entry")).scalar_one()
    show({name: measure.figure(some) for name, some in rounds.items()}, sql, entries)


if __name__ == "__main__":
    main(sys.argv[1:])
