"""The care team downloads a patient's record as the patient has it, and the patient sees it."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from time_machine import Traveller

from portal import db
from portal.audit.models import AuditEvent
from portal.care.models import Episode, Practitioner, Reading
from tests import factories
from tests.conftest import EVENING
from tests.faults import fill_the_audit
from tests.people import Cast, ClientOf
from tests.privacy import scenes
from tests.privacy.scenes import FILES


@pytest.fixture(autouse=True)
def _record(cast: Cast) -> None:
    with db.write_transaction() as session:
        scenes.full_record(session, cast)


def path(cast: Cast, name: str = "", whose: str = "mia") -> str:
    of = cast.everybody[whose].patient_id
    return f"/clinic/patients/{of}/export" + (f"/{name}" if name else "")


@pytest.mark.parametrize("name", [name for name in FILES if name != "record.json"])
def test_files_are_those_that_the_patient_has(cast: Cast, client_of: ClientOf, name: str) -> None:
    own = client_of(cast.mia).get(f"/me/export/{name}").text
    theirs = client_of(cast.ana).get(path(cast, name)).text
    head, *_ = own.partition("Who has looked")
    assert theirs.startswith(head)


@pytest.mark.parametrize("name", ["", *FILES])
@pytest.mark.parametrize("who", ["ben", "fay", "ada", "olga", "mia", "noor"])
def test_nobody_outside_the_care_team_gets_anything(
    cast: Cast, client_of: ClientOf, who: str, name: str
) -> None:
    assert client_of(cast.everybody[who]).get(path(cast, name)).status_code == 404


@pytest.mark.parametrize("name", ["record.html", "record.json", "entries.csv", "answers.csv"])
@pytest.mark.parametrize("whose", ["noor", "pim"])
def test_changed_id_yields_nobody_elses_row(
    cast: Cast, client_of: ClientOf, whose: str, name: str
) -> None:
    answer = client_of(cast.ana).get(path(cast, name, whose))
    assert answer.status_code == 404
    assert f"{whose}’s note" not in answer.text


@pytest.mark.parametrize("name", ["record.html", "record.json", "entries.csv", "answers.csv"])
def test_nothing_of_another_patient_of_ones_own_is_in_it(
    cast: Cast, client_of: ClientOf, name: str
) -> None:
    with db.write_transaction() as session:
        of = session.get_one(Episode, cast.noor.episode_id)
        ana = session.get_one(Practitioner, cast.ana.practitioner_id)
        factories.care_team(session, of, ana)
    said = client_of(cast.ana).get(path(cast, name)).text
    assert "Noor" not in said
    assert "noor’s note" not in said


@pytest.mark.parametrize("name", ["", *FILES])
def test_download_asks_for_fresh_proof(
    cast: Cast, client_of: ClientOf, now: Traveller, name: str
) -> None:
    ana = client_of(cast.ana)
    now.shift(timedelta(minutes=6))
    answer = ana.get(path(cast, name))
    assert answer.status_code == 303
    assert answer.location.startswith("/sign-in?next=")


@pytest.mark.parametrize("name", ["", *FILES])
def test_old_proof_tells_nothing_of_others_records(
    cast: Cast, client_of: ClientOf, now: Traveller, name: str
) -> None:
    ben = client_of(cast.ben)
    now.shift(timedelta(minutes=6))
    assert ben.get(path(cast, name)).status_code == 404


@pytest.mark.parametrize("name", FILES)
def test_patient_sees_who_downloaded(cast: Cast, client_of: ClientOf, name: str) -> None:
    client_of(cast.ana).get(path(cast, name))
    main = client_of(cast.mia).page("/me/access").main
    assert "Ana Costa" in main
    assert "Downloaded your record" in main


def test_file_tells_of_its_own_download(cast: Cast, client_of: ClientOf) -> None:
    """It is written down before the first byte leaves."""
    assert "Downloaded your record" in client_of(cast.ana).get(path(cast, "record.html")).text


@pytest.mark.sqlite
@pytest.mark.parametrize("name", FILES)
def test_what_cannot_be_written_down_does_not_leave(
    cast: Cast, client_of: ClientOf, name: str
) -> None:
    ana = client_of(cast.ana)
    fill_the_audit()
    answer = ana.get(path(cast, name))
    assert answer.status_code in {500, 503}
    assert b"Tremblay" not in answer.data


def test_page_says_that_the_patient_is_told(cast: Cast, client_of: ClientOf) -> None:
    page = client_of(cast.ana).page(path(cast))
    assert page.h1 == "Record of Mia Tremblay"
    assert "shown to the patient with your name" in page.main
    events = db.session().scalars(select(AuditEvent.act))
    assert "export-opened" in set(events)


def test_broken_glass_reads_but_takes_nothing_away(cast: Cast, client_of: ClientOf) -> None:
    with db.write_transaction() as session:
        of = session.get_one(Episode, cast.mia.episode_id)
        ben = session.get_one(Practitioner, cast.ben.practitioner_id)
        factories.break_glass(session, of, ben)
    client = client_of(cast.ben)
    assert client.get(f"/clinic/patients/{cast.mia.patient_id}").status_code == 200
    assert client.get(path(cast, "record.html")).status_code == 404


def test_pages_that_patients_keep_to_themselves_stay_theirs(
    cast: Cast, client_of: ClientOf
) -> None:
    with db.write_transaction() as session:
        of = session.get_one(Episode, cast.mia.episode_id)
        for slug, is_shared in (("safety", True), ("the-grasp", False)):
            session.add(
                Reading(episode_id=of.id, slug=slug, marked_at=EVENING, is_shared=is_shared)
            )
    said = client_of(cast.ana).get(path(cast, "record.json")).text
    assert ('"safety"' in said, '"the-grasp"' in said) == (True, False)
