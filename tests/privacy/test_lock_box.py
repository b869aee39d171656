"""The lock-box: a patient closes the diary to somebody, and opens it again."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from time_machine import Traveller

from portal import db
from portal.audit.models import AuditEvent
from portal.care.models import Episode, Patient, Practitioner, Restriction
from tests import factories
from tests.people import Cast, ClientOf, HouseClient, Person

ASKS = "/me/access/restrict"


def form(whom: Person, act: str = "close", **more: str) -> dict[str, str]:
    return {"act": act, "practitioner": str(whom.practitioner_id), **more}


def close(client: HouseClient, whom: Person) -> None:
    """Close the diary to somebody, in full knowledge of what follows."""
    answer = client.post(ASKS, form(whom, answer="yes", told="nobody"))
    assert answer.status_code == 303


def also_in_care(cast: Cast, who: Person) -> None:
    """Let somebody into Mia's care team, besides Ana."""
    with db.write_transaction() as session:
        of = session.get_one(Episode, cast.mia.episode_id)
        practitioner = session.get_one(Practitioner, who.practitioner_id)
        factories.care_team(session, of, practitioner)


def standing(cast: Cast) -> list[Restriction]:
    found = db.session().scalars(
        select(Restriction).where(
            Restriction.episode_id == cast.mia.episode_id, Restriction.lifted_at.is_(None)
        )
    )
    rows = list(found)
    db.end_read()
    return rows


def brief(cast: Cast) -> str:
    return f"/clinic/patients/{cast.mia.patient_id}"


def test_s034_restriction_takes_effect_on_the_next_request(cast: Cast, client_of: ClientOf) -> None:
    ana = client_of(cast.ana)
    assert ana.get(brief(cast)).status_code == 200
    close(client_of(cast.mia), cast.ana)
    assert ana.get(brief(cast)).status_code == 404
    assert "Mia" not in ana.page("/clinic").main


def test_restriction_is_lifted_with_one_tap(cast: Cast, client_of: ClientOf) -> None:
    mia = client_of(cast.mia)
    close(mia, cast.ana)
    assert mia.post(ASKS, form(cast.ana, "open")).status_code == 303
    assert client_of(cast.ana).get(brief(cast)).status_code == 200
    assert "open to Ana Costa again" in mia.page("/me/access").main


def test_page_asks_first_and_says_who_still_reads(cast: Cast, client_of: ClientOf) -> None:
    also_in_care(cast, cast.ben)
    answer = client_of(cast.mia).post(ASKS, form(cast.ana))
    assert answer.status_code == 200
    assert "Ben Okafor still reads your diary" in answer.text
    assert standing(cast) == []


def test_page_says_that_nobody_would_read(cast: Cast, client_of: ClientOf) -> None:
    text = client_of(cast.mia).post(ASKS, form(cast.ana)).text
    assert "Nobody would read your diary" in text
    assert "Close it, though nobody reads it then" in text


def test_last_reader_is_not_shut_out_silently(cast: Cast, client_of: ClientOf) -> None:
    answer = client_of(cast.mia).post(ASKS, form(cast.ana, answer="yes"))
    assert answer.status_code == 409
    assert "Nobody would read your diary" in answer.text
    assert standing(cast) == []


def test_diary_and_advice_say_that_nobody_reads(cast: Cast, client_of: ClientOf) -> None:
    mia = client_of(cast.mia)
    close(mia, cast.ana)
    for path in ("/me", "/me/diary"):
        assert "Nobody reads this diary now" in mia.page(path).main


@pytest.mark.parametrize("path", ["/me", "/me/diary", "/me/diary/2026-11-09"])
def test_no_page_of_a_diary_that_nobody_reads_says_that_the_clinic_reads_it(
    cast: Cast, client_of: ClientOf, path: str
) -> None:
    mia = client_of(cast.mia)
    assert "Your clinic reads diaries" in mia.get(path).text
    close(mia, cast.ana)
    text = mia.get(path).text
    assert "Your clinic reads diaries" not in text
    assert "Nobody reads this diary now." in text


