from datetime import timedelta
from typing import Any

from time_machine import Traveller

from portal import db
from portal.audit import Actor, Event, record
from portal.audit.acts import Act
from tests.people import Cast, ClientOf, Person


def looked(cast: Cast, who: Person, act: Act, times: int = 1, **details: object) -> None:
    """Write openings of Mia's record into the audit, as the pages do."""
    own: dict[str, Any] = {} if details else {"patient_id": cast.mia.patient_id}
    actor = Actor(who.account_id, role="practitioner", clinic_id=who.clinic_id)
    for _ in range(times):
        with db.write_transaction() as session:
            record(session, actor, Event(act, details=details, **own))


def test_nobody_has_looked_yet(cast: Cast, client_of: ClientOf) -> None:
    assert "Nobody has opened your diary yet" in client_of(cast.mia).page("/me/access").text


def test_patient_reads_who_opened_the_brief(cast: Cast, client_of: ClientOf) -> None:
    looked(cast, cast.ana, Act.BRIEF_OPENED)
    main = client_of(cast.mia).page("/me/access").main
    assert "Monday 9 November, 20:00" in main
    assert "Ana Costa, Physiotherapist" in main
    assert "Opened your diary’s summary" in main


def test_list_showings_of_a_day_are_one_line(cast: Cast, client_of: ClientOf) -> None:
    looked(cast, cast.ana, Act.PANEL_SHOWN, 3, patients=[str(cast.mia.patient_id)])
    main = client_of(cast.mia).page("/me/access").main
    assert main.count("Saw your name in a list of patients") == 1
    assert "(3 times, first 20:00)" in main


def test_openings_of_others_records_are_not_shown(cast: Cast, client_of: ClientOf) -> None:
    looked(cast, cast.ana, Act.BRIEF_OPENED)
    looked(cast, cast.ana, Act.PANEL_SHOWN, patients=[str(cast.mia.patient_id)])
    assert "Nobody has opened" in client_of(cast.noor).page("/me/access").text


def test_page_is_the_patients_alone(cast: Cast, client_of: ClientOf) -> None:
    assert client_of(cast.ana).get("/me/access").status_code == 404


def test_the_same_act_of_a_day_is_one_line_with_its_first_time(
    cast: Cast, client_of: ClientOf, now: Traveller
) -> None:
    looked(cast, cast.ana, Act.BRIEF_OPENED)
    now.shift(timedelta(minutes=7))
    looked(cast, cast.ana, Act.BRIEF_OPENED, 2)
    looked(cast, cast.ana, Act.ENTRIES_OPENED)
    main = client_of(cast.mia).page("/me/access").main
    assert main.count("Opened your diary’s summary") == 1
    assert "Opened your diary’s summary (3 times, first 20:00)" in main
    assert "Monday 9 November, 20:07" in main


def test_another_day_is_another_line(cast: Cast, client_of: ClientOf, now: Traveller) -> None:
    looked(cast, cast.ana, Act.BRIEF_OPENED)
    now.shift(timedelta(days=1))
    looked(cast, cast.ana, Act.BRIEF_OPENED)
    assert client_of(cast.mia).page("/me/access").main.count("Opened your diary’s summary") == 2
