"""The instruments this portal knows, read once from their files; a faulty file stops the start."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from portal.errors import BadSettings
from portal.instruments.model import Instrument

DEFINITIONS = Path(__file__).parent / "definitions"


class BadInstrument(BadSettings):
    """An instrument's file cannot be used; the sentence names file, key and what is allowed."""


class UnknownInstrument(LookupError):
    """No file defines this instrument, or this version of it."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All instruments by code and version."""

    by_version: Mapping[tuple[str, str], Instrument]

    @property
    def current(self) -> tuple[Instrument, ...]:
        """The newest version of each, in the order of their codes."""
        newest: dict[str, Instrument] = {}
        for one in sorted(self.by_version.values(), key=lambda one: (one.code, int(one.version))):
            newest[one.code] = one
        return tuple(newest.values())

    @property
    def codes(self) -> frozenset[str]:
        """The code of every instrument."""
        return frozenset(code for code, _version in self.by_version)

    def get(self, code: str, version: str = "") -> Instrument:
        """Return an instrument in one version, or in its newest; raises UnknownInstrument."""
        for one in self.current if not version else self.by_version.values():
            if one.code == code and version in {"", one.version}:
                return one
        raise UnknownInstrument(code, version)


def load_catalogue(folder: Path = DEFINITIONS) -> Catalogue:
    """Read every file of a folder; raises BadInstrument at the first that cannot be used."""
    found: dict[tuple[str, str], Instrument] = {}
    for path in sorted(folder.glob("*.yaml")):
        one = read_instrument(path)
        key = (one.code, one.version)
        if key in found:
            raise BadInstrument(
                f"{path.name}, key version: {one.code} {one.version} is defined twice. "
                "Allowed: a number of its own for each file of an instrument."
            )
        found[key] = one
    if not found:
        raise BadInstrument(f"{folder}: no instrument is defined. Allowed: one .yaml file each.")
    return Catalogue(found)


def read_instrument(path: Path) -> Instrument:
    """Read one file; raises BadInstrument with one sentence."""
    try:
        told: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        first = str(error).splitlines()[0]
        raise BadInstrument(f"{path.name}: this cannot be read: {first}.") from error
    if not isinstance(told, dict):
        allowed = ", ".join(Instrument.model_fields)
        raise BadInstrument(f"{path.name}: keys are expected here. Allowed: {allowed}.")
    try:
        return Instrument.model_validate(told)
    except ValidationError as error:
        raise BadInstrument(_sentence(path.name, error)) from None


def _sentence(file: str, error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    place = first["loc"]
    key = f", key {'.'.join(str(step) for step in place)}" if place else ""
    if first["type"] == "extra_forbidden":
        return f"{file}{key}: this key is not known. Allowed: {', '.join(_beside(place))}."
    said = "it is missing" if first["type"] == "missing" else first["msg"]
    allowed = _description(place)
    told = f"{file}{key}: {said.removeprefix('Value error, ')}."
    return f"{told} Allowed: {allowed}." if allowed else told


def _model_of(place: Iterable[str | int]) -> Mapping[str, Any]:
    """The keys of the part of a file that a place lies in."""
    fields: Mapping[str, Any] = Instrument.model_fields
    *owners, _last = [step for step in place if isinstance(step, str)] or [""]
    for owner in owners:
        inner = fields[owner].annotation.__args__[0]
        fields = inner.model_fields
    return fields


def _beside(place: tuple[str | int, ...]) -> list[str]:
    return list(_model_of(place))


def _description(place: tuple[str | int, ...]) -> str:
    names = [step for step in place if isinstance(step, str)]
    known = _model_of(place).get(names[-1]) if names else None
    return (known.description or "") if known is not None else ""


@cache
def house_catalogue() -> Catalogue:
    """Return the portal's own instruments, read once per process."""
    return load_catalogue()
