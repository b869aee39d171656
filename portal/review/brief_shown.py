"""The brief as page, paper and text read it: every word said, nothing left to decide."""

from dataclasses import dataclass
from datetime import date

from portal.db import EntryId, EpisodeId, FlagId, PatientId, QuestionId, VisitId
from portal.review.brief_assessments import AssessedShown
from portal.review.charts import Calendar, VisitCurves
from portal.review.tables import AroundRow, DayRow, FortnightRow, ResponseWords
from portal.review.trends import Record


@dataclass(frozen=True, slots=True)
class Line:
    """A short line beside a figure; `arrow` is the direction of a change, or empty."""

    words: str
    arrow: str = ""
    is_strong: bool = False


@dataclass(frozen=True, slots=True)
class FigureShown:
    """One of the five figures."""

    label: str
    value: str
    unit: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagShown:
    """A flag or a call that waits to be acknowledged, with what was done so far.

    `name` and `done` are for rows side by side: the flag alone, and only what somebody did.
    """

    id: FlagId
    title: str
    name: str
    short: str
    moment: str
    written: str
    age: str
    quote: str
    status: str
    done: str
    is_call: bool


@dataclass(frozen=True, slots=True)
class SettledShown:
    """A flag or a call acknowledged since the last review, and what was done about it."""

    title: str
    words: str


@dataclass(frozen=True, slots=True)
class News:
    """One thing that is new since the last review."""

    label: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsShown:
    """What is new, since when, and whether the page can be marked or undone."""

    title: str
    since: str
    items: tuple[News, ...]
    reviewed: str
    can_undo: bool
    can_mark: bool


@dataclass(frozen=True, slots=True)
class QuestionShown:
    """A question for the next visit; `is_edited` where the patient has changed its words."""

    id: QuestionId
    body: str
    is_new: bool
    is_edited: bool = False


@dataclass(frozen=True, slots=True)
class WhereShown:
    """The places of the recent days: shades of the body figure, and the same in words."""

    shades: dict[str, int]
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitShown:
    """One held visit: where, how firmly the tissue held, and how the days around it went."""

    id: VisitId | None
    number: int
    on: date
    where: str
    grasp: int | None
    response: ResponseWords
    is_on_paper: bool


@dataclass(frozen=True, slots=True)
class NoteShown:
    """The patient's own words about a day."""

    on: date
    words: str
    is_on_paper: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Charts:
    """The drawings, one for each medium, and the same numbers as tables."""

    calendar: tuple[Calendar, ...]
    around: tuple[VisitCurves, ...]
    fortnights: tuple[FortnightRow, ...]
    days: tuple[DayRow, ...]
    around_rows: tuple[AroundRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """Everything the brief says about one patient at one moment.

    `is_full` says that so much waits that page and paper must be set tighter to stay one.
    """

    patient_id: PatientId
    episode_id: EpisodeId
    name: str
    about: str
    history: str
    visit: str
    last_visit: str
    ended: str
    flags: tuple[FlagShown, ...]
    settled: tuple[SettledShown, ...]
    settled_earlier: int
    figures: tuple[FigureShown, ...]
    basis: str
    finding: str
    median: str
    swing: str
    news: NewsShown
    questions: tuple[QuestionShown, ...]
    where: WhereShown
    visits: tuple[VisitShown, ...]
    visits_earlier: int
    assessed: tuple[AssessedShown, ...]
    notes: tuple[NoteShown, ...]
    thresholds: str
    marks: str
    caution: str
    charts: Charts
    record: Record
    up_to: EntryId | None
    printed: str
    has_diary: bool
    is_full: bool
