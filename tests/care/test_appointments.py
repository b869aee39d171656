"""Pasted appointments: looked at first, taken over once, and never anybody else's patient."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from portal import db
from portal.audit.models import AuditEvent
from portal.care.models import Episode, Patient, Practitioner, Visit
from portal.clinics.models import Clinic
from tests import factories, pages
from tests.care.test_appointment_text import calendar, event
from tests.people import MONDAY, Cast, ClientOf, HouseClient

PATH = "/clinic/appointments"
TUESDAY = "2026-11-10,10:40,Mia Tremblay"
START = "DTSTART;TZID=America/Toronto:20261110T104000"
TITLE = "SUMMARY:Mia Tremblay"


def take(client: HouseClient, text: str) -> TestResponse:
    """Look at a text, then take over what the page offers."""
    page = pages.page_of(client.post(PATH, {"text": text}))
    return client.post(PATH, {**page.values(), "answer": "save"})


def planned(cast: Cast) -> list[str]:
    rows = select(Visit.planned_for).where(
        Visit.episode_id == cast.mia.episode_id,
        Visit.held_on.is_(None),
        Visit.cancelled_at.is_(None),
    )
    found = sorted(at.isoformat() for at in db.session().scalars(rows) if at)
    db.end_read()
    return found


def fate(client: HouseClient, text: str) -> str:
    """What the page says of the last row."""
    rows = pages.page_of(client.post(PATH, {"text": text})).find("//tbody/tr")
    return pages.words(rows[-1].findall("td")[-1])


def own_clinic(session: Session, cast: Cast) -> Clinic:
    return session.get_one(Clinic, cast.clinic_id)


def visit_acts() -> int:
    found = select(func.count()).select_from(AuditEvent).where(AuditEvent.act.startswith("visit-"))
    count = db.session().scalar(found) or 0
    db.end_read()
    return count


def test_nothing_is_changed_before_it_is_confirmed(cast: Cast, client_of: ClientOf) -> None:
    assert "Will be planned" in fate(client_of(cast.ana), TUESDAY)
    assert not planned(cast)


def test_confirmed_appointments_are_planned(cast: Cast, client_of: ClientOf) -> None:
    answer = take(client_of(cast.ana), TUESDAY)
    assert (answer.status_code, answer.location) == (303, "/clinic/today")
    assert planned(cast) == ["2026-11-10T15:40:00+00:00"]


@pytest.mark.parametrize("text", [TUESDAY, calendar(event(START, TITLE))])
def test_the_same_text_twice_changes_nothing(cast: Cast, client_of: ClientOf, text: str) -> None:
    client = client_of(cast.ana)
    take(client, text)
    acts = visit_acts()
    assert "Nothing changes" in fate(client, text)
    take(client, text)
    assert len(planned(cast)) == 1
    assert visit_acts() == acts


@pytest.mark.parametrize("start", ["20261110T113000", "20261117T104000"])
def test_an_appointment_of_the_same_name_moves(cast: Cast, client_of: ClientOf, start: str) -> None:
    client = client_of(cast.ana)
    take(client, calendar(event(START, TITLE)))
    take(client, calendar(event(f"DTSTART;TZID=America/Toronto:{start}", TITLE)))
    [found] = planned(cast)
    assert found.replace("-", "")[:8] == start[:8]
    last = db.session().scalars(select(AuditEvent.act).order_by(AuditEvent.seq.desc())).first()
    assert last == "visit-moved"


def test_another_time_on_the_same_day_moves_without_a_name(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.ana)
    take(client, TUESDAY)
    take(client, "2026-11-10,15:00,Mia Tremblay")
    assert planned(cast) == ["2026-11-10T20:00:00+00:00"]


def test_two_visits_of_a_day_stay_two(cast: Cast, client_of: ClientOf) -> None:
    client, two = client_of(cast.ana), f"{TUESDAY}\n2026-11-10,15:00,Mia Tremblay"
    take(client, TUESDAY)
    take(client, two)
    take(client, two)
    assert len(planned(cast)) == 2


def test_a_cancelled_appointment_is_cancelled(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.ana)
    take(client, calendar(event(START, TITLE)))
    take(client, calendar(event(START, "SUMMARY:Cancelled", "STATUS:CANCELLED")))
    assert not planned(cast)


def test_a_cancelled_row_of_a_table_is_cancelled(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.ana)
    take(client, TUESDAY)
    take(client, "date,time,name,status\n2026-11-10,10:40,Mia Tremblay,cancelled")
    assert not planned(cast)


def test_what_was_cancelled_here_stays_cancelled(cast: Cast, client_of: ClientOf) -> None:
    client, text = client_of(cast.ana), calendar(event(START, TITLE))
    take(client, text)
    with db.write_transaction() as session:
        session.execute(
            update(Visit).where(Visit.source_key == "a1").values(cancelled_at=factories.at(MONDAY))
        )
    assert "Stays cancelled" in fate(client, text)
    take(client, calendar(event("DTSTART:20261120T150000Z", TITLE)))
    assert planned(cast) == ["2026-11-20T15:00:00+00:00"]


def test_a_visit_planned_by_hand_follows_the_calendar_from_then_on(
    cast: Cast, client_of: ClientOf
) -> None:
    client = client_of(cast.ana)
    take(client, TUESDAY)
    text = calendar(event(START, TITLE))
    assert "Planned already" in fate(client, text)
    take(client, text)
    take(client, calendar(event("DTSTART:20261120T150000Z", TITLE)))
    assert planned(cast) == ["2026-11-20T15:00:00+00:00"]


def test_a_recorded_visit_is_left_alone(cast: Cast, client_of: ClientOf) -> None:
    with db.write_transaction() as session:
        of = session.get_one(Episode, cast.mia.episode_id)
        factories.visit(session, of, MONDAY, source_key="a1")
    moved = calendar(event("DTSTART:20261120T150000Z", TITLE))
    assert "recorded already" in fate(client_of(cast.ana), moved)
    gone = calendar(event(START, "STATUS:CANCELLED"))
    assert "recorded already" in fate(client_of(cast.ana), gone)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("2026-11-10,10:40,Noor Haddad", "Nobody in your care"),
        ("2026-11-10,10:40,Pim Visser", "Nobody in your care"),
        ("2026-11-10,10:40,Nobody Real", "Nobody in your care"),
        ("2026-11-08,10:40,Mia Tremblay", "This day is over"),
        ("2029-11-08,10:40,Mia Tremblay", "two years"),
        (f"{TUESDAY},Ben Okafor", "not in this patient’s care team"),
        (f"{TUESDAY},Olga Marin", "No practitioner of this clinic"),
        (f"{TUESDAY}\n{TUESDAY}", "stands further up"),
        ("2027-03-14,02:30,Mia Tremblay", "clocks go forward"),
        ("2026-11-10,,Mia Tremblay", "It has no time"),
        ("date,time,name,status\n2026-11-10,10:40,Mia Tremblay,cancelled", "no such visit"),
    ],
)
def test_a_row_that_is_left_out_says_why(
    cast: Cast, client_of: ClientOf, row: str, words: str
) -> None:
    assert words in fate(client_of(cast.ana), row)


def test_the_rest_of_the_day_is_taken_over(cast: Cast, client_of: ClientOf) -> None:
    take(client_of(cast.ana), f"2026-11-10,9:00,Nobody Real\n{TUESDAY}\nsoon,x,y")
    assert len(planned(cast)) == 1


def test_today_counts_although_the_hour_is_over(cast: Cast, client_of: ClientOf) -> None:
    take(client_of(cast.ana), "2026-11-09,09:00,Mia Tremblay")
    assert "Mia Tremblay" in client_of(cast.ana).page("/clinic/today").main


@pytest.mark.parametrize("name", ["TREMBLAY, Mia", "tremblay mia", "C-12", "c-12"])
def test_a_patient_is_known_by_name_either_way_round_or_by_number(
    cast: Cast, client_of: ClientOf, name: str
) -> None:
    with db.write_transaction() as session:
        session.get_one(Patient, cast.mia.patient_id).clinic_number = "C-12"
    take(client_of(cast.ana), f'2026-11-10,10:40,"{name}"')
    assert len(planned(cast)) == 1


@pytest.mark.parametrize("name", ["Ines O'Neill", "O’NEILL, Inês", "ines o’neill"])
def test_a_patient_is_known_without_accents_too(cast: Cast, client_of: ClientOf, name: str) -> None:
    with db.write_transaction() as session:
        mia = session.get_one(Patient, cast.mia.patient_id)
        mia.given_name, mia.family_name, mia.preferred_name = "Inês", "O’Neill", ""
    take(client_of(cast.ana), f'2026-11-10,10:40,"{name}"')
    assert len(planned(cast)) == 1


def test_two_of_one_name_need_the_number(cast: Cast, client_of: ClientOf) -> None:
    with db.write_transaction() as session:
        ana = session.get_one(Practitioner, cast.ana.practitioner_id)
        twin = factories.patient(
            session, own_clinic(session, cast), "Mia Tremblay", clinic_number="C-13"
        )
        factories.episode(session, twin, ana)
    client = client_of(cast.ana)
    assert "Give the clinic’s own number" in fate(client, TUESDAY)
    take(client, "2026-11-10,10:40,C-13")
    assert not planned(cast)


def test_a_name_that_went_to_somebody_else_is_left_to_people(
    cast: Cast, client_of: ClientOf
) -> None:
    with db.write_transaction() as session:
        ana = session.get_one(Practitioner, cast.ana.practitioner_id)
        factories.episode(
            session, factories.patient(session, own_clinic(session, cast), "Zoe Roy"), ana
        )
    client = client_of(cast.ana)
    take(client, calendar(event(START, TITLE)))
    assert "somebody else’s" in fate(client, calendar(event(START, "SUMMARY:Zoe Roy")))


def test_same_calendar_name_in_another_clinic_is_another_visit(
    cast: Cast, client_of: ClientOf
) -> None:
    take(client_of(cast.olga), calendar(event(START, "SUMMARY:Pim Visser")))
    take(client_of(cast.ana), calendar(event(START, TITLE)))
    assert len(planned(cast)) == 1


def test_a_record_opened_with_a_reason_is_not_planned_in(cast: Cast, client_of: ClientOf) -> None:
    with db.write_transaction() as session:
        of = session.get_one(Episode, cast.mia.episode_id)
        factories.break_glass(session, of, session.get_one(Practitioner, cast.ben.practitioner_id))
    assert "Nobody in your care" in fate(client_of(cast.ben), TUESDAY)


def test_what_changed_since_the_look_is_shown_again(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.ana)
    page = pages.page_of(client.post(PATH, {"text": TUESDAY}))
    take(client, TUESDAY)
    answer = client.post(PATH, {**page.values(), "answer": "save"})
    assert answer.status_code == 409
    assert "Nothing changes" in answer.get_data(as_text=True)


def test_a_text_edited_after_the_look_is_looked_at_first(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.ana)
    page = pages.page_of(client.post(PATH, {"text": TUESDAY}))
    sent = {**page.values(), "text": "2026-11-11,10:40,Mia Tremblay", "answer": "save"}
    assert client.post(PATH, sent).status_code == 409
    assert not planned(cast)


@pytest.mark.parametrize("text", ["", "date,time,name", "x" * (256 * 1024 + 1)])
def test_refused_text_is_kept(cast: Cast, client_of: ClientOf, text: str) -> None:
    answer = client_of(cast.ana).post(PATH, {"text": text})
    assert answer.status_code == 422
    assert pages.page_of(answer).field("text").text_content().strip() == text


def test_whose_appointments_were_shown_is_written_down(cast: Cast, client_of: ClientOf) -> None:
    client_of(cast.ana).post(PATH, {"text": f"{TUESDAY}\n2026-11-10,9:00,Noor Haddad"})
    shown = select(AuditEvent.details).where(AuditEvent.act == "appointments-shown")
    assert db.session().scalars(shown).all() == [{"patients": [str(cast.mia.patient_id)]}]


@pytest.mark.parametrize(
    "spike",
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "</textarea><script>",
        "{{7*7}}",
    ],
)
@pytest.mark.parametrize("kind", ["csv", "ics"])
def test_import_as_carrier_is_escaped(
    cast: Cast, client_of: ClientOf, spike: str, kind: str
) -> None:
    quoted = spike.replace('"', '""')
    table = f'2026-11-10,10:40,"{quoted}","{quoted}"\n"{quoted}",1,2'
    text = (
        table
        if kind == "csv"
        else calendar(event(START, f"SUMMARY:{spike}", f"ORGANIZER;CN={spike}:x"))
    )
    answer = client_of(cast.ana).post(PATH, {"text": text})
    page = pages.page_of(answer)
    assert not page.find("//main//script | //main//img | //*[@onerror]")
    assert "{{7*7}}" in page.main or "{{" not in spike


@settings(max_examples=25)
@given(text=st.text(max_size=300))
def test_hostile_text_is_answered_and_changes_nothing(
    cast: Cast, client_of: ClientOf, text: str
) -> None:
    client = client_of(cast.ana)
    for answer in ("check", "save"):
        got = client.post(PATH, {"text": text, "answer": answer, "mark": text[:40]})
        assert got.status_code in {200, 409, 422}
    assert not planned(cast)


_ROWS = st.lists(
    st.tuples(st.integers(0, 3), st.integers(8, 12), st.sampled_from(["", "k1", "k2", "k3"])),
    min_size=1,
    max_size=6,
)


@settings(max_examples=20)
@given(rows=_ROWS)
def test_no_text_changes_anything_the_second_time(
    cast: Cast, client_of: ClientOf, rows: list[tuple[int, int, str]]
) -> None:
    days = [(MONDAY + timedelta(days=day + 1), hour, key) for day, hour, key in rows]
    body = "".join(f"{day},{hour}:00,Mia Tremblay,{key}\n" for day, hour, key in days)
    client = client_of(cast.ana)
    take(client, f"date,time,name,id\n{body}")
    before = planned(cast)
    take(client, f"date,time,name,id\n{body}")
    assert planned(cast) == before


def test_today_leads_to_the_appointments(cast: Cast, client_of: ClientOf) -> None:
    assert PATH in client_of(cast.ana).page("/clinic/today").hrefs()


def test_ended_episode_is_not_planned_in(cast: Cast, client_of: ClientOf) -> None:
    with db.write_transaction() as session:
        session.get_one(Episode, cast.mia.episode_id).ended_on = MONDAY
    assert "Nobody in your care" in fate(client_of(cast.ana), TUESDAY)


def test_a_time_cancelled_and_booked_anew_stays_booked(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.ana)
    head = "uid,date,time,name,status\n"
    take(client, f"{head}K1,{TUESDAY},\n")
    both = f"{head}K1,{TUESDAY},Cancelled\nK2,{TUESDAY},\n"
    for _time in range(2):
        take(client, both)
        assert planned(cast) == ["2026-11-10T15:40:00+00:00"]
    keys = select(Visit.source_key).where(Visit.cancelled_at.is_(None), Visit.held_on.is_(None))
    mine = keys.where(Visit.episode_id == cast.mia.episode_id)
    assert list(db.session().scalars(mine)) == ["K2"]


@pytest.mark.parametrize("status", ["No show", "Declined", "Completed"])
def test_a_status_nobody_knows_is_left_out(cast: Cast, client_of: ClientOf, status: str) -> None:
    said = fate(client_of(cast.ana), f"date,time,name,status\n{TUESDAY},{status}\n")
    assert said == "Left out Its status is not known here. Write “booked” or “cancelled”."


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ("Mia Tremblay,R77", "Will be planned"),
        ("Someone Else,R77", "Left out The name and the number are not the same patient’s."),
        ("Noor Haddad,R77", "Left out The name and the number are not the same patient’s."),
        (",R77", "Will be planned"),
    ],
)
def test_name_and_number_must_be_one_persons(
    cast: Cast, client_of: ClientOf, named: str, said: str
) -> None:
    with db.write_transaction() as session:
        session.get_one(Patient, cast.mia.patient_id).clinic_number = "R77"
    text = f"date,time,name,number\n2026-11-10,10:40,{named}\n"
    assert fate(client_of(cast.ana), text) == said
