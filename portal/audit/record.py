"""Writing events down, in the transaction of the act, each sealed with the one before it."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from portal import clock
from portal.audit.models import AuditEvent
from portal.db import new_id
from portal.statements import Kept, at_most

FIRST = bytes(32)
_TABLE = AuditEvent.metadata.tables[AuditEvent.__tablename__]
_HEAD = Kept(select(_TABLE.c.seal).order_by(_TABLE.c.seq.desc()).limit(at_most(1)))
_APPEND = insert(_TABLE)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: the account, the role it acts in, and the request it comes with."""

    account_id: UUID | None = None
    role: str = ""
    clinic_id: UUID | None = None
    route: str = ""
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """One act or one view. `act` is a verb phrase such as `brief-opened`; ids only, no answers."""

    act: str
    patient_id: UUID | None = None
    episode_id: UUID | None = None
    subject: str = ""
    result: str = "done"
    details: dict[str, object] = field(default_factory=dict)


def record(session: Session, actor: Actor, event: Event) -> None:
    """Note an event; it is sealed and written just before this transaction commits.

    `session` is the one `write_transaction()` gave. When the event cannot be written, the whole
    transaction fails, so nothing happens or is shown unrecorded.
    """
    session.info.setdefault("audit", []).append((actor, event))


def sealed(previous: bytes, row: dict[str, object]) -> bytes:
    """Return the seal of a row: SHA-256 over the previous seal and the row's canonical JSON."""
    body = {key: row[key] for key in sorted(row) if key not in {"seq", "previous", "seal"}}
    text_of = json.dumps(body, default=_plain, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(previous + text_of.encode()).digest()


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _row(actor: Actor, event: Event) -> dict[str, object]:
    return {
        "id": new_id(),
        "at": clock.now(),
        "actor_id": actor.account_id,
        "role": actor.role,
        "clinic_id": actor.clinic_id,
        "route": actor.route,
        "request_id": actor.request_id,
        "act": event.act,
        "patient_id": event.patient_id,
        "episode_id": event.episode_id,
        "subject": event.subject,
        "result": event.result,
        "details": event.details,
    }


def seal_events(session: Session) -> None:
    """Write this transaction's events at the end of the chain (two statements)."""
    noted: list[tuple[Actor, Event]] = session.info.pop("audit", [])
    if not noted:
        return
    if session.get_bind().dialect.name != "sqlite":
        session.execute(text("SELECT pg_advisory_xact_lock(724152)"))
    newest = _HEAD.first(session)
    previous: bytes = newest[0] if newest else FIRST
    rows = []
    for actor, event in noted:
        row = _row(actor, event)
        row["previous"] = previous
        previous = row["seal"] = sealed(previous, row)
        rows.append(row)
    session.connection().execute(_APPEND, rows)


def first_broken(session: Session, *, newest: int | None = None) -> int | None:
    """Return the number of the first event whose seal does not fit; None when the chain holds.

    With `newest` only that many of the last events are looked at, which takes the same time
    however long the chain is.
    """
    start, previous = _start(session, newest)
    columns = [column for column in AuditEvent.__table__.columns if column.name != "seq"]
    query = (
        select(AuditEvent.__table__.c.seq, *columns)
        .where(AuditEvent.__table__.c.seq > start)
        .order_by(AuditEvent.__table__.c.seq)
    )
    for found in session.execute(query).mappings().yield_per(1000):
        row = dict(found)
        if row["previous"] != previous or row["seal"] != sealed(previous, row):
            return int(row["seq"])
        previous = row["seal"]
    return None


def _start(session: Session, newest: int | None) -> tuple[int, bytes]:
    """The last event that is not looked at, and its seal; the chain's beginning without one."""
    if newest is None:
        return 0, FIRST
    before = session.execute(
        select(AuditEvent.seq, AuditEvent.seal)
        .order_by(AuditEvent.seq.desc())
        .offset(newest)
        .limit(1)
    ).first()
    return (before[0], before[1]) if before is not None else (0, FIRST)
