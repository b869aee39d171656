"""The diary: entries, places, flags, questions, prompts and assessments."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import (
    AccountId,
    AssessmentId,
    Base,
    EntryId,
    EpisodeId,
    FlagId,
    PatientId,
    PractitionerId,
    QuestionId,
    new_id,
)

SCORES = ("pain_average", "interference", "soreness", "pain_worst", "sleep")


class Entry(Base):
    """One version of what a patient wrote about one day; nothing is ever overwritten.

    The newest version of a day counts. `is_late` says that the day's first version was written
    on a later day. A withdrawal is a version with `withdrawn_at`; a restoring is one without.
    """

    __tablename__ = "entry"
    __table_args__ = (
        Index("uq_entry_day_version", "episode_id", "about_on", "version", unique=True),
        Index("uq_entry_key_version", "entry_key", "version", unique=True),
        Index("ix_entry_written", "episode_id", "entered_at"),
        Index(
            "ix_entry_trend",
            "episode_id",
            "about_on",
            "version",
            "pain_average",
            "pain_worst",
            "interference",
            "soreness",
            "change",
            "is_late",
            "needled",
            "withdrawn_at",
        ),
        *(CheckConstraint(f"{name} BETWEEN 0 AND 10", name=name) for name in SCORES),
        CheckConstraint("pain_worst >= pain_average", name="worst_not_below_average"),
        CheckConstraint("version >= 1", name="version"),
    )

    id: Mapped[EntryId] = mapped_column(primary_key=True, default=new_id)
    episode_id: Mapped[EpisodeId] = mapped_column(ForeignKey("episode.id"))
    about_on: Mapped[date]
    version: Mapped[int]
    entry_key: Mapped[UUID]
    supersedes_id: Mapped[EntryId | None] = mapped_column(ForeignKey("entry.id"))
    entered_at: Mapped[datetime]
    entered_by_id: Mapped[AccountId] = mapped_column(ForeignKey("account.id"))
    method: Mapped[str] = mapped_column(String(10), default="web")
    scale_layout: Mapped[str] = mapped_column(String(10), default="unknown")
    is_late: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(String(500), default="")
    withdrawn_at: Mapped[datetime | None]

    pain_average: Mapped[int | None]
    interference: Mapped[int | None]
    needled: Mapped[str | None] = mapped_column(String(3))
    soreness: Mapped[int | None]
    grasp_felt: Mapped[str | None] = mapped_column(String(10))
    grasp_lasted: Mapped[str | None] = mapped_column(String(16))
    flags: Mapped[list[str]] = mapped_column(JSON, default=list)
    pain_worst: Mapped[int | None]
    change: Mapped[str | None] = mapped_column(String(6))
    sleep: Mapped[int | None]
    medicine: Mapped[str | None] = mapped_column(String(10))
    managed: Mapped[str] = mapped_column(String(500), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    call_me: Mapped[bool] = mapped_column(default=False)


class EntryPlace(Base):
    """A region of the body that a version of an entry names, on the patient's own side."""

    __tablename__ = "entry_place"

    entry_id: Mapped[EntryId] = mapped_column(ForeignKey("entry.id"), primary_key=True)
    region: Mapped[str] = mapped_column(String(40), primary_key=True)
    episode_id: Mapped[EpisodeId] = mapped_column(ForeignKey("episode.id"), index=True)


class EntryFlag(Base):
    """A red flag, or a wish to be called (code `CALL`), open until acknowledged.

    It stays open whatever later versions of the entry say; `unticked_at` tells that the patient
    took the tick away.
    """

    __tablename__ = "entry_flag"
    __table_args__ = (
        Index("uq_entry_flag_day_code", "episode_id", "about_on", "code", "raised_at", unique=True),
        Index(
            "ix_entry_flag_open",
            "episode_id",
            sqlite_where=text("acknowledged_at IS NULL"),
            postgresql_where=text("acknowledged_at IS NULL"),
        ),
    )

    id: Mapped[FlagId] = mapped_column(primary_key=True, default=new_id)
    episode_id: Mapped[EpisodeId] = mapped_column(ForeignKey("episode.id"))
    entry_id: Mapped[EntryId] = mapped_column(ForeignKey("entry.id"))
    about_on: Mapped[date]
    code: Mapped[str] = mapped_column(String(5))
    advice_version: Mapped[int]
    raised_at: Mapped[datetime]
    unticked_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]


