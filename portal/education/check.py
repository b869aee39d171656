"""The content check: what every page must be before anybody reads it.

The same function runs in the command, at start and in the tests. Errors stop a release; a review
date that has passed is a warning here and a notice on the page, not a dead site.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from portal import clock
from portal.education.article import Article, HelpBlock
from portal.education.content import Library, load_library
from portal.education.errors import ContentError
from portal.education.overrides import with_own_pages
from portal.education.passed import digest_of, passed
from portal.education.pemat import pemat_findings
from portal.education.prose import sentences_count
from portal.education.readability import Reading, reading_of
from portal.education.rules import (
    Finding,
    Weight,
    forbidden_words,
    long_sentences,
    longest_sentence_on,
    page_findings,
    reading_on,
)

HOME_CLAIMS: Final = ("effect-relax", "effect-blood", "effect-nerve")
HARDEST_HELP: Final = 5.0
_ROW: Final = "{:<36}{:>6}{:>7}{:>9}{:>8}{:>9}{:>12}"


@dataclass(frozen=True, slots=True)
class PageRow:
    """How a page reads, for the table of the command."""

    file: str
    reading: Reading
    longest: int
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
    """The library for serving; raises ContentError at the first error of the check.

    Content that passed before, to the letter and by the same rules, is not checked again.
    """
    digest = digest_of(path)
    library = load_library(path)
    if not passed.knows(digest):
        for found in report_on(library, today=clock.now().date()).errors:
            raise ContentError(found.sentence, file=found.file, line=found.line)
        passed.remember(digest)
    return library


def report_on(library: Library, *, today: date) -> Report:
    """The findings on a library that could be read."""
    findings = [*_unused(library), *_claim_words(library), *_glossary_words(library)]
    findings += [*_comparison_words(library), *pemat_findings(library)]
    for block in library.help.values():
        findings += _help_block(block)
    for page in library.articles:
        findings += page_findings(page, library, today=today)
    return Report(_in_order(findings), tuple(_row(page) for page in library.articles))


def _row(page: Article) -> PageRow:
    return PageRow(
        page.file,
        reading_on(page),
        longest_sentence_on(page),
        len(page.claims),
        len(page.front.sources),
        page.front.next_review,
    )


def _in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda found: (found.file, found.line)))


def with_own(report: Report, library: Library, own: Path, *, today: date) -> Report:
    """The report with the clinic's own pages: what each is left out for, or its row."""
    shelved = with_own_pages(library, own, today=today)
    pages = [page for page in shelved.library.articles if page.file in shelved.own]
    due = [found for page in pages for found in page_findings(page, shelved.library, today=today)]
    return Report(
        _in_order([*report.findings, *shelved.refused, *due]),
        (*report.pages, *(_row(page) for page in pages)),
    )


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
    if library.comparison:
        listed |= set(library.comparison.sources)
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
            yield from forbidden_words(text, lines.file, line)
            yield from long_sentences(text, lines.file, line)


def _glossary_words(library: Library) -> Iterator[Finding]:
    for term in library.glossary:
        yield from forbidden_words(term.meaning, "content/glossary.yaml", 1)
        yield from long_sentences(term.meaning, "content/glossary.yaml", 1)


def _comparison_words(library: Library) -> Iterator[Finding]:
    for row in library.comparison.questions if library.comparison else ():
        for answer in row.answers.values():
            yield from forbidden_words(answer.text, "content/compare.yaml", 1)
            yield from long_sentences(answer.text, "content/compare.yaml", 1)


def _help_block(block: HelpBlock) -> Iterator[Finding]:
    reading = reading_of(passage.text for passage in sentences_count(block.passages))
    if reading.grade > HARDEST_HELP:
        yield Finding(
            block.file,
            1,
            f"the help block reads at grade {reading.grade:.1f}. Allowed: {HARDEST_HELP:g}.",
        )
    for passage in block.passages:
        yield from long_sentences(passage.text, block.file, passage.line)
        yield from forbidden_words(passage.own_words, block.file, passage.line)


def print_report(report: Report) -> str:
    """The report as a table, findings first."""
    told = [
        f"{found.weight}: {found.file}:{found.line}: {found.sentence}" for found in report.findings
    ]
    if report.pages:
        told += [
            "",
            _ROW.format("page", "words", "grade", "longest", "claims", "sources", "review"),
        ]
    told += [
        _ROW.format(
            row.file,
            row.reading.words,
            f"{row.reading.grade:.1f}",
            row.longest,
            row.claims,
            row.sources,
            row.next_review.isoformat(),
        )
        for row in report.pages
    ]
    pages, errors, warnings = len(report.pages), len(report.errors), len(report.warnings)
    return "\n".join([*told, "", f"{pages} pages, {errors} errors, {warnings} warnings"])


def content_check(path: Path, own: Path | None = None) -> tuple[int, str]:
    """What `portal content check` answers: 1 if anything is an error, and the table.

    `own` is the folder of a clinic's own pages; they are checked once the portal's are in order.
    """
    report = check_library(path)
    if own and not report.errors:
        report = with_own(report, load_library(path), own, today=clock.now().date())
    return (1 if report.errors else 0), print_report(report)
