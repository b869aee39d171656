"""Counting statements: how often a view asks the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import event
from sqlalchemy.orm import Session

_FREE = ("BEGIN", "COMMIT", "PRAGMA", "ROLLBACK", "SAVEPOINT", "RELEASE")


@contextmanager
def counted(of: Session | Flask) -> Iterator[list[str]]:
    """The statements that run meanwhile; those that open and close transactions are free."""
    engine = of.extensions["portal.database"].engine if isinstance(of, Flask) else of.get_bind()
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if not statement.lstrip().upper().startswith(_FREE):
            seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)
