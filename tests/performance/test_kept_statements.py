"""Statements that are kept for the next asking must not keep what was true at the first."""

from datetime import timedelta

import time_machine

from portal import db
from portal.care.models import Episode, Practitioner
from tests import factories
from tests.conftest import EVENING
from tests.people import Cast, ClientOf


def test_an_opened_record_leaves_the_panel_when_its_hour_is_over(
    cast: Cast, client_of: ClientOf, now: time_machine.Traveller
) -> None:
    with db.write_transaction() as session:
        of = session.get_one(Episode, cast.noor.episode_id)
        ana = session.get_one(Practitioner, cast.ana.practitioner_id)
        until = EVENING + timedelta(minutes=10)
        factories.break_glass(session, of, ana, at=EVENING, until_at=until)
    client = client_of(cast.ana)
    assert "Noor" in client.page("/clinic").main
    now.move_to(EVENING + timedelta(minutes=11), tick=False)
    assert "Noor" not in client.page("/clinic").main


def test_a_patient_who_joins_meanwhile_is_there_at_the_next_asking(
    cast: Cast, client_of: ClientOf
) -> None:
    client = client_of(cast.ana)
    assert "Noor" not in client.page("/clinic").main
    with db.write_transaction() as session:
        of = session.get_one(Episode, cast.noor.episode_id)
        factories.care_team(
            session, of, session.get_one(Practitioner, cast.ana.practitioner_id), from_at=EVENING
        )
    assert "Noor" in client.page("/clinic").main
