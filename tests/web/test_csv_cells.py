"""No cell is a formula to a spreadsheet, and nothing else of it changes (S-049)."""

import csv
import io
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from portal.web.csv_cells import lines, plain_lines, safe_cell, word

RUNS = "=+-@＝＋－＠﹢﹣﹦﹫"
TYPED = st.text(max_size=30) | st.builds(
    "".join,
    st.tuples(
        st.text(" \t\r\n\x00\u200b\u2028\u2029\ufeff", max_size=4), st.sampled_from(RUNS), st.text()
    ),
)


def what_stands_first(text: str) -> str:
    """The first mark of a cell once everything that nobody sees is trimmed."""
    return re.sub(r"^[\s\x00-\x1f\u200b-\u200f\ufeff\u2060]+", "", text)[:1]


def is_number(text: str) -> bool:
    return re.fullmatch(r"[+-]?[0-9]+([.,][0-9]+)?", text) is not None


@given(TYPED)
@example("=1+1")
@example("\t=cmd|' /C calc'!A0")
@example("\ufeff@SUM(A1)")
@example("＝1")
@example("﹦1")
@example("\u2028=1")
@example("\u2029=1")
@example("-2+3+cmd")
@example("+")
def test_s049_no_cell_begins_like_a_formula(text: str) -> None:
    made = safe_cell(text)
    assert is_number(made) or what_stands_first(made) not in set(RUNS)
    assert not made.startswith(("\t", "\r"))


@given(TYPED)
def test_guard_is_one_apostrophe_in_front_and_nothing_else(text: str) -> None:
    assert safe_cell(text) in {text, f"'{text}"}


@pytest.mark.parametrize("text", ["-3", "+3", "-3.5", "0", "12,5", "3 times", "a=b", "", "'tis"])
def test_plain_numbers_and_words_stay_as_they_are(text: str) -> None:
    assert safe_cell(text) == text


@pytest.mark.parametrize("text", ["-", "+1-555-0100", "=1", "-1e5", "@me", "\tx", "\rx", "−=1"])
def test_what_is_no_plain_number_is_guarded_where_it_may_run(text: str) -> None:
    assert safe_cell(text) == (text if text.startswith("−") else f"'{text}")


@given(st.lists(st.lists(TYPED | st.integers(-9, 9) | st.none(), min_size=2, max_size=4)))
def test_rows_come_back_as_they_were_written(rows: list[list[str | int | None]]) -> None:
    read = list(csv.reader(io.StringIO(lines(rows), newline="")))
    said = [["" if one is None else safe_cell(str(one)) for one in row] for row in rows]
    assert read == said


@given(st.lists(st.lists(TYPED | st.integers(-9, 9) | st.none(), min_size=2, max_size=4)))
def test_lines_of_words_are_the_same_as_lines(rows: list[list[str | int | None]]) -> None:
    words = [[word(one) if isinstance(one, str) else one for one in row] for row in rows]
    assert plain_lines(words) == lines(rows)
