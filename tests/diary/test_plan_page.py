"""The staff page of a diary plan."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from portal import db
from portal.audit.models import AuditEvent
from portal.care.models import DiaryPlan, Episode, Practitioner
from tests import factories
from tests.pages import Page, page_of
from tests.people import MONDAY, Cast, ClientOf, Person


def path_of(patient: Person) -> str:
    return f"/clinic/patients/{patient.patient_id}/plan"


def plans_of(patient: Person) -> list[DiaryPlan]:
    db.end_read()
    rows = select(DiaryPlan).where(DiaryPlan.episode_id == patient.episode_id)
    return list(db.session().scalars(rows.order_by(DiaryPlan.made_at, DiaryPlan.id)))


def newest(patient: Person) -> DiaryPlan:
    return plans_of(patient)[-1]


def send(client_of: ClientOf, cast: Cast, **sent: str) -> Page | None:
    """Send one form of the page as Ana; the page that answers, or nothing where it was done."""
    form = {"plan": str(newest(cast.mia).id), **sent}
    answer = client_of(cast.ana).post(path_of(cast.mia), form)
    return None if answer.status_code == 303 else page_of(answer)


def end_episode(cast: Cast) -> None:
    with db.write_transaction() as session:
        mine = Episode.id == cast.mia.episode_id
        session.execute(update(Episode).where(mine).values(ended_on=MONDAY))


def test_the_page_says_what_is_asked_now(cast: Cast, client_of: ClientOf) -> None:
    words = client_of(cast.ana).page(path_of(cast.mia)).main
    assert "Today, then about once a week, until 12 January." in words
    assert "Reminders go out at 20:00 on the patient’s clock." in words


def test_weeks_are_counted_from_today(cast: Cast, client_of: ClientOf) -> None:
    assert send(client_of, cast, act="set", weeks="4", ends_on="") is None
    assert newest(cast.mia).ends_on == MONDAY + timedelta(weeks=4)


def test_a_last_day_can_be_named_instead(cast: Cast, client_of: ClientOf) -> None:
    send(client_of, cast, act="set", weeks="", ends_on="2026-12-14")
    assert newest(cast.mia).ends_on == date(2026, 12, 14)


def test_an_ended_plan_offers_twelve_weeks(cast: Cast, client_of: ClientOf) -> None:
    send(client_of, cast, act="end")
    page = client_of(cast.ana).page(path_of(cast.mia))
    assert page.values()["weeks"] == "12"
    assert "The plan ended on 8 November." in page.main


def test_a_pause_is_set_and_taken_back(cast: Cast, client_of: ClientOf) -> None:
    send(client_of, cast, act="pause", until="2026-11-20")
    paused = newest(cast.mia).paused_until
    send(client_of, cast, act="resume")
    assert (paused, newest(cast.mia).paused_until) == (date(2026, 11, 20), None)


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        ({"act": "set", "weeks": "0"}, "Enter a number of weeks, 1 to 52"),
        ({"act": "set", "weeks": "53"}, "Enter a number of weeks"),
        ({"act": "set", "weeks": "²"}, "Enter a number of weeks"),
        ({"act": "set", "ends_on": "soon"}, "Enter a day, or a number of weeks"),
        ({"act": "set", "ends_on": "2026-11-08"}, "This day is over"),
        ({"act": "set", "ends_on": "2028-01-01"}, "Choose a day within a year from now"),
        ({"act": "pause", "until": ""}, "Enter the day from which the diary asks again"),
        ({"act": "pause", "until": "2026-11-09"}, "This day is over"),
        ({"act": "pause", "until": "2027-06-01"}, "Choose a day before the plan ends"),
        ({"act": "forget"}, "Choose what to change"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_changes(
    cast: Cast, client_of: ClientOf, *, sent: dict[str, str], error: str
) -> None:
    page = send(client_of, cast, **sent)
    assert page is not None
    assert error in page.main
    assert page.title.startswith("Error:")
    assert len(plans_of(cast.mia)) == 1


def test_what_was_typed_stays(cast: Cast, client_of: ClientOf) -> None:
    page = send(client_of, cast, act="set", weeks="many", ends_on="2026-12-14")
    assert page is not None
    assert (page.values()["weeks"], page.values()["ends_on"]) == ("many", "2026-12-14")


def test_every_plan_stands_in_the_history(cast: Cast, client_of: ClientOf) -> None:
    send(client_of, cast, act="set", weeks="4")
    words = client_of(cast.ana).page(path_of(cast.mia)).main
    for part in ("7 December 2026", "12 January 2027", "Ana Costa", "At enrolment", "in force"):
        assert part in words


def test_a_plan_changed_in_between_is_not_overwritten(cast: Cast, client_of: ClientOf) -> None:
    base = str(newest(cast.mia).id)
    send(client_of, cast, act="set", weeks="4")
    answer = client_of(cast.ana).post(path_of(cast.mia), {"plan": base, "act": "set", "weeks": "8"})
    assert answer.status_code == 409
    assert newest(cast.mia).ends_on == MONDAY + timedelta(weeks=4)


def test_an_ended_episode_shows_its_plan_and_takes_no_other(
    cast: Cast, client_of: ClientOf
) -> None:
    end_episode(cast)
    page = client_of(cast.ana).page(path_of(cast.mia))
    assert "nothing is asked any more" in page.main
    refused = send(client_of, cast, act="set", weeks="4")
    assert refused is not None
    assert len(plans_of(cast.mia)) == 1


def test_who_opened_a_record_with_a_reason_changes_no_plan(cast: Cast, client_of: ClientOf) -> None:
    with db.write_transaction() as session:
        from_outside = session.get_one(Practitioner, cast.ben.practitioner_id)
        factories.break_glass(session, session.get_one(Episode, cast.mia.episode_id), from_outside)
    client = client_of(cast.ben)
    assert "Only the care team can change anything here." in client.page(path_of(cast.mia)).main
    sent = {"plan": str(newest(cast.mia).id), "act": "end"}
    assert client.post(path_of(cast.mia), sent).status_code == 404


def test_opening_is_written_down(cast: Cast, client_of: ClientOf) -> None:
    client_of(cast.ana).page(path_of(cast.mia))
    found = select(AuditEvent.patient_id).where(AuditEvent.act == "plan-opened")
    assert list(db.session().scalars(found)) == [cast.mia.patient_id]
