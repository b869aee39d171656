"""Finding a page by the reader's own words; pure, and small enough to stay in memory."""

import re
import unicodedata
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from heapq import nsmallest
from typing import Final

from portal.education.content import Library
from portal.education.prose import Kind, Passage

LONGEST_QUERY: Final = 100
MOST_HITS: Final = 12
SNIPPET: Final = 180
TITLE_WEIGHT: Final = 8
WORD_WEIGHT: Final = 12
SHORTEST_STEM: Final = 3
LAST_LETTER: Final = "~"
SAME: Final = {"intermuscular": "intramuscular"}
TOO_COMMON: Final = frozenset(
    {"a", "an", "and", "are", "can", "do", "does", "for", "how", "i", "in", "is", "it", "my"}
    | {"of", "on", "or", "the", "to", "what", "when", "why", "will", "with", "you", "your"}
)
_END: Final = Passage(Kind.HEADING, 0, "{#end}")
_WORD: Final = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Entry:
    """A place that can be found."""

    title: str
    path: str
    text: str
    is_term: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """A place that was found; `snippet` is cut into words and (true) the words asked for."""

    entry: Entry
    snippet: tuple[tuple[str, bool], ...]


def stems(text: str) -> tuple[str, ...]:
    """The words of a text as they are compared: plain letters, without a plural's end."""
    plain = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    return tuple(_stem(word) for word in _WORD.findall(plain))


@lru_cache(maxsize=8192)
def _stem(word: str) -> str:
    for ending in ("ing", "es", "ed", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_STEM:
            word = word.removesuffix(ending)
            break
    return SAME.get(word, word)


def entries_of(library: Library, lang: str = "en") -> tuple[Entry, ...]:
    """Every section of every page, and every word of the glossary."""
    found = [
        Entry(
            term.term,
            f"/glossary#{term.anchor}",
            " ".join((term.meaning, *term.also)),
            is_term=True,
        )
        for term in library.glossary
    ]
    for page in library.in_language(lang):
        title, place, words = page.front.title, "", [page.front.summary]
        for passage in (*page.passages, _END):
            if passage.kind is Kind.HEADING and _place(passage):
                found.append(Entry(title, f"{page.path}{place}", " ".join(words)))
                title, place = f"{page.front.title}: {passage.text}", _place(passage)
                words = []
            elif passage.kind is not Kind.MARKER:
                words.append(passage.text)
    return tuple(found)


def _place(heading: Passage) -> str:
    found = re.search(r"\{#([a-z0-9-]+)\}", heading.source)
    return f"#{found.group(1)}" if found else ""


class Index:
    """Entries with the places of every word in them, made once, so that a question is quick."""

    def __init__(self, entries: tuple[Entry, ...]) -> None:
        self._entries = entries
        self._titles = [frozenset(stems(entry.title)) for entry in entries]
        places: dict[str, list[tuple[int, int]]] = {}
        for at, entry in enumerate(entries):
            counted = Counter(stems(entry.text))
            for word in {*counted, *self._titles[at]}:
                places.setdefault(word, []).append((at, counted[word]))
        self._places = places
        self._words = sorted(places)

    def hits(self, query: str) -> tuple[Hit, ...]:
        """What fits a query, glossary first, then the places that hold most of its words."""
        wanted = [word for word in stems(query[:LONGEST_QUERY]) if word not in TOO_COMMON]
        scores: Counter[int] = Counter()
        found_words: Counter[int] = Counter()
        for word in wanted:
            for at, score in self._scores(word).items():
                scores[at] += score
                found_words[at] += 1
        fitting = [at for at in scores if found_words[at] * 2 >= len(wanted)]
        best = nsmallest(MOST_HITS, fitting, key=lambda at: (-scores[at], at))
        marked = set(wanted)
        return tuple(
            Hit(self._entries[at], _snippet(self._entries[at].text, marked)) for at in best
        )

    def _scores(self, word: str) -> dict[int, int]:
        """What one word is worth in each entry that holds it, or a word that begins with it."""
        inside: Counter[int] = Counter()
        in_title: set[int] = set()
        for one in self._beginning_with(word):
            for at, count in self._places[one]:
                inside[at] += count
                if one in self._titles[at]:
                    in_title.add(at)
        return {
            at: min(count, 5)
            + TITLE_WEIGHT * (at in in_title)
            + WORD_WEIGHT * (self._entries[at].is_term and word in self._titles[at])
            for at, count in inside.items()
        }

    def _beginning_with(self, word: str) -> list[str]:
        start = bisect_left(self._words, word)
        end = bisect_left(self._words, word + LAST_LETTER, start)
        return self._words[start:end]


def _snippet(text: str, wanted: set[str]) -> tuple[tuple[str, bool], ...]:
    words = text.split()
    marked = [any(stem in wanted for stem in stems(word)) for word in words]
    start = max(0, (marked.index(True) if True in marked else 0) - 8)
    pieces: list[tuple[str, bool]] = [("… ", False)] if start else []
    length = 0
    for word, is_wanted in zip(words[start:], marked[start:], strict=True):
        length += len(word) + 1
        if length > SNIPPET:
            pieces.append(("…", False))
            break
        pieces += [(word, is_wanted), (" ", False)]
    return tuple(pieces)
