"""One patient's whole record, read piece by piece, as it stood at one moment.

All of a file is read in one transaction of its own, which sees nothing that is written meanwhile.
Entries come in windows of a few hundred rows, each with its places, so that ten years cost no
more memory than one.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import chain, pairwise
from typing import Any, NamedTuple

from sqlalchemy import (
    Dialect,
    Row,
    Select,
    TypeDecorator,
    Uuid,
    and_,
    bindparam,
    func,
    literal_column,
    select,
    type_coerce,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from portal.accounts.models import Account
from portal.accounts.reader import Reader
from portal.care.access import Sight, keys_of, sight_of, visible_by
from portal.care.models import (
    BreakGlass,
    CareTeam,
    Consent,
    DiaryPlan,
    Episode,
    Patient,
    Practitioner,
    Reading,
    Restriction,
    Visit,
)
from portal.clinics.models import Clinic
from portal.db import EpisodeId, PatientId
from portal.diary.models import (
    Assessment,
    AssessmentAnswer,
    Entry,
    EntryFlag,
    EntryPlace,
    FlagAct,
    Prompt,
    Question,
)
from portal.diary.regions import REGIONS
from portal.privacy.months import months_between
from portal.privacy.queries import Looked, Subject, subject_of, who_looked
from portal.review.models import Review
from portal.statements import Kept

WINDOW = 200
_ORDER = {region.key: place for place, region in enumerate(REGIONS)}
_LAST = len(REGIONS)
_Found = Row[*tuple[Any, ...]]
_Rows = Iterable[_Found]

_BETWEEN = " "
_WRITTEN: Any = literal_column(f"'{_BETWEEN}'")  # in the text itself, as the statement is kept
_PLACES = (
    select(func.aggregate_strings(EntryPlace.region, _WRITTEN))
    .where(EntryPlace.entry_id == Entry.id)
    .scalar_subquery()
    .label("places")
)


class _KeyWritten(TypeDecorator[str]):
    """A key as files write it, with no object made of each on the way."""

    impl = Uuid
    cache_ok = True

    def result_processor(self, dialect: Dialect, _coltype: object) -> Callable[[Any], str]:
        """SQLite holds 32 digits, PostgreSQL a key."""
        return _with_hyphens if dialect.name == "sqlite" else str


def _with_hyphens(key: str) -> str:
    return f"{key[:8]}-{key[8:12]}-{key[12:16]}-{key[16:20]}-{key[20:]}"


_ENTRIES = Kept(
    select(
        type_coerce(Entry.id, _KeyWritten()).label("id"),
        Entry.about_on,
        Entry.entered_at,
        Entry.version,
        Entry.is_late,
        Entry.withdrawn_at,
        Entry.reason,
        Entry.method,
        Entry.scale_layout,
        Entry.pain_average,
        Entry.interference,
        Entry.needled,
        Entry.soreness,
        Entry.grasp_felt,
        Entry.grasp_lasted,
        Entry.flags,
        Entry.pain_worst,
        Entry.change,
        Entry.sleep,
        Entry.medicine,
        Entry.managed,
        Entry.note,
        Entry.call_me,
        _PLACES,
    )
    .where(Entry.episode_id == bindparam("episode_id"))
    .order_by(Entry.about_on, Entry.version)
)


class EntryVersion(NamedTuple):
    """One version of an entry: its columns, its places, and whether a later one replaces it."""

    row: _Found
    places: tuple[str, ...]
    is_newest: bool


@dataclass(frozen=True, slots=True)
class FlagTold:
    """A flag that was raised, with what the clinic did about it."""

    row: _Found
    acts: tuple[_Found, ...]


@dataclass(frozen=True, slots=True)
class AssessmentTold:
    """One filling-in of an instrument with its answers by item."""

    row: _Found
    answers: tuple[tuple[str, int], ...]


def _in_order(places: str | None) -> tuple[str, ...]:
    """Put places into the figure's order; one that an older figure had comes last."""
    regions = places.split(_BETWEEN) if places else ()
    if len(regions) <= 1:
        return tuple(regions)
    return tuple(sorted(regions, key=lambda region: (_ORDER.get(region, _LAST), region)))


def _with_their_next(rows: _Rows) -> Iterator[EntryVersion]:
    """Tell of each version, by the one after it, whether it is the newest of its day."""
    for row, after in pairwise(chain(rows, [None])):
        assert row is not None  # noqa: S101 - only the last is followed by nothing
        is_newest = after is None or after.about_on != row.about_on
        yield EntryVersion(row, _in_order(row.places), is_newest)


