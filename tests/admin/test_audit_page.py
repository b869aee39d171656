import csv
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal import db
from portal.accounts.models import Account
from portal.audit import Actor, Event, record
from portal.audit.models import AuditEvent
from portal.audit.record import first_broken
from tests.people import Cast, ClientOf


def write_events(cast: Cast, count: int = 1) -> None:
    with db.write_transaction() as session:
        for _ in range(count):
            ana = Actor(cast.ana.account_id, "practitioner", cast.clinic_id)
            record(session, ana, Event("brief-opened", patient_id=cast.mia.patient_id))
        record(
            session,
            Actor(cast.olga.account_id, "practitioner", cast.other_clinic_id),
            Event("brief-opened"),
        )


def forge() -> None:
    """Change the audit behind the portal's back."""
    with db.database().writing.connect() as connection:
        triggers = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type='trigger'")
        for (name,) in triggers.all():
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        connection.exec_driver_sql("UPDATE audit_event SET result = 'refused'")
        connection.commit()


def test_audit_tells_who_did_what_in_this_clinic(cast: Cast, client_of: ClientOf) -> None:
    write_events(cast)
    words = client_of(cast.ada).page("/admin/audit").main
    assert "Ana Costa" in words
    assert "Olga Marin" not in words


def test_audit_names_no_patient(cast: Cast, client_of: ClientOf) -> None:
    write_events(cast)
    with db.write_transaction() as session:
        own = Actor(cast.mia.account_id, "patient", cast.clinic_id)
        shown = Event("panel-shown", details={"patients": [str(cast.mia.patient_id)] * 3})
        record(session, own, Event("entry-written", patient_id=cast.mia.patient_id))
        record(session, Actor(None, clinic_id=cast.clinic_id), shown)
    words = client_of(cast.ada).page("/admin/audit").main
    assert "Mia" not in words
    assert cast.mia.patient_id.hex[-8:] in words
    assert "patients: 3" in words


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("act=brief-opened", 1),
        ("act=invited", 0),
        ("first=2026-11-09&last=2026-11-09", 1),
        ("first=2026-11-10", 0),
        ("last=2026-11-08", 0),
        ("act=nonsense&person=nobody&first=soon&page=x", 1),
    ],
)
def test_audit_can_be_filtered(cast: Cast, client_of: ClientOf, query: str, shown: int) -> None:
    write_events(cast)
    page = client_of(cast.ada).page(f"/admin/audit?{query}")
    rows = [row for row in page.find("//tbody/tr") if "Brief opened" in row.text_content()]
    assert len(rows) == shown


def test_audit_of_one_person(cast: Cast, client_of: ClientOf) -> None:
    write_events(cast)
    ada = client_of(cast.ada)
    assert len(ada.page(f"/admin/audit?person={cast.ana.account_id}").find("//tbody/tr")) == 1
    assert "No event fits" in ada.page(f"/admin/audit?person={cast.fay.account_id}").main


def test_audit_is_paged(cast: Cast, client_of: ClientOf) -> None:
    write_events(cast, 51)
    ada = client_of(cast.ada)
    first = ada.page("/admin/audit?act=brief-opened")
    [older] = first.find("//a[@rel='next']")
    second = ada.page(older.get("href"))
    assert [len(page.find("//tbody/tr")) for page in (first, second)] == [50, 1]
    assert second.find("//a[@rel='prev']")


def test_chain_is_checked_on_request(cast: Cast, client_of: ClientOf) -> None:
    write_events(cast)
    assert "The audit holds" in client_of(cast.ada).page("/admin/audit?check=yes").main


@pytest.mark.sqlite
def test_broken_chain_is_a_red_banner(cast: Cast, client_of: ClientOf) -> None:
    write_events(cast)
    forge()
    page = client_of(cast.ada).page("/admin/audit?check=yes")
    assert "does not hold from event" in page.by_class("errsum")[0].text_content()


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_s050_day_at_the_end_of_time_filters_nothing(
    cast: Cast, client_of: ClientOf, day: str
) -> None:
    for name in ("first", "last"):
        assert client_of(cast.ada).get(f"/admin/audit?{name}={day}").status_code == 200


