"""What an instrument is: its items word for word, its scale, its scoring, its licence."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

SUBJECTS_AT_MOST = 5
_LOINC = r"^[0-9]{1,7}-[0-9]$"


class Direction(StrEnum):
    """Which way is better; every table and drawing says it in words."""

    LOWER = "lower-is-better"
    HIGHER = "higher-is-better"


class Scoring(StrEnum):
    """How answers become a score: their mean, or no number at all but the chosen label."""

    MEAN = "mean"
    LABEL = "label"


class Missing(StrEnum):
    """What an unanswered item does: no score at all, or a mean of those that were rated."""

    ALL_NEEDED = "all-needed"
    RATED_COUNT = "rated-count"


class Of(StrEnum):
    """What a mark is held against: the change of the mean, or of one rated activity."""

    MEAN = "mean"
    SINGLE = "single"


class Mark(StrEnum):
    """What a change of a certain size is called."""

    NOTICEABLE = "noticeable"
    BEYOND_NOISE = "beyond-noise"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


_Words = Annotated[str, Field(min_length=1)]


class Item(_Frozen):
    """One question, with the words at both ends of its scale or a label for every number."""

    code: str = Field(
        pattern=r"^[a-z][a-z-]*$", description="small letters and hyphens, such as enjoyment"
    )
    text: _Words = Field(description="the question, word for word as published")
    low: str = Field(default="", description="the words at the lowest number")
    high: str = Field(default="", description="the words at the highest number")
    labels: tuple[_Words, ...] = Field(
        default=(), description="a label for every number from the lowest to the highest"
    )
    loinc: str = Field(
        default="", pattern=rf"{_LOINC}|^$", description="a LOINC code with its check digit"
    )


@dataclass(frozen=True, slots=True)
class Question:
    """One page of a filling-in: an item, about a subject in the patient's words where there is one.

    `code` names the stored answer.
    """

    code: str
    text: str
    subject: str
    item: Item


class ChangeMark(_Frozen):
    """From how many points on a change is called something, and who found that out."""

    points: Decimal = Field(gt=0, description="points of the scale, above 0")
    of: Of = Field(description="mean or single")
    words: Mark = Field(description="noticeable or beyond-noise")
    source: _Words = Field(description="where the number comes from")


class Instrument(_Frozen):
    """A versioned set of items with scoring, direction and licence; never changed once used.

    `subjects` is how many things the patient may name to be rated with the one item (PSFS);
    0 for an instrument with questions of its own.
    """

    code: str = Field(pattern=r"^[a-z]{2,20}$", description="small letters, as in its address")
    version: str = Field(pattern=r"^[0-9]{1,4}$", description="a whole number in quotation marks")
    language: str = Field(pattern=r"^[a-z]{2}$", description="two letters, such as en")
    name: _Words = Field(description="its full name")
    short: _Words = Field(description="its usual short name")
    recall: _Words = Field(description="the time that its questions are about, unaltered")
    direction: Direction = Field(description=" or ".join(Direction))
    scoring: Scoring = Field(description=" or ".join(Scoring))
    missing: Missing = Field(description=" or ".join(Missing))
    lowest: int = Field(ge=0, le=10, description="a whole number from 0 to 10")
    highest: int = Field(ge=0, le=10, description="a whole number from 0 to 10, above the lowest")
    subjects: int = Field(
        default=0, ge=0, le=SUBJECTS_AT_MOST, description="how many activities a patient may name"
    )
    items: tuple[Item, ...] = Field(min_length=1, description="one question or more")
    marks: tuple[ChangeMark, ...] = Field(description="a list, empty where no change is called")
    licence: _Words = Field(description="what allows its use, in a sentence")
    attribution: _Words = Field(description="who made it, as they wish to be named")
    source: _Words = Field(description="where the wording was published: a doi or an address")
    changes: tuple[_Words, ...] = Field(description="what differs from the source, or []")
    loinc: str = Field(default="", pattern=rf"{_LOINC}|^$", description="a LOINC code")
    loinc_score: str = Field(default="", pattern=rf"{_LOINC}|^$", description="a LOINC code")

    @field_validator("items")
    @classmethod
    def _codes_differ(cls, items: tuple[Item, ...]) -> tuple[Item, ...]:
        if len({item.code for item in items}) < len(items):
            raise ValueError("two items have the same code")
        return items

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.highest <= self.lowest:
            raise ValueError("highest must be above lowest")
        for item in self.items:
            self._answerable(item)
        if self.subjects and len(self.items) != 1:
            raise ValueError("with subjects there is exactly one item, asked of each of them")
        if self.scoring is Scoring.LABEL and len(self.items) != 1:
            raise ValueError("scoring label takes exactly one item")
        return self

    def _answerable(self, item: Item) -> None:
        if self.scoring is Scoring.LABEL:
            if len(item.labels) != len(self.values):
                raise ValueError(f"items.{item.code}.labels needs {len(self.values)} labels")
        elif not (item.low and item.high) or item.labels:
            raise ValueError(f"items.{item.code} needs low and high, and no labels")

    @property
    def values(self) -> range:
        """Every whole number that is an answer."""
        return range(self.lowest, self.highest + 1)

    @property
    def is_labelled(self) -> bool:
        """Whether its answers are labels in order, with which nobody reckons."""
        return self.scoring is Scoring.LABEL

    def label_of(self, value: int) -> str:
        """Return the label of an answer; empty where the scale has only words at its ends."""
        labels = self.items[0].labels
        return labels[value - self.lowest] if labels and value in self.values else ""

    def asked(self, subjects: Sequence[str] = ()) -> tuple[Question, ...]:
        """Return what is asked, in order: the items, or the one item for each named subject."""
        if not self.subjects:
            return tuple(Question(item.code, item.text, "", item) for item in self.items)
        item = self.items[0]
        return tuple(
            Question(f"{item.code}-{number}", item.text, subject, item)
            for number, subject in enumerate(subjects[: self.subjects], 1)
        )
