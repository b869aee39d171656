"""Kills in the middle of saving: every entry that was answered is there, once.

Eight patients at a time save over the wire, as browsers do, while the whole group of server
processes is killed again and again (SIGKILL, somewhere among the saves) and started anew. Who got
no answer sends the same form again, as somebody would. At the end every answered entry must be in
the database, none twice, the audit and the database whole, and each time the next entry was
answered within five seconds of the kill (R-03).

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
from statistics import median
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

KILLS = 200
WRITERS = 8
VERSIONS = 3
EACH = OPEN_DAYS * VERSIONS  # what one patient writes
PER_KILL = 50  # entries answered between two kills, so 10,000 for 200
SAVED = 303
SEED = 20261109
LONGEST = 3600
SOON, LATER = 0.05, 0.4  # seconds until somebody sends again, doubling
RECOVERS_IN = 5.0  # seconds from a kill to the next entry that is answered


@dataclass
class Tally:
    """The keys of the forms that were answered, what had to be sent again, and what each kill cost.

    `back_after` holds seconds from each kill to the next entry that was answered; `seconds` is
    the whole time of writing.
    """

    answered: list[str] = field(default_factory=list)
    again: Counter[int] = field(default_factory=Counter)
    back_after: list[float] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def slowest(self) -> float:
        """The longest that nobody could save, in seconds."""
        return max(self.back_after, default=0.0)

    @property
    def rate(self) -> float:
        """Entries answered per second, the restarts included."""
        return len(self.answered) / self.seconds if self.seconds else 0.0


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
            wait = SOON
            while (status := send(port, request)) != SAVED and time.monotonic() < until:
                tally.again[status] += 1
                time.sleep(wait)
                wait = min(2 * wait, LATER)
            if status == SAVED:
                tally.answered.append(key)


def send(port: int, request: Request) -> int:
    """Send one form; the answer's status, or 0 where none came or it leads to no saved page."""
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request(*request)
        answer = connection.getresponse()
        answer.read()
    except (OSError, HTTPException):
        return 0
    finally:
        connection.close()
    is_elsewhere = answer.status == SAVED and not str(answer.getheader("Location")).endswith(
        "saved"
    )
    return 0 if is_elsewhere else answer.status


def drill(server: Server, people: People, kills: int) -> Tally:
    """Let everybody write while the server is killed and started anew."""
    tally, begun = Tally(), time.monotonic()
    until = begun + LONGEST
    writers = [
        Thread(target=write, args=(server.port, people.patients[at::WRITERS], tally, until))
        for at in range(WRITERS)
    ]
    for writer in writers:
        writer.start()
    chance = random.Random(SEED)
    each = len(people.patients) * EACH // (kills + 1)
    for number in range(1, kills + 1):
        _wait_for_entries(tally, each * number, until)
        time.sleep(chance.uniform(0, 0.2))
        tally.back_after.append(_kill_once(server, tally, until))
        if number % 20 == 0 or number == kills:
            print(
                f"  kill {number}: {len(tally.answered)} answered so far, "
                f"back after {tally.slowest:.1f} s at worst",
                flush=True,
            )
    for writer in writers:
        writer.join()
    tally.seconds = time.monotonic() - begun
    return tally


def _wait_for_entries(tally: Tally, many: int, until: float) -> None:
    while len(tally.answered) < many and time.monotonic() < until:
        time.sleep(0.01)


def _kill_once(server: Server, tally: Tally, until: float) -> float:
    """Kill, start anew, and return the seconds until the next entry was answered."""
    killed = time.monotonic()
    server.kill()
    before = len(tally.answered)
    server.start()
    _wait_for_entries(tally, before + 1, until)
    return time.monotonic() - killed


def stay_signed_in(database: Path) -> None:
    """Let nobody's half hour run out while others write: this drill may take longer."""
    later = (clock.now() + timedelta(seconds=LONGEST)).replace(tzinfo=None)
    with closing(sqlite.connect(str(database))) as connection:
        connection.execute("UPDATE sign_in SET last_seen_at = ?", (later.isoformat(" "),))
        connection.commit()


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
    """Kill and count; 1 if anything was lost or is there twice, or the server came back late."""
    os.umask(0o077)
    many = -(-PER_KILL * kills // EACH)
    print(f"{kills} kills while {WRITERS} browsers save {many * EACH} entries")
    with tempfile.TemporaryDirectory(prefix="portal-kills-") as name:
        folder = Path(name) / "instance"
        people = data.fill(data.application(folder, free_port()), many=many, few=0, days=0)
        stay_signed_in(folder / "portal.sqlite3")
        server = Server(folder, free_port(), Path(name) / "log")
        try:
            tally = drill(server, people, kills)
        finally:
            server.kill()
        found = faults(folder / "portal.sqlite3", tally)
        portal(folder, "audit", "verify", PORTAL_BASE_URL=f"http://127.0.0.1:{server.port}")
    found += shortfalls(tally, wanted=len(people.patients) * EACH)
    return report(tally, found)


def shortfalls(tally: Tally, *, wanted: int) -> list[str]:
    """What did not come in time, in sentences."""
    found = []
    if len(tally.answered) != wanted:
        found.append(f"only {len(tally.answered)} of {wanted} were ever answered")
    if tally.slowest > RECOVERS_IN:
        late = sum(one > RECOVERS_IN for one in tally.back_after)
        found.append(f"back after more than {RECOVERS_IN:.0f} s, {late} times")
    return found


def report(tally: Tally, found: list[str]) -> int:
    """Print the figures and what is wrong; 1 if anything is."""
    sent_again = ", ".join(
        f"{times} × {status or 'no answer'}" for status, times in tally.again.items()
    )
    print(f"  {len(tally.answered)} entries answered; sent again: {sent_again or 'none'}")
    print(
        f"  {tally.seconds:.0f} s in all, {tally.rate:.1f} entries/s with restarts; after a kill "
        f"the next entry was answered within {median(tally.back_after):.2f} s at the median, "
        f"{tally.slowest:.2f} s at worst"
    )
    for fault in found:
        print(f"  ✗ {fault}")
    if not found:
        print("  ✓ 0 lost, 0 twice; the database and the audit are whole")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*(int(one) for one in sys.argv[1:2])))
