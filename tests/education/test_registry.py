"""The comparison and the change log: what a writer may not leave out."""

import pytest

from portal.education.errors import ContentError
from portal.education.keeper import house_keeper
from portal.education.registry import Comparison, changes_in, comparison_in
from portal.education.yaml_file import YamlText

LIBRARY = house_keeper().library
TWO = """kinds:
  - {id: one, name: One, also: first}
  - {id: two, name: Two, also: second}
questions:
  - question: The needle
    answers:
      one: {text: Thin., sources: [a]}
      two: {text: Thick., sources: [b]}
"""
CLAIM = next(iter(LIBRARY.claims.values()))


def compared(text: str) -> Comparison:
    return comparison_in(YamlText(text, file="content/compare.yaml"), {"a": 1, "b": 1})


def log(text: str) -> list[str]:
    """What the lines of a change log tell, in the order they are shown."""
    found = changes_in(YamlText(text, file="content/changes.yaml"), {CLAIM.id: CLAIM})
    return [change.what for change in found]


def test_every_two_kinds_have_a_page() -> None:
    assert LIBRARY.comparison is not None
    assert len(LIBRARY.comparison.pairs) == 6


def test_pair_has_one_name_whichever_comes_first() -> None:
    whole = compared(TWO)
    assert whole.pair_of("one", "two") == whole.pair_of("two", "one") == "one-or-two"


def test_kind_beside_itself_has_no_page() -> None:
    assert compared(TWO).pair_of("one", "one") == ""


def test_one_kind_alone_keeps_its_own_sources() -> None:
    assert compared(TWO).only("two").sources == ("b",)


@pytest.mark.parametrize(
    ("words", "instead", "told"),
    [
        ("      two: {text: Thick., sources: [b]}\n", "", "not answered for each"),
        ("sources: [b]", "sources: [c]", "not defined"),
        ("sources: [b]", "sources: []", "at least"),
        ("question: The needle", "questoin: The needle", "not known"),
    ],
)
def test_broken_comparison_is_refused(words: str, instead: str, told: str) -> None:
    with pytest.raises(ContentError, match=told):
        compared(TWO.replace(words, instead))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[]", "Add a line that says why"),
        ("- {day: 2026-11-22, claim: none, certainty: Theory, what: A.}", "not defined"),
        (f"- {{day: 2026-11-22, claim: {CLAIM.id}, certainty: Theory, what: A.}}", "is now"),
        ("- {day: soon, claim: none, certainty: Theory, what: A.}", "Allowed: day"),
    ],
)
def test_change_that_nobody_told_is_refused(text: str, told: str) -> None:
    with pytest.raises(ContentError, match=told):
        log(text)


def test_newest_line_of_a_claim_counts() -> None:
    told = log(
        f"- {{day: 2026-11-22, claim: {CLAIM.id}, certainty: Theory, what: A.}}\n"
        f'- {{day: 2026-12-01, claim: {CLAIM.id}, certainty: "{CLAIM.certainty}", what: B.}}\n'
    )
    assert told == ["B.", "A."]
