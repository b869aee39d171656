"""Finding a page by the reader's own words; pure, and small enough to stay in memory."""

import re
import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import lru_cache
from itertools import islice
from math import log
from typing import Final

from portal.education.content import Library
from portal.education.facts import ClinicFacts, words_of
from portal.education.markdown import PLACEHOLDER
from portal.education.models import SearchWords
from portal.education.prose import Kind, Passage

LONGEST_QUERY: Final = 100
MOST_HITS: Final = 12
SNIPPET: Final = 180
MOST_COUNTED: Final = 3
TITLE_WEIGHT: Final = 6
WHOLE_TITLE_WEIGHT: Final = 12
SIGN_WEIGHT: Final = 100
HELP_PAGE: Final = "safety"
SHORTEST_MISTYPED: Final = 4
ALIKE: Final = 0.77
SHORTEST_STEM: Final = 3
LAST_LETTER: Final = "~"
SAME: Final = {"intermuscular": "intramuscular"}
_END: Final = Passage(Kind.HEADING, 0, "{#end}")
NOTHING_SAID: Final = SearchWords(common="", words={}, signs="", places=())
_WORD: Final = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Entry:
    """A place that can be found."""

    title: str
    path: str
    text: str
    page: str = ""
    urgency: int = 0

    @property
    def name(self) -> str:
        """What it is called among places of other pages."""
        return f"{self.page}: {self.title}" if self.page else self.title


@dataclass(frozen=True, slots=True)
class Hit:
    """A place that was found; `snippet` is cut into words and (true) the words asked for."""

    entry: Entry
    snippet: tuple[tuple[str, bool], ...]

    def title(self, clinic: ClinicFacts) -> str:
        """What the place is called, with the clinic's own numbers."""
        return _filled(self.entry.name, clinic)

    def words(self, clinic: ClinicFacts) -> list[tuple[str, bool]]:
        """The snippet, with the clinic's own numbers and names."""
        return [(_filled(words, clinic), is_wanted) for words, is_wanted in self.snippet]


def _filled(text: str, clinic: ClinicFacts) -> str:
    words = words_of(clinic)[0]
    return PLACEHOLDER.sub(lambda found: words[found.group(1)], text)


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
    """Every section of every page, every sign that needs help, every word of the glossary."""
    found = [
        Entry(
            term.term,
            f"/glossary#{term.anchor}",
            " ".join((term.meaning, *term.also, f"({term.fr})")),
        )
        for term in library.glossary
    ]
    found += [Entry(place.title, place.path, place.text) for place in library.search.places]
    helping = library.article(HELP_PAGE, lang)
    if helping and lang in library.help:
        cards = _sections(Entry(helping.front.title, helping.path, ""), library.help[lang].passages)
        found += [replace(card, urgency=len(cards) - at) for at, card in enumerate(cards) if at]
    for page in library.in_language(lang):
        front = page.front
        found += _sections(Entry(front.title, page.path, front.summary), page.passages)
    return tuple(found)


def _sections(page: Entry, passages: Iterable[Passage]) -> list[Entry]:
    """A page up to its first heading, then each part that a link can lead to."""
    found: list[Entry] = []
    entry, words = page, [page.text]
    for passage in (*passages, _END):
        if passage.kind is Kind.HEADING and _place(passage):
            found.append(replace(entry, text=" ".join(words)))
            path = f"{page.path}{_place(passage)}"
            entry, words = Entry(passage.unfilled, path, "", page=page.title), []
        elif passage.kind is not Kind.MARKER:
            words.append(passage.unfilled)
    return found


def _place(heading: Passage) -> str:
    found = re.search(r"\{#([a-z0-9-]+)\}", heading.source)
    return f"#{found.group(1)}" if found else ""


class Index:
    """Entries with the places of every word in them, made once, so that a question is quick."""

    def __init__(self, entries: tuple[Entry, ...], said: SearchWords = NOTHING_SAID) -> None:
        self._entries = entries
        self._stand_ins = {stems(typed)[0]: stems(ours)[0] for typed, ours in said.words.items()}
        self._signs = frozenset(stems(said.signs))
        self._common = frozenset(stems(said.common))
        self._titles = [frozenset(stems(entry.title)) - self._common for entry in entries]
        places: dict[str, list[tuple[int, int]]] = {}
        self._held: list[frozenset[str]] = []
        for at, entry in enumerate(entries):
            counted = Counter(stems(f"{entry.page} {entry.text}"))
            self._held.append(frozenset(counted))
            for word in {*counted, *self._titles[at]}:
                places.setdefault(word, []).append((at, counted[word]))
        self._places = places
        self._words = sorted(places)

    def hits(self, query: str) -> tuple[Hit, ...]:
        """What fits a query: signs that need help first, then what holds most of its words.

        A rare word is worth more than a common one, and a word in a title more than one below it.
        """
        wanted = [word for word in stems(query[:LONGEST_QUERY]) if word not in self._common]
        meant = [self._meant_by(word) for word in wanted]
        found: dict[int, list[float]] = {}
        for words in meant:
            for at, score in self._scores(words).items():
                found.setdefault(at, []).append(score)
        marked = {word for words in meant for word in words}
        scores = {
            at: (sum(each) + self._whole_title(at, marked)) * (len(each) / len(wanted)) ** 2
            + self._urgency(at, marked)
            for at, each in found.items()
            if len(each) * 2 >= len(wanted)
        }
        best: dict[str, int] = {}
        for at in sorted(scores, key=lambda at: (-scores[at], at)):
            best.setdefault(self._entries[at].path, at)
        return tuple(
            Hit(self._entries[at], _snippet(self._entries[at].text, marked))
            for at in islice(best.values(), MOST_HITS)
        )

    def _whole_title(self, at: int, words: set[str]) -> float:
        """More for a title, the more of it was asked for."""
        title = self._titles[at]
        return WHOLE_TITLE_WEIGHT * len(title & words) / len(title) if title else 0

    def _urgency(self, at: int, words: set[str]) -> int:
        """Most for help with a sign of harm, the most urgent first."""
        urgency = self._entries[at].urgency
        return SIGN_WEIGHT * urgency * len(words & self._signs & self._held[at]) if urgency else 0

    def _meant_by(self, word: str) -> list[str]:
        """Words of the pages: that begin with the word or its stand-in; else the most alike."""
        typed = [word, self._stand_ins[word]] if word in self._stand_ins else [word]
        found = [one for start in typed for one in self._beginning_with(start)]
        if found or len(word) < SHORTEST_MISTYPED:
            return found
        near = self._beginning_with(word[0])
        return get_close_matches(word, near, n=1, cutoff=ALIKE)

    def _scores(self, words: list[str]) -> dict[int, float]:
        """What a typed word is worth in each entry that holds one of the words meant by it."""
        inside: Counter[int] = Counter()
        in_title: set[int] = set()
        for one in words:
            for at, count in self._places[one]:
                inside[at] += count
                if one in self._titles[at]:
                    in_title.add(at)
        rarity = log(1 + len(self._entries) / max(1, len(inside)))
        return {
            at: rarity * (min(count, MOST_COUNTED) + TITLE_WEIGHT * (at in in_title))
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
