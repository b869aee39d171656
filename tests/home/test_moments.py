"""Which section of an explainer a patient is shown, and when none is."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from portal.diary.queries import Appointment
from portal.education.keeper import house_keeper
from portal.home.moments import RULES, Situation, moment_for

TODAY = date(2026, 11, 9)
QUIET = Situation(
    today=TODAY,
    visits=(),
    has_entries=True,
    has_flag=False,
    felt_grasp=False,
    last_written=TODAY,
    has_questions=True,
)


@pytest.fixture(autouse=True)
def _words(app: Flask) -> None:
    """Reasons are said in the reader's language, so they need the application."""
    assert app


def visit(days: int, *, is_held: bool | None = None, is_needling: bool = True) -> Appointment:
    """A visit so many days from today; in the past it was held."""
    held = days <= 0 if is_held is None else is_held
    return Appointment(
        on=TODAY + timedelta(days=days),
        at=None,
        number=None,
        is_held=held,
        is_needling=is_needling and held,
        practitioner="Ana Costa",
        profession="physiotherapist",
    )


AFTER_THREE = replace(QUIET, visits=(visit(-3),), soreness=4)
CASES = [
    (AFTER_THREE, "/learn/after-your-visit#later", "still sore, and had needling 3 days ago"),
    (replace(QUIET, words="A big bruise today."), "/learn/safety#risks", "about a bruise"),
    (
        replace(QUIET, visits=(visit(-1),), words="So drowsy."),
        "/learn/after-your-visit#what",
        "tired after needling",
    ),
    (replace(QUIET, visits=(visit(0),)), "/learn/after-your-visit#what", "needling today"),
    (replace(QUIET, visits=(visit(-2),)), "/learn/after-your-visit", "needling 2 days ago"),
    (replace(QUIET, felt_grasp=True), "/learn/the-grasp", "grab the needle"),
    (
        replace(QUIET, visits=(visit(9),), words="I am scared of it."),
        "/learn/the-grasp#stop",
        "you are afraid",
    ),
    (replace(QUIET, visits=(visit(3),)), "/learn/before-your-visit", "first visit is in 3 days"),
    (
        replace(QUIET, visits=(visit(-20), visit(1)), has_questions=False),
        "/learn/before-your-visit#ask",
        "visit is tomorrow, and no question",
    ),
    (
        replace(QUIET, visits=(visit(-20), visit(2))),
        "/learn/after-your-visit#tell-us",
        "visit is in 2 days",
    ),
    (
        replace(QUIET, visits=tuple(visit(-days) for days in (10, 20, 30, 40))),
        "/learn/questions#no-change",
        "had 4 visits",
    ),
    (
        replace(QUIET, last_written=TODAY - timedelta(days=7)),
        "/learn/your-diary#when",
        "nothing was written for a week",
    ),
    (replace(QUIET, has_entries=False, last_written=None), "/learn/your-diary", "starts here"),
]


@pytest.mark.parametrize(("now", "href", "why"), CASES, ids=lambda one: str(one)[-24:])
def test_each_moment_has_its_section_and_its_reason(now: Situation, href: str, why: str) -> None:
    shown = moment_for(now)
    assert shown is not None
    assert shown.href == href
    assert why in shown.why


def test_there_is_a_case_for_each_of_at_least_ten_rules() -> None:
    assert len(RULES) >= 10
    assert all(any(rule(now) for now, _, _ in CASES) for rule in RULES)


def test_quiet_day_shows_nothing() -> None:
    assert moment_for(QUIET) is None


@pytest.mark.parametrize(("now", "href", "why"), CASES, ids=lambda one: str(one)[-24:])
def test_nothing_is_shown_where_a_flag_was_ticked(now: Situation, href: str, why: str) -> None:
    assert href, why
    assert moment_for(replace(now, has_flag=True)) is None


@pytest.mark.parametrize(
    "now",
    [
        replace(AFTER_THREE, soreness=0),
        replace(AFTER_THREE, visits=(visit(-8),)),
        replace(QUIET, words="A big bruise.", last_written=TODAY - timedelta(days=2)),
        replace(QUIET, visits=(visit(4),)),
        replace(QUIET, visits=(visit(-20), visit(4))),
        replace(QUIET, visits=(visit(-10), visit(-20), visit(-30))),
        replace(QUIET, words="I am scared of it."),
        replace(QUIET, last_written=TODAY - timedelta(days=6)),
    ],
    ids=range(8),
)
def test_rule_stops_at_its_edge(now: Situation) -> None:
    shown = moment_for(now)
    assert shown is None or shown.href == "/learn/after-your-visit"


def test_every_section_exists() -> None:
    library = house_keeper().library
    places = {page.path for page in library.articles}
    places |= {f"{page.path}#{anchor}" for page in library.articles for anchor in page.anchors}
    assert {one.href for now, _, _ in CASES if (one := moment_for(now))} <= places


@given(st.text(max_size=300), st.integers(0, 10))
def test_no_words_lead_to_reassurance_after_a_flag(words: str, soreness: int) -> None:
    now = replace(AFTER_THREE, words=words, soreness=soreness, has_flag=True)
    assert moment_for(now) is None
