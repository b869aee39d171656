"""The clinic and what it has set."""

from datetime import date, datetime

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, ClinicId, new_id


class Clinic(Base):
    """One clinic: how to reach it, when it reads diaries, what it counts as change."""

    __tablename__ = "clinic"

    id: Mapped[ClinicId] = mapped_column(primary_key=True, default=new_id)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    city: Mapped[str] = mapped_column(String(80), default="")
    address: Mapped[str] = mapped_column(String(300), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    hours: Mapped[str] = mapped_column(String(200), default="")
    zone: Mapped[str] = mapped_column(String(64), default="America/Toronto")
    region: Mapped[str] = mapped_column(String(16), default="CA-ON")
    review_rhythm: Mapped[str] = mapped_column(String(120), default="")
    thresholds: Mapped[dict[str, float] | None] = mapped_column(JSON(none_as_null=True))
    advice_checked_by: Mapped[str | None] = mapped_column(String(120))
    advice_checked_on: Mapped[date | None]
    is_demo: Mapped[bool] = mapped_column(default=False)
    settings_version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
