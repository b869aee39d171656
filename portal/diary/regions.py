"""The 54 named places of the body figure, read once from `regions.yaml`."""

from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from portal.education.yaml_file import YamlText


@dataclass(frozen=True, slots=True)
class Region:
    """One place of the body: its stored code, where it is drawn, and what the patient calls it.

    `side` is the patient's own ("left", "right" or "none"); the front view mirrors the patient.
    """

    key: str
    view: str
    label: str
    side: str
    path: str


def _load() -> tuple[Region, ...]:
    file = Path(__file__).with_name("regions.yaml")
    entries = YamlText(file.read_text(encoding="utf-8"), file=file.name).data
    return tuple(Region(**entry) for entry in entries)


REGIONS = _load()
BY_KEY = MappingProxyType({region.key: region for region in REGIONS})


def region(key: str) -> Region:
    """Return the place with this code.

    Raises KeyError for a code that is not one of the 54.
    """
    return BY_KEY[key]


def in_order(keys: frozenset[str]) -> tuple[str, ...]:
    """Put codes into the figure's own order."""
    return tuple(found.key for found in REGIONS if found.key in keys)
