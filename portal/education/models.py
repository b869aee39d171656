"""The words of the content files: what a page, a claim and a source must say about themselves."""

import re
from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
    model_validator,
)

LONGEST_SUMMARY = 30
LONGEST_BETWEEN_REVIEWS = 24
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Path = Annotated[str, StringConstraints(pattern=r"^/[a-z0-9/#-]*$")]
ReadOn = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}(-\d{2})?$")]


class Certainty(StrEnum):
    """How sure anyone can be of a claim: one of four words, the same everywhere."""

    WELL_SUPPORTED = "Well supported"
    SOME_SUPPORT = "Some support, low certainty"
    THEORY = "Theory"
    NOT_KNOWN = "Not known"

    @property
    def code(self) -> str:
        """The name of its mark: three bars, two, one or none; the word stands beside them."""
        return {
            Certainty.WELL_SUPPORTED: "well",
            Certainty.SOME_SUPPORT: "some",
            Certainty.THEORY: "theory",
            Certainty.NOT_KNOWN: "unknown",
        }[self]


class Written(BaseModel):
    """Something a content file says: every key is known, and nothing changes it once read."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(Written):
    """Something that was read, so that a reader can read it too."""

    citation: Line = Field(description="one line naming author, year and title or place")
    url: Line | None = Field(default=None, pattern="^https://", description="an https address")
    doi: Line | None = Field(default=None, pattern=r"^10\.\d+/", description="a DOI from 10. on")
    accessed: ReadOn = Field(description="a month or day in quotes, like '2026-11'")

    @model_validator(mode="after")
    def has_address(self) -> Self:
        """Without an address nobody can check a source."""
        if self.url is None and self.doi is None:
            raise ValueError("a source needs url or doi")
        return self

    @property
    def address(self) -> str:
        """Where the source can be read."""
        return self.url or f"https://doi.org/{self.doi}"

    @property
    def short(self) -> str:
        """The name before the first comma, and the year: what fits into a table."""
        name = self.citation.partition(",")[0].removesuffix(" and others")
        year = _YEAR.findall(self.citation)
        return f"{name} {year[-1]}" if year and year[-1] not in name else name

    @property
    def accessed_on(self) -> date:
        """The first day of what was noted; a month alone is shown as a month."""
        year, month, day = [*map(int, self.accessed.split("-")), 1][:3]
        return date(year, month, day)


class Claim(Written):
    """One thing said about IMS, and how sure anyone can be of it."""

    id: Key = Field(description="small letters, digits and hyphens")
    sentence: Line = Field(description="one sentence")
    certainty: Certainty = Field(description=", ".join(repr(str(word)) for word in Certainty))
    sources: tuple[Key, ...] = Field(min_length=1, description="at least one id of sources.yaml")
    clinics_say: Line = Field(description="what clinics say, in plain words")
    studies_show: Line = Field(description="what studies show, in plain words")
    not_known: Line = Field(description="what we do not know, in plain words")

    @property
    def parts(self) -> tuple[str, str, str]:
        """What clinics say, what studies show, what is not known."""
        return self.clinics_say, self.studies_show, self.not_known


class Term(Written):
    """A word that pages use, in plain words."""

    term: Line = Field(description="the word")
    meaning: Line = Field(description="what it means, in plain words")
    fr: Line = Field(description="the word in French")
    also: tuple[Line, ...] = Field(default=(), description="other spellings that search finds")

    @property
    def forms(self) -> tuple[str, ...]:
        """The word as pages write it, in small letters: “A (B)” is A and B."""
        plain = [part.strip(" )") for part in self.term.split("(")]
        return tuple(dict.fromkeys(form.lower() for form in (*plain, *self.also) if form))

    @property
    def anchor(self) -> str:
        """Its place in the glossary."""
        return re.sub(r"[^a-z0-9]+", "-", self.term.lower()).strip("-")


class FoundPlace(Written):
    """A page that is no explainer, in words that lead a search to it."""

    title: Line = Field(description="what the page is called")
    path: Path = Field(description="a path of this site, like /contact")
    text: Line = Field(description="what is on it, with the words people type")


class SearchWords(Written):
    """What people type into the search that no explainer says so."""

    common: str = Field(description="words that say nothing about what is looked for")
    words: dict[Key, Key] = Field(description="a typed word, and the word of our pages for it")
    signs: str = Field(description="words that lead first to when to get help")
    spelt: str = Field(default="", description="words no page has, never taken for mistyped ones")
    places: tuple[FoundPlace, ...] = Field(description="a list of title, path and text")


class Reviewer(Written):
    """The practitioner who checked a page."""

    name: Line = Field(description="a name")
    profession: Line = Field(description="a profession, such as physiotherapist")


class CallToAction(Written):
    """The one way on from the end of a page."""

    text: Line = Field(description="the words of the button")
    link: Path = Field(description="a path of this site, like /learn/safety")


class FrontMatter(Written):
    """What a page says about itself before its first word."""

    title: Line = Field(description="one line, the page's h1")
    summary: Line = Field(description=f"one main message of at most {LONGEST_SUMMARY} words")
    audience: Literal["reader", "patient", "everyone"] = Field(
        description="reader, patient or everyone"
    )
    lang: Literal["en", "fr"] = Field(description="en or fr, as the folder says")
    author: Line = Field(description="who wrote the page")
    clinical_reviewer: Reviewer | None = Field(
        description="name and profession, or null while nobody has checked the page"
    )
    last_reviewed: date | None = Field(description="a date, or null with clinical_reviewer null")
    next_review: date = Field(
        description=f"a date at most {LONGEST_BETWEEN_REVIEWS} months after last_reviewed"
    )
    version: int = Field(ge=1, description="a whole number from 1 on")
    evidence_statement: Line = Field(description="one or two sentences on the evidence")
    sources: tuple[Key, ...] = Field(min_length=1, description="ids of sources.yaml")
    order: int = Field(ge=10, le=99, description="10 to 99; the tens are the group on /learn/")
    conflicts: Line = Field(description="who gains if the reader says yes")
    call_to_action: CallToAction = Field(description="text and link")
    translation_of: Key | None = Field(description="the slug this translates, or null")
    translation_status: Literal["original", "checked", "unchecked"] = Field(
        description="original, checked or unchecked"
    )

    @field_validator("summary")
    @classmethod
    def summary_is_short(cls, summary: str) -> str:
        """One main message is short."""
        if len(summary.split()) > LONGEST_SUMMARY:
            raise ValueError(f"it has {len(summary.split())} words")
        return summary

    @field_validator("last_reviewed")
    @classmethod
    def review_has_a_person(cls, day: date | None, info: ValidationInfo) -> date | None:
        """A date without a person, or a person without a date, is not a review."""
        if (info.data.get("clinical_reviewer") is None) != (day is None):
            raise ValueError("a reviewer and a date are given together or not at all")
        return day

    @field_validator("next_review")
    @classmethod
    def review_comes_back(cls, day: date, info: ValidationInfo) -> date:
        """Knowledge ages: a page is looked at again within two years."""
        last = info.data.get("last_reviewed")
        if last is not None and not 0 <= _months(last, day) <= LONGEST_BETWEEN_REVIEWS:
            raise ValueError(f"{day} is not within {LONGEST_BETWEEN_REVIEWS} months")
        return day

    @property
    def is_reviewed(self) -> bool:
        """Whether a practitioner has checked the page."""
        return self.clinical_reviewer is not None


class HelpFront(Written):
    """The version of the shared help block; its wording changes only with a new one."""

    version: int = Field(ge=1, description="a whole number from 1 on")
    dated: date = Field(description="the day of this wording")


def _months(start: date, end: date) -> int:
    """Whole months that `end` lies after `start`, rounded up."""
    return (end.year - start.year) * 12 + end.month - start.month + (end.day > start.day)