class FlagAct(Base):
    """What somebody did about a flag; `no-answer` is recorded and leaves it open."""

    __tablename__ = "flag_act"
    __table_args__ = (
        CheckConstraint(
            "how IN ('spoke-at-visit', 'called', 'no-answer', 'sent-to-doctor')", name="how"
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    episode_id: Mapped[EpisodeId] = mapped_column(ForeignKey("episode.id"), index=True)
    flag_id: Mapped[FlagId] = mapped_column(ForeignKey("entry_flag.id"), index=True)
    practitioner_id: Mapped[PractitionerId] = mapped_column(ForeignKey("practitioner.id"))
    at: Mapped[datetime]
    how: Mapped[str] = mapped_column(String(16))
    note: Mapped[str] = mapped_column(String(1000), default="")


class Question(Base):
    """Something the patient wants to ask at the next visit."""

    __tablename__ = "question"

    id: Mapped[QuestionId] = mapped_column(primary_key=True, default=new_id)
    episode_id: Mapped[EpisodeId] = mapped_column(ForeignKey("episode.id"), index=True)
    body: Mapped[str] = mapped_column(String(500))
    position: Mapped[int]
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[PractitionerId | None] = mapped_column(ForeignKey("practitioner.id"))
    edited_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]


class Prompt(Base):
    """A reminder that was due and written down: once per patient, kind and day.

    Two `portal remind` at once meet at the unique index, so nobody is asked twice.
    """

    __tablename__ = "prompt"
    __table_args__ = (Index("uq_prompt_day", "patient_id", "kind", "asked_on", unique=True),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    episode_id: Mapped[EpisodeId] = mapped_column(ForeignKey("episode.id"), index=True)
    patient_id: Mapped[PatientId] = mapped_column(ForeignKey("patient.id"))
    kind: Mapped[str] = mapped_column(String(20))
    asked_on: Mapped[date]
    made_at: Mapped[datetime]


class Assessment(Base):
    """One filling-in of an instrument; unfinished until `completed_at`, then never changed.

    There is at most one unfinished row of an instrument. A second one completed on the same day
    counts in place of the first, which stays.

    `score` is the instrument's number, or None with the reason in `no_score`; `subjects` holds
    the activities that a PSFS rated, in the patient's words, by item code.
    """

    __tablename__ = "assessment"
    __table_args__ = (
        Index("ix_assessment_episode", "episode_id", "instrument", "about_on"),
        Index(
            "uq_assessment_unfinished",
            "episode_id",
            "instrument",
            unique=True,
            sqlite_where=text("completed_at IS NULL"),
            postgresql_where=text("completed_at IS NULL"),
        ),
    )

    id: Mapped[AssessmentId] = mapped_column(primary_key=True, default=new_id)
    episode_id: Mapped[EpisodeId] = mapped_column(ForeignKey("episode.id"))
    instrument: Mapped[str] = mapped_column(String(20))
    version: Mapped[str] = mapped_column(String(20))
    language: Mapped[str] = mapped_column(String(8))
    about_on: Mapped[date]
    started_at: Mapped[datetime]
    completed_at: Mapped[datetime | None]
    entered_by_id: Mapped[AccountId] = mapped_column(ForeignKey("account.id"))
    subjects: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    score: Mapped[float | None]
    no_score: Mapped[str | None] = mapped_column(String(40))


class AssessmentAnswer(Base):
    """What was answered to one item of an instrument, as its number."""

    __tablename__ = "assessment_answer"
    __table_args__ = (CheckConstraint("value BETWEEN 0 AND 10", name="value"),)

    assessment_id: Mapped[AssessmentId] = mapped_column(
        ForeignKey("assessment.id"), primary_key=True
    )
    item: Mapped[str] = mapped_column(String(40), primary_key=True)
    episode_id: Mapped[EpisodeId] = mapped_column(ForeignKey("episode.id"), index=True)
    value: Mapped[int]