@dataclass(frozen=True, slots=True)
class Record:
    """What one reader may see of one patient's record, to be read piece by piece."""

    session: Session
    reader: Reader
    subject: Subject
    person: _Found
    episodes: tuple[_Found, ...]

    def entries(self, episode_id: EpisodeId) -> Iterator[EntryVersion]:
        """Return every version of every entry, by day and version."""
        windows = _ENTRIES.windows(self.session, WINDOW, episode_id=episode_id)
        return _with_their_next(chain.from_iterable(windows))

    def flags(self, episode_id: EpisodeId) -> Iterator[FlagTold]:
        """Yield what was ticked as new or asked for, with every answer of the clinic."""
        acts: dict[object, list[_Found]] = {}
        done = select(FlagAct.flag_id, FlagAct.at, FlagAct.how, Practitioner.display_name).join(
            Practitioner, Practitioner.id == FlagAct.practitioner_id
        )
        for act in self._of(done.order_by(FlagAct.at), FlagAct.episode_id, episode_id):
            acts.setdefault(act.flag_id, []).append(act)
        flags = select(
            EntryFlag.id,
            EntryFlag.about_on,
            EntryFlag.code,
            EntryFlag.advice_version,
            EntryFlag.raised_at,
            EntryFlag.unticked_at,
            EntryFlag.acknowledged_at,
        ).order_by(EntryFlag.raised_at, EntryFlag.id)
        for row in self._of(flags, EntryFlag.episode_id, episode_id):
            yield FlagTold(row, tuple(acts.get(row.id, ())))

    def assessments(self, episode_id: EpisodeId) -> Iterator[AssessmentTold]:
        """Yield the assessments that were finished, with their answers."""
        answers: dict[object, list[tuple[str, int]]] = {}
        given = select(
            AssessmentAnswer.assessment_id, AssessmentAnswer.item, AssessmentAnswer.value
        ).order_by(AssessmentAnswer.item)
        for row in self._of(given, AssessmentAnswer.episode_id, episode_id):
            answers.setdefault(row.assessment_id, []).append((row.item, row.value))
        done = (
            select(
                Assessment.id,
                Assessment.instrument,
                Assessment.version,
                Assessment.language,
                Assessment.about_on,
                Assessment.completed_at,
                Assessment.subjects,
                Assessment.score,
                Assessment.no_score,
            )
            .where(Assessment.completed_at.is_not(None))
            .order_by(Assessment.about_on, Assessment.completed_at)
        )
        for row in self._of(done, Assessment.episode_id, episode_id):
            yield AssessmentTold(row, tuple(answers.get(row.id, ())))

    def questions(self, episode_id: EpisodeId) -> _Rows:
        """Return the questions for a visit, those taken back too."""
        found = (
            select(
                Question.body,
                Question.asked_at,
                Question.edited_at,
                Question.answered_at,
                Question.withdrawn_at,
                Practitioner.display_name.label("answered_by"),
            )
            .outerjoin(Practitioner, Practitioner.id == Question.answered_by_id)
            .order_by(Question.asked_at)
        )
        return self._of(found, Question.episode_id, episode_id)

    def visits(self, episode_id: EpisodeId) -> _Rows:
        """Return the days of the visits; what was recorded of one is the clinic's chart."""
        found = (
            select(
                Visit.number,
                Visit.planned_for,
                Visit.planned_on,
                Visit.held_on,
                Visit.is_needling,
                Visit.cancelled_at,
                Practitioner.display_name.label("practitioner"),
                Practitioner.profession,
            )
            .join(Practitioner, Practitioner.id == Visit.practitioner_id)
            .order_by(Visit.planned_on, Visit.held_on)
        )
        return self._of(found, Visit.episode_id, episode_id)

    def reviews(self, episode_id: EpisodeId) -> _Rows:
        """Return who read the diary when, and what of that was taken back."""
        found = (
            select(
                Review.at,
                Review.undone_at,
                Practitioner.display_name.label("practitioner"),
                Practitioner.profession,
            )
            .join(Practitioner, Practitioner.id == Review.practitioner_id)
            .order_by(Review.at)
        )
        return self._of(found, Review.episode_id, episode_id)

    def consents(self, episode_id: EpisodeId) -> _Rows:
        """Return what was agreed to, when, and until when."""
        found = select(Consent.text_version, Consent.given_at, Consent.withdrawn_at)
        return self._of(found.order_by(Consent.given_at), Consent.episode_id, episode_id)

    def plans(self, episode_id: EpisodeId) -> _Rows:
        """Return the diary plans, the one in force last."""
        found = select(
            DiaryPlan.made_at,
            DiaryPlan.starts_on,
            DiaryPlan.ends_on,
            DiaryPlan.paused_until,
            DiaryPlan.prompt_at,
        ).order_by(DiaryPlan.made_at, DiaryPlan.id)
        return self._of(found, DiaryPlan.episode_id, episode_id)

    def prompts(self, episode_id: EpisodeId) -> _Rows:
        """Return the reminders that were due."""
        found = select(Prompt.kind, Prompt.asked_on).order_by(Prompt.asked_on)
        return self._of(found, Prompt.episode_id, episode_id)

    def readings(self, episode_id: EpisodeId) -> _Rows:
        """Return the explainers marked as read; for the clinic only those that are shared."""
        found = select(
            Reading.slug, Reading.marked_at, Reading.taken_back_at, Reading.is_shared
        ).order_by(Reading.marked_at)
        if self.reader.patient_id != self.subject.patient_id:
            found = found.where(and_(Reading.is_shared, Reading.taken_back_at.is_(None)))
        return self._of(found, Reading.episode_id, episode_id)

    def care_team(self, episode_id: EpisodeId) -> _Rows:
        """Return who read the diary, from when until when."""
        return self._colleagues(CareTeam, episode_id, CareTeam.from_at, CareTeam.until_at)

    def restrictions(self, episode_id: EpisodeId) -> _Rows:
        """Return whom the patient shut out, from when until when."""
        told = (Restriction.from_at, Restriction.lifted_at)
        return self._colleagues(Restriction, episode_id, *told)

    def openings_by_reason(self, episode_id: EpisodeId) -> _Rows:
        """Return who opened the record from outside the care team, and the reason given."""
        told = (BreakGlass.at, BreakGlass.until_at, BreakGlass.reason)
        return self._colleagues(BreakGlass, episode_id, *told)

    def _colleagues(
        self,
        table: type[CareTeam | Restriction | BreakGlass],
        episode_id: EpisodeId,
        *told: InstrumentedAttribute[Any],
    ) -> _Rows:
        """Return practitioners with what a table tells of each, by the first of it."""
        found = (
            select(Practitioner.display_name.label("practitioner"), Practitioner.profession, *told)
            .join(Practitioner, Practitioner.id == table.practitioner_id)
            .order_by(told[0])
        )
        return self._of(found, table.episode_id, episode_id)

    def looked(self) -> Iterator[Looked]:
        """Yield who did or saw what of the record, the newest first, month by month."""
        first, last = self.subject.first_month, self.subject.last_month
        for month in months_between(first, last):
            yield from who_looked(self.session, self.reader, self.subject, month)

    def _of(
        self,
        found: Select[*tuple[Any, ...]],
        column: InstrumentedAttribute[EpisodeId],
        episode_id: EpisodeId,
    ) -> _Rows:
        return self.session.execute(
            found.where(column == episode_id).execution_options(yield_per=WINDOW)
        )


