"""Typed text in one Unicode form, in a time that grows with its length alone.

Normalising sorts each run of combining marks, which takes the square of the run's length and
stops every other thread meanwhile. So runs are broken as Unicode's stream-safe text format says
(UAX #15, section 13): after thirty marks stands an invisible joiner. No written language comes
near that; nothing is taken away.
"""

import unicodedata

LONGEST = 20_000
_MARKS = 30
_JOINER = "\u034f"


def composed(text: str) -> str:
    """Return text in Unicode's composed form (NFC).

    Text longer than any form takes comes back as it is, to be refused by its length.
    """
    if len(text) > LONGEST:
        return text
    return unicodedata.normalize("NFC", _stream_safe(text))


def _stream_safe(text: str) -> str:
    if text.isascii() or not any(map(_is_mark, set(text))):
        return text
    safe: list[str] = []
    run = 0
    for char in text:
        leading, trailing, is_all = _marks_of(char)
        if run + leading > _MARKS:
            safe.append(_JOINER)
            run = 0
        safe.append(char)
        run = run + leading if is_all else trailing
    return "".join(safe)


def _is_mark(char: str) -> bool:
    return bool(unicodedata.combining(unicodedata.normalize("NFD", char)[0]))


def _marks_of(char: str) -> tuple[int, int, bool]:
    """Return how many marks a character begins and ends with, and whether it is nothing else."""
    marks = [bool(unicodedata.combining(part)) for part in unicodedata.normalize("NFD", char)]
    if all(marks):
        return len(marks), len(marks), True
    return marks.index(False), marks[::-1].index(False), False
