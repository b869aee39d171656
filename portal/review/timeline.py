"""Everything of one diary by date: entries with all versions, visits, questions, reviews, acts."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy.orm import Session

from portal import clock
from portal.accounts.reader import Reader
from portal.care import access
from portal.care.models import Patient
from portal.db import EntryId, EpisodeId, PatientId
from portal.diary.assessment_queries import assessments_of
from portal.review import queries, timeline_queries
from portal.review.brief_entries import EntryShown, entry_shown
from portal.review.brief_facts import FlagRow
from portal.review.brief_words import Clocks
from portal.review.timeline_queries import EntryKey
from portal.review.timeline_words import (
    EventShown,
    act_event,
    assessment_event,
    question_event,
    review_event,
    visit_event,
)
from portal.web.languages import lazy_gettext as lazy

AT_ONCE = 60


class Show(StrEnum):
    """What the timeline can be narrowed to; the names stand in addresses and tell nothing."""

    ALL = "all"
    ENTRIES = "entries"
    LATE = "late"
    CORRECTIONS = "corrections"
    NOTES = "notes"
    FLAGS = "flags"
    VISITS = "visits"
    QUESTIONS = "questions"
    REVIEWS = "reviews"
    ASSESSMENTS = "assessments"


LABELS = {
    Show.ALL: lazy("All"),
    Show.ENTRIES: lazy("Entries"),
    Show.LATE: lazy("Written later"),
    Show.CORRECTIONS: lazy("Corrections"),
    Show.NOTES: lazy("Notes"),
    Show.FLAGS: lazy("Flags and calls"),
    Show.VISITS: lazy("Visits"),
    Show.QUESTIONS: lazy("Questions"),
    Show.REVIEWS: lazy("Reviews"),
    Show.ASSESSMENTS: lazy("Assessments"),
}


@dataclass(frozen=True, slots=True)
class _Item:
    """One thing at its place in time, with the filters that keep it."""

    on: date
    at: datetime
    key: UUID
    shown_by: frozenset[Show]
    is_old: bool = False
    event: EventShown | None = None

    @property
    def place(self) -> tuple[date, datetime, UUID]:
        """Newest first when sorted backwards; the key settles two of one moment."""
        return self.on, self.at, self.key


@dataclass(frozen=True, slots=True)
class RowShown:
    """One line: a version of an entry, or something else that happened."""

    on: date
    entry: EntryShown | None
    event: EventShown | None


@dataclass(frozen=True, slots=True)
class FilterShown:
    """A filter with how much it shows."""

    name: Show
    label: str
    count: int
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineShown:
    """One page of everything, the newest day first."""

    patient_id: PatientId
    episode_id: EpisodeId
    name: str
    year: int
    show: Show
    filters: tuple[FilterShown, ...]
    rows: tuple[RowShown, ...]
    total: int
    first: int


def timeline_of(
    session: Session, reader: Reader, patient_id: PatientId, *, show: Show, page: int
) -> TimelineShown:
    """Return a page of everything that happened; raises OutOfSight."""
    episode, patient = access.visible_episode(session, reader, patient_id)
    clocks = Clocks(clock.now(), queries.zone_of_clinic(session, reader), patient.zone)
    flags = timeline_queries.flags_said(session, reader, episode.id)
    items = _items(session, reader, episode.id, clocks=clocks, flags=flags)
    kept = sorted((one for one in items if show in one.shown_by), key=_place, reverse=True)
    first = (page - 1) * AT_ONCE
    seen = kept[first : first + AT_ONCE]
    entries = _entries(session, reader, seen, patient=patient, clocks=clocks, flags=flags)
    return TimelineShown(
        patient_id=patient_id,
        episode_id=episode.id,
        name=patient.name,
        year=clock.today(patient.zone).year,
        show=show,
        filters=_filters(items, show),
        rows=tuple(RowShown(one.on, entries.get(one.key), one.event) for one in seen),
        total=len(kept),
        first=first,
    )


def _place(item: _Item) -> tuple[date, datetime, UUID]:
    return item.place


def _filters(items: list[_Item], show: Show) -> tuple[FilterShown, ...]:
    return tuple(
        FilterShown(one, str(LABELS[one]), sum(one in item.shown_by for item in items), one is show)
        for one in Show
    )


def _items(
    session: Session,
    reader: Reader,
    episode_id: EpisodeId,
    *,
    clocks: Clocks,
    flags: Iterable[FlagRow],
) -> list[_Item]:
    """Everything that happened, in no order yet."""
    asked = (session, reader, episode_id)
    found = [_of_entry(one) for one in timeline_queries.entry_keys(*asked)]
    found += _of_acts(flags, clocks)
    for visit in timeline_queries.visits_said(*asked):
        found.append(_of(Show.VISITS, (visit.on, visit.at), visit.id, visit_event(visit, clocks)))
    for one in timeline_queries.questions_said(*asked):
        moment = clocks.patient_date(one.asked_at), one.asked_at
        found.append(_of(Show.QUESTIONS, moment, one.id, question_event(one, clocks)))
    for review in timeline_queries.reviews_said(*asked):
        moment = clocks.clinic_date(review.at), review.at
        found.append(_of(Show.REVIEWS, moment, review.id, review_event(review, clocks)))
    for done in assessments_of(*asked):
        found.append(
            _of(
                Show.ASSESSMENTS,
                (done.about_on, done.completed_at),
                done.id,
                assessment_event(done),
            )
        )
    return found


def _of(show: Show, moment: tuple[date, datetime], key: UUID, event: EventShown) -> _Item:
    on, at = moment
    return _Item(on, at, key, frozenset({Show.ALL, show}), event=event)


def _of_entry(one: EntryKey) -> _Item:
    shown_by = {
        Show.ALL: True,
        Show.ENTRIES: True,
        Show.LATE: one.is_late,
        Show.CORRECTIONS: one.version > 1,
        Show.NOTES: one.has_words and one.is_newest,
        Show.FLAGS: one.is_flagged,
    }
    kept = frozenset(show for show, is_kept in shown_by.items() if is_kept)
    return _Item(one.on, one.entered_at, one.id, kept, is_old=not one.is_newest)


def _of_acts(flags: Iterable[FlagRow], clocks: Clocks) -> Iterator[_Item]:
    """What was done about each flag, on the day it was done."""
    for flag in flags:
        for act in flag.acts:
            event = act_event(flag, act, clocks)
            yield _of(Show.FLAGS, (clocks.clinic_date(act.at), act.at), flag.id, event)


def _entries(
    session: Session,
    reader: Reader,
    seen: Iterable[_Item],
    *,
    patient: Patient,
    clocks: Clocks,
    flags: Iterable[FlagRow],
) -> dict[UUID, EntryShown]:
    """The versions of this page with all their answers."""
    items = {EntryId(one.key): one for one in seen if one.event is None}
    places = timeline_queries.places_by_entry(session, reader, items.keys())
    raised = [flag for flag in flags if flag.entry_id in items]
    return {
        entry.id: entry_shown(
            entry,
            patient,
            places=places.get(entry.id, []),
            flags=[flag for flag in raised if flag.entry_id == entry.id],
            clocks=clocks,
            is_old=items[entry.id].is_old,
        )
        for entry in timeline_queries.entries_by_id(session, reader, items.keys())
    }
