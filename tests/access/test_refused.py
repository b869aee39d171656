"""Asking for a record that is not one's own is written down, and answered like nothing (S-071)."""

from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from portal import db
from portal.audit.models import AuditEvent
from portal.errors import StorageUnavailable
from tests.people import Cast, ClientOf


def refusals() -> list[AuditEvent]:
    found = db.session().scalars(select(AuditEvent).where(AuditEvent.act == "access-refused"))
    rows = list(found)
    db.end_read()
    return rows


@pytest.mark.parametrize("name", ["ben", "ada", "olga", "mia", "pim"])
def test_s071_refusal_of_a_record_is_written_down(
    cast: Cast, client_of: ClientOf, name: str
) -> None:
    person = cast.everybody[name]
    answer = client_of(person).get(f"/clinic/patients/{cast.mia.patient_id}")
    assert answer.status_code == 404
    (event,) = refusals()
    assert (event.actor_id, event.patient_id) == (person.account_id, cast.mia.patient_id)
    assert (event.clinic_id, event.result) == (person.clinic_id, "refused")
    assert event.route == "/clinic/patients/<uuid:patient_id>"


def test_s071_refused_form_is_written_down(cast: Cast, client_of: ClientOf) -> None:
    path = f"/clinic/patients/{cast.mia.patient_id}/review"
    assert client_of(cast.ben).post(path, {"up_to": str(uuid4())}).status_code == 404
    assert len(refusals()) == 1


def test_strangers_and_other_addresses_are_no_refusals(cast: Cast, client_of: ClientOf) -> None:
    path = f"/clinic/patients/{cast.mia.patient_id}"
    assert client_of(None).get(path).status_code == 303
    assert client_of(cast.mia).get("/admin/people").status_code == 404
    assert client_of(cast.mia).get("/no-such-page").status_code == 404
    assert not refusals()


def test_refusal_that_cannot_be_stored_shows_nothing_either(
    app: Flask, cast: Cast, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    ben = client_of(cast.ben)

    def full(_session: object) -> None:
        raise StorageUnavailable

    monkeypatch.setattr(app.extensions["portal.database"].hooks, "seal", [full])
    assert ben.get(f"/clinic/patients/{cast.mia.patient_id}").status_code == 404
