"""PEMAT-P: how well a page can be understood and acted on, as two separate readings scored it.

Items 1 to 12 and 15 to 19 are about understanding, 20 to 26 about acting. A reading agrees (1),
disagrees (0) or leaves an item out as not applicable; the score is the share of those that apply.
"""

import hashlib
from collections.abc import Iterator
from datetime import date
from typing import Final, Self

from pydantic import Field, model_validator

from portal.education.article import Article
from portal.education.content import Library, yaml_of
from portal.education.errors import ContentError
from portal.education.models import Key, Line, Written
from portal.education.prose import Kind
from portal.education.rules import Finding, Weight

FOLDER: Final = "pemat"
UNDERSTANDING: Final = (*range(1, 13), *range(15, 20))
ACTING: Final = tuple(range(20, 27))
LEAST: Final = 80
READINGS: Final = 2


class PematReading(Written):
    """One reading of a page, item by item; an item that is not named was agreed to."""

    by: Line = Field(description="who read, and how")
    day: date = Field(description="the day of the reading")
    disagree: tuple[int, ...] = Field(description="numbers of items that the page does not meet")
    not_applicable: tuple[int, ...] = Field(description="numbers of items that do not apply")
    note: Line = Field(description="why, in a sentence")

    @model_validator(mode="after")
    def items_exist(self) -> Self:
        """Each item is scored once."""
        named = [*self.disagree, *self.not_applicable]
        if len(set(named)) != len(named) or not set(named) <= {*UNDERSTANDING, *ACTING}:
            raise ValueError("an item is named twice, or does not exist")
        return self

    def score(self, items: tuple[int, ...]) -> float:
        """Of 100: the share of the items that apply which the page meets."""
        applying = [item for item in items if item not in self.not_applicable]
        return 100 * sum(item not in self.disagree for item in applying) / len(applying)


class Sheet(Written):
    """The readings of one page, and which text they read."""

    page: Key = Field(description="the page's slug")
    text: Line = Field(description="the mark of the text that was read")
    readings: tuple[PematReading, ...] = Field(min_length=READINGS, description="two readings")

    @property
    def understanding(self) -> float:
        """The lower of the readings' scores for understanding."""
        return min(reading.score(UNDERSTANDING) for reading in self.readings)

    @property
    def acting(self) -> float:
        """The lower of the readings' scores for acting."""
        return min(reading.score(ACTING) for reading in self.readings)


def mark_of(page: Article) -> str:
    """A short mark of everything a reader reads on a page; any changed word changes it."""
    told = [page.front.title, page.front.summary]
    told += [passage.text for passage in page.passages if passage.kind is not Kind.OTHER]
    told += [part for claim in page.claims for part in (claim.sentence, *claim.parts)]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:16]


def sheet_of(page: Article, library: Library) -> Sheet | None:
    """The sheet of a page, or None where there is none; raises ContentError for a broken one."""
    path = library.folder / FOLDER / f"{page.slug}.yaml"
    return yaml_of(path, library.folder).as_model(Sheet) if path.exists() else None


def pemat_findings(library: Library) -> Iterator[Finding]:
    """Pages without a sheet, with one of an older text, or with a low score: warnings only."""
    if not (library.folder / FOLDER).is_dir():
        return
    for page in library.in_language("en"):
        for told in _told(page, library):
            yield Finding(f"content/{FOLDER}/{page.slug}.yaml", 1, told, Weight.WARNING)


def _told(page: Article, library: Library) -> Iterator[str]:
    try:
        sheet = sheet_of(page, library)
    except ContentError as error:
        yield str(error)
        return
    if sheet is None:
        yield "the page has no PEMAT sheet. Read it twice and score it."
    elif sheet.text != mark_of(page):
        yield f"the page changed after it was scored. Score it again; its mark is {mark_of(page)}."
    elif min(sheet.understanding, sheet.acting) < LEAST:
        yield f"a part scores below {LEAST} of 100. Change the page, then score it again."