def record_of(session: Session, reader: Reader, patient_id: PatientId) -> Record:
    """Return the record of a patient, of those episodes that the reader may see.

    Raises OutOfSight where there is none.
    """
    subject = subject_of(session, reader, patient_id)
    (person,) = _PERSON.rows(session, patient_id=patient_id)
    asked = _episodes_by(sight_of(reader))
    episodes = asked.rows(session, **keys_of(reader), patient_id=patient_id)
    return Record(session, reader, subject, person, tuple(episodes))


@cache
def _episodes_by(sight: Sight) -> Kept:
    return Kept(
        select(
            Episode.id,
            Episode.complaint,
            Episode.activities,
            Episode.history,
            Episode.started_on,
            Episode.ended_on,
            Practitioner.display_name.label("lead"),
        )
        .join(Practitioner, Practitioner.id == Episode.lead_practitioner_id)
        .where(Episode.patient_id == bindparam("patient_id"), visible_by(sight))
        .order_by(Episode.started_on, Episode.id)
    )


_PERSON = Kept(
    select(
        Patient.given_name,
        Patient.family_name,
        Patient.preferred_name,
        Patient.date_of_birth,
        Patient.phone,
        Patient.language,
        Patient.zone,
        Patient.clinic_number,
        Patient.created_at,
        Patient.is_mailed,
        Account.email,
        Clinic.name.label("clinic"),
        Clinic.phone.label("clinic_phone"),
    )
    .join(Account, Account.id == Patient.account_id)
    .join(Clinic, Clinic.id == Patient.clinic_id)
    .where(Patient.id == bindparam("patient_id"))
)
