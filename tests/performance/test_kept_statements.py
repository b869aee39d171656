"""Statements that are kept for the next asking must not keep what was true at the first."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import bindparam, select
from sqlalchemy.exc import StatementError

from portal import db
from portal.care.models import Episode, Practitioner
from portal.diary.models import Entry
from portal.statements import Kept
from tests import factories
from tests.conftest import EVENING
from tests.people import MONDAY, Cast, ClientOf


def test_an_opened_record_is_closed_when_its_hour_is_over(
    cast: Cast, client_of: ClientOf, now: time_machine.Traveller
) -> None:
    with db.write_transaction() as session:
        of = session.get_one(Episode, cast.noor.episode_id)
        ana = session.get_one(Practitioner, cast.ana.practitioner_id)
        until = EVENING + timedelta(minutes=10)
        factories.break_glass(session, of, ana, at=EVENING, until_at=until)
    client = client_of(cast.ana)
    brief = f"/clinic/patients/{cast.noor.patient_id}"
    assert "Noor" in client.page(brief).main
    now.move_to(EVENING + timedelta(minutes=11), tick=False)
    assert client.get(brief).status_code == 404


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


_ENTRIES = select(
    Entry.id, Entry.about_on, Entry.entered_at, Entry.withdrawn_at, Entry.flags, Entry.is_late
).where(Entry.episode_id == bindparam("episode_id"))


def test_a_kept_statement_reads_what_sqlalchemy_reads(cast: Cast) -> None:
    with db.write_transaction() as session:
        factories.entry(session, session.get_one(Episode, cast.mia.episode_id), MONDAY)
    which = {"episode_id": cast.mia.episode_id}
    asked = db.session().execute(_ENTRIES, which).all()
    assert Kept(_ENTRIES).rows(db.session(), **which) == asked


def test_a_row_knows_its_columns_by_name(cast: Cast) -> None:
    with db.write_transaction() as session:
        factories.entry(session, session.get_one(Episode, cast.mia.episode_id), MONDAY)
    found = Kept(_ENTRIES).first(db.session(), episode_id=cast.mia.episode_id)
    assert found is not None
    assert found.about_on == MONDAY


@pytest.mark.usefixtures("cast")
def test_a_statement_that_lacks_a_key_refuses_to_run() -> None:
    with pytest.raises(StatementError, match=r"bind parameter .episode_id"):
        Kept(_ENTRIES).rows(db.session())


def test_windows_hold_every_row_once_and_in_order(cast: Cast) -> None:
    days = [MONDAY - timedelta(days=back) for back in (2, 1, 0)]
    with db.write_transaction() as session:
        for day in days:
            factories.entry(session, session.get_one(Episode, cast.mia.episode_id), day)
    kept = Kept(_ENTRIES.order_by(Entry.about_on))
    windows = kept.windows(db.session(), 2, episode_id=cast.mia.episode_id)
    assert [[row.about_on for row in window] for window in windows] == [days[:2], days[2:]]
