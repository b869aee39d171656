"""What is new since the last review: nothing said twice, nothing that was never seen before."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from portal import clock, db
from portal.care.models import Episode, Practitioner
from portal.diary.models import Entry, EntryPlace
from tests import factories
from tests.people import MONDAY, Cast
from tests.review.scenes import days_ago
from tests.review.test_brief import brief_for


def mias(session: Session, cast: Cast) -> Episode:
    return session.get_one(Episode, cast.mia.episode_id)


def reviewed(session: Session, cast: Cast, up_to: Entry, ago: int = 4) -> None:
    ana = session.get_one(Practitioner, cast.ana.practitioner_id)
    factories.review(session, mias(session, cast), ana, up_to, at=factories.at(days_ago(ago), 21))


def news(cast: Cast) -> dict[str, str]:
    items = brief_for(cast).news.items
    return {one.label: one.words.replace("\N{NO-BREAK SPACE}", " ") for one in items}


def test_todays_entry_is_quoted_when_a_visit_is_today(cast: Cast) -> None:
    with db.write_transaction() as session:
        factories.visit(session, mias(session, cast), MONDAY, planned=True)
        factories.entry(
            session,
            mias(session, cast),
            MONDAY,
            pain=0,
            interference=4,
            pain_worst=2,
            entered_at=factories.at(MONDAY, 8, 53),
        )
    assert news(cast)["Today 08:53"] == "pain 0, 4 in the way, worst 2"


def test_todays_entry_is_only_a_dot_without_a_visit(cast: Cast) -> None:
    with db.write_transaction() as session:
        factories.entry(session, mias(session, cast), MONDAY, pain=0)
    assert not [label for label in news(cast) if label.startswith("Today")]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"pain_average": 2}, "5 Nov, pain 6 to 2"),
        ({"sleep": 3}, "5 Nov, other answers"),
        ({"withdrawn_at": factories.at(days_ago(2))}, "5 Nov, taken out"),
        ({}, ""),
    ],
)
def test_a_correction_is_told_against_the_last_review(
    cast: Cast, changed: dict[str, Any], words: str
) -> None:
    with db.write_transaction() as session:
        entry = factories.entry(session, mias(session, cast), days_ago(4), pain=6, places=[])
        reviewed(session, cast, entry)
        between = factories.correction(
            session, entry, pain_average=3, entered_at=factories.at(days_ago(3))
        )
        values = {"pain_average": 6, "entered_at": factories.at(days_ago(2))} | changed
        factories.correction(session, between, **values)
    assert news(cast).get("Correction", "") == words


def test_a_place_that_moved_is_another_answer(cast: Cast) -> None:
    with db.write_transaction() as session:
        entry = factories.entry(session, mias(session, cast), days_ago(4), places=["heel-l"])
        reviewed(session, cast, entry)
        newer = factories.correction(session, entry, entered_at=factories.at(days_ago(3)))
        row = EntryPlace(entry_id=newer.id, region="heel-r", episode_id=newer.episode_id)
        session.add(row)
    assert news(cast)["Correction"] == "5 Nov, other answers"


def test_a_day_never_reviewed_has_no_correction(cast: Cast) -> None:
    with db.write_transaction() as session:
        entry = factories.entry(session, mias(session, cast), days_ago(4), pain=6)
        factories.correction(session, entry, pain_average=2)
    assert news(cast) == {"": "All of it is new to you."}


def test_a_withdrawn_day_that_was_put_back_is_told(cast: Cast) -> None:
    with db.write_transaction() as session:
        entry = factories.entry(
            session, mias(session, cast), days_ago(4), withdrawn_at=factories.at(days_ago(4))
        )
        reviewed(session, cast, entry)
        factories.correction(
            session, entry, withdrawn_at=None, entered_at=factories.at(days_ago(3))
        )
    assert news(cast)["Correction"] == "5 Nov, put back"


@pytest.mark.parametrize(
    ("soreness", "words"),
    [
        ({5: 2, 3: 1}, "Still sore on day 9 after visit 1, up to 2 of 10"),
        ({5: 2, 4: 1}, "Sore until day 8 after visit 1, up to 2 of 10"),
        ({5: 2, 2: 0}, "Sore until day 7 after visit 1, up to 2 of 10"),
    ],
)
def test_soreness_is_still_there_only_while_the_answer_is_fresh(
    cast: Cast, soreness: dict[int, int], words: str
) -> None:
    with db.write_transaction() as session:
        factories.visit(session, mias(session, cast), days_ago(12))
        first = factories.entry(session, mias(session, cast), days_ago(13))
        reviewed(session, cast, first, ago=13)
        for ago, score in soreness.items():
            factories.entry(session, mias(session, cast), days_ago(ago), soreness=score)
    assert news(cast)["Soreness"] == words


def test_new_places_are_counted_in_the_days_of_the_body_figure(cast: Cast) -> None:
    with db.write_transaction() as session:
        factories.visit(session, mias(session, cast), MONDAY, planned=True)
        reviewed(session, cast, factories.entry(session, mias(session, cast), days_ago(20)), ago=20)
        for ago in (16, 2, 1, 0):
            factories.entry(session, mias(session, cast), days_ago(ago), places=["heel-l"])
    assert news(cast)["Place"] == "Left heel and ankle, on 2 days, and today"
    assert brief_for(cast).where.words == "Of 2 days: left heel and ankle 2."


def test_days_written_without_anything_new_are_no_contradiction(cast: Cast) -> None:
    with db.write_transaction() as session:
        reviewed(session, cast, factories.entry(session, mias(session, cast), days_ago(4)))
        factories.entry(session, mias(session, cast), days_ago(1))
    found = brief_for(cast).news
    assert found.since.endswith("1 day written since.")
    assert [one.words for one in found.items] == ["No new flags, places, words or corrections."]


def test_acknowledged_since_the_review_is_told_with_every_try(cast: Cast) -> None:
    with db.write_transaction() as session:
        entry = factories.entry(session, mias(session, cast), days_ago(4))
        reviewed(session, cast, entry)
        ana = session.get_one(Practitioner, cast.ana.practitioner_id)
        flag = factories.flag(
            session, entry, "RF8", acknowledged_at=clock.now() - timedelta(hours=1)
        )
        for at, how, note in (
            (factories.at(days_ago(1), 9, 1), "no-answer", ""),
            (factories.at(MONDAY, 9, 1), "spoke-at-visit", "Felt again since Friday"),
        ):
            factories.flag_act(session, flag, ana, at=at, how=how, note=note)
    (told,) = brief_for(cast).settled
    assert told.title == "New numbness, tingling or weakness, 5\N{NO-BREAK SPACE}Nov"
    assert told.words == (
        "Acknowledged today at 09:01, Ana Costa, spoke at the visit: Felt again since Friday. "
        "Called, no answer 8 November, 09:01 (Ana Costa)."
    )


def test_acknowledged_before_the_review_is_under_all_entries_alone(cast: Cast) -> None:
    with db.write_transaction() as session:
        entry = factories.entry(session, mias(session, cast), days_ago(6))
        ana = session.get_one(Practitioner, cast.ana.practitioner_id)
        at = factories.at(days_ago(5))
        factories.flag_act(session, factories.flag(session, entry, acknowledged_at=at), ana, at=at)
        reviewed(session, cast, entry)
    assert brief_for(cast).settled == ()


@pytest.mark.parametrize("about", [MONDAY, days_ago(3)])
def test_a_day_written_after_a_review_of_that_day_is_counted(cast: Cast, about: date) -> None:
    with db.write_transaction() as session:
        late = factories.entry(
            session, mias(session, cast), days_ago(1), entered_at=factories.at(MONDAY, 9)
        )
        reviewed(session, cast, late, ago=0)
        entered_at = factories.at(MONDAY, 10)
        factories.entry(session, mias(session, cast), about, pain=9, entered_at=entered_at)
    found = brief_for(cast).news
    assert found.since.endswith("1 day written since.")
    assert [one.words for one in found.items] == ["No new flags, places, words or corrections."]


def test_a_day_taken_out_after_the_review_is_not_counted(cast: Cast) -> None:
    with db.write_transaction() as session:
        entry = factories.entry(session, mias(session, cast), days_ago(4))
        reviewed(session, cast, entry)
        gone = {"entered_at": factories.at(days_ago(2)), "withdrawn_at": factories.at(days_ago(2))}
        factories.correction(session, entry, **gone)
    assert brief_for(cast).news.since.endswith("0 days written since.")


def test_soreness_written_late_is_new(cast: Cast) -> None:
    with db.write_transaction() as session:
        factories.visit(session, mias(session, cast), days_ago(8))
        reviewed(session, cast, factories.entry(session, mias(session, cast), days_ago(2)), ago=2)
        late = factories.at(days_ago(1))
        factories.entry(
            session, mias(session, cast), days_ago(4), soreness=3, entered_at=late, is_late=True
        )
    assert news(cast)["Soreness"] == "Sore until day 4 after visit 1, up to 3 of 10"


def test_on_a_first_look_nothing_is_said_to_be_known(cast: Cast) -> None:
    with db.write_transaction() as session:
        factories.entry(session, mias(session, cast), days_ago(4), places=["heel-l"])
        factories.question(session, mias(session, cast), "May I swim?")
    found = brief_for(cast)
    assert found.news.since == (
        "You have not reviewed this diary yet. 1 day written. 1 new question."
    )
    assert [one.words for one in found.news.items] == ["All of it is new to you."]
    assert [one.is_new for one in found.questions] == [True]


def test_corrected_days_do_not_crowd_out_the_words_of_others(cast: Cast) -> None:
    with db.write_transaction() as session:
        for ago in range(1, 33):
            entry = factories.entry(session, mias(session, cast), days_ago(ago), note="Stiff")
            factories.correction(session, entry, pain_average=5)
    assert news(cast)["Note"].endswith("and 31 earlier")
