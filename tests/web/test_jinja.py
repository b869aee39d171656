from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from portal.web.jinja import (
    clock_time,
    configure_jinja,
    day,
    day_short,
    day_year,
    listed,
    lower_first,
    minus,
    number1,
    weekday,
)

TUESDAY = date(2026, 11, 3)


def test_days_are_written_as_people_say_them() -> None:
    assert day(TUESDAY) == "3 November"
    assert day_short(TUESDAY) == "3 Nov"
    assert day_year(TUESDAY) == "3 November 2026"
    assert weekday(TUESDAY) == "Tuesday 3 November"


def test_a_time_has_two_digits_each() -> None:
    assert clock_time(datetime(2026, 11, 3, 9, 5, tzinfo=UTC)) == "09:05"
    assert clock_time(time(19, 42)) == "19:42"


@pytest.mark.parametrize(
    ("number", "written"),
    [(2.25, "2.3"), (2.35, "2.4"), (-2.25, "−2.3"), (0, "0.0"), (-0.04, "0.0"), (10, "10.0")],
)
def test_a_mean_is_rounded_half_away_from_zero(number: float, written: str) -> None:
    assert number1(number) == written


@given(st.decimals(-10, 10, places=3))
def test_a_rounded_mean_is_never_further_than_half_a_tenth(number: Decimal) -> None:
    assert abs(Decimal(number1(number).replace("−", "-")) - number) <= Decimal("0.05")


def test_a_minus_is_a_minus() -> None:
    assert minus(-3) == "−3"
    assert minus(3) == "3"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], ""),
        (["neck"], "neck"),
        (["neck", "hip"], "neck and hip"),
        (["a", "b", "c"], "a, b and c"),
    ],
)
def test_words_are_listed_as_people_do(words: list[str], said: str) -> None:
    assert listed(words) == said


def test_a_label_starts_small_in_a_sentence() -> None:
    assert lower_first("Left low back") == "left low back"
    assert lower_first("") == ""


def test_text_is_escaped_in_pages_and_left_alone_in_letters() -> None:
    app = Flask("portal", static_folder=None)
    configure_jinja(app)
    escapes = app.jinja_env.autoescape
    assert callable(escapes)
    assert escapes("home/today.html")
    assert escapes("sitemap.xml")
    assert escapes(None)
    assert not escapes("mail/reminder.txt")
