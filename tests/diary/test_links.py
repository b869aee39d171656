"""What opens without a sign-in: the calendar's address, and the link that stops mail."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from icalendar import Calendar
from sqlalchemy import select, update

from portal import db
from portal.accounts.models import Account, Token
from portal.audit import Actor
from portal.audit.models import AuditEvent
from portal.care.models import DiaryPlan, Episode, Patient, Visit
from portal.diary import own_links
from tests import factories
from tests.conftest import BASE_URL
from tests.people import MONDAY, Cast, ClientOf, HouseClient, Person

HEALTH = ("ims", "pain", "diary", "needle", "clinic", "riverside", "mia", "tremblay", "sore", "ana")


def in_session(act: Callable[..., Any], *args: object, **more: object) -> Any:
    with db.write_transaction() as session:
        return act(session, *args, **more)


def renewed(person: Person) -> str:
    """The path of this person's calendar, made anew."""
    actor = Actor(person.account_id, "patient", person.clinic_id)
    url = in_session(own_links.renew_calendar, actor, account_id=person.account_id)
    return str(url).removeprefix(BASE_URL)


def stopping(person: Person) -> str:
    """The path of the link at the foot of this person's mails."""
    url = in_session(own_links.unsubscribe_url, person.account_id)
    return str(url).removeprefix(BASE_URL)


def change(model: type[Any], condition: Any, **values: Any) -> None:
    with db.write_transaction() as session:
        session.execute(update(model).where(condition).values(**values))


@pytest.fixture
def nobody(client_of: ClientOf) -> HouseClient:
    return client_of(None)


@pytest.fixture
def visit(cast: Cast) -> Visit:
    with db.write_transaction() as session:
        of = session.get_one(Episode, cast.mia.episode_id)
        return factories.visit(session, of, MONDAY + timedelta(days=9), planned=True)


def events(client: HouseClient, path: str, title: str = "") -> list[Any]:
    answer = client.get(path)
    assert answer.status_code == 200
    return [
        one
        for one in Calendar.from_ical(answer.data).walk("VEVENT")
        if not title or str(one["SUMMARY"]) == title
    ]


def starts(found: list[Any]) -> list[datetime]:
    return [one["DTSTART"].dt for one in found]


def test_a_planned_visit_stands_in_the_calendar(
    cast: Cast, nobody: HouseClient, visit: Visit
) -> None:
    found = events(nobody, renewed(cast.mia), "Appointment")
    assert starts(found) == [visit.planned_for]


def test_a_cancelled_visit_does_not(cast: Cast, nobody: HouseClient, visit: Visit) -> None:
    change(Visit, Visit.id == visit.id, cancelled_at=datetime(2026, 11, 9, tzinfo=UTC))
    assert events(nobody, renewed(cast.mia), "Appointment") == []


def test_each_asked_day_ahead_has_a_reminder_at_the_chosen_time(
    cast: Cast, nobody: HouseClient
) -> None:
    change(
        DiaryPlan,
        DiaryPlan.episode_id == cast.mia.episode_id,
        starts_on=MONDAY,
        ends_on=MONDAY + timedelta(days=2),
        prompt_at=time(18, 30),
    )
    assert starts(events(nobody, renewed(cast.mia), "Reminder")) == [
        factories.at(MONDAY + timedelta(days=day), 18, 30) for day in range(3)
    ]


def test_a_reminder_keeps_its_time_when_the_clocks_change(
    cast: Cast, nobody: HouseClient, now: time_machine.Traveller
) -> None:
    now.move_to(datetime(2027, 3, 12, 12, tzinfo=UTC))
    change(
        DiaryPlan,
        DiaryPlan.episode_id == cast.mia.episode_id,
        starts_on=date(2027, 3, 12),
        ends_on=date(2027, 3, 16),
    )
    found = starts(events(nobody, renewed(cast.mia), "Reminder"))
    assert [at.hour for at in found] == [20] * 5
    assert len({at.utcoffset() for at in found}) == 2


def test_the_calendar_carries_its_own_time_zone(
    cast: Cast, nobody: HouseClient, visit: Visit
) -> None:
    assert visit.id
    zones = Calendar.from_ical(nobody.get(renewed(cast.mia)).data).walk("VTIMEZONE")
    assert [str(zone["TZID"]) for zone in zones] == [factories.ZONE]


def test_no_word_of_the_calendar_tells_of_care(
    cast: Cast, nobody: HouseClient, visit: Visit
) -> None:
    assert visit.id
    body = nobody.get(renewed(cast.mia)).get_data(as_text=True)
    words = " ".join(
        line for line in body.lower().splitlines() if not line.startswith(("uid", "tzname"))
    )
    assert [word for word in HEALTH if f" {word}" in words or f":{word}" in words] == []


def test_titles_are_two_words_and_no_more(cast: Cast, nobody: HouseClient, visit: Visit) -> None:
    assert visit.id
    titles = {str(one["SUMMARY"]) for one in events(nobody, renewed(cast.mia))}
    assert titles == {"Appointment", "Reminder"}


def test_events_keep_their_names_in_a_renewed_calendar(
    cast: Cast, nobody: HouseClient, visit: Visit
) -> None:
    assert visit.id
    first = [str(one["UID"]) for one in events(nobody, renewed(cast.mia))]
    assert first == [str(one["UID"]) for one in events(nobody, renewed(cast.mia))]
    assert len(set(first)) == len(first)


def test_a_renewed_address_ends_the_old_one_at_once(cast: Cast, nobody: HouseClient) -> None:
    before = renewed(cast.mia)
    after = renewed(cast.mia)
    assert nobody.get(before).status_code == 404
    assert nobody.get(after).status_code == 200


