"""Two practitioners' patients: 500 and 25, with 40 days written each, and one with a year."""

import os
import random
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID, uuid4

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import insert
from sqlalchemy.orm import Session

from portal import clock, db
from portal.accounts import session as sign_ins
from portal.accounts.models import Account, Role
from portal.app import create_app
from portal.care.models import Patient, Practitioner
from portal.clinics.models import Clinic
from portal.config import Env, Settings
from portal.diary.models import Entry, EntryPlace
from portal.migrations.run import migrate
from portal.review import summaries
from tests import factories

MANY, FEW = 500, 25
YEAR, SHORT = 365, 40
OPEN_DAYS = 3  # today and the two days before are still to be written


@dataclass(frozen=True)
class Person:
    """Somebody's browser: the cookie of a sign-in, and the token its forms carry."""

    cookie: str
    token: str
    id: str


@dataclass(frozen=True)
class People:
    """Everybody the measuring needs; the first patient is the one with a year."""

    lead: Person
    second: Person
    patients: list[Person]


def settings(instance: Path, port: int) -> Settings:
    return Settings(env=Env.PRODUCTION, base_url=f"http://127.0.0.1:{port}", instance=instance)


def application(instance: Path, port: int) -> Flask:
    """Make an instance folder with a key and an empty database, and the portal upon it."""
    instance.mkdir(mode=0o700)
    key = os.open(instance / "secret.key", os.O_WRONLY | os.O_CREAT, 0o600)
    os.write(key, (uuid4().hex * 2).encode())
    os.close(key)
    chosen = settings(instance, port)
    made = db.open_database(chosen.database)
    migrate(made)
    made.engine.dispose()
    return create_app(chosen)


def fill(app: Flask, *, many: int = MANY, few: int = FEW, days: int = YEAR) -> People:
    """Write the clinic; return the browsers of its people. The first patient wrote all `days`."""
    with app.app_context(), db.write_transaction() as session:
        clinic = factories.clinic(session)
        lead = factories.practitioner(session, clinic, "Ana Costa", Role.FLAG_READER)
        second = factories.practitioner(session, clinic, "Dov Katz", Role.DEPUTY)
        patients = [
            _patient(session, clinic, who, days=min(days, SHORT) if number else days)
            for number, who in enumerate([lead] * many + [second] * few)
        ]
        people = People(
            lead=browser(app, session, lead.account_id, Role.PRACTITIONER),
            second=browser(app, session, second.account_id, Role.PRACTITIONER),
            patients=[
                browser(app, session, one.account_id, Role.PATIENT, patient_id=str(one.id))
                for one in patients
            ],
        )
    with app.app_context(), db.write_transaction() as session:
        summaries.rebuild(session)
    app.extensions["portal.database"].engine.dispose()
    return people


def _patient(session: Session, clinic: Clinic, lead: Practitioner, *, days: int) -> Patient:
    today = clock.today(clinic.zone)
    who = factories.patient(session, clinic, f"Patient{uuid4().hex[:6]} Example")
    started = today - timedelta(days=days + OPEN_DAYS)
    episode = factories.episode(session, who, lead, started_on=started)
    for ago in range(8, days - 14, 14 if days == SHORT else 28):
        factories.visit(session, episode, today - timedelta(days=ago))
    _entries(session, episode.id, who.account_id, days=days, today=today)
    return who


def _entries(session: Session, episode_id: UUID, author: UUID, *, days: int, today: date) -> None:
    chance = random.Random(str(days))
    rows = [
        _entry(episode_id, author, today - timedelta(days=ago), chance)
        for ago in range(OPEN_DAYS, days + OPEN_DAYS)
    ]
    if not rows:
        return
    session.execute(insert(Entry), rows)
    places = [
        {"entry_id": row["id"], "episode_id": episode_id, "region": "low-back-l"} for row in rows
    ]
    session.execute(insert(EntryPlace), places)


def _entry(episode_id: UUID, author: UUID, on: date, chance: random.Random) -> dict[str, object]:
    pain = chance.randint(2, 8)
    return {
        "id": db.new_id(),
        "episode_id": episode_id,
        "about_on": on,
        "version": 1,
        "entry_key": uuid4(),
        "entered_at": factories.at(on),
        "entered_by_id": author,
        "pain_average": pain,
        "interference": max(0, pain - 1),
        "pain_worst": min(10, pain + 2),
        "sleep": 3,
        "flags": ["none"],
        "note": "Stairs are slow." if on.day % 9 == 0 else "",
    }


def browser(
    app: Flask, session: Session, account_id: UUID, role: Role, *, patient_id: str = ""
) -> Person:
    account = session.get_one(Account, account_id)
    proof = sign_ins.Proof("totp", is_complete=True)
    token = sign_ins.begin(session, account, frozenset({role}), proof)
    raw = uuid4().hex
    signer = SecureCookieSessionInterface().get_signing_serializer(app)
    if signer is None:
        raise SystemExit("the application has no key")
    signed = signer.dumps({"_user_id": token, "_fresh": True, "csrf_token": raw})
    key: bytes = app.config["SECRET_KEY"]
    form = URLSafeTimedSerializer(key, salt="wtf-csrf-token").dumps(raw)
    name = app.config["SESSION_COOKIE_NAME"]
    return Person(f"{name}={signed!s}", str(form), patient_id)
