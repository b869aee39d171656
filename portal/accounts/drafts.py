"""What somebody had typed when the sign-in ran out, kept for that account alone (S-026).

A form's name is the path it was sent to, so `peek(session, account_id, "/me/diary/2026-11-09")`
gives back what was typed there. Whoever saves the form discards its draft in the same transaction.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal import clock
from portal.accounts.models import Draft
from portal.db import AccountId

LARGEST = 64 * 1024
LASTS = timedelta(hours=24)
LONGEST_NAME = 120
_NEVER_KEPT = frozenset({"csrf_token", "password", "new_password", "code"})

Fields = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Waiting:
    """One form that was typed and not sent: where it goes, and what it says."""

    form: str
    fields: Fields

    @property
    def typed(self) -> list[tuple[str, str]]:
        """Each field with what stands in it, to be shown or sent again."""
        return [(name, value) for name, values in self.fields.items() for value in values if value]


def fit_to_keep(fields: Mapping[str, Sequence[str]]) -> Fields:
    """Return what a draft may hold of a form: never a password, a code or the form's token."""
    return {
        name: list(values)
        for name, values in fields.items()
        if name not in _NEVER_KEPT and any(values)
    }


def keep(
    session: Session, *, account_id: AccountId, form: str, fields: Mapping[str, Sequence[str]]
) -> bool:
    """Keep what was typed into a form for 24 hours, in place of an older draft of it.

    Returns False, and keeps nothing, when there is nothing to keep or it is over 64 KiB.
    """
    body = fit_to_keep(fields)
    if not body or len(form) > LONGEST_NAME or len(json.dumps(body).encode()) > LARGEST:
        return False
    discard(session, account_id=account_id, form=form)
    now = clock.now()
    session.add(
        Draft(account_id=account_id, form=form, body=body, saved_at=now, expires_at=now + LASTS)
    )
    session.flush()
    return True


def peek(session: Session, account_id: AccountId, form: str) -> Fields | None:
    """Return what this account had typed into a form; None when nothing is kept (any more)."""
    return session.scalar(
        select(Draft.body).where(
            Draft.account_id == account_id, Draft.form == form, Draft.expires_at > clock.now()
        )
    )


def waiting(session: Session, account_id: AccountId) -> list[Waiting]:
    """Return all that this account had typed and not sent, the newest first."""
    rows = session.scalars(
        select(Draft)
        .where(Draft.account_id == account_id, Draft.expires_at > clock.now())
        .order_by(Draft.saved_at.desc())
    )
    return [Waiting(row.form, row.body) for row in rows]


def discard(session: Session, *, account_id: AccountId, form: str) -> None:
    """Forget the draft of one form, as its words are saved or no longer wanted."""
    session.execute(delete(Draft).where(Draft.account_id == account_id, Draft.form == form))


def discard_all(session: Session, *, account_id: AccountId) -> None:
    """Forget all drafts of an account, as at sign-out."""
    session.execute(delete(Draft).where(Draft.account_id == account_id))


def discard_expired(session: Session) -> None:
    """Forget every draft that is older than a day."""
    session.execute(delete(Draft).where(Draft.expires_at <= clock.now()))
