"""A Markdown page as the passages a reader reads, each with the line it stands on."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from portal.education.markdown import CAPTION, CITATION, PLACEHOLDER

MARKER: Final = re.compile(r"^\{(claims|drawings|help|evidence|compare)(?:: ([a-z0-9, -]+))?\}$")
_HEADING: Final = re.compile(r"^(#{1,6}) +(.*)$")
_ITEM: Final = re.compile(r"^\s*(?:[-*+]|\d+\.) +(?:\[ \] +)?(.*)$")
_RULE: Final = re.compile(r"^\|?[\s:|-]+\|[\s:|-]*$")
_ATTRIBUTES: Final = re.compile(r"\{:?\s*[#.][^}]*\}")
_IMAGE: Final = re.compile(r"!\[([^\]]*)\]\([^)]*\)")
_LINK: Final = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_QUOTED: Final = re.compile(r"<q>.*?</q>", re.DOTALL)
_TAG: Final = re.compile(r"</?[a-z][^>]*>")
_EMPHASIS: Final = re.compile(r"(\*\*|__|\*|(?<!\w)_|_(?!\w)|`)")


class Kind(StrEnum):
    """What a passage is; headings and table rows are not counted as sentences."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    ROW = "row"
    QUOTATION = "quotation"
    MARKER = "marker"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Passage:
    """Some lines that belong together; `level` is a heading's depth, else 0."""

    kind: Kind
    line: int
    source: str
    level: int = 0

    @property
    def text(self) -> str:
        """The words alone: no marks, addresses, citations or attributes."""
        return _plain(self.source)

    @property
    def unfilled(self) -> str:
        """The words alone, with `[[phone]]` and the like left for the clinic's own."""
        return _unfilled(self.source)

    @property
    def own_words(self) -> str:
        """The words that the page itself says: marked quotations are somebody else's."""
        return "" if self.kind is Kind.QUOTATION else _plain(_QUOTED.sub(" ", self.source))

    @property
    def citations(self) -> tuple[str, ...]:
        """The sources this passage cites."""
        return tuple(CITATION.findall(self.source))


def _plain(source: str) -> str:
    return PLACEHOLDER.sub(r"\1", _unfilled(source))


def _unfilled(source: str) -> str:
    text = _ATTRIBUTES.sub("", CITATION.sub("", source))
    text = _LINK.sub(r"\1", _IMAGE.sub(r"\1", text))
    text = _EMPHASIS.sub("", _TAG.sub("", text))
    return re.sub(r"\s+", " ", text.replace("|", " ")).strip()


def passages_in(body: str, *, first_line: int = 1) -> tuple[Passage, ...]:
    """The passages of a page in order."""
    found: list[Passage] = []
    for number, line in enumerate([*body.splitlines(), ""], first_line):
        fresh = _passage(line.rstrip(), number)
        if fresh is None:
            found.append(Passage(Kind.OTHER, number, ""))
        elif fresh.kind is Kind.PARAGRAPH and found and _goes_on(found[-1]):
            last = found.pop()
            found.append(Passage(last.kind, last.line, f"{last.source}\n{line.strip()}"))
        else:
            found.append(fresh)
    return tuple(passage for passage in found if passage.source)


def _goes_on(last: Passage) -> bool:
    return bool(last.source) and last.kind in {Kind.PARAGRAPH, Kind.ITEM, Kind.QUOTATION}


def _passage(line: str, number: int) -> Passage | None:
    words = line.strip()
    if not words:
        return None
    if MARKER.match(words):
        return Passage(Kind.MARKER, number, words)
    heading = _HEADING.match(words)
    if heading:
        return Passage(Kind.HEADING, number, heading.group(2), len(heading.group(1)))
    item = _ITEM.match(line)
    if item:
        return Passage(Kind.ITEM, number, item.group(1))
    return Passage(_kind_by_first_mark(words), number, words.removeprefix(">").strip() or ">")


def _kind_by_first_mark(words: str) -> Kind:
    if words.startswith(">"):
        return Kind.QUOTATION
    if words.startswith("|"):
        return Kind.OTHER if _RULE.match(words) else Kind.ROW
    if words.startswith(CAPTION):
        return Kind.ROW
    return Kind.OTHER if re.fullmatch(r"<[^>]*>", words) else Kind.PARAGRAPH


def lists_in(passages: tuple[Passage, ...]) -> Iterator[tuple[Passage, int]]:
    """Each list's first item with the number of its items."""
    run: list[Passage] = []
    for passage in (*passages, None):
        if passage is not None and passage.kind is Kind.ITEM:
            run.append(passage)
        elif run:
            yield run[0], len(run)
            run = []


def sentences_count(passages: tuple[Passage, ...]) -> tuple[Passage, ...]:
    """The passages whose sentences are read as sentences."""
    read = {Kind.PARAGRAPH, Kind.ITEM, Kind.QUOTATION}
    return tuple(passage for passage in passages if passage.kind in read)
