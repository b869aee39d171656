"""Statements of one request: those that count against its budget, and the few that do not.

performance.md: BEGIN, COMMIT and PRAGMA never count; neither do the check of the sign-in nor
the audit row with its chain head, as long as each takes no more than two statements.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from sqlalchemy import event
from sqlalchemy.orm import Session

FREE = 2
_NEVER = ("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA", "SAVEPOINT", "RELEASE", "SELECT PG_ADVISORY")


@dataclass
class Statements:
    """What one request asked of the database, in order."""

    all: list[str] = field(default_factory=list)

    @property
    def sign_in(self) -> int:
        return sum("FROM sign_in" in one or "UPDATE sign_in" in one for one in self.all)

    @property
    def audit(self) -> int:
        return sum("audit_event" in one for one in self.all)

    @property
    def counted(self) -> int:
        """Statements against the budget."""
        return len(self.all) - min(FREE, self.sign_in) - min(FREE, self.audit)

    def __str__(self) -> str:
        free = [(self.sign_in, "sign-in"), (self.audit, "audit")]
        named = ", ".join(f"{min(FREE, times)} {what}" for times, what in free if times)
        return f"{self.counted} (+ {named})" if named else str(self.counted)


@contextmanager
def statements(of: Flask | Session) -> Iterator[Statements]:
    """Note every statement meanwhile; an executemany is one."""
    seen = Statements()

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if not statement.lstrip().upper().startswith(_NEVER):
            seen.all.append(statement)

    engine = of.extensions["portal.database"].engine if isinstance(of, Flask) else of.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)
