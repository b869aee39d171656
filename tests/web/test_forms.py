import unicodedata

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from portal.web.forms import HouseForm, cleaned, long_text_field, one_line, text_field


class Letter(HouseForm):
    """A form with a line and a long text."""

    name = text_field("Name", limit=10, required="Enter a name.")
    text = long_text_field("Text", limit=20)


def sent(app: Flask, **typed: str) -> Letter:
    """The form as the browser sent it, judged."""
    with app.test_request_context("/", method="POST", data=typed):
        form = Letter(meta={"csrf": False})
        form.validate()
        form.problems()
    return form


@given(st.text())
def test_cleaned_text_has_no_control_characters(text: str) -> None:
    kinds = {unicodedata.category(char) for char in one_line(text)}
    assert not kinds & {"Cc", "Cs"}


@given(st.text())
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert cleaned(cleaned(text)) == cleaned(text)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("a\x00b\x07c", "abc"),
        ("  one\r\ntwo\rthree\n", "one\ntwo\nthree"),
        ("e\u0301", "\u00e9"),
        ("tab\there", "tab\there"),
        (None, ""),
        ("\ud800", ""),
    ],
)
def test_cleaned(typed: str | None, kept: str) -> None:
    assert cleaned(typed) == kept


def test_one_line_has_no_line_break() -> None:
    assert one_line("Mia\r\nBcc: x") == "Mia Bcc: x"


def test_missing_answer_is_one_problem_with_its_sentence(app: Flask) -> None:
    assert sent(app, name=" ").problems() == [("name", "Enter a name.")]


def test_over_long_answer_is_refused_aloud_and_kept(app: Flask) -> None:
    form = sent(app, name="Mia", text="x" * 23)
    assert form.problems() == [("text", "This is 3 characters too long. At most 20 fit here.")]
    assert form.text.data == "x" * 23


def test_line_breaks_of_browsers_count_once(app: Flask) -> None:
    assert sent(app, name="Mia", text="a\r\n" * 10 + "b").problems() == [
        ("text", "This is 1 character too long. At most 20 fit here.")
    ]


def test_problems_come_in_the_order_of_the_page(app: Flask) -> None:
    form = sent(app, name="", text="x" * 21)
    assert [name for name, _ in form.problems()] == ["name", "text"]


def test_refusal_found_later_is_a_problem_too(app: Flask) -> None:
    form = sent(app, name="Mia")
    form.refuse("name", "Somebody has this name.")
    assert form.problems() == [("name", "Somebody has this name.")]
