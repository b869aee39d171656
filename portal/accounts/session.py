"""Sign-ins on the server: who is signed in now, since when, and for how long.

The cookie carries an opaque random value whose hash the database holds; ending a sign-in ends it
for every copy of the cookie. This is the only module that knows flask_login.
"""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from flask import Flask, Response, g, has_request_context, request
from flask import session as cookie
from flask_login import LoginManager, current_user, login_user, logout_user
from sqlalchemy import bindparam, exists, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from portal import clock, db
from portal.accounts.models import NOT_OWN, Account, Device, Role, SignIn, SignInEnd
from portal.accounts.reader import Reader
from portal.accounts.signed_in import SignedIn, State, behind, hash_of, limits_for, new_secret
from portal.audit import Actor
from portal.db import AccountId
from portal.errors import OutOfSight, ProofTooOld, SignInEnded, StorageUnavailable
from portal.statements import Kept
from portal.web.guard import Audience, Standing

SEEN_EVERY = timedelta(minutes=1)
PROOF_LASTS = timedelta(minutes=5)
HALF_LASTS = timedelta(minutes=30)
WORDS_KEPT_FOR = timedelta(hours=24)
BY_A_CLICK = "demo"  # only the demonstration begins such sign-ins
_REFUSED_FROM = 400


def _load(token: str) -> SignedIn | None:
    return behind(db.session(), token)


def behind_cookie() -> SignedIn | None:
    """Return the sign-in the cookie names, whether it is live, run out or ended."""
    if not has_request_context():
        return None
    found: SignedIn | None = getattr(current_user, "itself", None)
    return found


def owner_of_lost_words(now: datetime) -> AccountId | None:
    """Return whose sign-in the cookie names if it ran out less than a day ago (S-026)."""
    found = behind_cookie()
    if found is None or not found.ran_out_within(WORDS_KEPT_FOR, now):
        return None
    return found.account_id


def signed_in() -> SignedIn | None:
    """Return the live sign-in of this request, complete or not."""
    found = behind_cookie()
    if found is None or found.state(clock.now()) is not State.LIVE:
        return None
    return found


def reader_or_none() -> Reader | None:
    """Return who is asking; None when nobody is wholly signed in."""
    found = signed_in()
    return found.reader if found is not None and found.is_complete else None


def reader() -> Reader:
    """Return who is asking.

    Raises OutOfSight when nobody is; the guard has made sure of it on pages with an audience.
    """
    found = reader_or_none()
    if found is None:
        raise OutOfSight
    return found


def staff_reader() -> Reader:
    """Return who is asking, as somebody who works here: their own diary is not part of it.

    Raises OutOfSight for somebody who is no practitioner.
    """
    person = reader()
    if person.practitioner_id is None:
        raise OutOfSight
    return replace(person, patient_id=None)


def is_proof_fresh() -> bool:
    """Whether the person showed password or code at most five minutes ago (S-025).

    In the demonstration a click is all there is to show, so that is always fresh.
    """
    person, found = reader_or_none(), signed_in()
    if person is None or found is None or person.proved_at is None:
        return False
    return found.factor == BY_A_CLICK or clock.now() - person.proved_at <= PROOF_LASTS


def require_proof() -> None:
    """Raise ProofTooOld unless the person has just shown who they are; what was sent is kept."""
    if not is_proof_fresh():
        raise ProofTooOld


def standing() -> Standing:
    """Return what the sender of this request is, in the guard's words."""
    found = signed_in()
    if found is None:
        return frozenset()
    if not found.is_complete:
        return frozenset({Audience.HALF_SIGNED_IN})
    return frozenset(_audiences(found.reader))


def _audiences(person: Reader) -> set[Audience]:
    held = {Audience.SIGNED_IN}
    if Role.PATIENT in person.roles:
        held.add(Audience.PATIENT)
    if person.is_staff:
        held.add(Audience.STAFF)
    if Role.PRACTITIONER in person.roles:
        held.add(Audience.PRACTITIONER)
    if person.reads_flags:
        held.add(Audience.FLAG_READER)
    if Role.ADMINISTRATOR in person.roles:
        held.add(Audience.ADMINISTRATOR)
    return held


def actor() -> Actor:
    """Return who acts, for the audit."""
    person = reader_or_none()
    route = request.url_rule.rule if has_request_context() and request.url_rule else ""
    request_id = str(g.get("request_id", ""))
    if person is None:
        half = signed_in()
        return Actor(half.account_id if half else None, route=route, request_id=request_id)
    return Actor(
        person.account_id,
        role=person.acting_as,
        clinic_id=person.clinic_id,
        route=route,
        request_id=request_id,
    )


@dataclass(frozen=True, slots=True)
class Proof:
    """What somebody has shown: which factor, whether that is all, and on which device."""

    factor: str
    is_complete: bool
    device_id: UUID | None = None


