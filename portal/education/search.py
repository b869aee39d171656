"""Finding a page by the reader's own words; pure, and small enough to stay in memory."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from portal.education.content import Library
from portal.education.prose import Kind, Passage

LONGEST_QUERY: Final = 100
MOST_HITS: Final = 12
SNIPPET: Final = 180
TITLE_WEIGHT: Final = 8
WORD_WEIGHT: Final = 12
SHORTEST_STEM: Final = 3
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


_kept_stems = lru_cache(maxsize=2048)(stems)


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


def hits_for(query: str, entries: tuple[Entry, ...]) -> tuple[Hit, ...]:
    """What fits a query, glossary first, then the places that hold most of its words."""
    wanted = [word for word in stems(query[:LONGEST_QUERY]) if word not in TOO_COMMON]
    if not wanted:
        return ()
    scored = [(_score(entry, wanted), entry) for entry in entries]
    ranked = sorted((pair for pair in scored if pair[0]), key=lambda pair: -pair[0])
    return tuple(Hit(entry, _snippet(entry.text, set(wanted))) for _, entry in ranked[:MOST_HITS])


def _score(entry: Entry, wanted: list[str]) -> int:
    title, text = _kept_stems(entry.title), _kept_stems(entry.text)
    score = 0
    for word in wanted:
        inside = sum(found.startswith(word) for found in text)
        score += min(inside, 5) + TITLE_WEIGHT * any(found.startswith(word) for found in title)
        score += WORD_WEIGHT * (entry.is_term and word in title)
    found_words = sum(any(one.startswith(word) for one in (*title, *text)) for word in wanted)
    return score if found_words * 2 >= len(wanted) else 0


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
