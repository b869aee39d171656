"""A patient who ticked a warning sign is told what became of it, and nothing soothing."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from portal import clock, db
from portal.care.models import Practitioner
from portal.diary.models import EntryFlag
from tests import factories
from tests.diary.conftest import MONDAY, TODAY, Diary
from tests.people import Cast

OPEN = "You ticked a warning sign on 9 November. What to do"


def act(diary: Diary, cast: Cast, how: str, *, settles: bool = True) -> None:
    [flag] = diary.flags()

    def build(session: Any, _episode: Any) -> None:
        own = session.get_one(EntryFlag, flag.id)
        ana = session.get_one(Practitioner, cast.ana.practitioner_id)
        factories.flag_act(session, own, ana, how=how)
        own.acknowledged_at = clock.now() if settles else None

    diary.arrange(build)


def told(diary: Diary) -> str:
    said: str = diary.client.page("/me").main
    return said


def test_without_a_flag_nothing_is_said_of_one(diary: Diary) -> None:
    diary.save(pain_average="4", flags="none")
    assert "warning sign" not in told(diary)


def test_an_open_flag_leads_to_what_to_do(diary: Diary) -> None:
    diary.save(flags=["RF2", "RF8"])
    page = diary.client.page("/me")
    assert page.main.count(OPEN) == 1
    assert f"{TODAY}/saved" in page.hrefs()


def test_an_open_call_is_told_as_one(diary: Diary) -> None:
    diary.save(call_me="yes")
    assert "You asked for a call on 9 November. What happens now" in told(diary)


def test_a_tick_taken_away_leads_to_its_day(diary: Diary) -> None:
    diary.save(flags="RF8", pain_average="4")
    diary.save(pain_average="4", base_version="1")
    page = diary.client.page("/me")
    assert "You ticked a warning sign on 9 November. Look at that day" in page.main
    assert f"{TODAY}/history" in page.hrefs()


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ("spoke-at-visit", "spoke at the visit."),
        ("called", "called you."),
        ("sent-to-doctor", "sent you to a doctor."),
    ],
)
def test_an_answered_flag_says_who_answered_it_and_how(
    diary: Diary, cast: Cast, how: str, words: str
) -> None:
    diary.save(flags="RF8")
    act(diary, cast, how)
    said = told(diary)
    assert f"on 9 November. Ana Costa answered it on 9 November: {words}" in said
    assert "What to do" not in said


def test_no_answer_leaves_it_open(diary: Diary, cast: Cast) -> None:
    diary.save(flags="RF8")
    act(diary, cast, "no-answer", settles=False)
    assert "Ana Costa tried to reach you on 9 November. What to do" in told(diary)


def test_an_answer_is_told_for_two_weeks(
    diary: Diary, cast: Cast, now: time_machine.Traveller
) -> None:
    diary.save(flags="RF8")
    act(diary, cast, "called")
    diary.later(now, clock.now() + timedelta(days=15))
    assert "warning sign" not in told(diary)


def test_an_old_open_flag_is_still_told(diary: Diary, now: time_machine.Traveller) -> None:
    with db.write_transaction() as session:
        entry = factories.entry(session, diary.episode(session), MONDAY - timedelta(days=40))
        factories.flag(session, entry, "RF8")
    diary.later(now, clock.now() + timedelta(days=1))
    assert "You ticked a warning sign on 30 September." in told(diary)
