"""What the columns of an exported diary hold: names, types, limits and labels, said once.

From this the CSV files' heads, their Table Schema (`datapackage.json`) and the REDCap data
dictionary are made, so that none of them can tell something else than the others.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from flask_babel import LazyString

from portal.diary.answers import CHOICES, LONGEST, LONGEST_REASON
from portal.web.languages import lazy_gettext as _


class Kind(StrEnum):
    """What a cell holds."""

    TEXT = "string"
    WHOLE = "integer"
    YES_NO = "boolean"
    DAY = "date"
    INSTANT = "datetime"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column; `lowest` and `highest` are inclusive, `choices` are all codes it may hold."""

    name: str
    kind: Kind
    label: str | LazyString
    lowest: int | None = None
    highest: int | None = None
    longest: int | None = None
    choices: tuple[str, ...] = ()
    is_required: bool = False
    is_identifier: bool = False
    is_unique: bool = False


def _score(name: str, label: LazyString) -> Column:
    return Column(name=name, kind=Kind.WHOLE, label=label, lowest=0, highest=10)


def _choice(name: str, label: LazyString) -> Column:
    return Column(name=name, kind=Kind.TEXT, label=label, choices=CHOICES[name])


_ID = Column(
    name="record_id",
    kind=Kind.TEXT,
    label=_("Key of this version of an entry"),
    is_required=True,
    is_unique=True,
)
_NUMBER = Column(
    name="clinic_number",
    kind=Kind.TEXT,
    label=_("The patient’s number at the clinic"),
    is_identifier=True,
)
_EPISODE = Column(
    name="episode_id", kind=Kind.TEXT, label=_("Key of the course of care"), is_required=True
)
_ABOUT = Column(name="about_on", kind=Kind.DAY, label=_("Day that is told about"), is_required=True)
_ENTERED = Column(
    name="entered_at", kind=Kind.INSTANT, label=_("Written at (UTC)"), is_required=True
)
_WRITTEN = Column(
    name="entered_on",
    kind=Kind.DAY,
    label=_("Written on, by the patient’s own calendar"),
    is_required=True,
)
_VERSION = Column(
    name="version",
    kind=Kind.WHOLE,
    label=_("Version; a correction is a new one"),
    lowest=1,
    is_required=True,
)
_NEWEST = Column(
    name="is_newest",
    kind=Kind.YES_NO,
    label=_("Is the newest version of its day"),
    is_required=True,
)
_LATE = Column(
    name="is_late", kind=Kind.YES_NO, label=_("Written on a later day"), is_required=True
)

ITEMS: Mapping[str, Column] = MappingProxyType(
    {
        column.name: column
        for column in (
            _score("pain_average", _("Pain on average (0 no pain, 10 worst imaginable)")),
            _score("interference", _("How much pain got in the way (0 not at all, 10 completely)")),
            _choice("needled", _("Needles at the visit")),
            _score("soreness", _("Soreness where the needles went (0 none, 10 worst)")),
            _choice("grasp_felt", _("Felt the muscle grab the needle")),
            _choice("grasp_lasted", _("How long the cramp lasted")),
            Column(
                name="flags",
                kind=Kind.TEXT,
                label=_("Red flags ticked, or none; codes with a semicolon between them"),
            ),
            Column(
                name="places",
                kind=Kind.TEXT,
                label=_("Places of the body; keys with a semicolon between them"),
            ),
            _score("pain_worst", _("Pain at the worst moment (0 no pain, 10 worst imaginable)")),
            _choice("change", _("Compared with before the last visit")),
            _score("sleep", _("How the night was slept (0 very well, 10 very badly)")),
            _choice("medicine", _("Took something for this pain")),
            Column(
                name="managed",
                kind=Kind.TEXT,
                label=_("Something managed"),
                longest=LONGEST["managed"],
            ),
            Column(
                name="note",
                kind=Kind.TEXT,
                label=_("Note for the practitioner"),
                longest=LONGEST["note"],
            ),
            Column(name="call_me", kind=Kind.YES_NO, label=_("Asked the clinic to call")),
        )
    }
)

ENTRIES = (
    _ID,
    _NUMBER,
    _EPISODE,
    _ABOUT,
    _ENTERED,
    _WRITTEN,
    _VERSION,
    _NEWEST,
    _LATE,
    Column(name="withdrawn_at", kind=Kind.INSTANT, label=_("Taken out of the figures at (UTC)")),
    Column(
        name="reason",
        kind=Kind.TEXT,
        label=_("Why it was corrected or taken out"),
        longest=LONGEST_REASON,
    ),
    Column(name="method", kind=Kind.TEXT, label=_("How it came in"), is_required=True),
    Column(name="scale_layout", kind=Kind.TEXT, label=_("How the scales were laid out")),
    *(ITEMS[name] for name in list(ITEMS)[: list(ITEMS).index("places") + 1]),
    Column(name="place_labels", kind=Kind.TEXT, label=_("The same places in words")),
    *(ITEMS[name] for name in list(ITEMS)[list(ITEMS).index("places") + 1 :]),
)

ANSWERS = (
    Column(
        name="record_id",
        kind=Kind.TEXT,
        label=_("Key of the version of an entry, or of the assessment"),
        is_required=True,
    ),
    _NUMBER,
    _EPISODE,
    Column(
        name="instrument",
        kind=Kind.TEXT,
        label=_("The diary, or the code of the assessment"),
        is_required=True,
    ),
    Column(name="instrument_version", kind=Kind.TEXT, label=_("Version of the assessment")),
    _ABOUT,
    _ENTERED,
    _VERSION,
    _NEWEST,
    _LATE,
    Column(
        name="is_withdrawn",
        kind=Kind.YES_NO,
        label=_("Taken out of the figures"),
        is_required=True,
    ),
    Column(name="item", kind=Kind.TEXT, label=_("Code of the question"), is_required=True),
    Column(name="item_label", kind=Kind.TEXT, label=_("The question")),
    Column(name="value", kind=Kind.TEXT, label=_("Code or number of the answer, or its words")),
    Column(name="value_label", kind=Kind.TEXT, label=_("The answer in words, of a code")),
)


@dataclass(frozen=True, slots=True)
class Table:
    """One CSV file: what it is called, what a row is, and its columns."""

    file: str
    name: str
    about: LazyString
    columns: tuple[Column, ...]
    key: tuple[str, ...] = field(default_factory=tuple)

    @property
    def head(self) -> tuple[str, ...]:
        """The names of the columns, in their order."""
        return tuple(column.name for column in self.columns)


ENTRIES_TABLE = Table(
    "entries.csv",
    "entries",
    _("The diary, one row for each version of an entry."),
    ENTRIES,
    ("record_id",),
)
ANSWERS_TABLE = Table(
    "answers.csv",
    "answers",
    _("Diary and assessments, one row for each answer."),
    ANSWERS,
)
TABLES = (ENTRIES_TABLE, ANSWERS_TABLE)
