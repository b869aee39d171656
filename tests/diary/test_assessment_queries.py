"""Reading assessments: oldest first, what counts of a day, and only by who may."""

from datetime import timedelta

from portal import db
from portal.diary.assessment_queries import assessments_of, due_checks
from portal.diary.queries import own_care
from tests import assessing, factories
from tests.diary.conftest import MONDAY, Diary
from tests.people import Cast
from tests.review.test_panel import reader_of


def test_assessments_are_read_oldest_first(diary: Diary, cast: Cast) -> None:
    for days in (0, 14, 7):
        diary.arrange(assessing.peg, MONDAY - timedelta(days=days), (days % 11, 1, 1))
    found = assessments_of(db.session(), reader_of(cast.ana), cast.mia.episode_id)
    assert [(MONDAY - one.about_on).days for one in found] == [14, 7, 0]


def test_of_one_day_the_last_completed_counts(diary: Diary, cast: Cast) -> None:
    for value in (1, 2):
        diary.arrange(assessing.pgic, MONDAY, value, completed_at=factories.at(MONDAY, 12 + value))
    found = assessments_of(db.session(), reader_of(cast.ana), cast.mia.episode_id)
    assert [(one.answers["overall"], one.is_replaced) for one in found] == [(1, True), (2, False)]


def test_assessments_are_out_of_sight_for_others(diary: Diary, cast: Cast) -> None:
    diary.arrange(assessing.peg, MONDAY, (1, 1, 1))
    assert assessments_of(db.session(), reader_of(cast.ben), cast.mia.episode_id) == ()


def test_what_is_due_today_is_offered(diary: Diary, cast: Cast) -> None:
    diary.arrange(assessing.peg, MONDAY - timedelta(days=3), (1, 1, 1))
    person = reader_of(cast.mia)
    care = own_care(db.session(), person)
    assert care is not None
    due = due_checks(db.session(), person, care, visits=())
    assert [(one.instrument, one.is_begun) for one in due] == [("psfs", False)]