def test_a_stopped_calendar_is_gone(cast: Cast, nobody: HouseClient) -> None:
    path = renewed(cast.mia)
    actor = Actor(cast.mia.account_id, "patient", cast.clinic_id)
    in_session(own_links.stop_calendar, actor, account_id=cast.mia.account_id)
    assert nobody.get(path).status_code == 404


def test_an_inactive_account_has_no_calendar(cast: Cast, nobody: HouseClient) -> None:
    path = renewed(cast.mia)
    change(Account, Account.id == cast.mia.account_id, is_active=False)
    assert nobody.get(path).status_code == 404


def test_an_ended_episode_leaves_the_calendar_empty(
    cast: Cast, nobody: HouseClient, visit: Visit
) -> None:
    assert visit.id
    path = renewed(cast.mia)
    change(Episode, Episode.id == cast.mia.episode_id, ended_on=MONDAY)
    assert events(nobody, path) == []


@pytest.mark.parametrize("token", ["x", "A" * 43, "%00", "a.ics", "ü"])
def test_an_unknown_address_is_no_page(nobody: HouseClient, token: str) -> None:
    assert nobody.get(f"/calendar/{token}.ics").status_code == 404


def test_a_link_that_stops_mail_opens_no_calendar(cast: Cast, nobody: HouseClient) -> None:
    token = stopping(cast.mia).rpartition("/")[2]
    assert nobody.get(f"/calendar/{token}.ics").status_code == 404


def test_the_database_holds_no_link(cast: Cast) -> None:
    token = renewed(cast.mia).removeprefix("/calendar/").removesuffix(".ics")
    row = db.session().scalars(select(Token)).one()
    assert token.encode() not in row.hash
    assert token != str(row.id)


def test_the_same_address_can_be_shown_again(cast: Cast) -> None:
    path = renewed(cast.mia)
    assert own_links.calendar_url(db.session(), cast.mia.account_id) == BASE_URL + path


def test_nobody_has_an_address_before_asking_for_one(cast: Cast) -> None:
    assert own_links.calendar_url(db.session(), cast.noor.account_id) is None


def test_another_key_makes_the_address_unknown(app: Flask, cast: Cast) -> None:
    renewed(cast.mia)
    app.config["PORTAL_LINK_KEY"] = b"another key of thirty-two bytes!"
    assert own_links.calendar_url(db.session(), cast.mia.account_id) is None


def test_a_calendar_is_never_stored_on_the_way(cast: Cast, nobody: HouseClient) -> None:
    answer = nobody.get(renewed(cast.mia))
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"


def test_an_unchanged_calendar_is_not_sent_twice(
    cast: Cast, nobody: HouseClient, now: time_machine.Traveller
) -> None:
    path = renewed(cast.mia)
    tag = nobody.get(path).headers["ETag"]
    now.shift(timedelta(hours=2))
    assert nobody.get(path, headers={"If-None-Match": tag}).status_code == 304


def is_mailed(person: Person) -> bool:
    return db.session().get_one(Patient, person.patient_id).is_mailed


def test_opening_the_link_changes_nothing(cast: Cast, nobody: HouseClient) -> None:
    nobody.page(stopping(cast.mia))
    assert is_mailed(cast.mia)


def test_one_press_stops_the_mails_and_only_them(cast: Cast, nobody: HouseClient) -> None:
    answer = nobody.post(stopping(cast.mia), token=False)
    assert answer.status_code == 200
    assert not is_mailed(cast.mia)
    assert is_mailed(cast.noor)


def test_a_mail_program_stops_the_mails_without_a_form_token(
    cast: Cast, nobody: HouseClient
) -> None:
    """RFC 8058: one POST from anywhere, with no cookie and another origin."""
    answer = nobody.post(
        stopping(cast.mia),
        {"List-Unsubscribe": "One-Click"},
        token=False,
        headers={"Origin": "https://mail.example.com", "Sec-Fetch-Site": "cross-site"},
    )
    assert answer.status_code == 200
    assert not is_mailed(cast.mia)


def test_a_second_press_is_as_well(cast: Cast, nobody: HouseClient) -> None:
    path = stopping(cast.mia)
    first = nobody.post(path, token=False).get_data(as_text=True)
    assert nobody.post(path, token=False).get_data(as_text=True) == first
    acts = select(AuditEvent.act).where(AuditEvent.act == "settings-changed")
    assert len(db.session().scalars(acts).all()) == 1


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_unknown_link_answers_alike(cast: Cast, nobody: HouseClient, method: str) -> None:
    known = stopping(cast.mia)
    unknown = "/unsubscribe/" + "A" * 43
    more: dict[str, Any] = {"token": False} if method == "post" else {}
    page, other = (
        getattr(nobody, method)(path, **more).get_data(as_text=True) for path in (known, unknown)
    )
    assert page.replace(known, "") == other.replace(unknown, "")


def test_the_page_names_nobody_and_no_care(cast: Cast, nobody: HouseClient) -> None:
    page = nobody.page(stopping(cast.mia))
    words = page.text.lower()
    assert [word for word in HEALTH if word in words.split()] == []


def test_a_calendar_link_stops_no_mail(cast: Cast, nobody: HouseClient) -> None:
    token = renewed(cast.mia).removeprefix("/calendar/").removesuffix(".ics")
    nobody.post(f"/unsubscribe/{token}", token=False)
    assert is_mailed(cast.mia)


def test_the_same_link_serves_every_mail(cast: Cast) -> None:
    assert stopping(cast.mia) == stopping(cast.mia)
