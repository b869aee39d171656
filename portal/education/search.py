"""Finding a page by the reader's own words; pure, and small enough to stay in memory."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from math import log
from typing import Final

from portal.education.asked import Meant, Vocabulary
from portal.education.content import Library
from portal.education.facts import NO_CLINIC, ClinicFacts, RegionFacts, words_of
from portal.education.markdown import PLACEHOLDER
from portal.education.models import SearchWords
from portal.education.prose import Kind, Passage
from portal.education.stems import plain_words, stem, stems

LONGEST_QUERY: Final = 100
MOST_HITS: Final = 12
SNIPPET: Final = 180
MOST_COUNTED: Final = 3
TITLE_WEIGHT: Final = 6
WHOLE_TITLE_WEIGHT: Final = 12
SIGN_WEIGHT: Final = 100
HELP_PAGE: Final = "safety"
_END: Final = Passage(Kind.HEADING, 0, "{#end}")
NOTHING_SAID: Final = SearchWords(common="", words={}, signs="", places=())


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


@dataclass(frozen=True, slots=True)
class Hits:
    """The places that were found, best first, and the words that mistyped ones were taken for."""

    places: tuple[Hit, ...]
    taken: tuple[str, ...] = ()


def _filled(text: str, clinic: ClinicFacts) -> str:
    words = words_of(clinic)[0]
    return PLACEHOLDER.sub(lambda found: words[found.group(1)], text)


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
        told = [plain_words(f"{entry.page} {entry.text}") for entry in entries]
        titles = [plain_words(entry.title) for entry in entries]
        counts = Counter(word for words in (*told, *titles) for word in words)
        self.vocabulary = Vocabulary(counts, said)
        self._titles = [frozenset(map(stem, title)) - self.vocabulary.common for title in titles]
        self._held: list[frozenset[str]] = []
        self._places: dict[str, list[tuple[int, int, bool]]] = {}
        for at, words in enumerate(told):
            counted = Counter(map(stem, words))
            self._held.append(frozenset({*counted, *self._titles[at]}))
            for word in self._held[at]:
                place = (at, counted[word], word in self._titles[at])
                self._places.setdefault(word, []).append(place)

    def hits(self, query: str, region: RegionFacts = NO_CLINIC.region) -> Hits:
        """What fits a query: signs that need help first, then what holds most of its words.

        A rare word is worth more than a common one, and a word in a title more than one below it.
        The numbers to call are those of `region`.
        """
        meant = self.vocabulary.meant_by(query[:LONGEST_QUERY], region)
        found: dict[int, list[float]] = {}
        for one in meant:
            for at, score in self._scores(one.words).items():
                found.setdefault(at, []).append(score)
        marked = {word for one in meant for word in one.words}
        scores = {
            at: (sum(each) + self._whole_title(at, marked)) * (len(each) / len(meant)) ** 2
            + self._urgency(at, meant)
            for at, each in found.items()
            if len(each) * 2 >= len(meant)
        }
        best: dict[str, int] = {}
        for at in sorted(scores, key=lambda at: (-scores[at], at)):
            best.setdefault(self._entries[at].path, at)
        return Hits(
            tuple(
                Hit(self._entries[at], _snippet(self._entries[at].text, marked))
                for at in islice(best.values(), MOST_HITS)
            ),
            tuple(dict.fromkeys(one.taken for one in meant if one.taken)),
        )

    def _whole_title(self, at: int, words: set[str]) -> float:
        """More for a title, the more of it was asked for."""
        title = self._titles[at]
        return WHOLE_TITLE_WEIGHT * len(title & words) / len(title) if title else 0

    def _urgency(self, at: int, meant: Iterable[Meant]) -> int:
        """Most for help with a sign of harm, the most urgent first."""
        urgency = self._entries[at].urgency
        held = self._held[at]
        return urgency and SIGN_WEIGHT * urgency * sum(bool(one.signs & held) for one in meant)

    def _scores(self, words: Sequence[str]) -> dict[int, float]:
        """What a typed word is worth in each entry that holds one of the words meant by it."""
        inside: dict[int, int] = {}
        in_title: set[int] = set()
        for one in words:
            for at, count, is_in_title in self._places.get(one, ()):
                inside[at] = inside.get(at, 0) + count
                if is_in_title:
                    in_title.add(at)
        rarity = log(1 + len(self._entries) / max(1, len(inside)))
        return {
            at: rarity * (min(count, MOST_COUNTED) + TITLE_WEIGHT * (at in in_title))
            for at, count in inside.items()
        }


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
