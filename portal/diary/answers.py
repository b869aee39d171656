"""What a diary form may hold: reading the fields that were sent, one by one, without loss."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from unicodedata import category
from uuid import UUID

from portal.diary.flags import CODES, NONE, ticked
from portal.diary.regions import BY_KEY, in_order

Fields = Mapping[str, Sequence[str]]

SCORES = ("pain_average", "interference", "soreness", "pain_worst", "sleep")
CHOICES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "needled": ("yes", "no"),
        "grasp_felt": ("none", "a-little", "clearly", "strongly"),
        "grasp_lasted": ("under-a-minute", "minutes", "hours", "still-there"),
        "change": ("better", "same", "worse"),
        "medicine": ("no", "as-usual", "more", "less"),
    }
)
LONGEST: Mapping[str, int] = MappingProxyType({"managed": 500, "note": 2000})
LONGEST_REASON = 500
LAYOUTS = frozenset({"one-row", "two-rows"})
_SCORE_WORDS = MappingProxyType({str(number): number for number in range(11)})
_HIGHEST_VERSION = 10**6
_JOINERS = "\u200c\u200d"


class Problem(StrEnum):
    """Why a field could not be used as it was sent."""

    MISSING = "missing"
    NOT_A_SCORE = "not-a-score"
    NOT_A_CHOICE = "not-a-choice"
    UNKNOWN_TICK = "unknown-tick"
    BELOW_AVERAGE = "below-average"
    TOO_LONG = "too-long"


@dataclass(frozen=True, slots=True)
class Answers:
    """What a patient says about one day. Scores are 0-10; None means not answered, never 0.

    `flags` holds red flags, or `none` alone; `places` are the figure's codes in its order.
    """

    pain_average: int | None = None
    interference: int | None = None
    needled: str | None = None
    soreness: int | None = None
    grasp_felt: str | None = None
    grasp_lasted: str | None = None
    flags: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    pain_worst: int | None = None
    change: str | None = None
    sleep: int | None = None
    medicine: str | None = None
    managed: str = ""
    note: str = ""
    call_me: bool = False

    @property
    def red_flags(self) -> tuple[str, ...]:
        """The red flags among the ticks."""
        return ticked(self.flags)

    @property
    def is_enough(self) -> bool:
        """Whether this alone makes an entry: a pain score, a red flag, or a wish to be called."""
        return self.pain_average is not None or bool(self.red_flags) or self.call_me

    def columns(self) -> dict[str, object]:
        """Return the answers as an entry's columns; places have a table of their own."""
        found: dict[str, object] = asdict(self)
        del found["places"]
        return found | {"flags": list(self.flags)}

    def fields(self) -> dict[str, list[str]]:
        """Return the answers as the form would send them."""
        found = {name: _words(value) for name, value in asdict(self).items()}
        return {name: words for name, words in found.items() if words}


def _words(value: object) -> list[str]:
    if isinstance(value, bool):
        return ["yes"] if value else []
    if isinstance(value, list | tuple):
        return [str(one) for one in value]
    return [] if value in {None, ""} else [str(value)]


@dataclass(frozen=True, slots=True)
class Sent:
    """A form as it came: what can be used of it, what cannot and why, and every typed word.

    `are_places_left_out` says that ticks taken over from the last entry were not used, since
    there was no pain that day.
    """

    answers: Answers
    problems: Mapping[str, Problem] = field(default_factory=dict)
    typed: Fields = field(default_factory=dict)
    entry_key: UUID | None = None
    base_version: int | None = None
    scale_layout: str = "unknown"
    reason: str = ""
    are_places_left_out: bool = False


def tidy(text: str) -> str:
    """Return text with plain spaces and line ends, without marks that no one typed.

    A space of any width stays a space, or "2 10 mg" would become 210 mg; joiners stay, since
    emoji, Persian and Indic words are spelt with them. Control and direction marks go.
    """
    lines = "\n".join(text.splitlines())
    return "".join(_tidied(mark) for mark in lines).strip(f" \n\t{_JOINERS}")


def _tidied(mark: str) -> str:
    if category(mark) == "Zs":
        return " "
    return mark if mark.isprintable() or mark in f"\n\t{_JOINERS}" else ""


