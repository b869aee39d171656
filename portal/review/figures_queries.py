"""What the clinic's own figures are counted from: four statements, whatever the clinic's size.

Rows of the whole clinic leave this module only as values without a name, and the page shows sums
of at least ten people (docs/adr/0015). Diaries whose consent was withdrawn are left out.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, literal, select
from sqlalchemy.orm import Session

from portal import clock
from portal.accounts.reader import Reader
from portal.care.models import Consent, Episode, Visit
from portal.clinics.models import Clinic
from portal.db import UTCDateTime
from portal.diary.flags import FLAGS, Tier
from portal.diary.models import Entry, EntryFlag
from portal.review.models import Review
from portal.review.rates import SIGN_DAYS, STILL_DAYS, Told, VisitHeld, What
from portal.review.summaries import newest_version

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
A_YEAR = timedelta(days=365)
SETTLED = timedelta(days=SIGN_DAYS + 1)
AFTER = timedelta(days=STILL_DAYS)
_SIGNS = {
    Tier.EMERGENCY: What.EMERGENCY,
    Tier.SAME_DAY: What.SAME_DAY,
    Tier.CLINIC: What.CLINIC,
}


def period_of(session: Session, reader: Reader) -> tuple[date, date]:
    """The year of visits that is counted; the days after its last one have passed."""
    zone = session.scalars(select(Clinic.zone).where(Clinic.id == reader.clinic_id)).one()
    last = clock.today(zone) - SETTLED
    return last - A_YEAR + timedelta(days=1), last


def visits_of_clinic(
    session: Session, reader: Reader, period: tuple[date, date]
) -> list[VisitHeld]:
    """Every visit held in these days, and whether what was written before it was read before it.

    Those of the fortnight after come along uncounted: what follows them is theirs.
    """
    first, last = period
    rows = session.execute(_visits(reader, (first, last + AFTER)))
    return [
        VisitHeld(
            episode=row.episode_id,
            on=row.held_on,
            is_needling=row.is_needling,
            was_written=bool(row.was_written),
            was_read=bool(row.was_read),
            is_counted=row.held_on <= last,
        )
        for row in rows
    ]


def told_in_clinic(session: Session, reader: Reader, period: tuple[date, date]) -> list[Told]:
    """What diaries say of soreness and of ticked signs in these days and the fortnight after."""
    first, last = period
    last += AFTER
    written = session.execute(
        select(Entry.episode_id, Entry.about_on, Entry.soreness)
        .join(Episode, Episode.id == Entry.episode_id)
        .where(
            _in_clinic(reader),
            Entry.about_on.between(first, last),
            Entry.withdrawn_at.is_(None),
            newest_version(),
        )
    )
    signs = session.execute(
        select(EntryFlag.episode_id, EntryFlag.about_on, EntryFlag.code)
        .join(Episode, Episode.id == EntryFlag.episode_id)
        .where(
            _in_clinic(reader),
            EntryFlag.about_on.between(first, last),
            EntryFlag.code.in_(_COUNTED),
        )
    )
    return [Told(episode, on, soreness) for episode, on, soreness in written] + [
        Told(episode, on, sign=_COUNTED[code]) for episode, on, code in signs
    ]


_COUNTED = {code: _SIGNS[flag.tier] for code, flag in FLAGS.items() if flag.tier in _SIGNS}


def _in_clinic(reader: Reader) -> ColumnElement[bool]:
    stands = exists().where(Consent.episode_id == Episode.id, Consent.withdrawn_at.is_(None))
    return and_(Episode.clinic_id == reader.clinic_id, stands)


def _visits(reader: Reader, period: tuple[date, date]) -> Select[Any]:
    before = func.lag(Visit.held_at).over(
        partition_by=Visit.episode_id, order_by=(Visit.held_at, Visit.id)
    )
    held = (
        select(
            Visit.episode_id,
            Visit.held_on,
            Visit.held_at,
            Visit.is_needling,
            func.coalesce(before, literal(LONG_AGO, UTCDateTime())).label("since"),
        )
        .join(Episode, Episode.id == Visit.episode_id)
        .where(_in_clinic(reader), Visit.held_at.is_not(None), Visit.cancelled_at.is_(None))
        .subquery()
    )
    was_written = exists().where(
        Entry.episode_id == held.c.episode_id,
        Entry.entered_at > held.c.since,
        Entry.entered_at < held.c.held_at,
    )
    was_read = exists().where(
        Review.episode_id == held.c.episode_id,
        Review.at > held.c.since,
        Review.at < held.c.held_at,
        Review.undone_at.is_(None),
    )
    return select(held, was_written.label("was_written"), was_read.label("was_read")).where(
        held.c.held_on.between(*period)
    )
