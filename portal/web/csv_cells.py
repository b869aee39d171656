"""Cells of a CSV file that no spreadsheet takes for a formula (S-049).

A spreadsheet runs a cell that begins with = + - or @, even where something unseen stands before
it. What patients and staff typed may begin so; an apostrophe in front makes it plain text again,
and nothing else of it changes.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence

APOSTROPHE = "'"
_STARTS = frozenset("=+-@\t\r＝＋－＠﹢﹣﹦﹫")
_PLAIN_NUMBER = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?")
_UNSEEN = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})

Cell = str | int | float | None


def safe_cell(text: str) -> str:
    """Return a text that a spreadsheet shows as it is; a plain number stays one."""
    if not text or text[0].isalnum():  # as most cells are
        return text
    if _PLAIN_NUMBER.fullmatch(text) or not _may_run(text):
        return text
    return APOSTROPHE + text


def _may_run(text: str) -> bool:
    """Whether the first mark that can be seen, or a tab or line end before it, begins a formula."""
    for mark in text:
        if mark in _STARTS:
            return True
        if unicodedata.category(mark) not in _UNSEEN:
            return False
    return False


def lines(rows: Iterable[Sequence[Cell]]) -> str:
    """Return rows as CSV (RFC 4180), every text in them made safe; None is an empty cell."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerows(
        [safe_cell(cell) if isinstance(cell, str) else cell for cell in row] for row in rows
    )
    return out.getvalue()
