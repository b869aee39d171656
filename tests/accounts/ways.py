"""What the tests of accounts do again and again: passwords, codes, browsers."""

from datetime import datetime

from flask import Flask
from pyotp import TOTP
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from portal import clock, db
from portal.accounts import factors, passwords
from portal.accounts.models import Account
from portal.audit.models import AuditEvent
from portal.mail.models import OutboxMail
from tests.people import HouseClient, Person

PASSWORD = "seven quiet herons by the mill"
SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def give_password(person: Person, password: str = PASSWORD) -> None:
    """The person has this password."""
    stored = passwords.hashed(password)
    with db.write_transaction() as session:
        session.execute(
            update(Account).where(Account.id == person.account_id).values(password_hash=stored)
        )


def give_factor(person: Person, seed: str = SEED) -> None:
    """The person has an app with this seed."""
    with db.write_transaction() as session:
        factors.enrol(session, account_id=person.account_id, seed=seed)


def code_now(seed: str = SEED, at: datetime | None = None) -> str:
    """What the app shows now."""
    return TOTP(seed).at(at or clock.now())


def fresh(app: Flask) -> HouseClient:
    """A browser that has never been here."""
    made = app.test_client()
    assert isinstance(made, HouseClient)
    return made


def try_in(
    client: HouseClient, email: str, password: str = PASSWORD, address: str = "203.0.113.7"
) -> TestResponse:
    """Send the sign-in form from a network address."""
    typed = {"email": email, "password": password}
    return client.post("/sign-in", typed, environ_base={"REMOTE_ADDR": address})


def enter(app: Flask, person: Person, client: HouseClient | None = None) -> HouseClient:
    """Sign somebody in with password, and code where there is a second step, as people do."""
    client = client or fresh(app)
    answer = try_in(client, person.email)
    if answer.headers["Location"].startswith("/sign-in/code"):
        answer = client.post("/sign-in/code", {"code": code_now()})
    assert answer.status_code == 303, answer.status_code
    return client


def mails(to: str) -> list[OutboxMail]:
    """Mails in the outbox to an address, oldest first."""
    query = select(OutboxMail).where(OutboxMail.to == to).order_by(OutboxMail.created_at)
    found = list(db.session().scalars(query))
    db.end_read()
    return found


def events(person: Person | None) -> list[AuditEvent]:
    """What the audit says that somebody did, oldest first; None for nobody known."""
    account_id = person.account_id if person is not None else None
    query = select(AuditEvent).where(AuditEvent.actor_id == account_id).order_by(AuditEvent.seq)
    found = list(db.session().scalars(query))
    db.end_read()
    return found


def cookie_of(client: HouseClient, name: str = "portal") -> str:
    """The value of one of this browser's cookies; empty when it has none."""
    found = client.get_cookie(name)
    return found.value if found is not None else ""
