from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from time_machine import Traveller

from bench.statements import statements
from portal import db
from portal.audit import Actor, Event, record
from portal.audit.acts import Act
from portal.care.models import Episode, Patient, Practitioner
from tests import factories
from tests.conftest import EVENING
from tests.people import Cast, ClientOf, Person


def looked(cast: Cast, who: Person, act: Act, times: int = 1, **details: object) -> None:
    """Write openings of Mia's record into the audit, as the pages do."""
    own: dict[str, Any] = {} if details else {"patient_id": cast.mia.patient_id}
    actor = Actor(who.account_id, role="practitioner", clinic_id=who.clinic_id)
    for _ in range(times):
        with db.write_transaction() as session:
            record(session, actor, Event(act, details=details, **own))


def told(cast: Cast, actor: Actor, event: Event, client_of: ClientOf) -> str:
    """What Mia's page says once this event is written down."""
    with db.write_transaction() as session:
        record(session, actor, event)
    return client_of(cast.mia).page("/me/access").main


def since(cast: Cast, days: int) -> None:
    """Let Mia be a patient for some days."""
    with db.write_transaction() as session:
        mia = session.get_one(Patient, cast.mia.patient_id)
        mia.created_at = EVENING - timedelta(days=days)


def test_nobody_has_looked_yet(cast: Cast, client_of: ClientOf) -> None:
    assert "Nobody has opened your diary yet" in client_of(cast.mia).page("/me/access").text


def test_patient_reads_who_opened_the_brief(cast: Cast, client_of: ClientOf) -> None:
    looked(cast, cast.ana, Act.BRIEF_OPENED)
    main = client_of(cast.mia).page("/me/access").main
    assert "Monday 9 November, 20:00" in main
    assert "Ana Costa, Physiotherapist" in main
    assert "Opened your diary’s summary" in main


def test_list_showings_of_a_day_are_one_line(cast: Cast, client_of: ClientOf) -> None:
    mia = str(cast.mia.patient_id)
    looked(cast, cast.ana, Act.PANEL_SHOWN, 2, patients=[mia])
    looked(cast, cast.ana, Act.TODAY_SHOWN, patients=[mia])
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


def test_each_month_has_its_page(cast: Cast, client_of: ClientOf, now: Traveller) -> None:
    since(cast, days=3 * 365)
    now.move_to(EVENING - timedelta(days=2 * 365), tick=False)
    looked(cast, cast.ana, Act.BRIEF_OPENED)
    now.move_to(EVENING, tick=False)
    mia = client_of(cast.mia)
    assert "Nobody opened your diary in November 2026" in mia.page("/me/access").main
    assert "Ana Costa" in mia.page("/me/access?month=2024-11").find("//tbody")[0].text_content()


def test_months_lead_back_to_the_first_day_in_care(cast: Cast, client_of: ClientOf) -> None:
    since(cast, days=3 * 365)
    looked(cast, cast.ana, Act.BRIEF_OPENED)
    page = client_of(cast.mia).page("/me/access?month=2023-11")
    assert len(page.find("//ul[@class='month-list']/li")) == 37
    assert not page.find("//a[@rel='prev']")


@pytest.mark.parametrize("asked", ["1999-01", "2099-12", "2026-13", "soon", "2026-11-09"])
def test_month_that_is_none_of_theirs_is_the_nearest(
    cast: Cast, client_of: ClientOf, asked: str
) -> None:
    looked(cast, cast.ana, Act.BRIEF_OPENED)
    page = client_of(cast.mia).page(f"/me/access?month={asked}")
    assert page.find("//h2[@id='looked']")[0].text in {"October 2026", "November 2026"}


def test_month_begins_at_the_patients_own_midnight(
    cast: Cast, client_of: ClientOf, now: Traveller
) -> None:
    since(cast, days=60)
    now.move_to("2026-11-01T03:30:00Z", tick=False)  # 23:30 on 31 October in Guelph
    looked(cast, cast.ana, Act.BRIEF_OPENED)
    main = client_of(cast.mia).page("/me/access?month=2026-10").main
    assert "Saturday 31 October, 23:30" in main


