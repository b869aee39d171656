"""Reading what the patient's trends are drawn from: six statements, however long the diary."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.reader import Reader
from portal.clinics.models import Clinic
from portal.diary import queries
from portal.diary.models import Entry, EntryPlace
from portal.diary.queries import Appointment, Care, newest, readable
from portal.review.summary import WrittenDay, thresholds_from
from portal.review.trends import Thresholds
from portal.review.written import written_days

WHERE_DAYS = 28
MANAGED_DAYS = 56


@dataclass(frozen=True, slots=True)
class PlaceNamed:
    """A place that the newest version of a day names."""

    on: date
    region: str


@dataclass(frozen=True, slots=True)
class Managed:
    """Something the patient managed on a day, in their own words."""

    on: date
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendFacts:
    """Everything the page of trends is worked out from; `last` is the last day it looks at."""

    care: Care
    last: date
    thresholds: Thresholds
    days: tuple[WrittenDay, ...]
    visits: tuple[Appointment, ...]
    places: tuple[PlaceNamed, ...]
    managed: tuple[Managed, ...]


def trend_facts(session: Session, reader: Reader) -> TrendFacts | None:
    """Return what the reader's own diary holds; None where there is no episode of care yet.

    An ended episode is looked at as of its last day, so that it can still be looked back on.
    """
    care = queries.own_care(session, reader)
    if care is None:
        return None
    last = min(care.today, care.ended_on) if care.ended_on else care.today
    own = session.scalars(select(Clinic.thresholds).where(Clinic.id == care.clinic_id)).one()
    return TrendFacts(
        care=care,
        last=last,
        thresholds=thresholds_from(own),
        days=written_days(session, [care.episode_id]).get(care.episode_id, ()),
        visits=queries.visits_of(session, reader, care.episode_id),
        places=_places(session, reader, care, last),
        managed=_managed(session, reader, care, last),
    )


def _places(session: Session, reader: Reader, care: Care, last: date) -> tuple[PlaceNamed, ...]:
    rows = session.execute(
        select(Entry.about_on, EntryPlace.region)
        .join(EntryPlace, EntryPlace.entry_id == Entry.id)
        .where(
            readable(reader, care.episode_id),
            Entry.about_on.between(last - timedelta(days=WHERE_DAYS), last),
            Entry.withdrawn_at.is_(None),
            newest(),
        )
    )
    return tuple(PlaceNamed(on, region) for on, region in rows)


def _managed(session: Session, reader: Reader, care: Care, last: date) -> tuple[Managed, ...]:
    rows = session.execute(
        select(Entry.about_on, Entry.managed)
        .where(
            readable(reader, care.episode_id),
            Entry.about_on.between(last - timedelta(days=MANAGED_DAYS - 1), last),
            Entry.managed != "",
            Entry.withdrawn_at.is_(None),
            newest(),
        )
        .order_by(Entry.about_on.desc())
    )
    return tuple(Managed(on, words) for on, words in rows)
