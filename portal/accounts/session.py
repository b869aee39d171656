"""Sign-ins on the server: who is signed in now, since when, and for how long.

The cookie carries an opaque random value whose hash the database holds; ending a sign-in ends it
for every copy of the cookie. This is the only module that knows flask_login.
"""

import hashlib
import secrets
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from flask import Flask, g, has_request_context, request
from flask import session as cookie
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal import clock, db
from portal.accounts.models import Account, AccountRole, Role, SignIn, SignInEnd
from portal.accounts.reader import Reader
from portal.audit import Actor
from portal.db import AccountId, PatientId, PractitionerId
from portal.errors import OutOfSight, ProofTooOld, SignInEnded, StorageUnavailable
from portal.web.guard import Audience, Standing

STAFF_IDLE = timedelta(minutes=15)
STAFF_LONGEST = timedelta(hours=12)
PATIENT_IDLE = timedelta(minutes=30)
PATIENT_LONGEST = timedelta(hours=24)
SEEN_EVERY = timedelta(minutes=1)
PROOF_LASTS = timedelta(minutes=5)
HALF_LASTS = timedelta(minutes=30)
WORDS_KEPT_FOR = timedelta(hours=24)
BY_PASSWORD = "password"  # noqa: S105 - the name of a factor
BY_A_CLICK = "demo"  # only the demonstration begins such sign-ins
_STAFF = frozenset({Role.PRACTITIONER, Role.ADMINISTRATOR})


class State(StrEnum):
    """Where a sign-in stands."""

    LIVE = "live"
    IDLED_OUT = "idled-out"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a sign-in lasts: without use, and at most."""

    idle: timedelta
    longest: timedelta


def limits_for(roles: frozenset[Role]) -> Limits:
    """Return the limits of the strictest role held (S-022)."""
    if roles & _STAFF:
        return Limits(STAFF_IDLE, STAFF_LONGEST)
    return Limits(PATIENT_IDLE, PATIENT_LONGEST)


class SignedIn(UserMixin):
    """The sign-in behind this request, with its account and roles, as read from the database."""

    def __init__(self, token: str, sign_in: SignIn, account: Account, reader: Reader) -> None:
        self.token = token
        self.sign_in_id: UUID = sign_in.id
        self.factor = sign_in.factor
        self.account_id: AccountId = account.id
        is_half = reader.is_staff and sign_in.factor == BY_PASSWORD  # no staff page by it (S-008)
        self.is_complete = sign_in.is_complete and not is_half
        self.ended_at = sign_in.ended_at
        self.last_seen_at = sign_in.last_seen_at
        self.expires_at = sign_in.expires_at
        self.is_account_active = account.is_active
        self.reader = reader

    def get_id(self) -> str:
        """Return what the cookie holds."""
        return self.token

    def state(self, now: datetime) -> State:
        """Return where this sign-in stands at `now`."""
        if self.ended_at is not None or not self.is_account_active or now >= self.expires_at:
            return State.ENDED
        return State.IDLED_OUT if now >= self.idles_out_at else State.LIVE

    @property
    def idles_out_at(self) -> datetime:
        """The instant from which this sign-in is too old without use."""
        return self.last_seen_at + limits_for(self.reader.roles).idle

    def ran_out_within(self, span: timedelta, now: datetime) -> bool:
        """Whether this sign-in ran out by itself, not by anyone's act, at most `span` ago."""
        if self.ended_at is not None or not self.is_account_active or not self.is_complete:
            return False
        ran_out_at = min(self.idles_out_at, self.expires_at)
        return ran_out_at <= now < ran_out_at + span


def hash_of(secret: str) -> bytes:
    """Return what is stored of a secret: its SHA-256 (the secret itself is random, not chosen)."""
    return hashlib.sha256(secret.encode()).digest()


def new_secret() -> str:
    """Return 256 random bits, fit for a cookie or a link."""
    return secrets.token_urlsafe(32)


def _load(token: str) -> SignedIn | None:
    rows = db.session().execute(
        select(SignIn, Account, AccountRole)
        .join(Account, Account.id == SignIn.account_id)
        .join(AccountRole, AccountRole.account_id == Account.id)
        .where(SignIn.hash == hash_of(token))
    )
    found = rows.all()
    if not found:
        return None
    sign_in, account, _ = found[0]
    roles = [role for _, _, role in found]
    return SignedIn(token, sign_in, account, _reader(account, roles, sign_in))


def _reader(account: Account, roles: list[AccountRole], sign_in: SignIn) -> Reader:
    clinic_id = min((role.role == Role.PATIENT, role.clinic_id) for role in roles)[1]
    here = [role for role in roles if role.clinic_id == clinic_id]
    persons = {Role(role.role): role.person_id for role in here}
    patient = persons.get(Role.PATIENT)
    practitioner = persons.get(Role.PRACTITIONER)
    return Reader(
        account_id=account.id,
        name=account.name,
        clinic_id=clinic_id,
        roles=frozenset(persons),
        patient_id=PatientId(patient) if patient else None,
        practitioner_id=PractitionerId(practitioner) if practitioner else None,
        language=account.language,
        theme=account.theme,
        proved_at=sign_in.proved_at,
    )


def behind_cookie() -> SignedIn | None:
    """Return the sign-in the cookie names, whether it is live, run out or ended."""
    if not has_request_context():
        return None
    return current_user if isinstance(current_user, SignedIn) else None


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
    """End every sign-in of an account, but for the one given (S-023)."""
    session.execute(
        update(SignIn)
        .where(SignIn.account_id == account_id, SignIn.ended_at.is_(None), SignIn.id != but)
        .values(ended_at=clock.now(), ended_as=SignInEnd.REVOKED)
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
    still = session.scalar(
        select(SignIn.id)
        .join(Account, Account.id == SignIn.account_id)
        .where(SignIn.id == found.sign_in_id, SignIn.ended_at.is_(None), Account.is_active)
    )
    if still is None:
        raise SignInEnded


def note_seen() -> None:
    """Remember that this sign-in is in use, at most once a minute.

    Where nothing can be stored, pages are still read and a red flag is still advised.
    """
    found = signed_in() if request.endpoint != "static" else None
    now = clock.now()
    if found is None or now - found.last_seen_at < SEEN_EVERY:
        return
    with suppress(StorageUnavailable), db.write_transaction() as session:
        session.execute(
            update(SignIn).where(SignIn.id == found.sign_in_id).values(last_seen_at=now)
        )


def init_app(app: Flask) -> None:
    """Let this application know who is signed in."""
    manager = LoginManager()
    manager.session_protection = None
    manager.user_loader(_load)
    manager.init_app(app, add_context_processor=False)
    app.before_request(note_seen)
