"""The administrator's page of the audit: looking through it, checking it, taking it along."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import chain, islice
from uuid import UUID

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from portal import db
from portal.accounts.session import actor, reader, require_proof
from portal.admin import audit_queries, queries
from portal.admin.audit_queries import COLUMNS, AuditFilter
from portal.admin.blueprint import bp
from portal.audit import Event, record
from portal.audit.acts import Act
from portal.audit.record import first_broken
from portal.web.csv_cells import lines
from portal.web.guard import Audience, audience

NEWEST = 500
_AT_ONCE = 500
_FIRST_YEAR, _LAST_YEAR = 1970, 9998
_TAIL = re.compile(r"[0-9a-f]{8,32}", re.ASCII)


@bp.get("/admin/audit")
@audience(Audience.ADMINISTRATOR)
def audit() -> ResponseReturnValue:
    """Show who did or saw what, newest first, and whether the chain holds.

    The newest events are checked each time, all of them on request.
    """
    person = reader()
    wanted = audit_filter(request.args)
    is_whole = request.args.get("check") == "yes"
    session = db.session()
    return render_template(
        "admin/audit.html",
        page=audit_queries.audit_page(session, person, wanted),
        wanted=wanted,
        acts=[(act.value, act.value.replace("-", " ").capitalize()) for act in Act],
        people=[(str(one.account_id), one.name) for one in queries.people(session, person)],
        is_whole=is_whole,
        newest=NEWEST,
        broken=first_broken(session, newest=None if is_whole else NEWEST),
    )


@bp.post("/admin/audit")
@audience(Audience.ADMINISTRATOR)
def export_audit() -> ResponseReturnValue:
    """Send the events that fit the filter as a table, after fresh proof; that is an event too."""
    require_proof()
    person = reader()
    wanted = audit_filter(request.form)
    with db.write_transaction() as session:
        record(session, actor(), Event(Act.AUDIT_EXPORTED, details=_said(wanted)))
    reading = db.snapshot()
    rows = audit_queries.audit_rows(reading, person, wanted)
    answer = Response(_table(rows), content_type="text/csv; charset=utf-8")
    answer.call_on_close(reading.close)
    answer.headers["Content-Disposition"] = 'attachment; filename="audit.csv"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _table(rows: Iterator[tuple[str | int, ...]]) -> Iterator[str]:
    """Write rows some hundred at a time."""
    left = chain([COLUMNS], rows)
    while some := list(islice(left, _AT_ONCE)):
        yield lines(some)


def _said(wanted: AuditFilter) -> dict[str, object]:
    """What was taken along, for the audit itself."""
    said = {
        "act": wanted.act,
        "person": wanted.account_id,
        "patient": wanted.patient,
        "first": wanted.first,
        "last": wanted.last,
    }
    return {name: str(value) for name, value in said.items() if value}


def audit_filter(given: Mapping[str, str]) -> AuditFilter:
    """Return the filter that an address or a form names; what cannot be one filters nothing."""
    act = given.get("act", "")
    page = given.get("page", "1")
    patient = given.get("patient", "").strip().lower().replace("-", "")
    return AuditFilter(
        act=act if act in set(Act) else "",
        account_id=_uuid(given.get("person", "")),
        patient=patient[-8:] if _TAIL.fullmatch(patient) else "",
        first=_date(given.get("first", "")),
        last=_date(given.get("last", "")),
        page=int(page) if page.isascii() and page.isdigit() and len(page) < len("100000") else 1,
    )


def _uuid(typed: str) -> UUID | None:
    try:
        return UUID(typed)
    except ValueError:
        return None


def _date(typed: str) -> date | None:
    try:
        found = date.fromisoformat(typed)
    except ValueError:
        return None
    return found if _FIRST_YEAR <= found.year <= _LAST_YEAR else None
