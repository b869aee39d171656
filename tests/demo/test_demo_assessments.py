"""Simulated assessments fit the diary they belong to."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal import db
from portal.accounts.models import Account
from portal.care.models import Episode, Patient
from portal.demo.assessments import write_assessments
from portal.demo.diaries import write_diary
from portal.demo.patients import RIVERSIDE
from portal.demo.people import Person
from portal.diary.assessment_panels import AssessmentPanel, panels_of
from portal.diary.assessment_queries import assessments_of
from tests.people import MONDAY, Cast
from tests.review.test_panel import reader_of


def of_name(part: str) -> Person:
    return next(person for person in RIVERSIDE if part in person.name)


def simulated(cast: Cast, person: Person) -> dict[str, AssessmentPanel]:
    """The panels of a person whose diary and assessments were written into Mia's episode."""
    with db.write_transaction() as session:
        of = session.get_one(Episode, cast.mia.episode_id)
        of.started_on = MONDAY - timedelta(days=person.days)
        of.activities = list(person.activities) or ["Sleep through the night"]
        author = session.scalar(select(Account.id).join(Patient).where(Patient.id == of.patient_id))
        assert author is not None
        write_diary(session, person, of, author, today=MONDAY)
        write_assessments(session, person, of, author, today=MONDAY)
    db.end_read()
    found = assessments_of(db.session(), reader_of(cast.ana), cast.mia.episode_id)
    return {panel.instrument: panel for panel in panels_of(found)}


def test_somebody_who_gets_better_has_a_lower_peg(cast: Cast) -> None:
    change = simulated(cast, of_name("Galbraith"))["peg"].change
    assert change is not None
    assert change.arrow == "down"


def test_somebody_who_gets_better_can_do_more(cast: Cast) -> None:
    change = simulated(cast, of_name("Galbraith"))["psfs"].change
    assert change is not None
    assert change.arrow == "up"


def test_somebody_who_gets_worse_says_so(cast: Cast) -> None:
    assert "worse" in simulated(cast, of_name("Haddad"))["pgic"].rows[-1].words


def test_eight_weeks_hold_several_pegs(cast: Cast) -> None:
    assert len(simulated(cast, of_name("Galbraith"))["peg"].rows) >= 4


@pytest.mark.parametrize("person", RIVERSIDE, ids=lambda person: person.name)
def test_nobody_fills_in_what_lies_ahead(cast: Cast, person: Person) -> None:
    days = [row.on for panel in simulated(cast, person).values() for row in panel.rows]
    assert all(day < MONDAY for day in days)
