"""Every version of every day of a diary, as the practitioner may read it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal import clock
from portal.accounts.reader import Reader
from portal.care import access
from portal.care.models import Episode, Patient
from portal.db import EntryId, EpisodeId, PatientId
from portal.diary.flags import CALL, short_label
from portal.diary.models import Entry, EntryFlag, EntryPlace
from portal.review import queries
from portal.review.brief_queries import flag_rows
from portal.review.brief_words import Clocks, act_words, place_label
from portal.review.wording import NOTHING
from portal.web.jinja import clock_time, day_short
from portal.web.languages import gettext as _

AT_ONCE = 60


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer beyond the scores, with what was asked."""

    label: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryShown:
    """One version of a day; `is_old` where a newer version replaced it."""

    on: date
    version: int
    written: str
    marks: tuple[str, ...]
    scores: tuple[str, ...]
    answers: tuple[Answer, ...]
    is_old: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EntriesShown:
    """One page of a diary's versions, newest day first."""

    patient_id: PatientId
    episode_id: EpisodeId
    name: str
    rows: tuple[EntryShown, ...]
    total: int
    first: int


def entries_of(
    session: Session, reader: Reader, patient_id: PatientId, *, page: int
) -> EntriesShown:
    """Return a page of everything a patient wrote; raises OutOfSight."""
    episode, patient = access.visible_episode(session, reader, patient_id)
    of_these = Entry.episode_id == episode.id
    entries = session.scalars(
        select(Entry)
        .where(of_these)
        .order_by(Entry.about_on.desc(), Entry.version.desc())
        .limit(AT_ONCE)
        .offset((page - 1) * AT_ONCE)
    ).all()
    places = _places(session, [entry.id for entry in entries])
    newest = _newest(session, episode, entries)
    clocks = Clocks(clock.now(), queries.zone_of_clinic(session, reader), patient.zone)
    flags = _flags(session, [entry.id for entry in entries], clocks)
    return EntriesShown(
        patient_id=patient_id,
        episode_id=episode.id,
        name=patient.name,
        rows=tuple(
            _shown(
                entry,
                patient,
                [*_answers(entry, places.get(entry.id, [])), *flags.get(entry.id, [])],
                is_old=entry.id not in newest,
            )
            for entry in entries
        ),
        total=session.scalar(select(func.count()).select_from(Entry).where(of_these)) or 0,
        first=(page - 1) * AT_ONCE,
    )


def _places(session: Session, ids: list[EntryId]) -> dict[EntryId, list[str]]:
    found: dict[EntryId, list[str]] = {}
    rows = session.execute(
        select(EntryPlace.entry_id, EntryPlace.region)
        .where(EntryPlace.entry_id.in_(ids))
        .order_by(EntryPlace.region)
    )
    for entry_id, region in rows:
        found.setdefault(entry_id, []).append(place_label(region))
    return found


def _flags(session: Session, ids: list[EntryId], clocks: Clocks) -> dict[EntryId, list[Answer]]:
    """What was done about each flag and call that these versions raised, in order of time."""
    found: dict[EntryId, list[Answer]] = {}
    for flag in flag_rows(session, EntryFlag.entry_id.in_(ids)):
        acts = [act_words(act, clocks, longest=len(act.note)) for act in flag.acts]
        if flag.acknowledged_at is None:
            acts.append(_("Not yet acknowledged."))
        label = _("Done about %(flag)s", flag=short_label(flag.code))
        found.setdefault(flag.entry_id, []).append(Answer(label, " ".join(acts)))
    return found


def _newest(session: Session, episode: Episode, entries: Sequence[Entry]) -> set[EntryId]:
    """Which of these versions are the newest of their day."""
    replaced = session.scalars(
        select(Entry.supersedes_id).where(
            Entry.episode_id == episode.id, Entry.supersedes_id.is_not(None)
        )
    )
    return {entry.id for entry in entries} - {key for key in replaced if key is not None}


def _shown(entry: Entry, patient: Patient, answers: list[Answer], *, is_old: bool) -> EntryShown:
    local = clock.local(entry.entered_at, patient.zone)
    return EntryShown(
        on=entry.about_on,
        version=entry.version,
        written=f"{day_short(local.date())}, {clock_time(local)}",
        marks=_marks(entry, is_old=is_old),
        scores=tuple(
            NOTHING if score is None else str(score)
            for score in (entry.pain_average, entry.pain_worst, entry.interference, entry.soreness)
        ),
        answers=tuple(answers),
        is_old=is_old,
    )


def _marks(entry: Entry, *, is_old: bool) -> tuple[str, ...]:
    said = {
        _("written later"): entry.is_late,
        _("correction"): entry.version > 1,
        _("withdrawn"): entry.withdrawn_at is not None,
        _("replaced"): is_old,
    }
    return tuple(words for words, is_true in said.items() if is_true)


def _answers(entry: Entry, places: list[str]) -> Iterator[Answer]:
    flags = [*(code for code in entry.flags if code != "none"), *([CALL] if entry.call_me else [])]
    said = (
        (_("Flags"), ", ".join(short_label(code) for code in flags)),
        (_("Where"), ", ".join(places)),
        (_("Needled"), entry.needled),
        (_("Grasp"), entry.grasp_felt),
        (_("Cramp lasted"), (entry.grasp_lasted or "").replace("-", " ")),
        (_("Change"), entry.change),
        (_("Sleep"), entry.sleep),
        (_("Medicine"), (entry.medicine or "").replace("-", " ")),
        (_("Managed"), entry.managed),
        (_("Note"), entry.note),
        (_("Reason"), entry.reason),
    )
    for label, words in said:
        if words is not None and words != "":
            yield Answer(label, str(words))
