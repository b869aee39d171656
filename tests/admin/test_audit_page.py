import pytest

from portal import db
from portal.audit import Actor, Event, record
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
    rows = [row for row in page.find("//tbody/tr") if "brief-opened" in row.text_content()]
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


def test_broken_chain_is_a_red_banner(cast: Cast, client_of: ClientOf) -> None:
    write_events(cast)
    with db.database().writing.connect() as connection:
        triggers = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type='trigger'")
        for (name,) in triggers.all():
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        connection.exec_driver_sql("UPDATE audit_event SET result = 'refused'")
        connection.commit()
    page = client_of(cast.ada).page("/admin/audit?check=yes")
    assert "does not hold from event" in page.by_class("errsum")[0].text_content()


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_s050_day_at_the_end_of_time_filters_nothing(
    cast: Cast, client_of: ClientOf, day: str
) -> None:
    for name in ("first", "last"):
        assert client_of(cast.ada).get(f"/admin/audit?{name}={day}").status_code == 200