class _Reading:
    """Reads a form field by field and notes what could not be used."""

    def __init__(self, fields: Fields) -> None:
        self.fields = fields
        self.problems: dict[str, Problem] = {}

    def given(self, name: str) -> set[str]:
        return {value.strip() for value in self.fields.get(name, ()) if value.strip()}

    def score(self, name: str) -> int | None:
        values = self.given(name)
        if not values:
            return None
        if len(values) == 1 and values <= _SCORE_WORDS.keys():
            return _SCORE_WORDS[values.pop()]
        self.problems[name] = Problem.NOT_A_SCORE
        return None

    def choice(self, name: str) -> str | None:
        values = self.given(name)
        if not values:
            return None
        if len(values) == 1 and values <= set(CHOICES[name]):
            return values.pop()
        self.problems[name] = Problem.NOT_A_CHOICE
        return None

    def ticks(self, name: str, known: frozenset[str]) -> frozenset[str]:
        values = self.given(name)
        if not values <= known:
            self.problems[name] = Problem.UNKNOWN_TICK
        return known & values

    def text(self, name: str, longest: int) -> str:
        values = [tidy(value) for value in self.fields.get(name, ())]
        words = "\n".join(value for value in values if value)
        if len(words) > longest:
            self.problems[name] = Problem.TOO_LONG
            return ""
        return words


def _flags(ticks: frozenset[str]) -> tuple[str, ...]:
    return ticked(ticks) or tuple(ticks & {NONE})


def _answers(read: _Reading) -> Answers:
    scores = {name: read.score(name) for name in SCORES}
    choices = {name: read.choice(name) for name in CHOICES}
    texts = {name: read.text(name, longest) for name, longest in LONGEST.items()}
    flags = _flags(read.ticks("flags", frozenset({*CODES, NONE})))
    places = in_order(read.ticks("places", frozenset(BY_KEY)))
    return Answers(
        pain_average=scores["pain_average"],
        interference=scores["interference"],
        needled=choices["needled"],
        soreness=scores["soreness"],
        grasp_felt=choices["grasp_felt"],
        grasp_lasted=choices["grasp_lasted"],
        flags=flags,
        places=places,
        pain_worst=scores["pain_worst"],
        change=choices["change"],
        sleep=scores["sleep"],
        medicine=choices["medicine"],
        managed=texts["managed"],
        note=texts["note"],
        call_me=bool(read.given("call_me")),
    )


def _checked(answers: Answers, problems: dict[str, Problem]) -> Answers:
    if not answers.is_enough and "pain_average" not in problems:
        problems["pain_average"] = Problem.MISSING
    average, worst = answers.pain_average, answers.pain_worst
    if average is not None and worst is not None and worst < average:
        problems["pain_worst"] = Problem.BELOW_AVERAGE
        return replace(answers, pain_worst=None)
    return answers


def _without_untouched(answers: Answers, taken_over: tuple[str, ...]) -> Answers:
    """Leave out places that only stand from last time, where the pain was 0.

    A form comes with the last entry's places ticked and names them in `prefilled`. Somebody who
    answers 0 and does not touch the figure has not said that it hurt there; any change of the
    ticks is their own word and is kept.
    """
    is_untouched = bool(taken_over) and answers.places == taken_over
    if answers.pain_average != 0 or not is_untouched:
        return answers
    return replace(answers, places=())


def _key(values: set[str]) -> UUID | None:
    try:
        return UUID(hex=min(values)) if len(values) == 1 else None
    except ValueError:
        return None


def _version(values: set[str]) -> int | None:
    word = min(values) if len(values) == 1 else ""
    if not (word.isascii() and word.isdigit() and len(word) <= len(str(_HIGHEST_VERSION))):
        return None
    return int(word)


def read(fields: Fields) -> Sent:
    """Read a form, whatever was sent; nothing raises, and what is of no use is named."""
    reading = _Reading(fields)
    answers = _answers(reading)
    reason = reading.text("reason", LONGEST_REASON)
    layouts = reading.given("scale_layout") & LAYOUTS
    answers = _checked(answers, reading.problems)
    taken_over = in_order(frozenset(BY_KEY) & reading.given("prefilled"))
    used = _without_untouched(answers, taken_over)
    return Sent(
        answers=used,
        problems=reading.problems,
        typed=fields,
        entry_key=_key(reading.given("entry_key")),
        base_version=_version(reading.given("base_version")),
        scale_layout=layouts.pop() if len(layouts) == 1 else "unknown",
        reason=reason,
        are_places_left_out=used != answers,
    )
