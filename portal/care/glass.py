"""Breaking the glass: opening a record from outside its care team, with a reason, for an hour.

It is meant for a need, such as a colleague who is ill on the day of a visit, so within the hour
the visit can be recorded as well. Who was shut out by the patient stays shut out
(`care/access.py`), the care team stays as it is, nothing can be downloaded as a whole, and the
patient reads the reason.
"""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import clock
from portal.accounts import throttle
from portal.accounts.models import Account, AccountRole, Role
from portal.accounts.reader import Reader
from portal.accounts.throttle import Counter
from portal.audit import Actor, Event, record
from portal.audit.acts import Act
from portal.care.glass_queries import Found, Sought, patient_behind_glass
from portal.care.models import BreakGlass
from portal.db import AccountId
from portal.errors import OutOfSight
from portal.mail import outbox
from portal.mail.outbox import Letter

LASTS = timedelta(minutes=60)
SHORTEST_REASON = 10
LONGEST_REASON = 500
_FREE_TRIES = 5


def break_glass(
    session: Session,
    actor: Actor,
    *,
    reader: Reader,
    sought: Sought,
    reason: str,
    letter: Letter,
) -> Found | None:
    """Open the record of the one patient who fits to this practitioner, for 60 minutes.

    Writes it down with the patient's key, and to the clinic's administrators. Returns None, with
    that written down and counted, when nobody fits; nothing is broken for a record in sight.
    Raises TooManyTries after five misses, and OutOfSight for somebody who is no practitioner.
    """
    if reader.practitioner_id is None:
        raise OutOfSight
    tries = [_tries_of(reader.account_id)]
    throttle.count(session, tries)
    found = patient_behind_glass(session, reader, sought)
    if found is None:
        record(session, actor, Event(Act.GLASS_NOT_BROKEN, result="refused"))
        return None
    throttle.take_back(session, tries)
    if found.is_in_sight:
        return found
    now = clock.now()
    broken = BreakGlass(
        episode_id=found.episode_id,
        practitioner_id=reader.practitioner_id,
        reason=reason,
        at=now,
        until_at=now + LASTS,
    )
    session.add(broken)
    session.flush()
    event = Event(
        Act.GLASS_BROKEN,
        patient_id=found.patient_id,
        episode_id=found.episode_id,
        subject=str(broken.id),
        details={"minutes": int(LASTS.total_seconds() // 60)},
    )
    record(session, actor, event)
    _tell_administrators(session, reader, letter)
    return found


def _tries_of(account_id: AccountId) -> Counter:
    return Counter(f"glass:{account_id}", free=_FREE_TRIES, forgets_after=timedelta(hours=1))


def _tell_administrators(session: Session, reader: Reader, letter: Letter) -> None:
    """Write to whoever looks after the clinic, but not to the one who acts."""
    addresses = session.scalars(
        select(Account.email)
        .join(AccountRole, AccountRole.account_id == Account.id)
        .where(
            AccountRole.clinic_id == reader.clinic_id,
            AccountRole.role == Role.ADMINISTRATOR,
            Account.is_active,
            Account.id != reader.account_id,
        )
        .distinct()
        .order_by(Account.email)
    )
    outbox.queue_each(session, to=list(addresses), letter=letter)
