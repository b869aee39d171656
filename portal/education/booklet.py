"""All explainers on one sheet: one list of sources, one help block, and no more marks than needed.

On paper a link to the glossary leads nowhere, and the same source need not stand on each page.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from portal.education.article import Article, Drawings, Part, Prose
from portal.education.markdown import SafeHtml

_CITED: Final = re.compile(r'href="#source-(\d+)">\[\d+\]')
_TERM: Final = re.compile(r'<a class="term" href="[^"]*">([^<]*)</a>')
_NAMED: Final = re.compile(r' (?:href="#|for="|aria-labelledby=")([^"]+)"')
_PLACE: Final = re.compile(r' id="([^"]+)"')
_INDENT: Final = re.compile(r"\n\s+")
_BEFORE_A_BLOCK: Final = re.compile(
    r"\n(?=</?(?:article|circle|d[dlt]|desc|div|fig\w+|h\d|li|ol|p|path|rect|section|t\w+|ul)\b)"
)


@dataclass(frozen=True, slots=True)
class Booklet:
    """The pages in their order, and the sources of all of them, numbered once."""

    articles: tuple[Article, ...]
    sources: tuple[str, ...]


def booklet_of(articles: Iterable[Article]) -> Booklet:
    """The pages with the numbers that their sources have in the one list at the end.

    A drawing that two pages show stands on the first of them.
    """
    pages = tuple(articles)
    sources = tuple(dict.fromkeys(key for page in pages for key in page.front.sources))
    drawn: set[str] = set()
    return Booklet(tuple(_on_paper(page, sources, drawn) for page in pages), sources)


def _on_paper(page: Article, sources: tuple[str, ...], drawn: set[str]) -> Article:
    numbers = {
        str(old): sources.index(key) + 1 for old, key in enumerate(page.front.sources, start=1)
    }
    return replace(
        page,
        front=page.front.model_copy(update={"sources": sources}),
        sections=tuple(
            replace(section, parts=tuple(_part(part, numbers, drawn) for part in section.parts))
            for section in page.sections
        ),
    )


def _part(part: Part, numbers: Mapping[str, int], drawn: set[str]) -> Part:
    if isinstance(part, Drawings):
        fresh = tuple(name for name in part.names if name not in drawn)
        drawn.update(fresh)
        return Drawings(fresh)
    if isinstance(part, Prose):
        return Prose(_numbered(part.html, numbers))
    return part


def _numbered(html: SafeHtml, numbers: Mapping[str, int]) -> SafeHtml:
    """Words with the numbers of the one list, and without links to the glossary."""

    def cited(found: re.Match[str]) -> str:
        number = numbers[found.group(1)]
        return f'href="#source-{number}">[{number}]'

    return SafeHtml(_TERM.sub(r"\1", _CITED.sub(cited, html)))


def without_unused_places(html: str) -> str:
    """A finished page without the ids that nothing on it names."""
    used = {name for found in _NAMED.finditer(html) for name in found.group(1).split()}
    return _PLACE.sub(lambda found: found.group(0) if found.group(1) in used else "", html)


def without_spare_space(html: str) -> str:
    """A finished page without indents, and without line ends where a block or a shape begins.

    Between words and marks inside a line one line end stays, so no two words run together.
    """
    return _BEFORE_A_BLOCK.sub("", _INDENT.sub("\n", html))
