"""The cast of every test: who they are, and how each of them uses the portal.

Ana looks after Mia. Ben looks after Noor, and looked after Mia last year. Fay reads the flags of
the whole clinic and Dov is her deputy; neither is in a care team. Ada is the administrator. In
another clinic, Olga looks after Pim. Around them stand rows that a forgotten filter would show.
"""

import hashlib
import os
from collections.abc import Mapping
from contextvars import Context
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Protocol

import pytest
from flask import Flask, has_app_context
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from portal import db
from portal.accounts import session as sign_ins
from portal.accounts.models import Account, AccountRole, Role
from portal.accounts.session import Proof
from portal.care.models import Episode, Patient, Practitioner
from portal.db import AccountId, ClinicId, EpisodeId, PatientId, PractitionerId
from tests import factories, pages

MONDAY = date(2026, 11, 9)  # the day on which every test happens, in Guelph


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the cast, in plain values that outlive every session."""

    name: str
    email: str
    account_id: AccountId
    clinic_id: ClinicId
    roles: frozenset[Role]
    practitioner_id: PractitionerId
    patient_id: PatientId
    episode_id: EpisodeId


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody, and the two clinics; `ids` names rows that addresses need."""

    clinic_id: ClinicId
    other_clinic_id: ClinicId
    ana: Person
    ben: Person
    fay: Person
    dov: Person
    ada: Person
    mia: Person
    noor: Person
    olga: Person
    pim: Person
    ids: Mapping[str, Any] = field(default_factory=dict)

    @property
    def everybody(self) -> dict[str, Person]:
        names = ("ana", "ben", "fay", "dov", "ada", "mia", "noor", "olga", "pim")
        return {name: getattr(self, name) for name in names}


class HouseClient(FlaskClient):
    """A browser: every request stands alone, posts carry a valid form token, pages are checked.

    Requests run outside the test's application context, as they do on a server; otherwise who
    was signed in, and what was read, would leak from one request into the next.
    """

    checks_pages = True

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        if has_app_context():
            db.end_read()
        answer = Context().run(super().open, *args, **kwargs)
        if has_app_context():
            db.end_read()
        is_page = answer.mimetype == "text/html" and answer.data and not answer.location
        if self.checks_pages and is_page:
            text = answer.get_data(as_text=True)
            pages.look(self.application, answer.request.path, text)
        return answer

    def post(self, *args: Any, token: bool = True, **kwargs: Any) -> TestResponse:
        """Send a form with this browser's token; `token=False` leaves it out."""
        path, *rest = args
        data = kwargs.pop("data", rest[0] if rest else None)
        if token and (data is None or isinstance(data, Mapping)):
            data = {**(data or {}), "csrf_token": self.form_token()}
        return super().post(path, data=data, **kwargs)

    def form_token(self) -> str:
        """The token that a page of this browser would carry."""
        with self.session_transaction() as cookie:
            raw = cookie.setdefault("csrf_token", hashlib.sha256(os.urandom(32)).hexdigest())
        signer = URLSafeTimedSerializer(str_or_bytes(self.application), salt="wtf-csrf-token")
        token: Any = signer.dumps(raw)
        return token if isinstance(token, str) else token.decode()

    def page(self, path: str) -> pages.Page:
        """Open a page that must be there."""
        answer = self.get(path)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
        return pages.page_of(answer)


def str_or_bytes(app: Flask) -> Any:
    return app.config.get("WTF_CSRF_SECRET_KEY", app.secret_key)


def sign_in(app: Flask, client: HouseClient, person: Person, proof: Proof) -> HouseClient:
    """Give this browser a sign-in, as the sign-in page would."""
    with db.write_transaction() as session:
        account = session.get_one(Account, person.account_id)
        token = sign_ins.begin(session, account, person.roles, proof)
    with client.session_transaction() as cookie:
        cookie["_user_id"] = token
        cookie["_fresh"] = True
    assert app is client.application
    return client


class ClientOf(Protocol):
    """`client_of(cast.ana)` is a browser in which Ana is signed in; `client_of(None)` nobody's."""

    def __call__(self, person: Person | None = None, proof: Proof | None = None) -> HouseClient: ...


@pytest.fixture
def client_of(app: Flask) -> ClientOf:
    def client(person: Person | None = None, proof: Proof | None = None) -> HouseClient:
        made = app.test_client()
        assert isinstance(made, HouseClient)
        if person is None:
            return made
        return sign_in(app, made, person, proof or proof_of(person))

    return client


def proof_of(person: Person) -> Proof:
    """What the person shows at a whole sign-in: staff also the second factor."""
    is_staff = bool(person.roles & {Role.PRACTITIONER, Role.ADMINISTRATOR})
    return Proof("totp" if is_staff else "password", is_complete=True)


