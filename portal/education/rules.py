"""What one page must be before anybody reads it: each rule, and what to do where it is broken."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from typing import Final

from portal.education.article import Article, Drawings, Help
from portal.education.content import Library
from portal.education.lint import benefits_in, forbidden_in, other_spellings_in, shares_in
from portal.education.models import Claim
from portal.education.prose import Kind, lists_in, sentences_count
from portal.education.readability import Reading, reading_of, sentences_in, words_in

HARDEST_GRADE: Final = 8.0
GOAL_GRADE: Final = 6.0
LONGEST_SENTENCE: Final = 25
LONGEST_AVERAGE: Final = 15.0
LONGEST_LIST: Final = 7
SHAPE: Final = ("short", "what", "feel", "sure", "risks", "tell-us", "help", "ask")
LIGHT_SHAPE: Final = ("short", "what", "help", "ask")
LIGHT_PAGES: Final = frozenset({"evidence", "who-may-needle", "questions", "your-diary"})
OTHER_SPELLING_PAGE: Final = "what-is-ims"
SITE_PATHS: Final = frozenset(
    {"/", "/about", "/accessibility", "/contact", "/glossary", "/how-pages-are-checked", "/learn/"}
    | {"/privacy", "/search", "/sign-in"}
)
DRAWINGS: Final = Path(__file__).parent.parent / "templates" / "education" / "drawings"
IMAGES: Final = Path(__file__).parent.parent / "static"

_LINK: Final = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s]*)[^)]*\)")
_NUMBER: Final = re.compile(r"(?<![\w-])\d[\d,.]*")
_NOT_KNOWN: Final = re.compile(r"not known|nobody (?:knows|can)|do not know", re.IGNORECASE)
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


def page_findings(page: Article, library: Library, *, today: date) -> list[Finding]:
    """Everything to change on one page."""
    return [
        *_headings(page),
        *_links(page, library),
        *_words(page),
        *_shape(page),
        *_numbers(page),
        *_evidence(page),
        *_both_sides(page),
        *_reading(page),
        *_drawings(page),
        *_review(page, today),
    ]


def longest_sentence_on(page: Article) -> int:
    """The words of the page's longest sentence."""
    told = [passage.text for passage in sentences_count(page.passages)]
    told += [part for claim in page.claims for part in claim.parts]
    return max((len(words_in(one)) for text in told for one in sentences_in(text)), default=0)


def reading_on(page: Article) -> Reading:
    """How a page reads: its own sentences and the claims it shows, without the help block."""
    passages = [passage.text for passage in sentences_count(page.passages)]
    return reading_of([*passages, *(part for claim in page.claims for part in claim.parts)])


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


def links_of(page: Article) -> list[str]:
    """Every address that a page leads to."""
    told = [found.group(3) for passage in page.passages for found in _LINK.finditer(passage.source)]
    return [*told, page.front.call_to_action.link]


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
    linked = (
        page
        if not path
        else next((a for a in library.articles if a.path == path.removesuffix("/print")), None)
    )
    if linked is None:
        return "" if path in SITE_PATHS and not anchor else f"there is no page {target!r}."
    if anchor and anchor not in linked.anchors:
        return f"there is no place {anchor!r} on {linked.path}."
    return ""


def _words(page: Article) -> Iterator[Finding]:
    for key in ("title", "summary", "evidence_statement", "conflicts"):
        text = str(getattr(page.front, key))
        yield from forbidden_words(text, page.file, page.lines.line_of([key]))
    for passage in page.passages:
        yield from forbidden_words(passage.own_words, page.file, passage.line)
        for share in shares_in(passage.own_words):
            told = f"{share!r} hides its base. Say it as “20 of 100”."
            yield Finding(page.file, passage.line, told)
    spelled = [p for p in page.passages if other_spellings_in(p.own_words)]
    for passage in spelled[1 if page.slug == OTHER_SPELLING_PAGE else 0 :]:
        told = "“intermuscular” may stand only once, where the name is explained."
        yield Finding(page.file, passage.line, told)


def forbidden_words(text: str, file: str, line: int) -> Iterator[Finding]:
    """Words that may not be said of IMS."""
    for sentence in sentences_in(text):
        for word in forbidden_in(sentence):
            yield Finding(
                file, line, f"{word!r} may not be said of IMS. Say what was seen instead."
            )


def long_sentences(text: str, file: str, line: int) -> Iterator[Finding]:
    """Sentences that nobody can hold in mind."""
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
    for key in ("title", "summary", "evidence_statement"):
        number = _NUMBER.search(_HELP_NUMBERS.sub("", str(getattr(page.front, key))))
        if number:
            told = f"the number {number.group(0)!r} cannot have a source here. Say it in the page."
            yield Finding(page.file, page.lines.line_of([key]), told)
    counted = {Kind.PARAGRAPH, Kind.ITEM, Kind.ROW}
    for passage in page.passages:
        number = _NUMBER.search(_HELP_NUMBERS.sub("", passage.text))
        if passage.kind in counted and number and not passage.citations:
            told = f"the number {number.group(0)!r} has no source. Add one, like [@brady-2014]."
            yield Finding(page.file, passage.line, told)


def _evidence(page: Article) -> Iterator[Finding]:
    cited = {source for passage in page.passages for source in passage.citations}
    cited |= {source for claim in page.claims for source in claim.sources}
    cited |= set(page.compared)
    line = page.lines.line_of(["sources"])
    for source in page.front.sources:
        if source not in cited:
            yield Finding(page.file, line, f"the source {source!r} is listed but not cited.")
    for claim in page.claims:
        yield from _listed(claim, page, line)
    for source in sorted(set(page.compared) - set(page.front.sources)):
        told = f"the comparison rests on {source!r}, which the page does not list."
        yield Finding(page.file, line, told)
    if not page.claims and page.slug not in LIGHT_PAGES:
        yield Finding(
            page.file, page.first_line, "a page says how sure anyone can be: {claims: …}."
        )


def _both_sides(page: Article) -> Iterator[Finding]:
    """A page that names a benefit also names a risk, and says what nobody knows."""
    words = " ".join(passage.own_words for passage in page.passages)
    if not benefits_in(words):
        return
    links = " ".join(passage.source for passage in page.passages)
    anchors = {section.anchor for section in page.sections}
    if "risks" not in anchors and "(/learn/safety" not in links:
        told = "the page names a benefit, but no risk. Link /learn/safety where it does."
        yield Finding(page.file, page.first_line, told)
    if not page.claims and not _NOT_KNOWN.search(words):
        told = "the page names a benefit, but not what nobody knows. Say what is not known."
        yield Finding(page.file, page.first_line, told)


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
        yield from long_sentences(passage.text, page.file, passage.line)


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
