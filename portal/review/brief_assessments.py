"""Assessments as the brief says them: PEG and PSFS side by side, PGIC beside the own view."""

from collections.abc import Sequence
from dataclasses import dataclass

from portal.diary.assessment_changes import ChangeShown
from portal.diary.assessment_panels import AssessmentPanel
from portal.diary.checks import PEG, PSFS
from portal.web.jinja import day_short, lower_first
from portal.web.languages import gettext as _

SCORES_SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessedShown:
    """One instrument as a small table: days as columns, scores or activities as rows.

    `newest` is the newest score with its day; `change` is None where nothing is compared yet.
    """

    instrument: str
    title: str
    direction: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    newest: str
    change: ChangeShown | None

    @property
    def said(self) -> str:
        """All of it in a sentence or two, for text and for a sheet with little room."""
        if not self.newest:
            return f"{self.title}: –."
        if self.change is None:
            return _("%(name)s: %(newest)s.", name=self._name, newest=self.newest)
        return _(
            "%(name)s: %(newest)s, %(change)s. %(marks)s",
            name=self._name,
            newest=self.newest,
            change=self.change.words,
            marks=self.change.marks,
        )

    @property
    def _name(self) -> str:
        return _("%(name)s (%(direction)s)", name=self.title, direction=self.direction)


def assessed_shown(panels: Sequence[AssessmentPanel]) -> tuple[AssessedShown, ...]:
    """Return PEG and PSFS, each also where it was not filled in yet."""
    known = {panel.instrument: panel for panel in panels}
    return (_peg(known.get(PEG)), _psfs(known.get(PSFS)))


def _none(instrument: str, title: str, direction: str) -> AssessedShown:
    return AssessedShown(
        instrument=instrument,
        title=title,
        direction=direction,
        heads=(),
        rows=(),
        newest="",
        change=None,
    )


def _peg(panel: AssessmentPanel | None) -> AssessedShown:
    title, direction = _("PEG"), _("lower is better")
    if panel is None:
        return _none(PEG, title, direction)
    first, *later = panel.rows
    shown = (first, *later[1 - SCORES_SHOWN :])
    return AssessedShown(
        instrument=PEG,
        title=title,
        direction=direction,
        heads=tuple(day_short(row.on) for row in shown),
        rows=((_("Score"), tuple(row.words for row in shown)),),
        newest=_newest(panel),
        change=panel.change,
    )


def _psfs(panel: AssessmentPanel | None) -> AssessedShown:
    title = _("PSFS")
    direction = _("higher is better")
    if panel is None:
        return _none(PSFS, title, direction)
    is_one = panel.change is None
    heads = (panel.newest_on,) if is_one else (panel.first_on, panel.newest_on)
    return AssessedShown(
        instrument=PSFS,
        title=title,
        direction=direction,
        heads=tuple(day_short(on) for on in heads),
        rows=tuple(
            (row.activity, (row.newest,) if is_one else (row.first, row.newest))
            for row in panel.activities
        ),
        newest=_newest(panel),
        change=panel.change,
    )


def _newest(panel: AssessmentPanel) -> str:
    row = panel.rows[-1]
    return _("%(score)s on %(day)s", score=row.words, day=day_short(row.on))


def pgic_words(panels: Sequence[AssessmentPanel]) -> str:
    """Say the newest impression of change with its day; nothing where it was not asked."""
    found = next((panel for panel in panels if panel.is_labelled), None)
    if found is None:
        return ""
    row = found.rows[-1]
    return _(
        "since the start: %(label)s, %(name)s on %(day)s",
        name=found.short,
        label=lower_first(row.words),
        day=day_short(row.on),
    )


def assessments_line(assessed: Sequence[AssessedShown]) -> str:
    """Say PEG and PSFS in one line, to be pasted into a chart; nothing without either."""
    return " ".join(one.said for one in assessed if one.newest)
