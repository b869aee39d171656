"""Guessing a mistyped word; pure.

How far a guess may go was measured (`tests/education/test_spelling.py`): with thousands of real
misspellings, and with thousands of words that are spelt right and stand on no page.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from portal.education.stems import stem

SHORTEST_GUESSED: Final = 5
SHORTEST_CLOSE: Final = 6
SHORTEST_WITH_TWO_SLIPS: Final = 11


@dataclass(frozen=True, slots=True)
class Guess:
    """The word that was probably meant; `is_close` where hardly another one can be."""

    word: str
    is_close: bool


class Spelling:
    """Words that pages use, each with how often, and words known to be right."""

    def __init__(self, told: Mapping[str, int], right: Iterable[str] = ()) -> None:
        self._right = frozenset(map(stem, right))
        self._by_first: dict[str, list[tuple[str, frozenset[str]]]] = {}
        for word in sorted(told, key=lambda word: (-told[word], word)):
            if word.isalpha():
                self._by_first.setdefault(word[0], []).append((word, frozenset(word)))

    def guess(self, word: str) -> Guess | None:
        """The word with the fewest slips from a typed one, the most common first.

        Short words have too many neighbours, so nothing is guessed for them; people seldom
        mistake the first letter.
        """
        if len(word) < SHORTEST_GUESSED or stem(word) in self._right:
            return None
        for slips in range(1, 3 if len(word) >= SHORTEST_WITH_TWO_SLIPS else 2):
            for near in self._near(word, slips):
                return Guess(near, is_close=slips == 1 and len(word) >= SHORTEST_CLOSE)
        return None

    def _near(self, word: str, slips: int) -> Iterable[str]:
        letters = frozenset(word)
        return (
            known
            for known, its_letters in self._by_first.get(word[0], ())
            if abs(len(known) - len(word)) <= slips
            and len(letters ^ its_letters) <= 2 * slips
            and are_alike(word, known, slips=slips)
        )


def are_alike(one: str, other: str, *, slips: int) -> bool:
    """Whether so many slips make one word the other.

    A slip is a letter too many, a letter too few, a wrong letter, or two neighbours swapped.
    """
    same = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), None)
    if same is None:
        return abs(len(one) - len(other)) <= slips
    one, other = one[same:], other[same:]
    return slips > 0 and (
        are_alike(one[1:], other[1:], slips=slips - 1)
        or are_alike(one[1:], other, slips=slips - 1)
        or are_alike(one, other[1:], slips=slips - 1)
        or (one[:2] == other[1::-1] and are_alike(one[2:], other[2:], slips=slips - 1))
    )
