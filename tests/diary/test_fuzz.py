"""Every form of a patient, sent by a browser that lies: answered in words, and nobody else touched.

Each address that patients may post to is found in the portal's own list, so that a new one is
tested from the day it is there.
"""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from portal import db
from portal.diary.models import Question
from tests import factories
from tests.diary.conftest import MONDAY, TODAY, Diary
from tests.diary.fuzzing import (
    FORM,
    Sent,
    digest_of_others,
    forms,
    ids_of_others,
    names_on,
    patient_posts,
)
from tests.house import policy
from tests.people import Cast, HouseClient

EXPECTED = {204, 303, 400, 404, 405, 409, 413, 422, 429}
RULES = patient_posts(policy.stated("tests/house/endpoints.txt"))
WORDS = ("what-is-ims", "peg", "psfs", "pgic", "x", "..", "%00", "éa")
EACH = 40


@pytest.fixture
def written(diary: Diary, now: time_machine.Traveller) -> Diary:
    """Mia's diary with two days, a visit and a question; she signed in ten minutes ago."""
    diary.save(pain_average="4", flags="RF5")
    diary.save("/me/diary/2026-11-08", pain_average="6", places="low-back-l")
    diary.arrange(factories.visit, MONDAY - timedelta(days=2))
    diary.arrange(factories.question, "May I swim?")
    now.shift(600)
    diary.client.checks_pages = False
    return diary


def addresses(app: Flask, rule: str, ids: list[str]) -> st.SearchStrategy[str]:
    """Addresses of a rule: days that are open or not, words, and other people's ids."""
    found = next(one for one in app.url_map.iter_rules() if one.rule == rule)
    days = [MONDAY + timedelta(days=away) for away in (0, 0, -1, -2, -3, 1, -400)]
    kinds: dict[str, st.SearchStrategy[str]] = {
        name: st.sampled_from([day.isoformat() for day in days])
        if name == "on"
        else st.sampled_from(ids)
        if name.endswith("_id")
        else st.sampled_from(WORDS) | st.text(alphabet="abc-./é", min_size=1, max_size=6)
        for name in found.arguments
    }
    return st.fixed_dictionaries(kinds).map(lambda given: _filled(rule, given))


def _filled(rule: str, given: dict[str, str]) -> str:
    return re.sub(r"<\w+:(\w+)>", lambda found: given[found[1]], rule)


def send(client: HouseClient, path: str, sent: Sent) -> int:
    body = sent.body(client.form_token())
    answer: Any = client.post(path, data=body, content_type=sent.kind, token=False)
    return int(answer.status_code)


@pytest.mark.parametrize("rule", RULES)
def test_any_form_is_answered_and_changes_nobody_else(
    app: Flask, cast: Cast, written: Diary, rule: str
) -> None:
    ids = ids_of_others(cast)
    before = digest_of_others(cast.mia)

    @settings(max_examples=EACH)
    @given(path=addresses(app, rule, ids), sent=forms(names_on(written.client, rule), ids))
    def attempt(path: str, sent: Sent) -> None:
        assert send(written.client, path, sent) in EXPECTED

    attempt()
    assert digest_of_others(cast.mia) == before


@pytest.mark.parametrize("rule", RULES)
def test_a_huge_form_is_too_much(written: Diary, rule: str) -> None:
    pairs = (("note", "x" * (1024 * 1024 + 1)),)
    path = _filled(rule, {"on": "2026-11-09", "slug": "safety", "instrument": "peg"})
    assert send(written.client, path, Sent(pairs, FORM)) == 413


def test_the_addresses_are_all_there() -> None:
    assert {"/me/diary/<day:on>", "/me/questions", "/me/settings"} <= set(RULES)
    assert len(RULES) >= 8


def test_the_digest_sees_a_single_changed_row(cast: Cast, written: Diary) -> None:
    before = digest_of_others(cast.mia)
    with db.write_transaction() as session:
        session.get_one(Question, cast.ids["noor_question"]).body = "May I run?"
    assert digest_of_others(cast.mia) != before
    assert written.app.testing


@pytest.mark.sqlite
def test_the_digest_does_not_mind_ones_own_rows(cast: Cast, written: Diary) -> None:
    before = digest_of_others(cast.mia)
    written.save(TODAY, pain_average="9", base_version="1")
    assert digest_of_others(cast.mia) == before


@pytest.mark.parametrize("name", ["up", "down", "take_back"])
def test_another_persons_question_is_out_of_sight(cast: Cast, written: Diary, name: str) -> None:
    before = digest_of_others(cast.mia)
    answer = written.client.post("/me/questions", {name: str(cast.ids["noor_question"])})
    assert answer.status_code == 404
    assert digest_of_others(cast.mia) == before


def test_another_persons_key_writes_a_new_entry_of_ones_own(cast: Cast, written: Diary) -> None:
    with db.database().engine.connect() as connection:
        table = db.Base.metadata.tables["entry"]
        key = connection.scalar(
            table.select()
            .with_only_columns(table.c.entry_key)
            .where(table.c.episode_id == cast.noor.episode_id)
        )
    before = digest_of_others(cast.mia)
    written.save("/me/diary/2026-11-07", entry_key=str(key), pain_average="1")
    assert digest_of_others(cast.mia) == before
    assert written.versions(MONDAY - timedelta(days=2))[0].pain_average == 1