def test_care_team_is_the_ground(cast: Cast, client_of: ClientOf) -> None:
    looked(cast, cast.ana, Act.BRIEF_OPENED)
    page = client_of(cast.mia).page("/me/access")
    assert "In your care team" in page.find("//tbody")[0].text_content()


def test_flag_reader_is_named_with_the_ground(cast: Cast, client_of: ClientOf) -> None:
    looked(cast, cast.fay, Act.FLAGS_SHOWN, patients=[str(cast.mia.patient_id)])
    main = client_of(cast.mia).page("/me/access").main
    assert "Fay Lindqvist" in main
    assert "Reads for the whole clinic what patients tick" in main


def test_hand_over_by_an_administrator_names_all_three(cast: Cast, client_of: ClientOf) -> None:
    ben = str(cast.ben.practitioner_id)
    whom: dict[str, object] = {"what": "handed-over", "practitioner": ben}
    event = Event(Act.EPISODE_CHANGED, patient_id=cast.mia.patient_id, details=whom)
    main = told(cast, Actor(cast.ada.account_id, "administrator", cast.clinic_id), event, client_of)
    assert "Ada Byrne" in main
    assert "Handed your diary over to Ben Okafor" in main
    assert "Looks after people and settings" in main


def test_broken_glass_is_shown_with_its_reason(cast: Cast, client_of: ClientOf) -> None:
    with db.write_transaction() as session:
        of = session.get_one(Episode, cast.mia.episode_id)
        ben = session.get_one(Practitioner, cast.ben.practitioner_id)
        factories.break_glass(session, of, ben, reason="Ana is ill today")
    looked(cast, cast.ben, Act.BRIEF_OPENED)
    assert "Reason given: Ana is ill today" in client_of(cast.mia).page("/me/access").main


def test_operator_is_told_too(cast: Cast, client_of: ClientOf) -> None:
    event = Event(Act.RECORD_EXPORTED, patient_id=cast.mia.patient_id)
    main = told(cast, Actor(route="portal export"), event, client_of)
    assert "The portal’s operator" in main
    assert "Downloaded your record" in main


def test_refusal_is_told_with_a_colleagues_name(cast: Cast, client_of: ClientOf) -> None:
    client_of(cast.ben).get(f"/clinic/patients/{cast.mia.patient_id}")
    main = client_of(cast.mia).page("/me/access").main
    assert "Ben Okafor" in main
    assert "was refused; nothing was shown" in main


@pytest.mark.parametrize("name", ["noor", "pim", "olga"])
def test_refusal_tells_no_patient_who_else_is_one(
    cast: Cast, client_of: ClientOf, name: str
) -> None:
    person = cast.everybody[name]
    client_of(person).get(f"/clinic/patients/{cast.mia.patient_id}")
    main = client_of(cast.mia).page("/me/access").main
    assert "Somebody who does not work here" in main
    assert person.name not in main


def test_what_patients_do_themselves_is_not_told(cast: Cast, client_of: ClientOf) -> None:
    own = Actor(cast.mia.account_id, "patient", cast.clinic_id)
    event = Event(Act.ENTRY_WRITTEN, patient_id=cast.mia.patient_id)
    assert "Nobody has opened" in told(cast, own, event, client_of)


@pytest.mark.parametrize("times", [1, 60])
def test_page_asks_no_more_for_more_openings(
    app: Flask, cast: Cast, client_of: ClientOf, times: int
) -> None:
    looked(cast, cast.ana, Act.BRIEF_OPENED, times)
    client = client_of(cast.mia)
    client.get("/me/access")
    with statements(app) as seen:
        client.get("/me/access")
    assert seen.counted <= 8, seen.all
