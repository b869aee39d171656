"""What the brief rests on, as plain values: the patient, the diary, flags, visits, reviews."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from portal import clock
from portal.db import EntryId, EpisodeId, FlagId, PatientId, QuestionId, VisitId
from portal.diary.assessment_queries import Assessed
from portal.diary.schedule import Plan, VisitDay
from portal.review.summary import WrittenDay
from portal.review.trends import Thresholds


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The patient and the episode of care; `newest_*` is the version written last."""

    episode_id: EpisodeId
    patient_id: PatientId
    name: str
    born_on: date
    phone: str
    complaint: str
    history: tuple[str, ...]
    zone: str
    clinic_zone: str
    started_on: date
    ended_on: date | None
    thresholds: Thresholds
    plan: Plan | None
    newest_id: EntryId | None
    newest_at: datetime | None


@dataclass(frozen=True, slots=True)
class SiteRow:
    """A place that was needled."""

    place: str
    side: str
    grasp: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitRow:
    """A visit, planned or held, with its sites."""

    id: VisitId
    number: int | None
    planned_for: datetime | None
    planned_on: date | None
    held_on: date | None
    is_needling: bool
    practitioner: str
    sites: tuple[SiteRow, ...]

    @property
    def day(self) -> VisitDay:
        """The visit as the schedule reads it."""
        return VisitDay(self.planned_on, self.held_on, self.is_needling)


@dataclass(frozen=True, slots=True)
class ActRow:
    """What somebody did about a flag."""

    at: datetime
    how: str
    note: str
    practitioner: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagRow:
    """A red flag or a wish to be called, with what the patient wrote beside it."""

    id: FlagId
    entry_id: EntryId
    code: str
    about_on: date
    raised_at: datetime
    unticked_at: datetime | None
    opened_at: datetime | None
    acknowledged_at: datetime | None
    note: str
    acts: tuple[ActRow, ...]


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """An open question for the next visit."""

    id: QuestionId
    body: str
    asked_at: datetime
    edited_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """A review that stands: who, when, and when the last entry it covers was written.

    A review of an empty diary covers everything up to itself. `written` are the days written or
    corrected since, of one's own review alone; days taken out are not among them.
    """

    at: datetime
    practitioner: str
    is_own: bool
    covers_until: datetime
    written: frozenset[date] = frozenset()


class PlaceRow(NamedTuple):
    """A place named in the newest version of a day."""

    on: date
    region: str
    entered_at: datetime


class TextRow(NamedTuple):
    """The patient's own words about a day, by its newest version."""

    on: date
    managed: str
    note: str


class VersionRow(NamedTuple):
    """The newest version of a day with its words, beside what stood there at the last review.

    `is_known` says that something did; `before` is its average pain, `was_withdrawn` its state,
    and `is_changed` tells whether any answer is another now.
    """

    on: date
    managed: str
    note: str
    entered_at: datetime
    is_withdrawn: bool
    pain_average: int | None
    before: int | None
    is_known: bool
    was_withdrawn: bool
    is_changed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefFacts:
    """Everything a brief says, as it stands in the database at one moment."""

    head: Head
    at: datetime
    days: tuple[WrittenDay, ...]
    visits: tuple[VisitRow, ...]
    flags: tuple[FlagRow, ...]
    questions: tuple[QuestionRow, ...]
    reviews: tuple[ReviewRow, ...]
    places: tuple[PlaceRow, ...]
    texts: tuple[TextRow, ...]
    versions: tuple[VersionRow, ...]
    assessed: tuple[Assessed, ...]

    @property
    def today(self) -> date:
        """The date it is for the patient."""
        return clock.local(self.at, self.head.zone).date()

    @property
    def own_review(self) -> ReviewRow | None:
        """The reader's own newest review that stands."""
        return next((one for one in self.reviews if one.is_own), None)

    @property
    def open_flags(self) -> tuple[FlagRow, ...]:
        """Flags and calls that nobody has settled, the most urgent first."""
        return tuple(flag for flag in self.flags if flag.acknowledged_at is None)

    @property
    def settled_flags(self) -> tuple[FlagRow, ...]:
        """Flags and calls settled since the reader's last review, the newest first."""
        own = self.own_review
        settled = (
            (flag.acknowledged_at, flag) for flag in self.flags if flag.acknowledged_at is not None
        )
        fresh = [(at, flag) for at, flag in settled if own is None or at > own.at]
        return tuple(flag for _at, flag in sorted(fresh, key=lambda each: each[0], reverse=True))
