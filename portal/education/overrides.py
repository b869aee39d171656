"""A clinic's own pages over the portal's: added or put in place of one, under the same checks.

A page of the clinic that fails is left out with a notice for the administrator; the portal's own
page then stays where it was. The help block belongs to the portal and cannot be replaced.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from portal.education.article import Article
from portal.education.content import (
    CLAIMS,
    SOURCES,
    Library,
    Shelf,
    claims_in,
    refuse_unknown_sources,
    sources_in,
    yaml_of,
)
from portal.education.errors import ContentError
from portal.education.models import Claim, Source
from portal.education.rules import Finding, Weight, links_of, page_findings

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Shelved:
    """The library that is served, which of its pages are the clinic's, and what was left out."""

    library: Library
    own: frozenset[str] = frozenset()
    refused: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class _Additions:
    claims: Mapping[str, Claim]
    sources: Mapping[str, Source]
    refused: tuple[Finding, ...]


def with_own_pages(house: Library, folder: Path, *, today: date) -> Shelved:
    """The portal's library with the clinic's pages in it; whatever fails is left out and told."""
    if not folder.is_dir():
        return Shelved(house)
    more = _additions(house, folder)
    refused = list(more.refused)
    shelf = Shelf(
        folder, more.claims, more.sources, comparison=house.comparison, glossary=house.glossary
    )
    pages: list[Article] = []
    for path in [path for lang in house.help for path in sorted((folder / lang).glob("*.md"))]:
        try:
            page = shelf.article(path)
        except ContentError as error:
            refused.append(_told(error))
        else:
            pages.append(replace(page, file=f"instance/{page.file}"))
    library = _joined(house, pages, more)
    while wrong := {page.file: found for page in pages if (found := _faults(page, library, today))}:
        refused += [found for faults in wrong.values() for found in faults]
        pages = [page for page in pages if page.file not in wrong]
        library = _joined(house, pages, more)
    return Shelved(library, frozenset(page.file for page in pages), tuple(refused))


def _told(error: ContentError) -> Finding:
    key = f"key {error.key}: " if error.key else ""
    return Finding(f"instance/{error.file}", error.line, f"{key}{error.sentence}")


def _additions(house: Library, folder: Path) -> _Additions:
    """The clinic's own sources and claims beside the portal's; a broken file adds nothing."""
    sources, claims = dict(house.sources), dict(house.claims)
    refused: list[Finding] = []
    try:
        if (folder / SOURCES).exists():
            file = yaml_of(folder / SOURCES, folder)
            sources |= _new(sources_in(file), house.sources, file.file)
        if (folder / CLAIMS).exists():
            file = yaml_of(folder / CLAIMS, folder)
            added = _new(claims_in(file), house.claims, file.file)
            refuse_unknown_sources(added, sources, file)
            claims |= added
    except ContentError as error:
        refused.append(_told(error))
    return _Additions(MappingProxyType(claims), MappingProxyType(sources), tuple(refused))


def _new(added: Mapping[str, T], known: Mapping[str, object], file: str) -> Mapping[str, T]:
    for name in added:
        if name in known:
            told = f"{name!r} is already defined by the portal. Allowed: an id of its own."
            raise ContentError(told, file=file, key=name)
    return added


def _joined(house: Library, pages: list[Article], more: _Additions) -> Library:
    replaced = {page.path for page in pages}
    kept = [page for page in house.articles if page.path not in replaced]
    return replace(
        house,
        articles=tuple(
            sorted([*kept, *pages], key=lambda page: (page.front.lang, page.front.order))
        ),
        claims=more.claims,
        sources=more.sources,
    )


def _faults(page: Article, library: Library, today: date) -> list[Finding]:
    """Why a page of the clinic cannot be shown; a review date that passed is no such reason."""
    found = page_findings(page, library, today=today)
    faults = [one for one in found if one.weight is Weight.ERROR]
    others = [other for other in library.articles if other.path != page.path]
    line = page.lines.line_of(["order"])
    for other in others:
        if (other.front.lang, other.front.order) == (page.front.lang, page.front.order):
            told = f"{page.front.order} is also the order of {other.file}. Take another number."
            faults.append(Finding(page.file, line, told))
    faults += [Finding(page.file, page.first_line, told) for told in _lost(page, others)]
    return faults


def _lost(page: Article, others: list[Article]) -> list[str]:
    """The places of this page that other pages link to, and that it does not have."""
    wanted = {
        (anchor, other.file)
        for other in others
        for path, _, anchor in (target.partition("#") for target in links_of(other))
        if path == page.path and anchor
    }
    return [
        f"{file} links to the place {{#{anchor}}} of this page. Keep a heading of that name."
        for anchor, file in sorted(wanted)
        if anchor not in page.anchors
    ]