@pytest.fixture
def cast(peopled: Cast, app: Flask) -> Cast:
    """Everybody; the application's database already holds them."""
    assert app.testing
    return peopled


def build_cast(session: Session) -> Cast:
    """Write the two clinics, everybody in them, and the noise around them."""
    here = factories.clinic(session)
    there = factories.clinic(session, "Harbour Clinic", city="Toronto", phone="416-555-0123")
    ana = factories.practitioner(session, here, "Ana Costa")
    ben = factories.practitioner(session, here, "Ben Okafor")
    fay = factories.practitioner(session, here, "Fay Lindqvist", Role.FLAG_READER)
    dov = factories.practitioner(session, here, "Dov Katz", Role.DEPUTY)
    olga = factories.practitioner(session, there, "Olga Marin", Role.FLAG_READER)
    ada = factories.administrator(session, here, "Ada Byrne")
    mia = factories.patient(session, here, "Mia Tremblay")
    noor = factories.patient(session, here, "Noor Haddad", phone="519-555-0188")
    pim = factories.patient(session, there, "Pim Visser", phone="416-555-0177")
    of_mia = factories.episode(session, mia, ana)
    ids = {
        **_noise(session, "noor", factories.episode(session, noor, ben), ben),
        **_noise(session, "pim", factories.episode(session, pim, olga), olga),
    }
    _what_is_over(session, of_mia, ana, ben)
    return Cast(
        clinic_id=here.id,
        other_clinic_id=there.id,
        ana=_staff(session, ana),
        ben=_staff(session, ben),
        fay=_staff(session, fay),
        dov=_staff(session, dov),
        ada=_administrator(session, ada, here.id),
        mia=_in_care(session, mia),
        noor=_in_care(session, noor),
        olga=_staff(session, olga),
        pim=_in_care(session, pim),
        ids=ids,
    )


def _noise(session: Session, name: str, of: Episode, who: Practitioner) -> dict[str, Any]:
    """A diary of two weeks with a visit, a flag, a call, a question and a review."""
    visit = factories.visit(session, of, MONDAY - timedelta(days=7))
    planned = factories.visit(session, of, MONDAY + timedelta(days=3), planned=True)
    written = [
        factories.entry(session, of, MONDAY - timedelta(days=days), pain=days % 4 + 5)
        for days in range(14, 2, -1)
    ]
    factories.review(session, of, who, written[-1])
    last = factories.entry(
        session, of, MONDAY - timedelta(days=1), flags=["RF5"], call_me=True, note=f"{name}’s note"
    )
    flag = factories.flag(session, last, "RF9", raised_at=last.entered_at + timedelta(minutes=1))
    question = factories.question(session, of, f"{name} asks: may I swim?")
    return {
        f"{name}_visit": visit.id,
        f"{name}_planned": planned.id,
        f"{name}_flag": flag.id,
        f"{name}_question": question.id,
    }


def _what_is_over(session: Session, of: Episode, own: Practitioner, former: Practitioner) -> None:
    """Rights that somebody once had, and limits that were lifted."""
    long_ago = factories.at(MONDAY - timedelta(days=300))
    yesterday = factories.at(MONDAY - timedelta(days=1))
    factories.care_team(session, of, former, from_at=long_ago, until_at=yesterday)
    factories.consent(session, of, given_at=long_ago, withdrawn_at=yesterday)
    factories.restriction(session, of, own, from_at=long_ago, lifted_at=yesterday)
    factories.break_glass(session, of, former, at=long_ago, until_at=yesterday)
    factories.review(session, of, own, at=long_ago, undone_at=long_ago)


_NO_ONE = db.new_id()  # stands where a person has no such side; it names nothing


def _person(session: Session, account_id: AccountId, **sides: Any) -> Person:
    own = session.get_one(Account, account_id)
    held = session.scalars(select(AccountRole).where(AccountRole.account_id == account_id)).all()
    nobody: dict[str, Any] = dict.fromkeys(("practitioner_id", "patient_id", "episode_id"), _NO_ONE)
    return Person(
        name=own.name,
        email=own.email,
        account_id=own.id,
        roles=frozenset(Role(one.role) for one in held),
        **(nobody | sides),
    )


def _staff(session: Session, who: Practitioner) -> Person:
    return _person(session, who.account_id, clinic_id=who.clinic_id, practitioner_id=who.id)


def _administrator(session: Session, who: Account, clinic_id: ClinicId) -> Person:
    return _person(session, who.id, clinic_id=clinic_id)


def _in_care(session: Session, who: Patient) -> Person:
    of = session.scalars(select(Episode).where(Episode.patient_id == who.id)).one()
    return _person(
        session, who.account_id, clinic_id=who.clinic_id, patient_id=who.id, episode_id=of.id
    )
