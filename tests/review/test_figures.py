"""The clinic's figures: the whole clinic and nobody's name, few people hidden, few statements."""

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.orm import Session

from portal import db
from portal.care.models import Consent, Episode, Practitioner
from portal.review import figures_queries
from portal.review.rates import Rate, What, rates_of
from tests import factories
from tests.people import Cast, ClientOf
from tests.performance.test_statements import counted
from tests.review import scenes
from tests.review.scenes import days_ago, someone
from tests.review.test_panel import reader_of


def needled_people(session: Session, cast: Cast, count: int) -> list[Episode]:
    """So many people with a visit thirty days ago; every second one sore on the day after."""
    people = []
    for number in range(count):
        of = someone(session, cast, f"Person {number}")
        factories.visit(session, of, days_ago(30))
        factories.entry(session, of, days_ago(33))
        factories.entry(session, of, days_ago(29), soreness=4 * (number % 2))
        people.append(of)
    return people


def rates(cast: Cast) -> dict[What, Rate]:
    db.end_read()
    session, reader = db.session(), reader_of(cast.ana)
    period = figures_queries.period_of(session, reader)
    return rates_of(
        figures_queries.visits_of_clinic(session, reader, period),
        figures_queries.told_in_clinic(session, reader, period),
    )


@pytest.fixture
def people(cast: Cast) -> list[Episode]:
    with db.write_transaction() as session:
        return needled_people(session, cast, 12)


@pytest.mark.usefixtures("people")
def test_the_page_shows_counts_with_their_range(cast: Cast, client_of: ClientOf) -> None:
    said = client_of(cast.ana).page("/clinic/figures").main
    assert "6 of 12 50.0 % (25.4 to 74.6)" in said


def test_few_people_are_not_shown(cast: Cast, client_of: ClientOf) -> None:
    with db.write_transaction() as session:
        needled_people(session, cast, 9)
    said = client_of(cast.ana).page("/clinic/figures").main
    assert said.count("Not shown: fewer than 10 people or visits.") == 7


@pytest.mark.usefixtures("people")
def test_nobody_is_named(cast: Cast, client_of: ClientOf) -> None:
    said = client_of(cast.ana).page("/clinic/figures").main
    assert [each for each in ("Person", "Tremblay", "Costa", "Okafor") if each in said] == []


@pytest.mark.usefixtures("people")
def test_every_practitioner_sees_the_same(cast: Cast, client_of: ClientOf) -> None:
    pages = [client_of(who).page("/clinic/figures").main for who in (cast.ana, cast.ben)]
    assert pages[0] == pages[1]


@pytest.mark.usefixtures("people")
def test_another_clinic_counts_nothing_of_this_one(cast: Cast, client_of: ClientOf) -> None:
    assert "of 12" not in client_of(cast.olga).page("/clinic/figures").main


def test_withdrawn_consent_leaves_the_figures(cast: Cast, people: list[Episode]) -> None:
    with db.write_transaction() as session:
        of_one = Consent.episode_id == people[1].id
        session.execute(
            update(Consent).where(of_one).values(withdrawn_at=factories.at(days_ago(1)))
        )
    assert (rates(cast)[What.SORE].count, rates(cast)[What.SORE].of) == (5, 11)


def test_a_corrected_answer_counts_as_it_stands(cast: Cast, people: list[Episode]) -> None:
    with db.write_transaction() as session:
        entry = factories.entry(session, people[0], days_ago(28), soreness=0)
        factories.correction(session, entry, soreness=8)
    assert rates(cast)[What.STRONGLY_SORE].count == 1


def test_visits_younger_than_their_days_after_wait(cast: Cast, people: list[Episode]) -> None:
    with db.write_transaction() as session:
        factories.visit(session, people[0], days_ago(7))
        factories.entry(session, people[0], days_ago(6), soreness=5)
    assert rates(cast)[What.SORE].of == 12


def test_soreness_after_a_visit_too_young_is_not_that_of_the_one_before(
    cast: Cast, people: list[Episode]
) -> None:
    with db.write_transaction() as session:
        of = people[0]
        factories.visit(session, of, days_ago(18))
        factories.visit(session, of, days_ago(4))
        factories.entry(session, of, days_ago(15), soreness=0)
        factories.entry(session, of, days_ago(4), soreness=6)
    found = rates(cast)[What.STILL_SORE]
    assert (found.count, found.of) == (0, 1)


def test_signs_are_counted_among_visits_with_any_entry_after(
    cast: Cast, people: list[Episode]
) -> None:
    with db.write_transaction() as session:
        factories.visit(session, people[0], days_ago(20))
        factories.entry(session, people[0], days_ago(18))
    found = rates(cast)
    assert (found[What.SORE].of, found[What.CLINIC].of) == (12, 13)


@pytest.mark.parametrize(("hour", "expected"), [(9, 1), (11, 0)])
def test_read_means_before_the_visit(
    cast: Cast, people: list[Episode], hour: int, expected: int
) -> None:
    with db.write_transaction() as session:
        ana = session.get_one(Practitioner, cast.ana.practitioner_id)
        factories.review(session, people[0], ana, at=factories.at(days_ago(30), hour))
    assert rates(cast)[What.READ].count == expected


def test_an_undone_review_was_no_reading(cast: Cast, people: list[Episode]) -> None:
    with db.write_transaction() as session:
        ana = session.get_one(Practitioner, cast.ana.practitioner_id)
        at = factories.at(days_ago(30), 9)
        factories.review(session, people[0], ana, at=at, undone_at=at)
    assert rates(cast)[What.READ].count == 0


def test_a_reading_before_an_earlier_visit_is_not_counted(
    cast: Cast, people: list[Episode]
) -> None:
    with db.write_transaction() as session:
        ana = session.get_one(Practitioner, cast.ana.practitioner_id)
        factories.review(session, people[0], ana, at=factories.at(days_ago(30), 9))
        factories.visit(session, people[0], days_ago(20))
    assert (rates(cast)[What.READ].count, rates(cast)[What.READ].of) == (1, 13)


@pytest.mark.parametrize("patients", [5, 500])
def test_statements_do_not_grow(app: Flask, cast: Cast, client_of: ClientOf, patients: int) -> None:
    with db.write_transaction() as session:
        scenes.crowd(session, cast, patients)
        needled_people(session, cast, 3)
    assert counted(app, client_of(cast.ana), "/clinic/figures").counted <= 6
