"""Asking what is on record: is the audit whole, who saw a patient, do the summaries fit."""

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Row, String, and_, cast, or_, select
from sqlalchemy.orm import Session

from portal import clock
from portal.accounts.models import Account
from portal.audit.models import AuditEvent
from portal.audit.record import first_broken
from portal.care.models import Patient
from portal.commands.command import Command
from portal.commands.opened import reading
from portal.commands.terminal import complain, say
from portal.commands.typed import day
from portal.errors import OutOfSight
from portal.review import summaries


def _audit_verify(_told: Namespace) -> int:
    with reading() as session:
        broken = first_broken(session)
    if broken is None:
        say("The audit holds: no event was altered, removed or put in between.")
        return 0
    complain(f"The audit does not hold from event {broken} on.")
    return 1


def _key(typed: str) -> UUID:
    try:
        return UUID(typed)
    except ValueError:
        raise ArgumentTypeError(f"{typed} is not a patient's or account's id") from None


def _who_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "patient", type=_key, help="a patient's id, as in the address of the brief, or an account's"
    )
    parser.add_argument("--from", dest="first", type=day, help="first day, such as 2026-11-01")
    parser.add_argument("--to", dest="last", type=day, help="last day")


def _audit_who(told: Namespace) -> int:
    """List who did or saw what: of a patient, or of what one account did (S-073)."""
    with reading() as session:
        zone = _zone(session, told.patient)
        for event, name in _events(session, told, zone):
            say(_line(event, name, zone))
    return 0


def _zone(session: Session, key: UUID) -> str:
    """Return the zone to tell times in; raises OutOfSight when nobody has this id."""
    zone = session.scalar(select(Patient.zone).where(Patient.id == key))
    if zone is None and session.scalar(select(Account.id).where(Account.id == key)) is None:
        raise OutOfSight(f"{key}: there is no patient and no account with this id")
    return zone or "UTC"


def _events(session: Session, told: Namespace, zone: str) -> Iterable[Row[AuditEvent, str]]:
    query = (
        select(AuditEvent, Account.name)
        .outerjoin(Account, Account.id == AuditEvent.actor_id)
        .where(_is_about(told.patient))
        .order_by(AuditEvent.seq)
    )
    if told.first is not None:
        query = query.where(AuditEvent.at >= _midnight(told.first, zone))
    if told.last is not None:
        query = query.where(AuditEvent.at < _midnight(told.last + timedelta(days=1), zone))
    return session.execute(query)


def _is_about(key: UUID) -> ColumnElement[bool]:
    """An event of a patient or account, or a list in which that patient was shown."""
    is_in_list = and_(
        AuditEvent.patient_id.is_(None), cast(AuditEvent.details, String).contains(f'"{key}"')
    )
    return or_(AuditEvent.patient_id == key, AuditEvent.actor_id == key, is_in_list)


def _midnight(day: date, zone: str) -> datetime:
    there = clock.local(datetime.combine(day, time(12), UTC), zone).tzinfo
    return datetime.combine(day, time(0), there)


def _line(event: AuditEvent, name: str | None, zone: str) -> str:
    when = clock.local(event.at, zone).strftime("%Y-%m-%d %H:%M")
    who = name or "nobody signed in"
    return f"{when}  {event.act:<20}  {who} ({event.role or '-'})  {event.result}  #{event.seq}"


def _summaries_verify(_told: Namespace) -> int:
    with reading() as session:
        differences = summaries.verify(session)
    for found in differences:
        complain(f"episode {found.episode_id}: {found.column} does not fit the diary")
    if not differences:
        say("Every summary says what its diary says.")
    return 1 if differences else 0


COMMANDS = {
    "audit verify": Command("Make sure that the audit was not altered", _audit_verify),
    "audit who": Command("Say who saw a patient's record, and when", _audit_who, _who_arguments),
    "summaries verify": Command("Compare every summary with its diary", _summaries_verify),
}
