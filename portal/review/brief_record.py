"""From what the database holds of a diary to the one record that every page reads."""

from datetime import timedelta

from portal.diary.schedule import asked_days
from portal.review.brief_facts import BriefFacts
from portal.review.summary import planned_dates, visit_marks
from portal.review.trends import Record, record_of

EIGHT_WEEKS = 56


def record_from(facts: BriefFacts) -> Record:
    """The record of a diary on the day it is for the patient."""
    head, today = facts.head, facts.today
    visits = [(visit.number, visit.day) for visit in facts.visits]
    asked = (
        asked_days(
            head.plan,
            [day for _, day in visits],
            today - timedelta(days=EIGHT_WEEKS),
            today,
        )
        if head.plan
        else frozenset()
    )
    return record_of(
        [each.day for each in facts.days],
        visit_marks(visits, facts.days, today=today),
        today=today,
        visit_today=today in planned_dates(visits),
        asked_on=asked,
        thresholds=head.thresholds,
    )
