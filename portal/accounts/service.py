"""What happens to an account: coming in, going out, new passwords and second steps.

Every act takes the session of the write transaction, adds and flushes; the view commits.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from portal import clock
from portal.accounts import devices, drafts, factors, resets, session, throttle
from portal.accounts.models import Account, SignIn, SignInEnd
from portal.accounts.people import Person, acting
from portal.accounts.session import Proof
from portal.audit import Event, record
from portal.audit.acts import Act
from portal.db import AccountId
from portal.errors import OutOfSight
from portal.mail import outbox
from portal.mail.outbox import Letter


@dataclass(frozen=True, slots=True)
class Browser:
    """What a browser brings along: the secret that makes it known, and its own description."""

    secret: str = ""
    user_agent: str = ""


def begin_half(writing: Session, *, person: Person, replaced: UUID | None) -> str:
    """Note that the password was right where a second step is still to come."""
    return _begin(writing, person, Proof("password", is_complete=False), replaced)


def enter(
    writing: Session,
    *,
    person: Person,
    factor: str,
    browser: Browser,
    replaced: UUID | None,
    letter: Letter,
) -> str:
    """Let somebody in who has shown everything; `letter` goes out if the browser is new.

    Returns the new sign-in's secret. The very first browser of an account is no news.
    """
    is_news = devices.has_any(writing, person.account_id) and not devices.known(
        writing, person.account_id, browser.secret
    )
    if is_news:
        outbox.queue(writing, to=person.email, letter=letter)
    record(writing, acting(person), Event(Act.SIGNED_IN, details={"factor": factor}))
    return renew(writing, person=person, factor=factor, browser=browser, replaced=replaced)


def renew(
    writing: Session, *, person: Person, factor: str, browser: Browser, replaced: UUID | None
) -> str:
    """Give somebody a complete sign-in under a new id; the one it replaces is dead (S-021)."""
    device = devices.note(
        writing, person.account_id, secret=browser.secret, user_agent=browser.user_agent
    )
    proof = Proof(factor, is_complete=True, device_id=device.id)
    return _begin(writing, person, proof, replaced)


def _begin(writing: Session, person: Person, proof: Proof, replaced: UUID | None) -> str:
    if replaced is not None:
        session.end(writing, replaced, SignInEnd.REPLACED)
    account = writing.get_one(Account, person.account_id)
    return session.begin(writing, account, person.roles, proof)


def refuse(writing: Session, *, person: Person | None, step: str) -> None:
    """Write down a wrong password or code; for an unknown e-mail nobody's name stands there."""
    record(
        writing,
        acting(person),
        Event(Act.SIGN_IN_FAILED, result="refused", details={"step": step}),
    )


def sign_out(writing: Session, *, person: Person, sign_in_id: UUID, is_live: bool) -> None:
    """End a sign-in; whoever is wholly signed in also forgets what waited as a draft.

    With a cookie that is dead already, nobody deletes another's words.
    """
    session.end(writing, sign_in_id, SignInEnd.SIGNED_OUT)
    if is_live:
        drafts.discard_all(writing, account_id=person.account_id)
    record(writing, acting(person), Event(Act.SIGNED_OUT))


def store_hash(writing: Session, *, person: Person, password_hash: str) -> None:
    """Store the same password under new costs; nothing changes for the person."""
    writing.execute(
        update(Account).where(Account.id == person.account_id).values(password_hash=password_hash)
    )


def change_password(
    writing: Session, *, person: Person, password_hash: str, letter: Letter
) -> None:
    """Store a new password, end every sign-in (S-023), and tell the person (S-014)."""
    writing.execute(
        update(Account)
        .where(Account.id == person.account_id)
        .values(password_hash=password_hash, password_changed_at=clock.now())
    )
    resets.void_all(writing, person.account_id)
    _end_everything(writing, person)
    outbox.queue(writing, to=person.email, letter=letter)
    record(writing, acting(person), Event(Act.PASSWORD_CHANGED))


def factor_changed(writing: Session, *, person: Person, what: str, letter: Letter) -> None:
    """After a change of the second step: end every sign-in, tell the person, write it down."""
    _end_everything(writing, person)
    outbox.queue(writing, to=person.email, letter=letter)
    record(writing, acting(person), Event(Act.FACTOR_CHANGED, details={"what": what}))


def _end_everything(writing: Session, person: Person) -> None:
    session.end_all(writing, person.account_id)
    drafts.discard_all(writing, account_id=person.account_id)


def take_code(writing: Session, *, person: Person, code: str) -> str | None:
    """Take the second step's code; returns which factor it was, None for a wrong one.

    Raises TooManyTries after too many wrong ones. The try counts as failed until it is right.
    """
    counters = [throttle.for_code(person.account_id)]
    throttle.count(writing, counters)
    factor = _factor_of(writing, person, code)
    if factor is None:
        refuse(writing, person=person, step="code")
    else:
        throttle.clear(writing, counters)
    return factor


def _factor_of(writing: Session, person: Person, code: str) -> str | None:
    if factors.looks_like_recovery(code):
        right = factors.accept_recovery_code(writing, account_id=person.account_id, code=code)
        return "recovery" if right else None
    right = factors.accept_code(writing, account_id=person.account_id, code=code)
    return "totp" if right else None


def end_sign_in(writing: Session, *, person: Person, sign_in_id: UUID) -> None:
    """End one of the person's own sign-ins (S-024); OutOfSight where it is none of theirs."""
    ended = writing.execute(
        update(SignIn)
        .where(
            SignIn.id == sign_in_id,
            SignIn.account_id == person.account_id,
            SignIn.ended_at.is_(None),
        )
        .values(ended_at=clock.now(), ended_as=SignInEnd.REVOKED)
        .returning(SignIn.id)
        .execution_options(synchronize_session=False)
    ).first()
    if ended is None:
        raise OutOfSight
    record(writing, acting(person), Event(Act.SIGN_INS_ENDED, details={"which": "one"}))


def end_other_sign_ins(writing: Session, *, person: Person, but: UUID) -> None:
    """End all of the person's sign-ins but the one in use."""
    session.end_all(writing, person.account_id, but=but)
    record(writing, acting(person), Event(Act.SIGN_INS_ENDED, details={"which": "others"}))


def choose_theme(writing: Session, *, person: Person, theme: str) -> None:
    """Remember which look the person wants: the device's own, light or dark."""
    writing.execute(update(Account).where(Account.id == person.account_id).values(theme=theme))


def choose_look(writing: Session, *, account_id: AccountId, theme: str, is_large: bool) -> None:
    """Remember light or dark, and whether text and buttons are large."""
    writing.execute(
        update(Account).where(Account.id == account_id).values(theme=theme, is_large=is_large)
    )