def test_flag_reader_is_named_as_one(cast: Cast, client_of: ClientOf) -> None:
    text = client_of(cast.mia).post(ASKS, form(cast.fay)).text
    assert "will no longer see yours" in text
    assert "Nobody else does that" not in text


def test_last_flag_reader_is_told_as_the_last(cast: Cast, client_of: ClientOf) -> None:
    mia = client_of(cast.mia)
    close(mia, cast.fay)
    assert "Nobody else does that at the clinic now" in mia.post(ASKS, form(cast.dov)).text


def test_lead_sees_who_is_shut_out_and_since_when_and_no_more(
    cast: Cast, client_of: ClientOf
) -> None:
    close(client_of(cast.mia), cast.ben)
    main = client_of(cast.ana).page(f"{brief(cast)}/episode").main
    assert "Ben Okafor" in main
    assert "since 9 November 2026" in main


def test_restriction_is_written_down_as_the_patients_act(cast: Cast, client_of: ClientOf) -> None:
    close(client_of(cast.mia), cast.ben)
    event = (
        db.session()
        .scalars(select(AuditEvent).where(AuditEvent.act == "restriction-changed"))
        .one()
    )
    assert (event.actor_id, event.patient_id) == (cast.mia.account_id, cast.mia.patient_id)
    assert event.details == {"what": "closed", "practitioner": str(cast.ben.practitioner_id)}


def test_closing_twice_makes_one_restriction(cast: Cast, client_of: ClientOf) -> None:
    mia = client_of(cast.mia)
    close(mia, cast.ben)
    close(mia, cast.ben)
    assert len(standing(cast)) == 1


def test_restriction_covers_the_earlier_episodes_too(cast: Cast, client_of: ClientOf) -> None:
    with db.write_transaction() as session:
        mia = session.get_one(Patient, cast.mia.patient_id)
        ana = session.get_one(Practitioner, cast.ana.practitioner_id)
        began = session.get_one(Episode, cast.mia.episode_id).started_on - timedelta(days=90)
        over = began + timedelta(days=60)
        factories.episode(session, mia, ana, started_on=began, ended_on=over)
    close(client_of(cast.mia), cast.ana)
    found = db.session().scalars(
        select(Restriction).where(
            Restriction.practitioner_id == cast.ana.practitioner_id,
            Restriction.lifted_at.is_(None),
        )
    )
    assert len(list(found)) == 2


def test_who_was_shut_out_and_left_stays_listed_until_let_in(
    cast: Cast, client_of: ClientOf
) -> None:
    close(client_of(cast.mia), cast.ben)
    with db.write_transaction() as session:
        session.get_one(Practitioner, cast.ben.practitioner_id).is_active = False
    assert "Ben Okafor" in client_of(cast.mia).page("/me/access").main


@pytest.mark.parametrize("name", ["olga", "mia", "ada"])
def test_nobody_elses_colleague_can_be_named(cast: Cast, client_of: ClientOf, name: str) -> None:
    answer = client_of(cast.mia).post(ASKS, form(cast.everybody[name], answer="yes"))
    assert answer.status_code == 404


@pytest.mark.parametrize(
    "sent", [{}, {"act": "close"}, {"act": "x", "practitioner": "y"}, {"act": "open"}]
)
def test_form_that_names_nobody_is_refused(
    cast: Cast, client_of: ClientOf, sent: dict[str, str]
) -> None:
    answer = client_of(cast.mia).post(ASKS, sent)
    assert answer.status_code == 422
    assert "Choose whom this is about" in answer.text


def test_restriction_of_one_patient_closes_no_other_diary(cast: Cast, client_of: ClientOf) -> None:
    close(client_of(cast.mia), cast.ben)
    assert client_of(cast.ben).get(f"/clinic/patients/{cast.noor.patient_id}").status_code == 200


def test_row_tells_since_when_somebody_is_shut_out(
    cast: Cast, client_of: ClientOf, now: Traveller
) -> None:
    mia = client_of(cast.mia)
    close(mia, cast.ben)
    now.shift(timedelta(minutes=20))
    assert "Does not see your diary since 9 November 2026" in mia.page("/me/access").main
