"""A page as the templates take it apart: sections, and in them prose, claims, drawings, help."""

import re
from dataclasses import dataclass
from typing import Final

from portal.education.facts import ClinicFacts, words_of
from portal.education.markdown import SafeHtml, fill, prefixed, tickable
from portal.education.models import Claim, FrontMatter, HelpFront
from portal.education.prose import Passage
from portal.education.readability import words_in
from portal.education.registry import Answer, Comparison
from portal.education.yaml_file import YamlText

WORDS_A_MINUTE: Final = 180


@dataclass(frozen=True, slots=True)
class Prose:
    """Safe HTML of a page, in which `[[phone]]` and the like wait for the clinic's facts."""

    html: SafeHtml
    kind: str = "prose"

    def filled(self, clinic: ClinicFacts) -> SafeHtml:
        """The words with the clinic's name, numbers and hours in them, and boxes to tick."""
        return fill(tickable(self.html), *words_of(clinic))

    def apart(self, prefix: str) -> "Prose":
        """The same with every id and every link within the page behind a prefix."""
        return Prose(prefixed(self.html, prefix))


@dataclass(frozen=True, slots=True)
class Claims:
    """Claims shown here, each in its three parts."""

    claims: tuple[Claim, ...]
    kind: str = "claims"


@dataclass(frozen=True, slots=True)
class Drawings:
    """Our own drawings, by the name of their template."""

    names: tuple[str, ...]
    kind: str = "drawings"


@dataclass(frozen=True, slots=True)
class Help:
    """The place of the shared help block."""

    kind: str = "help"


@dataclass(frozen=True, slots=True)
class Registry:
    """The place of the table with every claim of the site."""

    kind: str = "evidence"


@dataclass(frozen=True, slots=True)
class Compared:
    """The place of a table with some kinds of needling side by side."""

    comparison: Comparison
    kind: str = "compare"


Part = Prose | Claims | Drawings | Help | Registry | Compared


@dataclass(frozen=True, slots=True)
class Section:
    """One h2 of a page and what stands under it."""

    anchor: str
    title: SafeHtml
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class HelpCard:
    """When to call whom: one tier of the help block."""

    anchor: str
    title: Prose
    body: Prose


@dataclass(frozen=True, slots=True)
class HelpBlock:
    """When to get help: one text, identical on every explainer of a language."""

    file: str
    front: HelpFront
    cards: tuple[HelpCard, ...]
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Article:
    """One explainer, finished but for the clinic's own facts."""

    slug: str
    file: str
    front: FrontMatter
    first_line: int
    lines: YamlText
    passages: tuple[Passage, ...]
    sections: tuple[Section, ...]
    terms: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        """Where the page stands on the site; the language stands in the address."""
        prefix = "" if self.front.lang == "en" else f"/{self.front.lang}"
        return f"{prefix}/learn/{self.slug}"

    @property
    def anchors(self) -> frozenset[str]:
        """Every place on the page that a link may name."""
        found = {section.anchor for section in self.sections}
        for section in self.sections:
            for part in section.parts:
                if isinstance(part, Prose):
                    found.update(re.findall(r'\bid="([^"]+)"', part.html))
        return frozenset(found)

    @property
    def claims(self) -> tuple[Claim, ...]:
        """The claims the page shows, in their order."""
        return tuple(
            claim
            for section in self.sections
            for part in section.parts
            if isinstance(part, Claims)
            for claim in part.claims
        )

    @property
    def minutes(self) -> int:
        """Minutes to read, rounded up; at least one."""
        words = sum(len(words_in(passage.text)) for passage in self.passages)
        words += sum(len(words_in(part)) for claim in self.claims for part in claim.parts)
        return max(1, -(-words // WORDS_A_MINUTE))

    @property
    def compared(self) -> tuple[str, ...]:
        """What a comparison on the page rests on."""
        parts = [part for section in self.sections for part in section.parts]
        return tuple(
            source
            for part in parts
            if isinstance(part, Compared)
            for source in part.comparison.sources
        )

    def numbers_of(self, told: Claim | Answer) -> tuple[int, ...]:
        """The numbers that the sources of a claim or an answer have on this page."""
        listed = self.front.sources
        return tuple(sorted(listed.index(one) + 1 for one in told.sources if one in listed))
