"""What assessments say, for the patient's trends and the practitioner's brief alike.

Each instrument has a panel of its own with its direction in words; labels are never reckoned
with, and a change is said against its stated marks (analytics.md rows 10, 11 and 14).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from portal.diary.assessment_changes import ChangeShown, change_shown, compared_answers
from portal.diary.assessment_line import ScoredOn, SmallLine, small_line
from portal.diary.assessment_queries import Assessed, subject_key
from portal.diary.check_words import direction_words, score_words
from portal.diary.checks import KINDS, PEG, PGIC, PSFS
from portal.instruments.catalogue import house_catalogue
from portal.instruments.model import Direction, Instrument
from portal.instruments.scoring import (
    change_between,
    score_of,
)
from portal.web.jinja import day
from portal.web.languages import gettext as _
from portal.web.languages import ngettext

NOTHING = "–"


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One filling-in: its day, its score or label, and what was left out."""

    on: date
    words: str
    note: str


@dataclass(frozen=True, slots=True)
class RatedRow:
    """One activity with its first and its newest rating."""

    activity: str
    first: str
    newest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentPanel:
    """One instrument's panel; `activities` and `change` compare the first with the newest."""

    instrument: str
    short: str
    title: str
    direction: str
    best_at_top: bool
    is_labelled: bool
    rows: tuple[ResultRow, ...]
    activities: tuple[RatedRow, ...]
    first_on: date
    newest_on: date
    change: ChangeShown | None
    drawing: SmallLine | None
    drawing_title: str


def panels_of(assessed: Sequence[Assessed]) -> tuple[AssessmentPanel, ...]:
    """Return a panel for each instrument that was filled in; oldest first comes in.

    What was replaced on its own day is left out; other versions and languages are listed and
    never compared.
    """
    in_force = [one for one in assessed if not one.is_replaced]
    known = house_catalogue().codes
    kinds = [*KINDS, *sorted(known - set(KINDS))]
    found = {kind: [one for one in in_force if one.instrument == kind] for kind in kinds}
    return tuple(_panel(some) for some in found.values() if some)


def _panel(some: Sequence[Assessed]) -> AssessmentPanel:
    instrument = house_catalogue().get(some[-1].instrument, some[-1].version)
    alike = [one for one in some if one.is_comparable(some[-1])]
    scored = [one for one in alike if score_of(instrument, one.answers).value is not None] or alike
    first, newest = _first_to_compare(instrument, scored), scored[-1]
    drawing = _drawing(instrument, scored)
    return AssessmentPanel(
        instrument=instrument.code,
        short=instrument.short,
        title=_title(instrument),
        direction=_direction(instrument),
        best_at_top=instrument.direction is Direction.HIGHER,
        is_labelled=instrument.is_labelled,
        rows=tuple(_row(one) for one in some),
        activities=_activities(first, newest) if instrument.subjects else (),
        first_on=first.about_on,
        newest_on=newest.about_on,
        change=change_shown(instrument, first, newest),
        drawing=drawing,
        drawing_title=_drawing_title(instrument, drawing) if drawing else "",
    )


def _first_to_compare(instrument: Instrument, alike: Sequence[Assessed]) -> Assessed:
    """The first one that a change to the newest can be said from, else the newest itself."""
    newest = compared_answers(instrument, alike[-1])
    for one in alike[:-1]:
        if change_between(instrument, compared_answers(instrument, one), newest) is not None:
            return one
    return alike[-1]


def _title(instrument: Instrument) -> str:
    words = {
        PEG: _("Your weeks (PEG)"),
        PSFS: _("Activities that matter (PSFS)"),
        PGIC: _("Since treatment began (PGIC)"),
    }
    return words.get(instrument.code, instrument.name)


def _direction(instrument: Instrument) -> str:
    if instrument.is_labelled:
        return _(
            "From “%(best)s” to “%(worst)s”.",
            best=instrument.label_of(instrument.lowest),
            worst=instrument.label_of(instrument.highest),
        )
    return _("Scale %(direction)s.", direction=direction_words(instrument))


def _row(one: Assessed) -> ResultRow:
    instrument = house_catalogue().get(one.instrument, one.version)
    score = score_of(instrument, one.answers)
    asked = len(one.subjects) or len(instrument.items)
    left_out = asked - len(one.answers)
    note = ngettext("%(num)s left out", "%(num)s left out", left_out) if left_out else ""
    if instrument.subjects and score.value is not None:
        rated = ngettext("%(num)s activity", "%(num)s activities", score.n)
        note = f"{rated}, {note}" if note else rated
    return ResultRow(one.about_on, score_words(one), note)


def _activities(first: Assessed, newest: Assessed) -> tuple[RatedRow, ...]:
    """Every activity of both filling-ins, in the order of the newest."""
    before, after = first.by_subject, newest.by_subject
    words = {
        subject_key(said): said for said in (*newest.subjects.values(), *first.subjects.values())
    }
    is_one = first.id == newest.id
    return tuple(
        RatedRow(
            said,
            NOTHING if is_one else _number(before.get(key)),
            _number(after.get(key)),
        )
        for key, said in words.items()
    )


def _number(value: int | None) -> str:
    return NOTHING if value is None else str(value)


def _drawing(instrument: Instrument, scored: Sequence[Assessed]) -> SmallLine | None:
    """A line through the scores that rest on the same questions as the newest."""
    if instrument.is_labelled:
        return None
    asked = compared_answers(instrument, scored[-1]).keys()
    points = []
    for one in scored:
        value = score_of(instrument, one.answers).value
        if value is not None and compared_answers(instrument, one).keys() == asked:
            points.append(ScoredOn(one.about_on, value, score_words(one)))
    return small_line(points)


def _drawing_title(instrument: Instrument, drawing: SmallLine) -> str:
    first, last = drawing.first, drawing.last
    return _(
        "%(name)s: %(first)s on %(first_day)s, %(last)s on %(last_day)s; %(direction)s",
        name=instrument.short,
        first=first.words,
        first_day=day(first.on),
        last=last.words,
        last_day=day(last.on),
        direction=direction_words(instrument),
    )