def begin(session: Session, account: Account, roles: frozenset[Role], proof: Proof) -> str:
    """Start a sign-in and return the cookie's new value; hand it to `remember` after the commit."""
    token = new_secret()
    now = clock.now()
    session.add(
        SignIn(
            hash=hash_of(token),
            account_id=account.id,
            device_id=proof.device_id,
            factor=proof.factor,
            is_complete=proof.is_complete,
            user_agent=(request.user_agent.string if has_request_context() else "")[:200],
            created_at=now,
            last_seen_at=now,
            proved_at=now,
            expires_at=now + (limits_for(roles).longest if proof.is_complete else HALF_LASTS),
        )
    )
    session.flush()
    return token


def remember(token: str) -> None:
    """Put a new sign-in into this browser's cookie (S-021).

    The form token is a fresh one, except where the same account goes on: after the second step,
    or when it signs in again because time ran out. Pages that stand open then still work (S-040).
    """
    before = behind_cookie()
    form_token = cookie.get("csrf_token")
    cookie.clear()
    db.end_read()
    found = _load(token)
    if found is None:
        raise SignInEnded
    if before is not None and form_token and _goes_on(before, found):
        cookie["csrf_token"] = form_token
    else:
        g.pop("csrf_token", None)
    login_user(found, force=True)


def _goes_on(before: SignedIn, found: SignedIn) -> bool:
    """Whether a sign-in continues the one before it: same account, not ended by anyone's act."""
    return before.account_id == found.account_id and before.ended_at is None


def forget() -> None:
    """Take the sign-in out of this browser's cookie."""
    logout_user()
    cookie.clear()


def end(session: Session, sign_in_id: UUID, why: SignInEnd) -> None:
    """End one sign-in now, for every copy of its cookie."""
    session.execute(
        update(SignIn)
        .where(SignIn.id == sign_in_id, SignIn.ended_at.is_(None))
        .values(ended_at=clock.now(), ended_as=why)
    )


def end_all(session: Session, account_id: AccountId, *, but: UUID | None = None) -> None:
    """End every sign-in of an account, but for the one given (S-023).

    Phones marked as its own ask for the password again, but for the one of that sign-in.
    """
    session.execute(
        update(SignIn)
        .where(SignIn.account_id == account_id, SignIn.ended_at.is_(None), SignIn.id != but)
        .values(ended_at=clock.now(), ended_as=SignInEnd.REVOKED)
    )
    here = select(SignIn.device_id).where(SignIn.id == but).scalar_subquery()
    session.execute(
        update(Device)
        .where(Device.account_id == account_id, Device.is_own, Device.id.is_distinct_from(here))
        .values(**NOT_OWN)
        .execution_options(synchronize_session=False)
    )


def renew_own(session: Session) -> str:
    """Give this browser's sign-in a new secret, as its roles change; copies are dead (S-021).

    Hand the secret to `remember` after the commit. Raises OutOfSight when nobody is signed in.
    """
    found = signed_in()
    if found is None:
        raise OutOfSight
    token = new_secret()
    session.execute(update(SignIn).where(SignIn.id == found.sign_in_id).values(hash=hash_of(token)))
    return token


def recheck(session: Session) -> None:
    """Make sure, inside the writing transaction, that the sign-in still stands (S-038).

    Raises SignInEnded when it was ended or the account switched off in between.
    """
    found = signed_in()
    if found is None:
        return
    which = {"sign_in_id": found.sign_in_id}
    if not has_request_context() or not _is_due(found):
        still = _STANDS.tuples(session, **which)
    else:
        still = session.execute(_SEEN, which | {"now": clock.now()}).all()
        g.seen_in = found.sign_in_id
    if not still:
        raise SignInEnded


_STILL = (
    SignIn.id == bindparam("sign_in_id"),
    SignIn.ended_at.is_(None),
    exists().where(Account.id == SignIn.account_id, Account.is_active),
)
_STANDS = Kept(select(SignIn.id).where(*_STILL))
_SEEN = (
    update(SignIn)
    .where(*_STILL)
    .values(last_seen_at=bindparam("now"))
    .returning(SignIn.id)
    .execution_options(synchronize_session=False)
)


def _is_due(found: SignedIn) -> bool:
    return request.endpoint != "static" and clock.now() - found.last_seen_at >= SEEN_EVERY


def note_seen() -> None:
    """Remember that this sign-in is in use, at most once a minute.

    The recheck of the writing transaction does it. Where nothing can be stored, pages are still
    read and a red flag is still advised.
    """
    with suppress(StorageUnavailable, OperationalError):
        found = signed_in()
        if found is not None and _is_due(found):
            with db.write_transaction():
                pass


def _note_when_answered(response: Response) -> Response:
    """Note that somebody was here, unless the request's own transaction has and was kept."""
    was_noted = g.get("seen_in") is not None and response.status_code < _REFUSED_FROM
    if not was_noted:
        note_seen()
    return response


def init_app(app: Flask) -> None:
    """Let this application know who is signed in."""
    manager = LoginManager()
    manager.session_protection = None
    manager.user_loader(_load)
    manager.init_app(app, add_context_processor=False)
    app.after_request(_note_when_answered)
