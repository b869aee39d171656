"""Statements that are written out once and asked often, without the ceremony of the first time.

Putting a statement together, finding its text again and wrapping its rows cost a brief more than
the database did (docs/performance.md). What is kept is the text, never a row: each asking binds its
own values and reads the present.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, Dialect, Row, Select
from sqlalchemy.engine import CursorResult, result_tuple
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler

Change = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class _Written:
    """A statement as one kind of database reads it.

    Of its values some are `fixed`, some say the `present` whenever asked, the others are `wanted`.
    """

    compiled: SQLCompiler
    fixed: Mapping[str, object]
    present: Sequence[tuple[str, BindParameter[Any]]]
    wanted: frozenset[str]
    sending: Mapping[str, Change]

    def sent(self, asked: Mapping[str, object]) -> Any:
        """The values of one asking; raises InvalidRequestError where one is missing."""
        if not self.wanted <= asked.keys():
            self.compiled.construct_params(asked)  # which says what is missing
        present = {name: bound.effective_value for name, bound in self.present}
        values = {**self.fixed, **present, **asked}
        for name, change in self.sending.items():
            values[name] = change(values[name])
        names = self.compiled.positiontup
        return values if names is None else tuple([values[name] for name in names])


def _read(
    found: Sequence[Sequence[Any]], reading: Sequence[tuple[int, Change]]
) -> Sequence[Sequence[Any]]:
    """The rows with their values as the columns' types say, a column at a time."""
    if not found or not reading:
        return found
    columns: list[Any] = list(zip(*found, strict=True))
    for place, change in reading:
        columns[place] = map(change, columns[place])
    return list(zip(*columns, strict=True))


class Kept:
    """A question to the database with named values to fill in, as `bindparam` names them.

    Lists (`in_`) have a length that changes, so they cannot be filled in.
    """

    def __init__(self, statement: Select[*tuple[Any, ...]]) -> None:
        self._statement = statement
        self._row = result_tuple(statement.selected_columns.keys())
        self._written: dict[str, _Written] = {}
        self._reading: dict[str, Sequence[tuple[int, Change]]] = {}

    def rows(self, session: Session, /, **asked: object) -> list[Row[*tuple[Any, ...]]]:
        """Ask with these values; raises InvalidRequestError where one is missing."""
        return [self._row(row) for row in self.tuples(session, **asked)]

    def first(self, session: Session, /, **asked: object) -> Row[*tuple[Any, ...]] | None:
        """The first row, or None."""
        return next(iter(self.rows(session, **asked)), None)

    def tuples(self, session: Session, /, **asked: object) -> Sequence[Sequence[Any]]:
        """The rows as plain tuples, where there are hundreds."""
        reading, result = self._ask(session, asked, {})
        found = result.cursor.fetchall()
        result.close()
        return _read(found, reading)

    def windows(
        self, session: Session, /, size: int, **asked: object
    ) -> Iterator[list[Row[*tuple[Any, ...]]]]:
        """Yield the rows, `size` at a time, where there may be too many to hold at once."""
        reading, result = self._ask(session, asked, {"stream_results": True})
        for found in result.partitions(size):
            yield [self._row(row) for row in _read(found, reading)]

    def _ask(
        self, session: Session, asked: Mapping[str, object], how: Mapping[str, bool]
    ) -> tuple[Sequence[tuple[int, Change]], CursorResult[Any]]:
        connection = session.connection()
        kind = connection.dialect
        written = self._written.get(kind.name) or self._write(kind)
        sent = written.sent(asked)
        result = connection.exec_driver_sql(str(written.compiled), sent, how)
        if kind.name not in self._reading:
            self._reading[kind.name] = self._read_as(kind, result)
        return self._reading[kind.name], result

    def _read_as(self, kind: Dialect, result: CursorResult[Any]) -> Sequence[tuple[int, Change]]:
        """How this database's values become ours; it says itself of which type each column is."""
        described = zip(self._statement.selected_columns, result.cursor.description, strict=True)
        reading = [
            column.type.dialect_impl(kind).result_processor(kind, told[1])
            for column, told in described
        ]
        return [(place, change) for place, change in enumerate(reading) if change]

    def _write(self, kind: Dialect) -> _Written:
        compiled = self._statement.compile(dialect=kind)
        assert isinstance(compiled, SQLCompiler)  # noqa: S101 - a Select compiles to nothing else
        bound = [(name, each) for each, name in compiled.bind_names.items()]
        sending = {name: each.type.dialect_impl(kind).bind_processor(kind) for name, each in bound}
        made = _Written(
            compiled,
            fixed={name: each.value for name, each in bound if not each.required},
            present=[(name, each) for name, each in bound if each.callable],
            wanted=frozenset(name for name, each in bound if each.required),
            sending={name: change for name, change in sending.items() if change},
        )
        return self._written.setdefault(kind.name, made)
