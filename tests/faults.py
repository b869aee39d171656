"""Faults that a test brings about: a database that takes no more of something."""

from sqlalchemy import text

from portal import db


def fill_the_audit() -> None:
    """Let no event be written any more, as on a full disk; SQLite's own words."""
    refuse = "BEGIN SELECT RAISE(ABORT, 'disk full'); END"
    with db.database().writing.begin() as connection:
        connection.execute(text(f"CREATE TRIGGER full BEFORE INSERT ON audit_event {refuse}"))
