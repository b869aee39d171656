"""Rules of the diary entry that no other test names: its words, its one transaction, its banner."""

import re
from datetime import timedelta

import pytest

from portal import db
from portal.review.models import EpisodeSummary
from tests import factories
from tests.diary.conftest import MONDAY, TODAY, Diary
from tests.faults import fill_the_audit
from tests.house import sources
from tests.pages import words


@pytest.mark.parametrize(
    ("name", "question", "anchors"),
    [
        (
            "pain_average",
            "How bad was your pain today, on average?",
            ("No pain", "Worst pain you can imagine"),
        ),
        (
            "interference",
            "How much did pain get in the way of your day?",
            ("Not at all", "Completely"),
        ),
        (
            "pain_worst",
            "How bad was the worst moment?",
            ("No pain", "Worst pain you can imagine"),
        ),
    ],
)
def test_each_scale_asks_in_the_agreed_words(
    diary: Diary, name: str, question: str, anchors: tuple[str, str]
) -> None:
    page = diary.client.page(TODAY)
    fieldset = page.find(f"//fieldset[.//input[@name='{name}']]")[-1]
    assert words(fieldset.find("legend")).startswith(question)
    assert all(anchor in words(fieldset) for anchor in anchors)


def test_the_first_form_asks_for_signs_of_the_last_seven_days(diary: Diary) -> None:
    assert "Is any of this new in the last 7 days?" in diary.client.page(TODAY).main


def test_later_forms_ask_for_signs_since_the_last_entry(diary: Diary) -> None:
    diary.arrange(factories.entry, MONDAY - timedelta(days=1))
    assert "Is any of this new since your last entry?" in diary.client.page(TODAY).main


@pytest.mark.parametrize("name", ["flags", "call_me", "needled", "soreness", "change", "medicine"])
def test_nothing_that_was_said_yesterday_is_said_again_by_itself(diary: Diary, name: str) -> None:
    diary.arrange(factories.visit, MONDAY - timedelta(days=2))
    diary.arrange(
        factories.entry,
        MONDAY - timedelta(days=1),
        flags=["RF5"],
        call_me=True,
        soreness=4,
        change="better",
        medicine="more",
    )
    ticked = diary.client.page(TODAY).find(f"//input[@name='{name}'][@checked]")
    assert ticked == []


@pytest.mark.sqlite
def test_where_the_audit_cannot_be_written_nothing_of_an_entry_is(diary: Diary) -> None:
    fill_the_audit()
    answer = diary.save(pain_average="4", flags="RF5", places="low-back-l", note="keep me")
    assert answer.status_code >= 500
    assert "keep me" in answer.text
    assert (diary.versions(), diary.flags(), diary.mails()) == ([], [], [])


def test_the_summary_is_of_the_same_transaction(diary: Diary) -> None:
    diary.save(pain_average="4", flags="RF5")
    found = db.session().get_one(EpisodeSummary, diary.person.episode_id)
    assert found.open_flags == 1


def test_the_standing_banner_stays_in_print() -> None:
    printed = (sources.ROOT / "portal/static/css/print.css").read_text()
    hidden = re.findall(r"([^{}]+)\{[^}]*display:\s*none", printed)
    assert not [rule for rule in hidden if "notice" in rule]
