"""A lost second step: one administrator asks, another agrees; nobody does it alone."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from portal import db
from portal.accounts import factors
from portal.accounts.models import AccountRole, RecoveryCode, Role, SecondFactor
from portal.audit.models import AuditEvent
from portal.mail.models import OutboxMail
from tests.people import Cast, ClientOf, Person


@pytest.fixture
def two(cast: Cast) -> Cast:
    """Ana has a second step with recovery codes, and Ben is an administrator too."""
    with db.write_transaction() as session:
        factors.enrol(session, account_id=cast.ana.account_id, seed="JBSWY3DPEHPK3PXP" * 2)
        factors.new_recovery_codes(session, account_id=cast.ana.account_id)
        session.add(
            AccountRole(
                account_id=cast.ben.account_id,
                clinic_id=cast.clinic_id,
                role=Role.ADMINISTRATOR,
            )
        )
    return cast


def press(client_of: ClientOf, who: Person, what: str, whose: Person) -> int:
    path = f"/admin/people/{whose.account_id}"
    return client_of(who).post(path, {"what": what}).status_code


def has_factor(cast: Cast) -> bool:
    found = db.session().get(SecondFactor, cast.ana.account_id) is not None
    db.end_read()
    return found


def test_two_administrators_take_a_lost_second_step_away(two: Cast, client_of: ClientOf) -> None:
    ana = client_of(two.ana)
    assert press(client_of, two.ada, "ask-reset", two.ana) == 303
    assert has_factor(two)
    assert ana.get("/clinic").status_code == 200
    assert press(client_of, two.ben, "agree-reset", two.ana) == 303
    assert not has_factor(two)
    assert not db.session().scalars(select(RecoveryCode)).all()
    assert ana.get("/clinic").location.startswith("/sign-in")


def test_whoever_asked_cannot_agree(two: Cast, client_of: ClientOf) -> None:
    press(client_of, two.ada, "ask-reset", two.ana)
    assert press(client_of, two.ada, "agree-reset", two.ana) == 409
    assert has_factor(two)


def test_nobody_agrees_to_what_nobody_asked(two: Cast, client_of: ClientOf) -> None:
    assert press(client_of, two.ben, "agree-reset", two.ana) == 409
    assert has_factor(two)


def test_nobody_asks_for_their_own(two: Cast, client_of: ClientOf) -> None:
    with db.write_transaction() as session:
        factors.enrol(session, account_id=two.ben.account_id, seed="JBSWY3DPEHPK3PXP" * 2)
    assert press(client_of, two.ben, "ask-reset", two.ben) == 409
    press(client_of, two.ada, "ask-reset", two.ben)
    assert press(client_of, two.ben, "agree-reset", two.ben) == 409


def test_what_was_asked_runs_out_after_a_day(
    two: Cast, client_of: ClientOf, now: time_machine.Traveller
) -> None:
    press(client_of, two.ada, "ask-reset", two.ana)
    now.shift(timedelta(hours=24, minutes=1))
    assert press(client_of, two.ben, "agree-reset", two.ana) == 409
    assert "asks to take it away" not in client_of(two.ben).page("/admin/people").main


def test_what_was_asked_can_be_dropped(two: Cast, client_of: ClientOf) -> None:
    press(client_of, two.ada, "ask-reset", two.ana)
    assert press(client_of, two.ben, "drop-reset", two.ana) == 303
    assert press(client_of, two.ben, "agree-reset", two.ana) == 409


def test_page_shows_who_asks_and_offers_agreeing_to_others_alone(
    two: Cast, client_of: ClientOf
) -> None:
    press(client_of, two.ada, "ask-reset", two.ana)
    ada, ben = (client_of(who).page("/admin/people").main for who in (two.ada, two.ben))
    assert "Ada Byrne asks to take it away" in ben
    assert "Agree: take the second step away" in ben
    assert "Agree: take the second step away" not in ada


def test_who_has_no_second_step_has_none_to_lose(two: Cast, client_of: ClientOf) -> None:
    assert press(client_of, two.ada, "ask-reset", two.fay) == 409


def test_person_and_administrators_are_told(two: Cast, client_of: ClientOf) -> None:
    press(client_of, two.ada, "ask-reset", two.ana)
    press(client_of, two.ben, "agree-reset", two.ana)
    sent = {(mail.kind, mail.to) for mail in db.session().scalars(select(OutboxMail))}
    assert sent == {
        ("roles-changed", two.ben.email),
        ("roles-changed", two.ada.email),
        ("factor-changed", two.ana.email),
    }


def test_both_steps_are_written_down(two: Cast, client_of: ClientOf) -> None:
    press(client_of, two.ada, "ask-reset", two.ana)
    press(client_of, two.ben, "agree-reset", two.ana)
    rows = select(AuditEvent).where(AuditEvent.act == "factor-changed").order_by(AuditEvent.seq)
    found = db.session().scalars(rows).all()
    assert [(one.actor_id, one.details["what"]) for one in found] == [
        (two.ada.account_id, "reset-asked"),
        (two.ben.account_id, "reset"),
    ]
    assert {one.subject for one in found} == {str(two.ana.account_id)}


@pytest.mark.parametrize("what", ["ask-reset", "agree-reset", "drop-reset"])
def test_s025_old_proof_resets_nobody(
    two: Cast, client_of: ClientOf, now: time_machine.Traveller, what: str
) -> None:
    press(client_of, two.ada, "ask-reset", two.ana)
    ben = client_of(two.ben)
    now.shift(timedelta(minutes=6))
    answer = ben.post(f"/admin/people/{two.ana.account_id}", {"what": what})
    assert answer.location.startswith("/sign-in")
    assert has_factor(two)


@pytest.mark.parametrize("name", ["ana", "fay", "olga", "mia"])
def test_only_administrators_of_the_clinic_ask(two: Cast, client_of: ClientOf, name: str) -> None:
    assert press(client_of, two.everybody[name], "ask-reset", two.ana) == 404


def test_colleague_of_another_clinic_is_not_there(two: Cast, client_of: ClientOf) -> None:
    assert press(client_of, two.ada, "ask-reset", two.olga) == 404
