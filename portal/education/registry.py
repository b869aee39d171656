"""What stands beside the pages: the comparison of four kinds of needling, and the change log."""

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import combinations
from typing import Final

from pydantic import Field, TypeAdapter, ValidationError

from portal.education.errors import ContentError
from portal.education.models import Certainty, Claim, Key, Line, Written
from portal.education.yaml_file import YamlText

COMPARE: Final = "compare.yaml"
CHANGES: Final = "changes.yaml"


class NeedlingKind(Written):
    """One kind of needling, as the head of its column."""

    id: Key = Field(description="small letters, digits and hyphens")
    name: Line = Field(description="a name")
    also: Line = Field(description="what stands under the name")


class Answer(Written):
    """What is true of one kind, and where that was read."""

    text: Line = Field(description="one or two short sentences")
    sources: tuple[Key, ...] = Field(min_length=1, description="at least one id of sources.yaml")


class Question(Written):
    """One row: the same question put to every kind."""

    question: Line = Field(description="a question or a heading")
    answers: dict[Key, Answer] = Field(description="an answer for each kind")


class Comparison(Written):
    """Kinds of needling side by side."""

    kinds: tuple[NeedlingKind, ...] = Field(min_length=2, description="two kinds or more")
    questions: tuple[Question, ...] = Field(min_length=1, description="at least one question")

    def only(self, *ids: str) -> "Comparison":
        """The same questions for some of the kinds."""
        kept = tuple(kind for kind in self.kinds if kind.id in ids)
        return self.model_copy(update={"kinds": kept})

    @property
    def pairs(self) -> dict[str, tuple[NeedlingKind, NeedlingKind]]:
        """Every two kinds by the name of their page: ims-or-injection."""
        return {f"{one.id}-or-{other.id}": (one, other) for one, other in self._couples()}

    def pair_of(self, one: str, other: str) -> str:
        """The name of the page on which two kinds stand side by side; empty for one and itself."""
        names = (f"{one}-or-{other}", f"{other}-or-{one}")
        return next((name for name in names if name in self.pairs), "")

    @property
    def sources(self) -> tuple[str, ...]:
        """What the answers for these kinds rest on, once each."""
        ids = [kind.id for kind in self.kinds]
        found = [
            source for row in self.questions for one in ids for source in row.answers[one].sources
        ]
        return tuple(dict.fromkeys(found))

    def _couples(self) -> Iterator[tuple[NeedlingKind, NeedlingKind]]:
        return combinations(self.kinds, 2)


class Change(Written):
    """One line of the change log: a claim, how sure anyone could be of it from then on, and why."""

    day: date = Field(description="the day of the change")
    claim: Key = Field(description="an id of claims.yaml")
    certainty: Certainty = Field(description="the certainty from that day on")
    what: Line = Field(description="what changed, in plain words")


def comparison_in(file: YamlText, sources: Mapping[str, object]) -> Comparison:
    """The comparison; raises ContentError for a missing answer or an unknown source."""
    found = file.as_model(Comparison)
    ids = {kind.id for kind in found.kinds}
    for index, row in enumerate(found.questions):
        line = file.line_of(["questions", index])
        if set(row.answers) != ids:
            told = f"{row.question!r} is not answered for each of {', '.join(sorted(ids))}."
            raise ContentError(told, file=file.file, line=line, key="answers")
    for source in found.sources:
        if source not in sources:
            told = f"the source {source!r} is not defined. Allowed: the ids of sources.yaml."
            raise ContentError(told, file=file.file, key="sources")
    return found


def changes_in(file: YamlText, claims: Mapping[str, Claim]) -> tuple[Change, ...]:
    """The change log, newest first.

    Raises ContentError where a claim is not known, or where the newest line of a claim gives it
    another certainty than it has now: what changed must be told.
    """
    try:
        log = TypeAdapter(tuple[Change, ...]).validate_python(file.data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = list(first["loc"])
        told = f"{first['msg']}. Allowed: day, claim, certainty, what."
        raise ContentError(told, file=file.file, line=file.line_of(place)) from None
    log = tuple(sorted(log, key=lambda change: change.day, reverse=True))
    newest: dict[str, Change] = {}
    for change in log:
        newest.setdefault(change.claim, change)
    for name in newest:
        if name not in claims:
            told = f"the claim {name!r} is not defined. Allowed: the ids of claims.yaml."
            raise ContentError(told, file=file.file, key="claim")
    for name, claim in claims.items():
        if name not in newest or newest[name].certainty is not claim.certainty:
            told = f"the claim {name!r} is now {claim.certainty!s}. Add a line that says why."
            raise ContentError(told, file=file.file, key="certainty")
    return log
