"""The diary against its model, at random: the same machine as in the tests, played much longer.

A patient with two tabs and a practitioner do anything in any order through the real HTTP client;
after each step the rows are what the model of `tests/diary/model.py` says. The seed is printed, so
that a run that fails can be played again.

    python -m drills.machine [runs] [seed]
"""

import random
import secrets
import sys
import tempfile
import time
from pathlib import Path

import time_machine
from flask import Flask
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from portal import db
from portal.app import create_app
from portal.config import Env, Settings
from portal.migrations.run import migrate
from tests.diary.machine import diary_in
from tests.diary.world import World
from tests.people import Cast, HouseClient, build_cast

RUNS, STEPS = 200, 50
EVENING = "2026-11-10T01:00:00Z"  # Monday 9 November, 20:00 in Guelph
BASE_URL = "http://localhost"


def application(instance: Path) -> Flask:
    """The portal on an empty database of its own."""
    chosen = Settings(
        env=Env.TEST, base_url=BASE_URL, instance=instance, argon2_memory_kib=8, argon2_passes=1
    )
    empty = db.open_database(chosen.database)
    migrate(empty)
    empty.engine.dispose()
    app = create_app(chosen)
    app.testing = True
    app.test_client_class = HouseClient
    return app


def people() -> Cast:
    """Everybody of the tests, written through the portal's own write path."""
    with db.write_transaction() as session:
        return build_cast(session)


def main(runs: int = RUNS, chosen: int | None = None) -> int:
    """Play; a step that goes wrong ends the drill with the steps before it."""
    start = secrets.randbits(32) if chosen is None else chosen
    print(f"{runs} random runs of {STEPS} steps on the diary and on its model, seed {start}")
    plan = settings(
        max_examples=runs,
        stateful_step_count=STEPS,
        phases=[Phase.generate],
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    begun = time.monotonic()
    random.seed(start)
    with tempfile.TemporaryDirectory(prefix="portal-machine-") as name:
        app = application(Path(name))
        with time_machine.travel(EVENING, tick=False) as now, app.app_context():
            machine = seed(start)(diary_in(World(app, people(), now)))
            run_state_machine_as_test(machine, settings=plan)
            db.end_read()
    print(f"  ✓ every rule held, {runs * STEPS} steps, {time.monotonic() - begun:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main(*(int(one) for one in sys.argv[1:3])))
