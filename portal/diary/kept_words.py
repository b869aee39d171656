"""Words typed about a day and not saved yet, and who may replace them (S-026, S-027)."""

from datetime import date

from sqlalchemy.orm import Session

from portal.accounts import drafts
from portal.accounts.reader import Reader
from portal.diary.answers import Fields
from portal.errors import Conflict

_BEGUN_HERE = "own_phone"


def form_of(on: date) -> str:
    """Return the name of a day's form, which is its address, for drafts."""
    return f"/me/diary/{on.isoformat()}"


def keep(session: Session, person: Reader, on: date, *, typed: Fields) -> bool:
    """Keep what was typed about a day; False where it is too much.

    An own phone may only add: it raises Conflict where words wait that were typed after signing
    in, and replaces nothing but what an own phone, or this very form, left before.
    """
    before = _waiting(session, person, on)
    if not _may_replace(before, typed):
        raise Conflict
    is_begun_here = person.is_own_phone and (before is None or _BEGUN_HERE in before)
    mark = {_BEGUN_HERE: ["yes"]} if is_begun_here else {}
    fields = {**typed, **mark}
    return drafts.keep(session, account_id=person.account_id, form=form_of(on), fields=fields)


def forget(session: Session, person: Reader, on: date, *, typed: Fields) -> None:
    """Forget what was kept of a day, unless it is not for an own phone to replace."""
    if _may_replace(_waiting(session, person, on), typed):
        drafts.discard(session, account_id=person.account_id, form=form_of(on))


def _waiting(session: Session, person: Reader, on: date) -> drafts.Fields | None:
    """Return what an own phone would replace; for a signed-in patient that is no question."""
    if not person.is_own_phone:
        return None
    return drafts.peek(session, person.account_id, form_of(on))


def _may_replace(waiting: drafts.Fields | None, typed: Fields) -> bool:
    if waiting is None or _BEGUN_HERE in waiting:
        return True
    return "entry_key" in waiting and waiting["entry_key"] == list(typed.get("entry_key", ()))
