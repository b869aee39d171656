"""What no portal can go below on this machine: bare commits and bare reads of SQLite."""

from pathlib import Path
from uuid import uuid4

from pysqlite3 import dbapi2 as sqlite

from bench import measure

COMMITS = 300
READS = 100


def commit_ms(folder: Path) -> float:
    """Milliseconds of one durable commit of one row, as the portal's database does it."""
    connection = sqlite.connect(str(folder / "floor.sqlite3"), isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("CREATE TABLE IF NOT EXISTS t (id INTEGER PRIMARY KEY, x TEXT)")

    def act() -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO t (x) VALUES (?)", (uuid4().hex,))
        connection.execute("COMMIT")

    took = measure.timed(COMMITS, act)
    connection.close()
    return took


def year_ms(database: Path) -> float:
    """Milliseconds of reading two columns of a year of entries."""
    return _longest_diary_ms(database, "about_on, pain_average")


def whole_ms(database: Path) -> float:
    """Milliseconds of reading all columns of a year of entries."""
    return _longest_diary_ms(database, "*")


def _longest_diary_ms(database: Path, columns: str) -> float:
    connection = sqlite.connect(str(database))
    query = f"SELECT {columns} FROM entry WHERE episode_id = ? ORDER BY about_on"
    longest = "SELECT episode_id FROM entry GROUP BY episode_id ORDER BY count(*) DESC LIMIT 1"
    (episode,) = connection.execute(longest).fetchone()
    took = measure.timed(READS, lambda: connection.execute(query, (episode,)).fetchall())
    connection.close()
    return took


def rows_ms(database: Path) -> float:
    """Milliseconds of reading every patient's summary row."""
    connection = sqlite.connect(str(database))
    query = "SELECT episode_id, verdicts, open_flags, last_entry_on FROM episode_summary"
    took = measure.timed(READS, lambda: connection.execute(query).fetchall())
    connection.close()
    return took
