"""Reading assessments: oldest first, what counts of a day, and only by who may."""

from datetime import timedelta

from portal import db
from portal.diary.assessment_queries import assessments_of
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


def test_today_offers_what_is_due(diary: Diary) -> None:
    diary.arrange(assessing.peg, MONDAY - timedelta(days=3), (1, 1, 1))
    page = diary.client.page("/me")
    assert "How well you can do what matters to you" in page.main
    assert "Three questions about your week" not in page.main


def test_today_offers_the_week_after_seven_days(diary: Diary) -> None:
    diary.arrange(assessing.peg, MONDAY - timedelta(days=7), (1, 1, 1))
    page = diary.client.page("/me")
    assert "Three questions about your week About 20 seconds, once a week." in page.main
    assert "/me/check/peg" in page.hrefs()


def test_today_says_that_something_is_begun(diary: Diary) -> None:
    diary.client.post("/me/check/peg", {"act": "answer", "item": "pain", "answer": "4"})
    assert "Go on where you left: Three questions" in diary.client.page("/me").main


def test_nothing_is_offered_once_the_diary_has_ended(diary: Diary) -> None:
    with db.write_transaction() as session:
        diary.episode(session).ended_on = MONDAY
    assert "/me/check/peg" not in diary.client.page("/me").hrefs()


def test_trends_show_each_instrument_apart(diary: Diary) -> None:
    for days, value in ((21, 8), (0, 4)):
        diary.arrange(assessing.peg, MONDAY - timedelta(days=days), (value, value, value))
        diary.arrange(assessing.psfs, MONDAY - timedelta(days=days), {"Swim": 10 - value})
    page = diary.client.page("/me/trends")
    assert [one.text for one in page.find("//h2") if one.get("id", "").startswith("as-")] == [
        "Your weeks (PEG)",
        "Activities that matter (PSFS)",
    ]
    assert "4.0 lower than on 19 October. Noticeable (1.0). Beyond" in page.main
