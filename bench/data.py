"""A clinic of 500 patients, one of them with a year of daily entries."""

import random
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID, uuid4

from flask import Flask
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import insert
from sqlalchemy.orm import Session

from portal import clock, db
from portal.accounts import session as sign_ins
from portal.accounts.models import Account, Role
from portal.app import create_app
from portal.config import Env, Settings
from portal.diary.models import Entry, EntryPlace
from portal.migrations.run import migrate
from portal.review import summaries
from tests import factories

PATIENTS = 500
YEAR = 365
SHORT = 40


def settings(instance: Path, port: int) -> Settings:
    return Settings(env=Env.PRODUCTION, base_url=f"http://127.0.0.1:{port}", instance=instance)


def prepare(instance: Path) -> None:
    """Make the instance folder with a key and an empty database."""
    instance.mkdir(mode=0o700)
    key = instance / "secret.key"
    key.touch(mode=0o600)
    key.write_text(uuid4().hex * 2)
    made = db.open_database(f"sqlite:///{instance / 'portal.sqlite3'}")
    migrate(made)
    made.engine.dispose()


def _entries(session: Session, episode_id: UUID, author: UUID, *, days: int, today: date) -> None:
    chance = random.Random(str(days))
    rows, places = [], []
    for ago in range(1, days + 1):
        on, pain, key = today - timedelta(days=ago), chance.randint(2, 8), db.new_id()
        rows.append(
            {
                "id": key,
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
                "note": "Stairs are slow." if ago % 9 == 0 else "",
            }
        )
        places.append({"entry_id": key, "episode_id": episode_id, "region": "low-back-l"})
    session.execute(insert(Entry), rows)
    session.execute(insert(EntryPlace), places)


class People:
    """The ids and cookies that the measuring needs."""

    def __init__(self) -> None:
        self.year_patient = ""
        self.practitioner = ("", "")
        self.patients: list[tuple[str, str]] = []


def fill(app: Flask, patients: int = PATIENTS) -> People:
    """Write the clinic; return cookies with form tokens, as browsers would hold them."""
    people = People()
    with app.app_context(), db.write_transaction() as session:
        clinic = factories.clinic(session)
        ana = factories.practitioner(session, clinic, "Ana Costa", Role.FLAG_READER)
        factories.practitioner(session, clinic, "Dov Katz", Role.DEPUTY)
        today = clock.today(clinic.zone)
        for number in range(patients):
            days = YEAR if number == 0 else SHORT
            who = factories.patient(session, clinic, f"Patient{number} Example")
            started = today - timedelta(days=days)
            episode = factories.episode(session, who, ana, started_on=started)
            for ago in range(7, days - 14, 14 if number else 28):
                factories.visit(session, episode, today - timedelta(days=ago))
            _entries(session, episode.id, who.account_id, days=days, today=today)
            people.patients.append(_cookie(app, session, who.account_id, Role.PATIENT))
            if number == 0:
                people.year_patient = str(who.id)
        people.practitioner = _cookie(app, session, ana.account_id, Role.PRACTITIONER)
    with app.app_context(), db.write_transaction() as session:
        summaries.rebuild(session)
    return people


def _cookie(app: Flask, session: Session, account_id: object, role: Role) -> tuple[str, str]:
    account = session.get_one(Account, account_id)
    proof = sign_ins.Proof("totp", is_complete=True)
    token = sign_ins.begin(session, account, frozenset({role}), proof)
    raw = uuid4().hex
    serializer = app.session_interface.get_signing_serializer(app)
    signed = serializer.dumps({"_user_id": token, "_fresh": True, "csrf_token": raw})
    form = URLSafeTimedSerializer(app.secret_key, salt="wtf-csrf-token").dumps(raw)
    name = app.config["SESSION_COOKIE_NAME"]
    return f"{name}={signed}", str(form)


def application(instance: Path, port: int) -> Flask:
    return create_app(settings(instance, port))
