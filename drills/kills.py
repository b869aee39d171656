"""Kills in the middle of saving: every entry that was answered is there, once.

Patients save at once over the wire, as browsers do, while the whole group of server processes is
killed again and again (SIGKILL, somewhere among the saves) and started anew. Who got no answer
sends the same form again, as somebody would. At the end every answered entry must be in the
database, none twice, the audit and the database whole.

    python -m drills.kills [kills]
"""

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, timedelta
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from threading import Thread
from uuid import uuid4

from pysqlite3 import dbapi2 as sqlite

from bench import data, jobs
from bench.data import OPEN_DAYS, People, Person
from bench.jobs import Form
from bench.measure import Request
from drills.house import PORTAL, free_port, portal, surroundings, wait_for
from portal import clock
from tests.factories import ZONE

KILLS = 10
WRITERS = 16
PATIENTS = 220
VERSIONS = 3
SAVED = 303
SEED = 20261109
LONGEST = 600


@dataclass
class Tally:
    """The keys of the forms that were answered, and how often something had to be sent again."""

    answered: list[str] = field(default_factory=list)
    again: Counter[int] = field(default_factory=Counter)


class Server:
    """The portal in a process group of its own, killed and started at will."""

    def __init__(self, instance: Path, port: int, log: Path) -> None:
        self.instance, self.port, self.log = instance, port, log
        self.start()

    def start(self) -> None:
        with self.log.open("ab") as said:
            self.process = subprocess.Popen(
                [*PORTAL, "run", "--port", str(self.port)],
                env=surroundings(self.instance, PORTAL_BASE_URL=f"http://127.0.0.1:{self.port}"),
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                start_new_session=True,
            )
        wait_for(self.port, self.process, self.log)

    def kill(self) -> None:
        """End every process of the group at once, without a word."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=20)


def forms_of(who: Person, today: date) -> Iterator[tuple[str, Request]]:
    """A patient's forms with their keys: three days, each written once and corrected twice."""
    for ago in range(OPEN_DAYS):
        for version in range(VERSIONS):
            key = uuid4()
            form = Form(on=today - timedelta(days=ago), pain=version, base=version, key=key)
            yield key.hex, jobs.saving(who, form)


def write(port: int, share: list[Person], tally: Tally, until: float) -> None:
    """Save the forms of some patients one after another, sending again what got no answer."""
    today = clock.today(ZONE)
    for who in share:
        for key, request in forms_of(who, today):
            while (status := send(port, request)) != SAVED and time.monotonic() < until:
                tally.again[status] += 1
                time.sleep(0.05)
            if status == SAVED:
                tally.answered.append(key)


def send(port: int, request: Request) -> int:
    """Send one form; the answer's status, or 0 where none came."""
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request(*request)
        answer = connection.getresponse()
        answer.read()
    except (OSError, HTTPException):
        return 0
    finally:
        connection.close()
    return answer.status


def drill(server: Server, people: People, kills: int) -> Tally:
    """Let everybody write while the server is killed and started anew."""
    tally, until = Tally(), time.monotonic() + LONGEST
    writers = [
        Thread(target=write, args=(server.port, people.patients[at::WRITERS], tally, until))
        for at in range(WRITERS)
    ]
    for writer in writers:
        writer.start()
    chance = random.Random(SEED)
    each = len(people.patients) * OPEN_DAYS * VERSIONS // (kills + 1)
    for number in range(kills):
        while len(tally.answered) < each * (number + 1) and time.monotonic() < until:
            time.sleep(0.02)
        time.sleep(chance.uniform(0, 0.2))
        server.kill()
        print(f"  kill {number + 1}: {len(tally.answered)} answered so far", flush=True)
        server.start()
    for writer in writers:
        writer.join()
    return tally


def faults(database: Path, tally: Tally) -> list[str]:
    """What is wrong with the database afterwards, in sentences; nothing if all is well."""
    with closing(sqlite.connect(str(database))) as connection:
        written = "SELECT lower(entry_key) FROM entry WHERE scale_layout = 'two-rows'"
        kept = Counter(key for (key,) in connection.execute(written))
        (sound,) = connection.execute("PRAGMA integrity_check").fetchone()
        orphans = connection.execute("PRAGMA foreign_key_check").fetchall()
    lost = [key for key in tally.answered if key not in kept]
    twice = [key for key, times in kept.items() if times > 1]
    wrong = {
        "answered entries are lost": len(lost),
        "entries are there twice": len(twice),
        "entries nobody was told of": len(kept.keys() - set(tally.answered)),
        "rows point nowhere": len(orphans),
        f"the database: {sound}": sound != "ok",
    }
    return [f"{number:d} {what}" for what, number in wrong.items() if number]


def main(kills: int = KILLS) -> int:
    """Kill and count; 1 if anything was lost or is there twice."""
    os.umask(0o077)
    print(f"{kills} kills while {WRITERS} browsers save")
    with tempfile.TemporaryDirectory(prefix="portal-kills-") as name:
        folder = Path(name) / "instance"
        people = data.fill(data.application(folder, free_port()), many=PATIENTS, few=0, days=0)
        server = Server(folder, free_port(), Path(name) / "log")
        try:
            tally = drill(server, people, kills)
        finally:
            server.kill()
        found = faults(folder / "portal.sqlite3", tally)
        portal(folder, "audit", "verify", PORTAL_BASE_URL=f"http://127.0.0.1:{server.port}")
    wanted = len(people.patients) * OPEN_DAYS * VERSIONS
    if len(tally.answered) != wanted:
        found.append(f"only {len(tally.answered)} of {wanted} were ever answered")
    sent_again = ", ".join(
        f"{times} × {status or 'no answer'}" for status, times in tally.again.items()
    )
    print(f"  {len(tally.answered)} entries answered; sent again: {sent_again or 'none'}")
    for fault in found:
        print(f"  ✗ {fault}")
    if not found:
        print("  ✓ 0 lost, 0 twice; the database and the audit are whole")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*(int(one) for one in sys.argv[1:2])))
