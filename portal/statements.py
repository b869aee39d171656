"""Statements that are written out once and asked often, without the ceremony of the ORM.

A statement that is kept is put together once, and SQLAlchemy keeps its text and how its rows are
read; through the connection each asking then costs little more than the database itself. What is
kept is the text, never a row: each asking binds its own values and reads the present.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, literal_column
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session


def at_most(rows: int) -> ColumnElement[int]:
    """A limit written out: SQLite plans a statement anew at each asking where it is filled in."""
    return literal_column(str(rows))


class Kept:
    """A question to the database with named values to fill in, as `bindparam` names them.

    Each raises StatementError where a value is missing.
    """

    def __init__(self, statement: Select[*tuple[Any, ...]]) -> None:
        self._statement = statement

    def rows(self, session: Session, /, **asked: object) -> Sequence[Row[*tuple[Any, ...]]]:
        """All rows."""
        return self._ask(session, asked).all()

    def first(self, session: Session, /, **asked: object) -> Row[*tuple[Any, ...]] | None:
        """The first row, or None."""
        return self._ask(session, asked).first()

    def tuples(self, session: Session, /, **asked: object) -> Sequence[Sequence[Any]]:
        """The rows for whoever unpacks each of them at once."""
        return self.rows(session, **asked)

    def windows(
        self, session: Session, /, size: int, **asked: object
    ) -> Iterator[Sequence[Row[*tuple[Any, ...]]]]:
        """Yield the rows, `size` at a time, where there may be too many to hold at once."""
        yield from self._ask(session, asked, stream_results=True).partitions(size)

    def _ask(
        self, session: Session, asked: dict[str, object], **how: bool
    ) -> CursorResult[*tuple[Any, ...]]:
        return session.connection().execute(self._statement, asked, execution_options=how)
