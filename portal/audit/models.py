"""The audit trail's table."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, new_id


class AuditEvent(Base):
    """Somebody did or saw something; append-only, each row sealed with the one before it.

    Ids only: no name, answer or code of a flag stands here. The columns have no foreign keys,
    since an event outlives what it tells of.
    """

    __tablename__ = "audit_event"
    __table_args__ = (
        Index("ix_audit_event_patient", "patient_id", "at"),
        Index("ix_audit_event_clinic", "clinic_id", "at"),
    )

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    id: Mapped[UUID] = mapped_column(default=new_id)
    at: Mapped[datetime]
    act: Mapped[str] = mapped_column(String(40))
    actor_id: Mapped[UUID | None]
    role: Mapped[str] = mapped_column(String(20), default="")
    clinic_id: Mapped[UUID | None]
    patient_id: Mapped[UUID | None]
    episode_id: Mapped[UUID | None]
    subject: Mapped[str] = mapped_column(String(60), default="")
    route: Mapped[str] = mapped_column(String(120), default="")
    result: Mapped[str] = mapped_column(String(20), default="done")
    request_id: Mapped[str] = mapped_column(String(36), default="")
    details: Mapped[dict[str, object]] = mapped_column(JSON, default=dict)
    previous: Mapped[bytes] = mapped_column(LargeBinary(32))
    seal: Mapped[bytes] = mapped_column(LargeBinary(32))
