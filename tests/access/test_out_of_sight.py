"""What is out of sight looks like what does not exist; what is seen is written down."""

import pytest
from sqlalchemy import select

from portal import db
from portal.audit.models import AuditEvent
from tests.access.observed import Stage, plain, send
from tests.access.test_table import STATED
from tests.faults import fill_the_audit

OF_A_PATIENT = [line.split()[:2] for line in STATED if "<uuid:patient_id>" in line]
OPENED = [rule for method, rule in OF_A_PATIENT if method == "GET"]
OF_STAFF = [line.split()[1] for line in STATED if line.startswith("GET") and " /clinic" in line]
UNSEEN = ("elsewhere", "not-in-care", "other", "own", "admin")


@pytest.mark.parametrize(("method", "rule"), OF_A_PATIENT)
def test_record_out_of_sight_looks_like_nothing(stage: Stage, method: str, rule: str) -> None:
    for column in UNSEEN:
        client = stage.client(column)
        answer = send(client, method, stage.path(rule))
        assert (column, answer.status_code) == (column, 404)
        assert plain(answer) == plain(client.get("/no-such-path"))


@pytest.mark.parametrize(
    ("method", "rule"), [pair for pair in OF_A_PATIENT if pair[1].count("<uuid:") > 1]
)
def test_row_of_another_patient_is_not_found_under_ones_own(
    stage: Stage, method: str, rule: str
) -> None:
    """Ana may open Mia's record; Noor's visit, flag or question is not in it."""
    path = stage.path(rule, whose="mia")
    assert send(stage.client_of(stage.cast.ana), method, path).status_code == 404


@pytest.mark.parametrize("rule", OPENED)
def test_opening_a_record_is_written_down(stage: Stage, rule: str) -> None:
    answer = stage.ask("in-care", "GET", rule)
    about = AuditEvent.patient_id == stage.cast.noor.patient_id
    assert answer.status_code == 200
    assert stage.cast.ben.account_id in db.session().scalars(
        select(AuditEvent.actor_id).where(about)
    )


@pytest.mark.sqlite
@pytest.mark.parametrize("rule", OPENED)
def test_what_cannot_be_written_down_is_not_shown(stage: Stage, rule: str) -> None:
    client = stage.client("in-care")
    fill_the_audit()
    answer = client.get(stage.path(rule))
    assert answer.status_code in {500, 503}
    assert "Noor" not in answer.text


@pytest.mark.parametrize("rule", OF_STAFF)
def test_nobody_reads_a_diary_that_is_not_theirs_to_read(stage: Stage, rule: str) -> None:
    for column in ("elsewhere", "not-in-care", "admin"):
        said = stage.ask(column, "GET", rule).text
        assert (column, "noor’s note" in said, "Noor Haddad" in said) == (column, False, False)
