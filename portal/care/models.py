"""Patients, practitioners, episodes of care, and what happens in them."""

from datetime import date, datetime, time
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    text,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import (
    AccountId,
    Base,
    ClinicId,
    EpisodeId,
    PatientId,
    PractitionerId,
    VisitId,
    new_id,
)


class Practitioner(Base):
    """Somebody who needles or reads diaries for a clinic, as the college's roster names them."""

    __tablename__ = "practitioner"

    id: Mapped[PractitionerId] = mapped_column(primary_key=True, default=new_id)
    clinic_id: Mapped[ClinicId] = mapped_column(ForeignKey("clinic.id"), index=True)
    account_id: Mapped[AccountId] = mapped_column(ForeignKey("account.id"), index=True)
    display_name: Mapped[str] = mapped_column(String(120))
    profession: Mapped[str] = mapped_column(String(80))
    college: Mapped[str] = mapped_column(String(120), default="")
    registration_number: Mapped[str] = mapped_column(String(40), default="")
    rostered_on: Mapped[date | None]
    is_active: Mapped[bool] = mapped_column(default=True)


class Patient(Base):
    """A person in care, with the zone that decides which day it is for them."""

    __tablename__ = "patient"

    id: Mapped[PatientId] = mapped_column(primary_key=True, default=new_id)
    clinic_id: Mapped[ClinicId] = mapped_column(ForeignKey("clinic.id"), index=True)
    account_id: Mapped[AccountId] = mapped_column(ForeignKey("account.id"), unique=True)
    given_name: Mapped[str] = mapped_column(String(80))
    family_name: Mapped[str] = mapped_column(String(80))
    preferred_name: Mapped[str] = mapped_column(String(80), default="")
    date_of_birth: Mapped[date]
    phone: Mapped[str] = mapped_column(String(40), default="")
    language: Mapped[str] = mapped_column(String(8), default="en")
    zone: Mapped[str] = mapped_column(String(64))
    clinic_number: Mapped[str] = mapped_column(String(40), default="")
    is_mailed: Mapped[bool] = mapped_column(default=True, server_default=true())
    created_at: Mapped[datetime]

    @property
    def name(self) -> str:
        """The name people call this patient by."""
        return f"{self.preferred_name or self.given_name} {self.family_name}"


class Episode(Base):
    """A course of IMS with one clinic; a patient has at most one open episode."""

    __tablename__ = "episode"
    __table_args__ = (
        Index(
            "uq_episode_open",
            "patient_id",
            unique=True,
            sqlite_where=text("ended_on IS NULL"),
            postgresql_where=text("ended_on IS NULL"),
        ),
        Index("ix_episode_patient", "patient_id"),
        Index("ix_episode_clinic", "clinic_id"),
    )

    id: Mapped[EpisodeId] = mapped_column(primary_key=True, default=new_id)
    clinic_id: Mapped[ClinicId] = mapped_column(ForeignKey("clinic.id"))
    patient_id: Mapped[PatientId] = mapped_column(ForeignKey("patient.id"))
    lead_practitioner_id: Mapped[PractitionerId] = mapped_column(ForeignKey("practitioner.id"))
    complaint: Mapped[str] = mapped_column(String(120))
    activities: Mapped[list[str]] = mapped_column(JSON, default=list)
    history: Mapped[list[str]] = mapped_column(JSON, default=list)
    started_on: Mapped[date]
    ended_on: Mapped[date | None]
    end_reason: Mapped[str] = mapped_column(String(200), default="")


