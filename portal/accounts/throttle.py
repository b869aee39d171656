"""Failures counted in the database, so that guessing gets slower for every worker at once.

Each try is counted as failed before it is checked and taken back when it succeeds: many tries
sent at the same moment cannot slip through between the check and the counting. A blocked try is
answered at once with the seconds to wait (429), never by sleeping, and is not counted itself.
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from math import ceil

from flask import current_app
from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from portal import clock
from portal.accounts.models import Throttle
from portal.errors import TooManyTries

FIRST_DELAY = timedelta(seconds=5)
LONGEST_DELAY = timedelta(minutes=15)
_DOUBLINGS = 10


@dataclass(frozen=True, slots=True)
class Counter:
    """What failures are counted for: free tries, and how long without failure clears the count."""

    key: str
    free: int
    forgets_after: timedelta


def for_person(email: str) -> Counter:
    """Count failures for an e-mail address, known or not (S-012)."""
    return _counter("person", email, free=5, forgets_after=timedelta(days=1))


def for_device(device_hash: bytes) -> Counter:
    """Count a known device's own failures, so that others' do not delay it (S-013)."""
    return _counter("device", device_hash.hex(), free=5, forgets_after=timedelta(days=1))


def for_address(address: str) -> Counter:
    """Count failures from one network address; many people may share one, so more are free."""
    return _counter("address", _network(address), free=30, forgets_after=timedelta(hours=1))


def for_code(account_id: object) -> Counter:
    """Count wrong codes of an account's second step."""
    return _counter("code", str(account_id), free=5, forgets_after=timedelta(days=1))


def for_asks(address: str) -> Counter:
    """Count how often one network address asks for resets, whomever they are for."""
    return _counter("asks", _network(address), free=20, forgets_after=timedelta(hours=1))


def _counter(kind: str, value: str, *, free: int, forgets_after: timedelta) -> Counter:
    pepper: bytes = current_app.config["PORTAL_PEPPER"]
    hidden = hmac.new(pepper, f"{kind}:{value}".encode(), "sha256").hexdigest()
    return Counter(f"{kind}:{hidden}", free, forgets_after)


def _network(address: str) -> str:
    """Return what stands for one household: the address, of IPv6 the first 64 bits."""
    try:
        found = ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(found, IPv6Address):
        return str(ip_network((found, 64), strict=False))
    return str(found)


def delay_after(failures: int, free: int) -> timedelta:
    """Return the wait after this many failures: none while free, then doubling to 15 minutes."""
    if failures < free:
        return timedelta(0)
    doubled: int = 2 ** min(failures - free, _DOUBLINGS)
    return min(FIRST_DELAY * doubled, LONGEST_DELAY)


def count(session: Session, counters: Sequence[Counter]) -> None:
    """Count one try for each counter.

    Raises TooManyTries, counting nothing, where one of them still has to wait.
    """
    now = clock.now()
    rows = {row.key: row for row in session.scalars(_rows(counters))}
    waits = [row.blocked_until for row in rows.values() if row.blocked_until]
    longest = max(waits, default=now)
    if longest > now:
        raise TooManyTries(ceil((longest - now).total_seconds()))
    for counter in counters:
        row = rows.get(counter.key)
        if row is None:
            row = Throttle(key=counter.key, failures=0, last_at=now)
            session.add(row)
        _add(row, counter, now)
    session.flush()


def _add(row: Throttle, counter: Counter, now: datetime) -> None:
    forgotten = now - row.last_at >= counter.forgets_after
    row.failures = 1 if forgotten else row.failures + 1
    row.last_at = now
    delay = delay_after(row.failures, counter.free)
    row.blocked_until = now + delay if delay else None


def take_back(session: Session, counters: Sequence[Counter]) -> None:
    """Undo the counting of one try, as it was not a failure."""
    for row in session.scalars(_rows(counters)):
        row.failures = max(row.failures - 1, 0)
        row.blocked_until = None
    session.flush()


def clear(session: Session, counters: Sequence[Counter]) -> None:
    """Forget all failures of these counters, as the person has proved to be the right one."""
    keys = [counter.key for counter in counters]
    session.execute(delete(Throttle).where(Throttle.key.in_(keys)))


def discard_old(session: Session) -> None:
    """Forget counts that no longer matter to anyone."""
    session.execute(delete(Throttle).where(Throttle.last_at < clock.now() - timedelta(days=1)))


def _rows(counters: Sequence[Counter]) -> Select[Throttle]:
    return select(Throttle).where(Throttle.key.in_([counter.key for counter in counters]))
