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

    The verdict depends on the day it is read, so `verdicts` holds one letter for `as_of` (a day's
    ordinal, in the patient's zone) and for each of the 14 days after; `changes` and `levels` hold
    the shown numbers of the same days. `recent` holds [ordinal, pain] of the last 28 entry days
    and `needled_on` the ordinals of the visits with needling among them, for the sparkline.
    `quiet_after` is the ordinal of the day of the fourth reminder without an answer. What else
    depends on the day (a visit today, the next visit) is looked up when the panel is read.
    """

    __tablename__ = "episode_summary"

    episode_id: Mapped[EpisodeId] = mapped_column(ForeignKey("episode.id"), primary_key=True)
    clinic_id: Mapped[ClinicId] = mapped_column(ForeignKey("clinic.id"), index=True)
    search_name: Mapped[str] = mapped_column(String(260), default="")
    as_of: Mapped[int]
    verdicts: Mapped[str] = mapped_column(String(15))
    changes: Mapped[list[float | None]] = mapped_column(JSON, default=list)
    levels: Mapped[list[float | None]] = mapped_column(JSON, default=list)
    baseline: Mapped[float | None]
    recent: Mapped[list[list[int]]] = mapped_column(JSON, default=list)
    needled_on: Mapped[list[int]] = mapped_column(JSON, default=list)
    needlings: Mapped[int] = mapped_column(default=0)
    last_entry_on: Mapped[date | None]
    last_entered_at: Mapped[datetime | None]
    quiet_after: Mapped[int | None]
    open_flags: Mapped[int] = mapped_column(default=0)
    flag_code: Mapped[str | None] = mapped_column(String(5))
    flagged_on: Mapped[date | None]
    flagged_at: Mapped[datetime | None]
    open_calls: Mapped[int] = mapped_column(default=0)
    called_on: Mapped[date | None]
    called_at: Mapped[datetime | None]
    open_questions: Mapped[int] = mapped_column(default=0)
