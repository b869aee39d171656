"""Words as they are compared: plain small letters, without a plural's end."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

SHORTEST_STEM: Final = 3
SAME: Final = {"intermuscular": "intramuscular", "cannot": "cant"}
_WORD: Final = re.compile(r"[a-z0-9_]+")


def plain_words(text: str) -> tuple[str, ...]:
    """The words of a text in plain letters; `can’t` is one, and so is a place such as `[[phone]]`.

    Two spellings of one word are the same word.
    """
    joined = text.casefold().replace("’", "'").replace("n't", "nt")
    plain = unicodedata.normalize("NFKD", joined).encode("ascii", "ignore").decode()
    return tuple(SAME.get(word, word) for word in _WORD.findall(plain))


def stems(text: str) -> tuple[str, ...]:
    """The words of a text as they are compared."""
    return tuple(stem(word) for word in plain_words(text))


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """A plain word without a plural's end and the like."""
    for ending in ("ing", "es", "ed", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_STEM:
            return word.removesuffix(ending)
    return word
