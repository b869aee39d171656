"""The content check: what every page must be before anybody reads it.

The same function runs in the command, at start and in the tests. Errors stop a release; a review
date that has passed is a warning here and a notice on the page, not a dead site.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from typing import Final

from portal import clock
from portal.education.article import Article, Drawings, Help, HelpBlock
from portal.education.content import Library, load_library
from portal.education.errors import ContentError
from portal.education.lint import forbidden_in, other_spellings_in, shares_in
from portal.education.models import Claim
from portal.education.prose import Kind, lists_in, sentences_count
from portal.education.readability import Reading, reading_of, sentences_in, words_in

HARDEST_GRADE: Final = 8.0
GOAL_GRADE: Final = 6.0
HARDEST_HELP: Final = 5.0
LONGEST_SENTENCE: Final = 25
LONGEST_AVERAGE: Final = 15.0
LONGEST_LIST: Final = 7
SHAPE: Final = ("short", "what", "feel", "sure", "risks", "tell-us", "help", "ask")
LIGHT_SHAPE: Final = ("short", "what", "help", "ask")
LIGHT_PAGES: Final = frozenset({"evidence", "who-may-needle", "questions", "your-diary"})
OTHER_SPELLING_PAGE: Final = "what-is-ims"
HOME_CLAIMS: Final = ("effect-relax", "effect-blood", "effect-nerve")
SITE_PATHS: Final = frozenset(
    {"/", "/about", "/accessibility", "/contact", "/glossary", "/how-pages-are-checked", "/learn/"}
    | {"/privacy", "/search"}
)
DRAWINGS: Final = Path(__file__).parent.parent / "templates" / "education" / "drawings"
IMAGES: Final = Path(__file__).parent.parent / "static"

_LINK: Final = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s]*)[^)]*\)")
_NUMBER: Final = re.compile(r"(?<![\w-])\d[\d,.]*")
_HELP_NUMBERS: Final = re.compile(r"\b(?:911|811|9-8-8|988)\b")


class Weight(StrEnum):
    """What a finding stops: an error the release, a warning nothing."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to change, where, and what to do."""

    file: str
    line: int
    sentence: str
    weight: Weight = Weight.ERROR


@dataclass(frozen=True, slots=True)
class PageRow:
    """How a page reads, for the table of the command."""

    file: str
    reading: Reading
    claims: int
    sources: int
    next_review: date


@dataclass(frozen=True, slots=True)
class Report:
    """All findings of a content folder, and a row for each page."""

    findings: tuple[Finding, ...]
    pages: tuple[PageRow, ...] = ()

    @property
    def errors(self) -> tuple[Finding, ...]:
        """What stops a release."""
        return tuple(found for found in self.findings if found.weight is Weight.ERROR)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """What somebody should look at soon."""
        return tuple(found for found in self.findings if found.weight is Weight.WARNING)


def check_library(path: Path, *, today: date | None = None) -> Report:
    """Every finding of a content folder; a file that cannot be read at all is one finding."""
    try:
        library = load_library(path)
    except ContentError as error:
        key = f"key {error.key}: " if error.key else ""
        return Report((Finding(error.file, error.line, f"{key}{error.sentence}"),))
    return report_on(library, today=today or clock.now().date())


def open_library(path: Path) -> Library:
    """The library for serving; raises ContentError at the first error of the check."""
    library = load_library(path)
    for found in report_on(library, today=clock.now().date()).errors:
        raise ContentError(found.sentence, file=found.file, line=found.line)
    return library


def report_on(library: Library, *, today: date) -> Report:
    """The findings on a library that could be read."""
    findings = [*_unused(library), *_claim_words(library), *_glossary_words(library)]
    for block in library.help.values():
        findings += _help_block(block)
    for page in library.articles:
        findings += [
            *_headings(page),
            *_links(page, library),
            *_words(page),
            *_shape(page),
            *_numbers(page),
            *_evidence(page),
            *_reading(page),
            *_drawings(page),
            *_review(page, today),
        ]
    rows = [
        PageRow(
            page.file,
            reading_on(page),
            len(page.claims),
            len(page.front.sources),
            page.front.next_review,
        )
        for page in library.articles
    ]
    return Report(tuple(sorted(findings, key=lambda found: (found.file, found.line))), tuple(rows))


def reading_on(page: Article) -> Reading:
    """How a page reads: its own sentences and the claims it shows, without the help block."""
    passages = [passage.text for passage in sentences_count(page.passages)]
    return reading_of([*passages, *(part for claim in page.claims for part in claim.parts)])


