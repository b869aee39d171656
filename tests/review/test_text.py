"""The brief as text: eight to twelve neutral lines from the same record."""

import pytest

from portal import db
from portal.care.models import Episode
from portal.review.text import brief_lines
from tests import factories
from tests.people import Cast, ClientOf
from tests.review import scenes
from tests.review.test_brief import address, brief_for

LAST = (
    "From the patient’s own diary, scales 0 to 10, lower is better. "
    "Before and after, not proof that the needling did it."
)
LAST_TREATED = LAST.replace("Before", "Settled days leave out the two after needling. Before")
FLAGS = (
    "Not yet acknowledged: new numbness, tingling or weakness (7 Nov, 19:42); severe soreness, or "
    "worse after 3 days (7 Nov, 19:42); asked for a call (7 Nov, 19:42)."
)
RESPONSE = (
    "Visit 5 today, 10:00. Last visit 2 November. After visit 4: flare 1.5 higher, day 1, "
    "back on day 5, best three days 3.7, soreness up to 5, sore until day 2."
)
EMPTY = [
    "Mia Tremblay. 47. Low back pain with pain into the left leg.",
    "No visit planned. No visit yet.",
    "Pain level, 14 days: 0 of 14 days: not enough to average.",
    "Change: No baseline: there was no visit with needling yet.",
    "Worst moment: – (too few days).",
    "Gets in the way: – (too few days).",
    "Own view: – (not asked yet).",
    "Diary days: 0 of 14 (asked for: 0 of 8).",
    "Where: No places named in the last 14 days.",
    LAST,
]
BUSY = [
    "Mia Tremblay. 47. Low back pain with pain into the left leg.",
    "Check before needling: past cancer, blood thinners.",
    RESPONSE,
    "Pain level, 14 days: 3.8.",
    "Change: about 2.8 points lower (95 % range 1.6 to 4.0), 9 settled days against 13: better.",
    "Worst moment: 7 (days at 7 or more: 3 of 11; before: 13 of 13).",
    "Gets in the way: 2.8 (2.8 lower; before: 5.6).",
    "Own view: Better (since last visit, on 8 Nov).",
    "Diary days: 11 of 14 (asked for: 11 of 14).",
    FLAGS,
    "Questions: Is the numbness from the needles? Can I go back to the pool?",
    "Where: Of 11 days: left buttock 10, left low back 10, left heel and ankle 2. " + LAST_TREATED,
]


def lines(cast: Cast) -> list[str]:
    return brief_lines(brief_for(cast))


def test_an_empty_diary_in_text(cast: Cast) -> None:
    assert lines(cast) == EMPTY


def test_a_busy_diary_in_text(cast: Cast) -> None:
    with db.write_transaction() as session:
        scenes.busiest(session, cast)
    assert lines(cast) == BUSY


@pytest.mark.parametrize("after", [2, 5, 8])
def test_text_is_eight_to_twelve_lines(cast: Cast, after: int) -> None:
    with db.write_transaction() as session:
        scenes.treated(session, session.get_one(Episode, cast.mia.episode_id), 5, after)
    assert 8 <= len(lines(cast)) <= 12


def test_text_says_worse_in_neutral_words(cast: Cast) -> None:
    with db.write_transaction() as session:
        scenes.treated(session, session.get_one(Episode, cast.mia.episode_id), 3, 7)
    assert "about 4.0 points higher (95 % range 3.2 to 4.8)" in lines(cast)[3]
    assert lines(cast)[3].endswith("worse.")


def test_text_is_plain(cast: Cast, client_of: ClientOf) -> None:
    answer = client_of(cast.ana).get(address(cast, "/brief.txt"))
    assert answer.mimetype == "text/plain"
    assert answer.get_data(as_text=True).splitlines() == EMPTY


def test_a_newer_visit_that_says_nothing_yet_is_named(cast: Cast, client_of: ClientOf) -> None:
    with db.write_transaction() as session:
        scenes.busiest(session, cast)
        of = session.get_one(Episode, cast.mia.episode_id)
        factories.visit(session, of, scenes.days_ago(0), sites=[("Gluteus medius", "left", 1)])
    assert "until day 2; visit 5: too early to compare." in lines(cast)[2]
    page = client_of(cast.ana).page(address(cast))
    assert "9 Nov, too early to compare" in page.text
