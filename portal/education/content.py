"""The library: every page, claim and source, loaded once and never changed.

A file that cannot be used stops the start with one sentence that names file, line, key and what
is allowed.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Final

import frontmatter

from portal.education.article import (
    Article,
    Claims,
    Compared,
    Drawings,
    Help,
    HelpBlock,
    HelpCard,
    Part,
    Prose,
    Registry,
    Section,
)
from portal.education.errors import ContentError
from portal.education.facts import PLACES
from portal.education.markdown import (
    PLACEHOLDER,
    Renderer,
    SafeHtml,
    SafeSection,
    cut,
    link_terms,
    sections,
)
from portal.education.models import Claim, FrontMatter, HelpFront, SearchWords, Source, Term
from portal.education.prose import passages_in
from portal.education.registry import (
    CHANGES,
    COMPARE,
    Change,
    Comparison,
    changes_in,
    comparison_in,
)
from portal.education.yaml_file import YamlText

CLAIMS: Final = "claims.yaml"
SOURCES: Final = "sources.yaml"
GLOSSARY: Final = "glossary.yaml"
SEARCH: Final = "search.yaml"
HELP: Final = "blocks/get-help.md"
LARGEST_FILE: Final = 200_000

_MARKED: Final = re.compile(
    r"<p>\{(claims|drawings|help|evidence|compare)(?:: ([a-z0-9, -]+))?\}</p>"
)
_FENCE: Final = re.compile(r"\A---\n(.*?\n)---\n", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Library:
    """All content of the portal."""

    folder: Path
    articles: tuple[Article, ...]
    claims: Mapping[str, Claim]
    sources: Mapping[str, Source]
    help: Mapping[str, HelpBlock]
    glossary: tuple[Term, ...]
    comparison: Comparison | None
    changes: tuple[Change, ...]
    search: SearchWords
    claim_lines: YamlText
    source_lines: YamlText

    def article(self, slug: str, lang: str = "en") -> Article | None:
        """One page, or None where there is none of this name and language."""
        return next((found for found in self.in_language(lang) if found.slug == slug), None)

    def pages_showing(self, claim: Claim, lang: str = "en") -> tuple[Article, ...]:
        """The pages on which a claim stands."""
        return tuple(page for page in self.in_language(lang) if claim in page.claims)

    def pages_using(self, term: Term, lang: str = "en") -> tuple[Article, ...]:
        """The pages whose words lead to a word of the glossary."""
        place = f"/glossary#{term.anchor}"
        return tuple(page for page in self.in_language(lang) if place in page.terms)

    def changed_on(self, claim: Claim) -> date | None:
        """The day since when a claim stands as it does."""
        return next((change.day for change in self.changes if change.claim == claim.id), None)

    def in_language(self, lang: str) -> tuple[Article, ...]:
        """The pages of one language in their order."""
        return tuple(article for article in self.articles if article.front.lang == lang)


def load_library(folder: Path) -> Library:
    """Everything under a content folder; raises ContentError at the first file it cannot use."""
    sources_file = yaml_of(folder / SOURCES, folder)
    claims_file = yaml_of(folder / CLAIMS, folder)
    sources = sources_in(sources_file)
    claims = claims_in(claims_file)
    refuse_unknown_sources(claims, sources, claims_file)
    comparison = (
        comparison_in(yaml_of(folder / COMPARE, folder), sources)
        if (folder / COMPARE).exists()
        else None
    )
    glossary = _glossary(folder)
    shelf = Shelf(folder, claims, sources, comparison=comparison, glossary=glossary)
    languages = sorted(path.parent.parent.name for path in folder.glob(f"*/{HELP}"))
    articles = [
        shelf.article(path) for lang in languages for path in sorted((folder / lang).glob("*.md"))
    ]
    _refuse_shared_order(articles)
    return Library(
        folder=folder,
        articles=tuple(sorted(articles, key=lambda page: (page.front.lang, page.front.order))),
        claims=MappingProxyType(claims),
        sources=MappingProxyType(sources),
        help=MappingProxyType({lang: shelf.help(folder / lang / HELP) for lang in languages}),
        glossary=glossary,
        comparison=shelf.comparison,
        changes=(
            changes_in(yaml_of(folder / CHANGES, folder), claims)
            if (folder / CHANGES).exists()
            else ()
        ),
        search=_search_words(folder),
        claim_lines=claims_file,
        source_lines=sources_file,
    )


def named(path: Path, folder: Path) -> str:
    """A content file as its writer knows it: content/en/the-grasp.md."""
    return f"{folder.name}/{path.relative_to(folder).as_posix()}"


def yaml_of(path: Path, folder: Path) -> YamlText:
    """A YAML file of the content folder."""
    return YamlText(_read(path, folder), file=named(path, folder))


def _read(path: Path, folder: Path) -> str:
    if path.exists() and path.stat().st_size > LARGEST_FILE:
        told = f"this file is larger than {LARGEST_FILE // 1000} kB. Split it into several pages."
        raise ContentError(told, file=named(path, folder))
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ContentError("this file is missing.", file=named(path, folder)) from None
    except UnicodeDecodeError:
        raise ContentError("this file is not UTF-8 text.", file=named(path, folder)) from None


def sources_in(file: YamlText) -> dict[str, Source]:
    """The sources of a file by their ids."""
    if not isinstance(file.data, dict):
        raise ContentError("an id and a source under it are expected here.", file=file.file)
    return {str(key): file.as_model(Source, [key]) for key in file.data}


def _glossary(folder: Path) -> tuple[Term, ...]:
    """The words of the glossary from A to Z."""
    if not (folder / GLOSSARY).exists():
        return ()
    file = yaml_of(folder / GLOSSARY, folder)
    if not isinstance(file.data, dict):
        raise ContentError("an id and a word under it are expected here.", file=file.file)
    terms = [file.as_model(Term, [key]) for key in file.data]
    return tuple(sorted(terms, key=lambda term: term.term.casefold()))


def _search_words(folder: Path) -> SearchWords:
    """What search understands besides the words of the pages."""
    if not (folder / SEARCH).exists():
        return SearchWords(common="", words={}, signs="", places=())
    return yaml_of(folder / SEARCH, folder).as_model(SearchWords)


def claims_in(file: YamlText) -> dict[str, Claim]:
    """The claims of a file by their ids."""
    if not isinstance(file.data, list):
        raise ContentError("a list of claims is expected here.", file=file.file)
    claims: dict[str, Claim] = {}
    for index in range(len(file.data)):
        claim = file.as_model(Claim, [index])
        if claim.id in claims:
            line = file.line_of([index, "id"])
            raise ContentError(
                f"the claim {claim.id!r} is defined twice. Allowed: once.",
                file=file.file,
                line=line,
                key="id",
            )
        claims[claim.id] = claim
    return claims


def refuse_unknown_sources(
    claims: Mapping[str, Claim], sources: Mapping[str, Source], file: YamlText
) -> None:
    """Raises ContentError where a claim rests on a source that is not defined."""
    for index, claim in enumerate(claims.values()):
        for source in claim.sources:
            if source not in sources:
                raise _unknown_source(source, file.file, file.line_of([index, "sources"]))


def _unknown_source(source: str, file: str, line: int) -> ContentError:
    sentence = f"the source {source!r} is not defined. Allowed: the ids of {SOURCES}."
    return ContentError(sentence, file=file, line=line, key="sources")


def _refuse_shared_order(articles: Iterable[Article]) -> None:
    taken: dict[tuple[str, int], str] = {}
    for page in articles:
        place = (page.front.lang, page.front.order)
        if place in taken:
            raise ContentError(
                f"{place[1]} is also the order of {taken[place]}. Allowed: a number of its own.",
                file=page.file,
                line=page.lines.line_of(["order"]),
                key="order",
            )
        taken[place] = page.file


class Shelf:
    """Reads pages with the same claims, sources and renderer."""

    def __init__(
        self,
        folder: Path,
        claims: Mapping[str, Claim],
        sources: Mapping[str, Source],
        *,
        comparison: Comparison | None,
        glossary: tuple[Term, ...],
    ) -> None:
        self._words = {
            form: f"/glossary#{term.anchor}" for term in reversed(glossary) for form in term.forms
        }
        self.comparison = comparison
        self._folder = folder
        self._claims = claims
        self._sources = sources
        self._renderer = Renderer()

    def article(self, path: Path) -> Article:
        """One page; raises ContentError at the first thing that cannot be used."""
        lines, body, first_line = self._opened(path)
        front = lines.as_model(FrontMatter)
        for source in front.sources:
            if source not in self._sources:
                raise _unknown_source(source, lines.file, lines.line_of(["sources"]))
        if front.lang != path.parent.name:
            raise ContentError(
                f"{front.lang!r} is not this folder's language. Allowed: {path.parent.name}.",
                file=lines.file,
                line=lines.line_of(["lang"]),
                key="lang",
            )
        html = self._renderer.render(
            body, file=lines.file, sources=front.sources, first_line=first_line
        )
        html, terms = link_terms(html, self._words)
        return Article(
            slug=path.stem,
            file=lines.file,
            front=front,
            first_line=first_line,
            lines=lines,
            passages=passages_in(body, first_line=first_line),
            sections=tuple(
                Section(piece.anchor, piece.title, self._parts(piece, lines.file, body, first_line))
                for piece in sections(html)
            ),
            terms=terms,
        )

    def help(self, path: Path) -> HelpBlock:
        """The help block of a language."""
        lines, body, first_line = self._opened(path)
        html = self._renderer.render(body, file=lines.file, first_line=first_line)
        return HelpBlock(
            file=lines.file,
            front=lines.as_model(HelpFront),
            cards=tuple(
                HelpCard(piece.anchor, Prose(piece.title), Prose(piece.body))
                for piece in sections(html)
            ),
            passages=passages_in(body, first_line=first_line),
        )

    def _opened(self, path: Path) -> tuple[YamlText, str, int]:
        """Front matter, body and the body's first line; unknown placeholders are refused."""
        file = named(path, self._folder)
        text = _read(path, self._folder)
        fence = _FENCE.match(text)
        if fence is None:
            raise ContentError("front matter between two lines of --- is expected.", file=file)
        lines = YamlText(fence.group(1), file=file, first_line=2)
        body = frontmatter.parse(text)[1]
        first_line = 1 + text.count("\n", 0, text.index(body)) if body else 1
        for found in PLACEHOLDER.finditer(body):
            if found.group(1) not in PLACES:
                raise ContentError(
                    f"{found.group(0)} is not known. Allowed: {', '.join(PLACES)}.",
                    file=file,
                    line=first_line + body.count("\n", 0, found.start()),
                )
        return lines, body, first_line

    def _parts(
        self, section: SafeSection, file: str, body: str, first_line: int
    ) -> tuple[Part, ...]:
        parts: list[Part] = []
        for piece in cut(section.body, _MARKED):
            if isinstance(piece, str):
                if piece.strip():
                    parts.append(Prose(SafeHtml(piece)))
            else:
                line = first_line + body.count("\n", 0, body.find(piece.group(0)[3:-4]))
                parts.append(self._marked(piece.group(1), piece.group(2) or "", file, line))
        return tuple(parts)

    def _compared(self, names: tuple[str, ...], file: str, line: int) -> Part:
        kinds = {kind.id for kind in self.comparison.kinds} if self.comparison else set()
        if self.comparison is None or not set(names) <= kinds:
            told = f"a kind is not known. Allowed: {', '.join(sorted(kinds)) or 'none'}."
            raise ContentError(told, file=file, line=line)
        return Compared(self.comparison.only(*names))

    def _marked(self, kind: str, named_after: str, file: str, line: int) -> Part:
        names = tuple(name.strip() for name in named_after.split(",") if name.strip())
        if kind in {"help", "evidence"}:
            return Help() if kind == "help" else Registry()
        if not names:
            raise ContentError(f"{{{kind}}} names nothing. Allowed: ids.", file=file, line=line)
        if kind == "drawings":
            return Drawings(names)
        if kind == "compare":
            return self._compared(names, file, line)
        for name in names:
            if name not in self._claims:
                raise ContentError(
                    f"the claim {name!r} is not defined. Allowed: the ids of {CLAIMS}.",
                    file=file,
                    line=line,
                    key="claims",
                )
        return Claims(tuple(self._claims[name] for name in names))