def _unused(library: Library) -> Iterator[Finding]:
    shown = {claim.id for page in library.articles for claim in page.claims} | set(HOME_CLAIMS)
    listed = {source for page in library.articles for source in page.front.sources}
    for index, claim in enumerate(library.claims):
        if claim not in shown:
            lines = library.claim_lines
            yield Finding(
                lines.file,
                lines.line_of([index]),
                f"no page shows the claim {claim!r}. Cite it or take it out.",
            )
    for source in library.sources:
        if source not in listed:
            lines = library.source_lines
            yield Finding(
                lines.file,
                lines.line_of([source]),
                f"no page lists the source {source!r}. Cite it or take it out.",
            )


def _claim_words(library: Library) -> Iterator[Finding]:
    lines = library.claim_lines
    for index, claim in enumerate(library.claims.values()):
        for key in ("sentence", "clinics_say", "studies_show", "not_known"):
            text = str(getattr(claim, key))
            line = lines.line_of([index, key])
            yield from _forbidden(text, lines.file, line)
            yield from _long(text, lines.file, line)


def _glossary_words(library: Library) -> Iterator[Finding]:
    for term in library.glossary:
        yield from _forbidden(term.meaning, "content/glossary.yaml", 1)
        yield from _long(term.meaning, "content/glossary.yaml", 1)


def _help_block(block: HelpBlock) -> Iterator[Finding]:
    reading = reading_of(passage.text for passage in sentences_count(block.passages))
    if reading.grade > HARDEST_HELP:
        yield Finding(
            block.file,
            1,
            f"the help block reads at grade {reading.grade:.1f}. Allowed: {HARDEST_HELP:g}.",
        )
    for passage in block.passages:
        yield from _long(passage.text, block.file, passage.line)
        yield from _forbidden(passage.own_words, block.file, passage.line)


def _headings(page: Article) -> Iterator[Finding]:
    headings = [passage for passage in page.passages if passage.kind is Kind.HEADING]
    if not headings or page.passages[0] is not headings[0]:
        yield Finding(page.file, page.first_line, "a page begins with an h2 (##).")
    for before, passage in pairwise(headings):
        if passage.level > before.level + 1:
            yield Finding(
                page.file,
                passage.line,
                f"an h{passage.level} follows an h{before.level}. Headings never skip a step.",
            )


def _links(page: Article, library: Library) -> Iterator[Finding]:
    for passage in page.passages:
        for found in _LINK.finditer(passage.source):
            image, words, target = found.groups()
            told = _image(words, target) if image else _link(target, page, library)
            if told:
                line = passage.line + passage.source.count("\n", 0, found.start())
                yield Finding(page.file, line, told)
    told = _link(page.front.call_to_action.link, page, library)
    if told:
        yield Finding(page.file, page.lines.line_of(["call_to_action"]), told)


def _image(words: str, target: str) -> str:
    if not words.strip():
        return f"the picture {target!r} has no words for those who cannot see it."
    if not (IMAGES / target.removeprefix("/static/")).is_file():
        return f"there is no picture {target!r}."
    return ""


def _link(target: str, page: Article, library: Library) -> str:
    if re.match(r"[a-z]+:", target):
        return ""
    path, _, anchor = target.partition("#")
    linked = page if not path else next((a for a in library.articles if a.path == path), None)
    if linked is None:
        return "" if path in SITE_PATHS and not anchor else f"there is no page {target!r}."
    if anchor and anchor not in linked.anchors:
        return f"there is no place {anchor!r} on {linked.path}."
    return ""


def _words(page: Article) -> Iterator[Finding]:
    for key in ("title", "summary", "evidence_statement", "conflicts"):
        text = str(getattr(page.front, key))
        yield from _forbidden(text, page.file, page.lines.line_of([key]))
    for passage in page.passages:
        yield from _forbidden(passage.own_words, page.file, passage.line)
        for share in shares_in(passage.own_words):
            told = f"{share!r} hides its base. Say it as “20 of 100”."
            yield Finding(page.file, passage.line, told)
    spelled = [p for p in page.passages if other_spellings_in(p.own_words)]
    for passage in spelled[1 if page.slug == OTHER_SPELLING_PAGE else 0 :]:
        told = "“intermuscular” may stand only once, where the name is explained."
        yield Finding(page.file, passage.line, told)


def _forbidden(text: str, file: str, line: int) -> Iterator[Finding]:
    for sentence in sentences_in(text):
        for word in forbidden_in(sentence):
            yield Finding(
                file, line, f"{word!r} may not be said of IMS. Say what was seen instead."
            )


def _long(text: str, file: str, line: int) -> Iterator[Finding]:
    for sentence in sentences_in(text):
        words = len(words_in(sentence))
        if words > LONGEST_SENTENCE:
            told = f"a sentence has {words} words. Allowed: {LONGEST_SENTENCE}."
            yield Finding(file, line, told)


