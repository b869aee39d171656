"""What practitioners have read, and the summary each panel row is made of."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, ClinicId, EntryId, EpisodeId, PractitionerId, new_id


class Review(Base):
    """A practitioner has read an episode's diary up to a version of an entry."""

    __tablename__ = "review"
    __table_args__ = (Index("ix_review_episode", "episode_id", "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    episode_id: Mapped[EpisodeId] = mapped_column(ForeignKey("episode.id"))
    practitioner_id: Mapped[PractitionerId] = mapped_column(ForeignKey("practitioner.id"))
    at: Mapped[datetime]
    up_to_entry_id: Mapped[EntryId | None] = mapped_column(ForeignKey("entry.id"))
    undone_at: Mapped[datetime | None]


class EpisodeSummary(Base):
    """One row per episode, kept in the transaction of every change, so that the panel is fast.

    `verdicts` holds one letter for `as_of` (a day's ordinal) and for each of the 14 days after:
    the verdict depends on the day it is read. `recent` holds [ordinal, pain, settled] of the last
    days, for the sparkline and the level.
    """

    __tablename__ = "episode_summary"

    episode_id: Mapped[EpisodeId] = mapped_column(ForeignKey("episode.id"), primary_key=True)
    clinic_id: Mapped[ClinicId] = mapped_column(ForeignKey("clinic.id"), index=True)
    as_of: Mapped[int]
    verdicts: Mapped[str] = mapped_column(String(15))
    changes: Mapped[list[float | None]] = mapped_column(JSON, default=list)
    levels: Mapped[list[float | None]] = mapped_column(JSON, default=list)
    baseline: Mapped[float | None]
    recent: Mapped[list[list[int]]] = mapped_column(JSON, default=list)
    visit_days: Mapped[list[int]] = mapped_column(JSON, default=list)
    needlings: Mapped[int] = mapped_column(default=0)
    next_visit_for: Mapped[datetime | None]
    next_visit_on: Mapped[date | None]
    last_entry_on: Mapped[date | None]
    last_entered_at: Mapped[datetime | None]
    quiet_after: Mapped[int | None]
    open_flags: Mapped[int] = mapped_column(default=0)
    flagged_at: Mapped[datetime | None]
    flag_code: Mapped[str | None] = mapped_column(String(5))
    open_calls: Mapped[int] = mapped_column(default=0)
    called_at: Mapped[datetime | None]
    open_questions: Mapped[int] = mapped_column(default=0)
