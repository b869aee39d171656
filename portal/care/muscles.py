"""The muscles and levels that practitioners needle, read once from `muscles.yaml`.

The list saves typing: a name that it knows fills in the segment and the region of the body.
Free text is as good.
"""

import re
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from types import MappingProxyType

import yaml

from portal.care.models import Side

_DASHES = str.maketrans("‐‑‒–—−", "------")
# A level at the beginning of what is typed: L4, L4–L5, C5/6 or T1 to T4.
_LEVEL = re.compile(
    r"([CTLS])(\d{1,2})(?:\s?(?:[-/]|to)\s?([CTLS]?)(\d{1,2}))?(?!\w)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Muscle:
    """One thing to needle: `region` is a place of the body without its side."""

    name: str
    region: str
    segments: str


@dataclass(frozen=True, slots=True)
class Place:
    """What a typed place means: as it is stored, with region and segment where they are known."""

    name: str
    region: str | None = None
    segment: str | None = None


@dataclass(frozen=True, slots=True)
class _Known:
    single: frozenset[str]
    levels: MappingProxyType[str, str]
    muscles: tuple[Muscle, ...]
    by_name: MappingProxyType[str, Muscle]


@cache
def _known() -> _Known:
    found = yaml.safe_load(Path(__file__).with_name("muscles.yaml").read_text(encoding="utf-8"))
    named = [(entry.pop("also", []), Muscle(**entry)) for entry in found["muscles"]]
    levels = [
        Muscle(f"{level} paraspinals", region, level) for level, region in found["levels"].items()
    ]
    by_name = {
        _folded(name): muscle
        for also, muscle in chain(named, (([], level) for level in levels))
        for name in (muscle.name, *also)
    }
    return _Known(
        single=frozenset(found["single"]),
        levels=MappingProxyType(found["levels"]),
        muscles=tuple(chain(levels, (muscle for _also, muscle in named))),
        by_name=MappingProxyType(by_name),
    )


def suggestions() -> tuple[Muscle, ...]:
    """Return all there is to choose from: levels from the neck down, then muscles."""
    return _known().muscles


def _folded(name: str) -> str:
    return " ".join(name.translate(_DASHES).casefold().split())


def place_of(typed: str, side: str) -> Place:
    """Return what a typed place is: a known name in its usual spelling, else as it was typed.

    `side` is the patient's own; a region with two sides takes it over, and both sides or the
    middle name both. A text that begins with a level ("L4–L5 multifidus") has that segment.
    """
    muscle = _known().by_name.get(_folded(typed))
    if muscle is not None:
        return Place(muscle.name, region_on(muscle.region, side), muscle.segments)
    level = _LEVEL.match(typed.translate(_DASHES))
    if level is None:
        return Place(typed)
    letter, first = level[1].upper(), f"{level[1].upper()}{level[2]}"
    last = f"{(level[3] or letter).upper()}{level[4]}" if level[4] else first
    levels = _known().levels
    if first not in levels or last not in levels:
        return Place(typed)
    segment = first if first == last else f"{first}–{last}"
    return Place(typed, region_on(levels[first], side), segment)


def region_on(region: str, side: str) -> str:
    """Return the code or codes of a region on a side, with a space between two."""
    if region in _known().single:
        return region
    ends = {Side.LEFT.value: ("-l",), Side.RIGHT.value: ("-r",)}.get(side, ("-l", "-r"))
    return " ".join(f"{region}{end}" for end in ends)
