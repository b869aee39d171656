"""Statements of the pages that performance.md names, which must not grow with a diary or a clinic.

The tests of review, diary and home count their own pages; here the sizes are compared.
"""

from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from bench.statements import Statements, statements
from portal import db
from portal.care.models import Episode
from tests import factories
from tests.people import MONDAY, Cast, ClientOf, HouseClient
from tests.review import scenes


def long_diary(session: Session, cast: Cast, days: int) -> None:
    of = session.get_one(Episode, cast.mia.episode_id)
    of.started_on = MONDAY - timedelta(days=500)
    scenes.write(session, of, range(1, days + 1), 4)


def counted(app: Flask, client: HouseClient, path: str) -> Statements:
    """The statements of a page's second opening: the first may note when something was seen."""
    client.get(path)
    with statements(app) as seen:
        assert client.get(path).status_code == 200
    return seen


@pytest.mark.parametrize("days", [10, 400])
def test_brief(app: Flask, cast: Cast, client_of: ClientOf, days: int) -> None:
    with db.write_transaction() as session:
        long_diary(session, cast, days)
    path = f"/clinic/patients/{cast.mia.patient_id}"
    seen = counted(app, client_of(cast.ana), path)
    assert seen.counted <= 12, seen.all


def test_the_first_opening_of_a_brief_with_flags(
    app: Flask, cast: Cast, client_of: ClientOf
) -> None:
    with db.write_transaction() as session:
        entry = factories.entry(session, session.get_one(Episode, cast.mia.episode_id), MONDAY)
        factories.flag(session, entry, "RF6")
        factories.flag(session, entry, "RF7")
    client = client_of(cast.ana)
    client.get("/clinic")  # what the house knows of its clinic is read by the first page of all
    with statements(app) as seen:
        assert client.get(f"/clinic/patients/{cast.mia.patient_id}").status_code == 200
    assert seen.counted <= 12, seen.all


@pytest.mark.parametrize("patients", [5, 500])
@pytest.mark.parametrize("path", ["/clinic", "/clinic/today", "/clinic/flags"])
def test_panel(app: Flask, cast: Cast, client_of: ClientOf, *, patients: int, path: str) -> None:
    with db.write_transaction() as session:
        scenes.crowd(session, cast, patients)
    seen = counted(app, client_of(cast.fay if "flags" in path else cast.ana), path)
    assert seen.counted <= 8, seen.all


@pytest.mark.parametrize("days", [10, 400])
@pytest.mark.parametrize(
    "path", ["/me", "/me/diary", "/me/diary/2026-11-09", "/me/trends", "/me/questions"]
)
def test_pages_of_a_patient(
    app: Flask, cast: Cast, client_of: ClientOf, *, days: int, path: str
) -> None:
    with db.write_transaction() as session:
        long_diary(session, cast, days)
    seen = counted(app, client_of(cast.mia), path)
    assert seen.counted <= 8, seen.all


@pytest.mark.parametrize("days", [10, 400])
def test_saving_an_entry(app: Flask, cast: Cast, client_of: ClientOf, days: int) -> None:
    with db.write_transaction() as session:
        long_diary(session, cast, days)
    client = client_of(cast.mia)
    form = {"entry_key": str(uuid4()), "base_version": "0", "pain_average": "0", "flags": "none"}
    with statements(app) as seen:
        assert client.post("/me/diary/2026-11-09", form).status_code == 303
    assert seen.counted <= 10, seen.all


def test_what_is_free_is_free_only_twice() -> None:
    seen = Statements(
        ["SELECT 1 FROM sign_in"] * 3 + ["INSERT INTO audit_event"] * 2 + ["SELECT 2"]
    )
    assert seen.counted == 2
    assert str(seen) == "2 (+ 2 sign-in, 2 audit)"
