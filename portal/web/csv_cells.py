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
_TO_QUOTE = re.compile(r'[,"\r\n]')
_END = "\r\n"
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


def word(text: str) -> str:
    """Return what somebody typed as one cell of `plain_lines`: safe, and quoted where need be."""
    safe = safe_cell(text)
    return '"{}"'.format(safe.replace('"', '""')) if _TO_QUOTE.search(safe) else safe


def plain_lines(rows: Iterable[Sequence[Cell]]) -> str:
    """Return rows of numbers, codes and `word`s as `lines` does, looking at no cell again."""
    return "".join(
        [",".join(["" if cell is None else str(cell) for cell in row]) + _END for row in rows]
    )


def lines(rows: Iterable[Sequence[Cell]]) -> str:
    """Return rows as CSV (RFC 4180), every text in them made safe; None is an empty cell."""
    out = io.StringIO()
    csv.writer(out, lineterminator=_END).writerows(
        [safe_cell(cell) if isinstance(cell, str) else cell for cell in row] for row in rows
    )
    return out.getvalue()
