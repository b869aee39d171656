"""Words that a page about IMS may not use of itself (claim lint)."""

import re
from typing import Final

ALWAYS_FORBIDDEN: Final = (
    r"cures?|cured|curing",
    r"guarantee[sd]?|guaranteed",
    r"remarkabl[ey]",
    r"miracles?|miraculous",
    r"proven",
    r"painless(?:ly)?",
    r"risk[- ]free",
    r"no side[- ]effects?",
    r"permanent(?:ly)?",
    r"best",
    r"better than",
    r"superior(?:ity)?",
    r"safer than",
    r"treats? the (?:underlying )?cause",
    r"success rates?",
)
_FORBIDDEN: Final = re.compile(rf"\b(?:{'|'.join(ALWAYS_FORBIDDEN)})\b", re.IGNORECASE)
_ABSOLUTE: Final = re.compile(r"\b(?:always|never)\b", re.IGNORECASE)
_BENEFIT: Final = re.compile(
    r"\b(?:help|ease|reliev|relief|relax|works?|heal|improv|better|benefit|less pain|settle)",
    re.IGNORECASE,
)
_PROMISE: Final = re.compile(
    r"\b(?:eases? (?:your |the )?pain|less pain|reliev\w+|relief|relax\w*|heal\w*|improv\w+"
    r"|gain)\b",
    re.IGNORECASE,
)
_OTHER_SPELLING: Final = re.compile(r"\bintermuscular", re.IGNORECASE)
_TITLE: Final = re.compile(r"\bacupuncturists?\b", re.IGNORECASE)
_PHYSIOTHERAPIST: Final = re.compile(r"\bphysiotherapists?\b", re.IGNORECASE)
_SHARE: Final = re.compile(r"%|\bper ?cent\b|\bodds\b", re.IGNORECASE)


def forbidden_in(sentence: str) -> tuple[str, ...]:
    """The words of a sentence that may not stand there; marked quotations are left out before."""
    found = [match.group(0) for match in _FORBIDDEN.finditer(sentence)]
    if _BENEFIT.search(sentence):
        found += [match.group(0) for match in _ABSOLUTE.finditer(sentence)]
    if _PHYSIOTHERAPIST.search(sentence):
        found += [match.group(0) for match in _TITLE.finditer(sentence)]
    return tuple(found)


def benefits_in(text: str) -> tuple[str, ...]:
    """Words that promise something; a risk stands beside them."""
    return tuple(_PROMISE.findall(text))


def other_spellings_in(text: str) -> int:
    """How often the name is written the other way."""
    return len(_OTHER_SPELLING.findall(text))


def shares_in(text: str) -> tuple[str, ...]:
    """Percentages and odds: pages say "20 of 100" instead."""
    return tuple(_SHARE.findall(text))