def _shape(page: Article) -> Iterator[Finding]:
    shape = LIGHT_SHAPE if page.slug in LIGHT_PAGES else SHAPE
    anchors = [section.anchor for section in page.sections]
    missing = [anchor for anchor in shape if anchor not in anchors]
    for anchor in missing:
        told = f"the section {{#{anchor}}} is missing. Needed, in order: {', '.join(shape)}."
        yield Finding(page.file, page.first_line, told)
    if not missing and [anchor for anchor in anchors if anchor in shape] != list(shape):
        told = f"the sections are out of order. Needed: {', '.join(shape)}."
        yield Finding(page.file, page.first_line, told)
    blocks = [s.anchor for s in page.sections for part in s.parts if isinstance(part, Help)]
    if blocks != ["help"]:
        told = "the help block {help} stands once, in the section {#help}."
        yield Finding(page.file, page.first_line, told)
    for first, items in lists_in(page.passages):
        if items > LONGEST_LIST:
            told = f"a list has {items} items. Allowed: {LONGEST_LIST}; make two."
            yield Finding(page.file, first.line, told)


def _numbers(page: Article) -> Iterator[Finding]:
    counted = {Kind.PARAGRAPH, Kind.ITEM, Kind.ROW}
    for passage in page.passages:
        number = _NUMBER.search(_HELP_NUMBERS.sub("", passage.text))
        if passage.kind in counted and number and not passage.citations:
            told = f"the number {number.group(0)!r} has no source. Add one, like [@brady-2014]."
            yield Finding(page.file, passage.line, told)


def _evidence(page: Article) -> Iterator[Finding]:
    cited = {source for passage in page.passages for source in passage.citations}
    cited |= {source for claim in page.claims for source in claim.sources}
    line = page.lines.line_of(["sources"])
    for source in page.front.sources:
        if source not in cited:
            yield Finding(page.file, line, f"the source {source!r} is listed but not cited.")
    for claim in page.claims:
        yield from _listed(claim, page, line)
    if not page.claims and page.slug not in LIGHT_PAGES:
        yield Finding(
            page.file, page.first_line, "a page says how sure anyone can be: {claims: …}."
        )


def _listed(claim: Claim, page: Article, line: int) -> Iterator[Finding]:
    for source in claim.sources:
        if source not in page.front.sources:
            told = f"the claim {claim.id!r} rests on {source!r}, which the page does not list."
            yield Finding(page.file, line, told)


def _reading(page: Article) -> Iterator[Finding]:
    reading = reading_on(page)
    if reading.grade > HARDEST_GRADE:
        told = f"the page reads at grade {reading.grade:.1f}. Allowed: {HARDEST_GRADE:g}."
        yield Finding(page.file, page.first_line, told)
    if reading.words_per_sentence > LONGEST_AVERAGE:
        told = (
            f"sentences have {reading.words_per_sentence:.1f} words on average."
            f" Allowed: {LONGEST_AVERAGE:g}."
        )
        yield Finding(page.file, page.first_line, told)
    for passage in sentences_count(page.passages):
        yield from _long(passage.text, page.file, passage.line)


def _drawings(page: Article) -> Iterator[Finding]:
    for section in page.sections:
        for part in section.parts:
            for name in part.names if isinstance(part, Drawings) else ():
                if not (DRAWINGS / f"{name}.svg.html").is_file():
                    told = f"there is no drawing {name!r} in {DRAWINGS.name}."
                    yield Finding(page.file, page.first_line, told)


def _review(page: Article, today: date) -> Iterator[Finding]:
    if page.front.next_review < today:
        told = (
            f"the next check was due on {page.front.next_review}."
            " Have the page checked; it says so until then."
        )
        line = page.lines.line_of(["next_review"])
        yield Finding(page.file, line, told, Weight.WARNING)


def print_report(report: Report) -> str:
    """The report as a table, findings first."""
    told = [
        f"{found.weight}: {found.file}:{found.line}: {found.sentence}" for found in report.findings
    ]
    if report.pages:
        told += ["", f"{'page':<40}{'grade':>6}{'words':>7}{'/sent':>7}{'claims':>8}{'sources':>9}"]
    told += [
        f"{row.file:<40}{row.reading.grade:>6.1f}{row.reading.words:>7}"
        f"{row.reading.words_per_sentence:>7.1f}{row.claims:>8}{row.sources:>9}"
        for row in report.pages
    ]
    pages, errors, warnings = len(report.pages), len(report.errors), len(report.warnings)
    return "\n".join([*told, "", f"{pages} pages, {errors} errors, {warnings} warnings"])


def content_check(path: Path) -> tuple[int, str]:
    """What `portal content check` answers: 1 if anything is an error, and the table."""
    report = check_library(path)
    return (1 if report.errors else 0), print_report(report)
