"""What an administrator may see of the audit: who did or saw what in their clinic."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, String, cast, or_, select
from sqlalchemy.orm import Session

from portal import clock
from portal.accounts.models import Account, Role
from portal.accounts.reader import Reader
from portal.audit.models import AuditEvent
from portal.clinics.models import Clinic

PAGE = 50
_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which events to show: of an act, by a person, about a patient, between days; of a page.

    `patient` is the end of a patient's number, at least eight of its digits.
    """

    act: str = ""
    account_id: UUID | None = None
    patient: str = ""
    first: date | None = None
    last: date | None = None
    page: int = 1


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One event as the audit page shows it: ids only for patients, names for colleagues."""

    seq: int
    at: datetime
    act: str
    who: str
    role: str
    patient: str
    result: str
    details: tuple[tuple[str, str], ...] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class AuditPage:
    """A page of the audit, newest first, and whether there is an older one."""

    lines: tuple[AuditLine, ...]
    has_older: bool


def audit_page(session: Session, reader: Reader, wanted: AuditFilter) -> AuditPage:
    """Return the events of the reader's clinic that fit the filter, newest first."""
    zone = session.get_one(Clinic, reader.clinic_id).zone
    query = _wanted(wanted, zone).where(AuditEvent.clinic_id == reader.clinic_id)
    start = (max(wanted.page, 1) - 1) * PAGE
    rows = session.execute(query.offset(start).limit(PAGE + 1)).all()
    lines = tuple(_line(row[0], row[1] or "", zone) for row in rows[:PAGE])
    return AuditPage(lines, has_older=len(rows) > PAGE)


def audit_rows(
    session: Session, reader: Reader, wanted: AuditFilter
) -> Iterator[tuple[str | int, ...]]:
    """Yield the events of the reader's clinic that fit the filter, newest first, for a file.

    Of patients there are only numbers, in full; the filter's page does not matter.
    """
    zone = session.get_one(Clinic, reader.clinic_id).zone
    query = _wanted(wanted, zone).where(AuditEvent.clinic_id == reader.clinic_id)
    rows = session.execute(query.execution_options(yield_per=_AT_ONCE))
    for event, name in rows:
        yield _cells(event, name or "", zone)


COLUMNS = (
    *("number", "at", "act", "result", "who", "role", "patient", "episode", "subject"),
    *("page", "request", "details", "seal"),
)


def _cells(event: AuditEvent, who: str, zone: str) -> tuple[str | int, ...]:
    return (
        event.seq,
        clock.local(event.at, zone).isoformat(timespec="seconds"),
        event.act,
        event.result,
        "" if event.role == Role.PATIENT else who,
        event.role,
        str(event.patient_id or ""),
        str(event.episode_id or ""),
        event.subject,
        event.route,
        event.request_id,
        json.dumps(event.details, sort_keys=True) if event.details else "",
        event.seal.hex(),
    )


def _wanted(wanted: AuditFilter, zone: str) -> Select[AuditEvent, str]:
    query = (
        select(AuditEvent, Account.name)
        .outerjoin(Account, Account.id == AuditEvent.actor_id)
        .order_by(AuditEvent.seq.desc())
    )
    if wanted.act:
        query = query.where(AuditEvent.act == wanted.act)
    if wanted.account_id is not None:
        query = query.where(AuditEvent.actor_id == wanted.account_id)
    if wanted.patient:
        query = query.where(_is_about(wanted.patient))
    if wanted.first is not None:
        query = query.where(AuditEvent.at >= _midnight(wanted.first, zone))
    if wanted.last is not None:
        query = query.where(AuditEvent.at < _midnight(wanted.last + timedelta(days=1), zone))
    return query


def _is_about(tail: str) -> ColumnElement[bool]:
    """An event about one patient, or a list of patients in which that one was shown."""
    return or_(
        cast(AuditEvent.patient_id, String).endswith(tail),
        cast(AuditEvent.details, String).contains(f'{tail}"'),
    )


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(0), ZoneInfo(zone))


def _line(event: AuditEvent, who: str, zone: str) -> AuditLine:
    return AuditLine(
        seq=event.seq,
        at=clock.local(event.at, zone),
        act=event.act,
        who="" if event.role == Role.PATIENT else who,
        role=event.role,
        patient=event.patient_id.hex[-8:] if event.patient_id else "",
        result=event.result,
        details=tuple(_flat(event.details.items())),
    )


def _flat(details: Iterable[tuple[str, object]]) -> Iterable[tuple[str, str]]:
    """Say each detail in a few words; of a list of records only how many were shown."""
    for key, value in details:
        if isinstance(value, list):
            yield key, ", ".join(map(str, value)) if key == "settings" else str(len(value))
        else:
            yield key, str(value)[:200]
