"""What the words that a reader typed mean in the words of our pages; pure."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from portal.education.facts import RegionFacts
from portal.education.models import SearchWords
from portal.education.spelling import Spelling
from portal.education.stems import plain_words, stem, stems

SHORTEST_START: Final = 4
LAST_LETTER: Final = "~"
NUMBERS: Final = ("emergency", "health_line", "crisis_line")
_NUMBER: Final = re.compile(r"\b\d(?:[\s-]?\d)*\b")


@dataclass(frozen=True, slots=True)
class Meant:
    """The words of our pages that a typed word is looked up as.

    `signs` are those among them that tell of harm; `taken` is the word that a mistyped one was
    taken for, if it was.
    """

    words: tuple[str, ...]
    signs: frozenset[str] = frozenset()
    taken: str = ""


SAYS_NOTHING: Final = Meant(())


class Vocabulary:
    """The words of our pages, and what else people type for them."""

    def __init__(self, told: Mapping[str, int], said: SearchWords) -> None:
        self._stems = sorted({stem(word) for word in told})
        self._stand_ins = {key.replace("-", " "): value for key, value in said.words.items()}
        self._longest = max((len(key.split()) for key in self._stand_ins), default=1)
        self._signs = frozenset({*plain_words(said.signs), *NUMBERS})
        self._sign_stems = frozenset(map(stem, self._signs))
        self.common = frozenset(stems(said.common))
        single = dict.fromkeys((key for key in self._stand_ins if " " not in key), 0)
        known = dict.fromkeys(plain_words(said.common), 0) | single | dict(told)
        self._spelling = Spelling(known, right=plain_words(said.spelt))

    def meant_by(self, query: str, region: RegionFacts) -> list[Meant]:
        """What each word of a query is looked up as, once, without those that say nothing."""
        numbers = {_digits(getattr(region, place)): place for place in NUMBERS}
        words = _NUMBER.sub(lambda found: numbers.get(_digits(found[0]), found[0]), query)
        meant = (self.read(phrase) for phrase in self._phrases(plain_words(words)))
        return [one for one in dict.fromkeys(meant) if one is not SAYS_NOTHING]

    def _phrases(self, words: tuple[str, ...]) -> Iterator[str]:
        """The words one by one, and together where there is a stand-in for several."""
        at = 0
        while at < len(words):
            several = (" ".join(words[at:end]) for end in range(at + self._longest, at + 1, -1))
            phrase = next((one for one in several if one in self._stand_ins), words[at])
            yield phrase
            at += len(phrase.split())

    def read(self, phrase: str) -> Meant:
        """What a word is looked up as, or several that have a stand-in together.

        A word with a stand-in is looked up as it is typed, the stand-in by how it begins.
        """
        stand_in = self._stand_ins.get(phrase) or self._stand_ins.get(phrase.removesuffix("s"))
        if stand_in:
            return self._with_signs(phrase, stand_in, self._exactly(stem(phrase)))
        if stem(phrase) in self.common:
            return SAYS_NOTHING
        found = self._with_signs(phrase, phrase)
        return found if found.words else self._mended(phrase)

    def _with_signs(self, typed: str, ours: str, more: tuple[str, ...] = ()) -> Meant:
        words = tuple(dict.fromkeys((*more, *self._beginning_with(stem(ours)))))
        is_sign = typed in self._signs or ours in self._signs
        return Meant(words, self._sign_stems.intersection(words) if is_sign else frozenset())

    def _mended(self, word: str) -> Meant:
        """A word that stands nowhere, as the one it was probably meant to be.

        A guess tells of harm only where it is close: nobody is to be sent to an emergency number
        by a word they did not type.
        """
        guess = self._spelling.guess(word)
        if guess is None:
            return Meant(())
        meant = self.read(guess.word)
        if meant is SAYS_NOTHING:
            return meant
        signs = meant.signs if guess.is_close else frozenset[str]()
        return replace(meant, signs=signs, taken=guess.word)

    def _exactly(self, word: str) -> tuple[str, ...]:
        return tuple(one for one in self._beginning_with(word) if one == word)

    def _beginning_with(self, word: str) -> tuple[str, ...]:
        """Words of our pages that begin so; a very short one begins too many, so it is itself."""
        start = bisect_left(self._stems, word)
        last = word + LAST_LETTER if len(word) >= SHORTEST_START else word + " "
        return tuple(self._stems[start : bisect_left(self._stems, last, start)])


def _digits(number: str) -> str:
    return "".join(mark for mark in number if mark.isdecimal())
