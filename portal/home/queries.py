"""What the patient's first page reads besides the diary itself."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.reader import Reader
from portal.care.access import episodes_visible_to
from portal.care.models import Practitioner
from portal.db import EpisodeId
from portal.review.models import Review


@dataclass(frozen=True, slots=True)
class Reading:
    """Who read the diary last, and when."""

    name: str
    profession: str
    at: datetime


def last_read(session: Session, reader: Reader, episode_id: EpisodeId) -> Reading | None:
    """Return the newest review that was not undone; None while nobody has read the diary."""
    found = session.execute(
        select(Practitioner.display_name, Practitioner.profession, Review.at)
        .join(Practitioner, Practitioner.id == Review.practitioner_id)
        .where(
            Review.episode_id == episode_id,
            Review.episode_id.in_(episodes_visible_to(reader)),
            Review.undone_at.is_(None),
        )
        .order_by(Review.at.desc())
        .limit(1)
    ).first()
    return Reading(*found) if found is not None else None