class CareTeam(Base):
    """A practitioner who looks after an episode, from when until when."""

    __tablename__ = "care_team"
    __table_args__ = (Index("ix_care_team_practitioner", "practitioner_id", "episode_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    episode_id: Mapped[EpisodeId] = mapped_column(ForeignKey("episode.id"), index=True)
    practitioner_id: Mapped[PractitionerId] = mapped_column(ForeignKey("practitioner.id"))
    from_at: Mapped[datetime]
    until_at: Mapped[datetime | None]


class Consent(Base):
    """The patient agreed to a version of the consent text, until withdrawn."""

    __tablename__ = "consent"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    episode_id: Mapped[EpisodeId] = mapped_column(ForeignKey("episode.id"), index=True)
    text_version: Mapped[str] = mapped_column(String(20))
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class Restriction(Base):
    """A lock-box: the patient does not want this practitioner to see the diary."""

    __tablename__ = "restriction"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    episode_id: Mapped[EpisodeId] = mapped_column(ForeignKey("episode.id"), index=True)
    practitioner_id: Mapped[PractitionerId] = mapped_column(ForeignKey("practitioner.id"))
    from_at: Mapped[datetime]
    lifted_at: Mapped[datetime | None]


class BreakGlass(Base):
    """A practitioner outside the care team opened a record, with a reason, for at most an hour."""

    __tablename__ = "break_glass"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    episode_id: Mapped[EpisodeId] = mapped_column(ForeignKey("episode.id"), index=True)
    practitioner_id: Mapped[PractitionerId] = mapped_column(ForeignKey("practitioner.id"))
    reason: Mapped[str] = mapped_column(String(500))
    at: Mapped[datetime]
    until_at: Mapped[datetime]


class DiaryPlan(Base):
    """How often the diary is asked for, and when that ends; the newest row is in force.

    A pause begins on the day its row was made. `breaks` are the days of the past on which the
    plan asked nothing: pairs of the first such day and the first day asked again, as ISO dates.
    """

    __tablename__ = "diary_plan"
    __table_args__ = (Index("ix_diary_plan_episode", "episode_id", "made_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    episode_id: Mapped[EpisodeId] = mapped_column(ForeignKey("episode.id"))
    made_at: Mapped[datetime]
    made_by_id: Mapped[AccountId] = mapped_column(ForeignKey("account.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    paused_until: Mapped[date | None]
    prompt_at: Mapped[time] = mapped_column(default=time(20))
    breaks: Mapped[list[list[str]]] = mapped_column(JSON, default=list, server_default="[]")


class Visit(Base):
    """One attendance, planned or held; without sites it is a visit without needling.

    `source_key` is what the clinic's own calendar calls it, if it was taken over from there.
    """

    __tablename__ = "visit"
    __table_args__ = (
        Index("ix_visit_episode", "episode_id", "planned_on"),
        Index("ix_visit_source", "source_key"),
        CheckConstraint("planned_for IS NOT NULL OR held_at IS NOT NULL", name="when"),
    )

    id: Mapped[VisitId] = mapped_column(primary_key=True, default=new_id)
    episode_id: Mapped[EpisodeId] = mapped_column(ForeignKey("episode.id"))
    practitioner_id: Mapped[PractitionerId] = mapped_column(ForeignKey("practitioner.id"))
    planned_for: Mapped[datetime | None]
    planned_on: Mapped[date | None]
    held_at: Mapped[datetime | None]
    held_on: Mapped[date | None]
    number: Mapped[int | None]
    is_needling: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=0)
    note: Mapped[str] = mapped_column(Text, default="")
    cancelled_at: Mapped[datetime | None]
    source_key: Mapped[str | None] = mapped_column(String(200))


class VisitRecord(Base):
    """One version of what a practitioner recorded of a visit; the newest stands in Visit too."""

    __tablename__ = "visit_record"
    __table_args__ = (Index("uq_visit_record_version", "visit_id", "version", unique=True),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    visit_id: Mapped[VisitId] = mapped_column(ForeignKey("visit.id"))
    episode_id: Mapped[EpisodeId] = mapped_column(ForeignKey("episode.id"), index=True)
    version: Mapped[int]
    held_on: Mapped[date]
    note: Mapped[str] = mapped_column(Text, default="")
    reason: Mapped[str] = mapped_column(String(500), default="")
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[PractitionerId] = mapped_column(ForeignKey("practitioner.id"))


class Side(StrEnum):
    """The patient's own side."""

    LEFT = "left"
    RIGHT = "right"
    BOTH = "both"
    MIDLINE = "midline"


class NeedlingSite(Base):
    """A place that was needled, and how firmly the tissue held the needle (0 none to 3 strong).

    It belongs to one version of the visit's record; the newest version's sites count.
    """

    __tablename__ = "needling_site"
    __table_args__ = (CheckConstraint("grasp BETWEEN 0 AND 3", name="grasp"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    visit_id: Mapped[VisitId] = mapped_column(ForeignKey("visit.id"), index=True)
    episode_id: Mapped[EpisodeId] = mapped_column(ForeignKey("episode.id"), index=True)
    version: Mapped[int] = mapped_column(default=1)
    position: Mapped[int]
    place: Mapped[str] = mapped_column(String(120))
    side: Mapped[str] = mapped_column(String(10))
    region: Mapped[str | None] = mapped_column(String(40))
    segment: Mapped[str | None] = mapped_column(String(20))
    grasp: Mapped[int | None]


class Reading(Base):
    """An explainer that the patient marked as read; opening a page is never recorded.

    The care team sees it only while `is_shared`, which is the patient's own choice.
    """

    __tablename__ = "reading"
    __table_args__ = (Index("uq_reading_page", "episode_id", "slug", unique=True),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    episode_id: Mapped[EpisodeId] = mapped_column(ForeignKey("episode.id"))
    slug: Mapped[str] = mapped_column(String(80))
    marked_at: Mapped[datetime]
    taken_back_at: Mapped[datetime | None]
    is_shared: Mapped[bool] = mapped_column(default=False)


class Invitation(Base):
    """An invitation that waits to be accepted; until then nothing else of the person is kept.

    `details` holds what staff typed (names, date of birth, complaint, plan, or a colleague's
    profession) and is emptied once the invitation is accepted, declined, voided or run out.
    """

    __tablename__ = "invitation"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    clinic_id: Mapped[ClinicId] = mapped_column(ForeignKey("clinic.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    email: Mapped[str] = mapped_column(String(254))
    details: Mapped[dict[str, object]] = mapped_column(JSON, default=dict)
    invited_by_id: Mapped[AccountId | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    printed_at: Mapped[datetime | None]
    wrong_answers: Mapped[int] = mapped_column(default=0)
    confirmed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_as: Mapped[str | None] = mapped_column(String(12))
