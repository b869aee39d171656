"""Rules that every request of every test keeps: a GET does not write, a read changes nothing."""

import re
from typing import Any

from flask import Flask, g, has_request_context, request
from sqlalchemy import event

_WRITES = re.compile(r"\s*(?:INSERT(?: OR \w+)? INTO|UPDATE|DELETE FROM)\s+\"?(\w+)", re.IGNORECASE)
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_PROBE = "/readyz"


def watch(app: Flask) -> list[str]:
    """Have every request of this application noted that breaks a rule; return the list of them."""
    faults: list[str] = []
    engine = app.extensions["portal.database"].engine

    def look(*told: Any) -> None:
        fault = _fault_of(told[2])
        if fault is not None:
            faults.append(fault)

    def tidy(_error: BaseException | None = None) -> None:
        own = g.get("read_session")
        if own is not None and (own.new or own.dirty or own.deleted) and has_request_context():
            faults.append(f"{request.method} {request.path} left its reading session changed")

    event.listen(engine, "before_cursor_execute", look)
    app.teardown_request(tidy)
    return faults


def _fault_of(statement: str) -> str | None:
    if not has_request_context() or request.method not in _SAFE or request.path == _PROBE:
        return None
    written = _WRITES.match(statement)
    if written is None or _is_allowed(written.group(1), statement):
        return None
    return f"{request.method} {request.path} writes {written.group(1)}"


def _is_allowed(table: str, statement: str) -> bool:
    """What a view itself leaves behind: its audit, last-seen at most once a minute, and that a
    flag was opened, written with that audit so that the patient is told.
    """
    if table == "audit_event":
        return statement.lstrip().upper().startswith("INSERT")
    noted = {"sign_in": "SET last_seen_at=", "entry_flag": "SET opened_at="}
    return table in noted and noted[table] in statement
