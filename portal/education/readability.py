"""How hard a page is to read: Flesch–Kincaid, worked out offline.

FK = 0.39 x words per sentence + 11.8 x syllables per word − 15.59. Syllables are the larger of
what the hyphenation patterns and a count of vowel groups find, so that the grade errs upwards.
A score never proves that a page is clear; it only stops the worst.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Final

from pyphen import Pyphen

_WORD: Final = re.compile(r"[A-Za-zÀ-ÿ]+(?:['’\-‑][A-Za-zÀ-ÿ]+)*|\d+(?:[.,\-]\d+)*")
_END: Final = re.compile(r"(?<=[.!?])[\"”’)]*\s+|(?<=:)\s*\n")
_ABBREVIATION: Final = re.compile(r"\b(Dr|Mr|Ms|Mrs|St|vs|e\.g|i\.e|etc)\.")
_DECIMAL: Final = re.compile(r"(?<=\d)\.(?=\d)")
_VOWELS: Final = re.compile(r"[aeiouyà-ÿ]+")
_HIATUS: Final = re.compile(r"(?<![tscg])i[ao]|[^q]ua|(?<!p)eo(?!u)|uo|ea$|ei(?=ng)|yi|ui(?=ng)")
_SILENT: Final = re.compile(r"(?<=[^aeiouy])es$|(?<=[^aeiouytd])ed$|(?<=[^l])e$|(?<=[aeiouy]l)e$")
_IRREGULAR: Final = {"every": 2, "everyone": 3, "evening": 2, "physiotherapist": 6}
_INNER: Final = re.compile(
    r"(?<=[^aeiouyl])e(?=(?:ly|less|ful|ment|thing|times?|one|body|where|what)$)|e(?=ness$)"
)
_SOUNDED: Final = re.compile(r"(?:[sxz]|ch|sh|ge|ce|se|ze)es$|[sxzcg]es$|^[^aeiouy]*e$")


@dataclass(frozen=True, slots=True)
class Reading:
    """The counts behind a grade."""

    sentences: int
    words: int
    syllables: int

    @property
    def words_per_sentence(self) -> float:
        """The average length of a sentence in words."""
        return self.words / self.sentences if self.sentences else 0.0

    @property
    def grade(self) -> float:
        """The US school grade; text without words has grade 0."""
        if not self.words:
            return 0.0
        return 0.39 * self.words_per_sentence + 11.8 * self.syllables / self.words - 15.59


def reading_of(passages: Iterable[str]) -> Reading:
    """The reading of several passages; the end of a passage ends its sentence."""
    found = [words_in(sentence) for passage in passages for sentence in sentences_in(passage)]
    told = [words for words in found if words]
    return Reading(
        sentences=len(told),
        words=sum(len(words) for words in told),
        syllables=sum(syllables_in(word) for words in told for word in words),
    )


def sentences_in(text: str) -> list[str]:
    """Sentences; abbreviations and decimals do not end one."""
    guarded = _ABBREVIATION.sub(lambda found: found.group(0).replace(".", "\0"), text)
    guarded = _DECIMAL.sub("\0", guarded)
    return [piece.replace("\0", ".") for piece in _END.split(guarded) if piece.strip()]


def words_in(text: str) -> list[str]:
    """Words and numbers; a hyphenated word is one."""
    return _WORD.findall(text)


@cache
def syllables_in(word: str) -> int:
    """Syllables of a word; a number has one for each of its digits."""
    if word[0].isdigit():
        return sum(mark.isdigit() for mark in word)
    if word.lower() in _IRREGULAR:
        return _IRREGULAR[word.lower()]
    return sum(
        max(_hyphenated(part), _vowel_groups(part)) for part in re.split(r"[\-‑]", word.lower())
    )


def _hyphenated(word: str) -> int:
    return len(_patterns().positions(word)) + 1


@cache
def _patterns() -> Pyphen:
    return Pyphen(lang="en_US")


def _vowel_groups(word: str) -> int:
    stem = re.sub(r"['’].*$", "", word)
    stem = _INNER.sub("", stem)
    if not _SOUNDED.search(stem):
        stem = _SILENT.sub("", stem)
    return max(1, len(_VOWELS.findall(stem)) + len(_HIATUS.findall(stem)))
