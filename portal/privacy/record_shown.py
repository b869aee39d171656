"""A patient's record in words, piece by piece, for the page that people keep and print."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from portal import clock
from portal.db import EpisodeId
from portal.diary.answers import Answers
from portal.diary.flags import CALL, FLAGS
from portal.diary.presenters import answer_rows
from portal.diary.regions import BY_KEY
from portal.privacy.record_queries import AssessmentTold, EntryVersion, Record
from portal.privacy.record_tables import answers_of, instrument_of, item_words
from portal.web.jinja import clock_time, day_year, number1, weekday_name
from portal.web.languages import gettext as _

Rows = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Piece:
    """One dated piece of the record: its title, what stands beside it, and labelled words.

    `month` is a heading that pieces of the same month share.
    """

    month: str
    title: str
    aside: str
    marks: tuple[str, ...]
    rows: Rows
    is_old: bool = False


@dataclass(frozen=True, slots=True)
class RecordShown:
    """The record as a template reads it; each method yields, so that nothing is held at once."""

    record: Record

    def when(self, at: datetime | None) -> str:
        """Write an instant by the patient's clock: 9 November 2026, 19:42."""
        if at is None:
            return ""
        local = clock.local(at, self.record.subject.zone)
        return f"{day_year(local.date())}, {clock_time(local)}"

    def entries(self, episode_id: EpisodeId) -> Iterator[Piece]:
        """Yield each version of each entry, by day."""
        for entry in self.record.entries(episode_id):
            row = entry.row
            written = _("Written %(when)s", when=self.when(row.entered_at))
            rows = answer_rows(_answers(entry))
            if row.reason:
                rows.append((_("Why it was changed"), row.reason))
            title, marks, is_old = _full(row.about_on), _marks(entry), not entry.is_newest
            yield Piece(_month(row.about_on), title, written, marks, rows, is_old)

    def flags(self, episode_id: EpisodeId) -> Iterator[Piece]:
        """Yield what was ticked as new or asked for, with what the clinic did about it."""
        for told in self.record.flags(episode_id):
            row = told.row
            label = _("Asked for a call") if row.code == CALL else _flag_words(row.code)
            rows = [(self.when(act.at), _how(act.how, act.display_name)) for act in told.acts]
            marks = [_("Answered") if row.acknowledged_at else _("Open")]
            if row.unticked_at:
                marks.append(_("Later unticked"))
            raised = _("For %(day)s", day=_full(row.about_on))
            yield Piece("", label, raised, tuple(marks), rows)

    def assessments(self, episode_id: EpisodeId) -> Iterator[Piece]:
        """Yield the assessments that were finished."""
        for told in self.record.assessments(episode_id):
            instrument = instrument_of(told)
            name = instrument.name if instrument else told.row.instrument
            done = _("Answered %(when)s", when=self.when(told.row.completed_at))
            yield Piece("", f"{_full(told.row.about_on)}: {name}", done, (), _scored(told))


def _full(on: date) -> str:
    return f"{weekday_name(on)} {day_year(on)}"


def _month(on: date) -> str:
    return day_year(on).partition(" ")[2]


def _flag_words(code: str) -> str:
    return str(FLAGS[code].label) if code in FLAGS else code


def _answers(entry: EntryVersion) -> Answers:
    row = entry.row
    return Answers(
        pain_average=row.pain_average,
        interference=row.interference,
        needled=row.needled,
        soreness=row.soreness,
        grasp_felt=row.grasp_felt,
        grasp_lasted=row.grasp_lasted,
        flags=tuple(row.flags),
        places=tuple(key for key in entry.places if key in BY_KEY),
        pain_worst=row.pain_worst,
        change=row.change,
        sleep=row.sleep,
        medicine=row.medicine,
        managed=row.managed,
        note=row.note,
        call_me=row.call_me,
    )


def _marks(entry: EntryVersion) -> tuple[str, ...]:
    row, marks = entry.row, []
    if row.version > 1 or not entry.is_newest:
        marks.append(_("Version %(number)s", number=row.version))
    if not entry.is_newest:
        marks.append(_("Replaced by a later version"))
    elif row.withdrawn_at is not None:
        marks.append(_("Taken out of the figures"))
    if row.is_late:
        marks.append(_("Written on a later day"))
    return tuple(marks)


def _scored(told: AssessmentTold) -> Rows:
    instrument = instrument_of(told)
    rows = []
    for item, value in answers_of(told):
        label = instrument.label_of(value) if instrument else ""
        rows.append((item_words(told, item) or item, label or str(value)))
    if told.row.score is not None:
        rows.append((_("Score"), number1(told.row.score)))
    return rows


def _how(how: str, name: str) -> str:
    words = {
        "spoke-at-visit": _("%(name)s spoke about it at a visit", name=name),
        "called": _("%(name)s called", name=name),
        "no-answer": _("%(name)s called; there was no answer", name=name),
        "sent-to-doctor": _("%(name)s sent the patient to a doctor", name=name),
    }
    return words.get(how, f"{name}: {how}")
