"""What a diary must do, in the simplest words: days, versions and flags in plain lists.

The machine of `tests/diary/machine.py` plays the same steps on the portal and on this model
(design, section 4) and compares the two.
"""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import Enum, auto

A_DAY = timedelta(days=1)
LOOKS_BACK = 2  # days before today that can still be written
NIGHT_ENDS = 4  # until then "today" still means the day before


class Outcome(Enum):
    """What becomes of a form that is sent."""

    SAVED = auto()
    SAME = auto()
    CONFLICT = auto()
    CLOSED = auto()
    NOT_ENOUGH = auto()


@dataclass(frozen=True, slots=True)
class Said:
    """What a form says: one number, one tick list, one note, or nothing."""

    pain: int | None = None
    flags: frozenset[str] = frozenset()
    calls: bool = False
    note: str = ""

    @property
    def is_enough(self) -> bool:
        return self.pain is not None or bool(self.flags) or self.calls

    @property
    def raises(self) -> frozenset[str]:
        return self.flags | ({"CALL"} if self.calls else frozenset())

    def fields(self) -> dict[str, str | list[str]]:
        """The fields as a browser sends them."""
        sent: dict[str, str | list[str]] = {"flags": sorted(self.flags), "note": self.note}
        if self.pain is not None:
            sent["pain_average"] = str(self.pain)
        if self.calls:
            sent["call_me"] = "yes"
        return sent


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a day; `key` is empty where no form made it."""

    said: Said
    key: str
    is_late: bool
    is_withdrawn: bool = False


@dataclass(slots=True)
class Flag:
    """Something somebody must look at: open until acknowledged, whatever is written later."""

    code: str
    is_unticked: bool = False
    is_acknowledged: bool = False


@dataclass(slots=True)
class Book:
    """The whole diary."""

    days: dict[date, list[Version]] = field(default_factory=dict)
    flags: dict[date, list[Flag]] = field(default_factory=dict)

    def version(self, on: date) -> int:
        """The number of a day's newest version; 0 where nothing is written."""
        return len(self.days.get(on, []))

    def newest(self, on: date) -> Version | None:
        """A day's newest version."""
        versions = self.days.get(on)
        return versions[-1] if versions else None

    def figures(self) -> dict[date, int | None]:
        """The days that count, with their number: withdrawn ones are left out."""
        newest = {on: versions[-1] for on, versions in self.days.items()}
        return {on: one.said.pain for on, one in newest.items() if not one.is_withdrawn}

    def send(self, on: date, local: datetime, *, key: str, base: int, said: Said) -> Outcome:
        """Send a form that was opened at version `base` under `key`."""
        newest = self.newest(on)
        if not said.is_enough:
            return Outcome.NOT_ENOUGH
        if newest is None:
            if on not in writable(local.date()):
                return Outcome.CLOSED
            self._write(on, Version(said, key, is_late=is_late(on, local)), before=None)
            return Outcome.SAVED
        if newest.key != key and base != self.version(on):
            self._raise(on, said, before=newest)
            return Outcome.CONFLICT
        if newest.said == said and not newest.is_withdrawn:
            return Outcome.SAME
        self._write(on, Version(said, key, is_late=newest.is_late), before=newest)
        return Outcome.SAVED

    def turn(self, on: date, *, base: int, is_withdrawn: bool) -> Outcome:
        """Withdraw or restore a day that is written."""
        newest = self.days[on][-1]
        if newest.is_withdrawn == is_withdrawn:
            return Outcome.SAME
        if base != self.version(on):
            return Outcome.CONFLICT
        self.days[on].append(replace(newest, key="", is_withdrawn=is_withdrawn))
        return Outcome.SAVED

    def _write(self, on: date, version: Version, *, before: Version | None) -> None:
        self.days.setdefault(on, []).append(version)
        for flag in self.flags.get(on, []):
            if not flag.is_acknowledged:
                flag.is_unticked = flag.code not in version.said.raises
        self._raise(on, version.said, before=before or version)

    def _raise(self, on: date, said: Said, *, before: Version) -> None:
        """Raise what is ticked: once while it is open, and anew once it was settled and ticked
        again; what still stands ticked after it was settled is not new.
        """
        known = self.flags.setdefault(on, [])
        opened = {flag.code for flag in known if not flag.is_acknowledged}
        settled = {flag.code for flag in known if flag.is_acknowledged} & before.said.raises
        known += [Flag(code) for code in sorted(said.raises - opened - settled)]


def writable(today: date) -> set[date]:
    """The days that can be begun: today and the two before."""
    return {today - ago * A_DAY for ago in range(LOOKS_BACK + 1)}


def is_late(on: date, local: datetime) -> bool:
    """Whether a day is written after its own evening; the night until four belongs to it."""
    evening = local.date() - (A_DAY if local.hour < NIGHT_ENDS else timedelta())
    return on < evening