def table_of(answer: TestResponse) -> list[dict[str, str]]:
    return list(csv.DictReader(answer.get_data(as_text=True).splitlines()))


def test_audit_of_one_patient_is_found_by_the_end_of_the_number(
    cast: Cast, client_of: ClientOf
) -> None:
    write_events(cast)
    with db.write_transaction() as session:
        shown = Event("panel-shown", details={"patients": [str(cast.mia.patient_id)]})
        record(session, Actor(cast.ana.account_id, "practitioner", cast.clinic_id), shown)
        record(session, Actor(None, clinic_id=cast.clinic_id), Event("backup-made"))
    ada, tail = client_of(cast.ada), cast.mia.patient_id.hex[-8:]
    for typed in (tail, tail.upper(), str(cast.mia.patient_id)):
        assert len(ada.page(f"/admin/audit?patient={typed}").find("//tbody/tr")) == 2
    assert "No event fits" in ada.page("/admin/audit?patient=00000000").main


@pytest.mark.parametrize("typed", ["%", "______", "abc", "zzzzzzzz", "' OR 1=1 --"])
def test_odd_number_of_a_patient_filters_nothing(
    cast: Cast, client_of: ClientOf, typed: str
) -> None:
    write_events(cast)
    page = client_of(cast.ada).get("/admin/audit", query_string={"patient": typed})
    assert "Brief opened" in page.get_data(as_text=True).partition("<tbody>")[2]


@pytest.mark.sqlite
def test_newest_events_are_checked_each_time(cast: Cast, client_of: ClientOf) -> None:
    write_events(cast)
    assert "The newest 500 events hold" in client_of(cast.ada).page("/admin/audit").main
    forge()
    page = client_of(cast.ada).page("/admin/audit")
    assert "does not hold from event" in page.by_class("errsum")[0].text_content()


def test_chain_is_checked_from_the_middle(cast: Cast) -> None:
    write_events(cast, 5)
    assert [first_broken(db.session(), newest=some) for some in (1, 3, 6, 500)] == [None] * 4


def test_shown_events_can_be_taken_along(cast: Cast, client_of: ClientOf) -> None:
    write_events(cast, 60)
    answer = client_of(cast.ada).post("/admin/audit", {"act": "brief-opened"})
    rows = table_of(answer)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="audit.csv"'
    assert len(rows) == 60
    assert {row["patient"] for row in rows} == {str(cast.mia.patient_id)}
    assert {row["who"] for row in rows} == {"Ana Costa"}


def test_taking_the_audit_along_is_an_event(cast: Cast, client_of: ClientOf) -> None:
    client_of(cast.ada).post("/admin/audit", {"first": "2026-11-01", "person": "nobody"})
    found = select(AuditEvent.details).where(AuditEvent.act == "audit-exported")
    assert db.session().scalars(found).all() == [{"first": "2026-11-01"}]


def test_exported_audit_runs_nothing_in_a_spreadsheet(cast: Cast, client_of: ClientOf) -> None:
    with db.write_transaction() as session:
        session.get_one(Account, cast.ana.account_id).name = "=cmd|calc"
    write_events(cast)
    rows = table_of(client_of(cast.ada).post("/admin/audit", {"act": "brief-opened"}))
    assert [row["who"] for row in rows] == ["'=cmd|calc"]


def test_s025_old_proof_takes_no_audit_along(
    cast: Cast, client_of: ClientOf, now: time_machine.Traveller
) -> None:
    ada = client_of(cast.ada)
    now.shift(timedelta(minutes=6))
    assert ada.post("/admin/audit", {"act": "brief-opened"}).location.startswith("/sign-in")


@pytest.mark.parametrize("name", ["ana", "fay", "olga", "mia"])
def test_audit_is_the_administrators_alone(cast: Cast, client_of: ClientOf, name: str) -> None:
    assert client_of(cast.everybody[name]).post("/admin/audit").status_code == 404
