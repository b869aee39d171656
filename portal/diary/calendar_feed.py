"""A patient's calendar: visits that are planned, and when the diary asks, under neutral titles.

Anybody who looks over a shoulder reads "Appointment" and "Reminder" there, and no more: no clinic,
no name, no health matter.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Event
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import clock
from portal.care.models import DiaryPlan, Episode, Patient, Visit
from portal.care.plans import plan_in_force
from portal.db import AccountId, EpisodeId
from portal.diary.queries import plan_of
from portal.diary.reminders import hours_of
from portal.diary.schedule import Plan, VisitDay, asked_days
from portal.web.languages import gettext as _

WEEKS_BACK = timedelta(weeks=4)
LOOKED_AT = timedelta(hours=6)
_NAMES = UUID("6b1f4a4e-2b57-5d0c-9d0e-4f6f2f0f7c11")


@dataclass(frozen=True, slots=True)
class Feed:
    """What a calendar shows, as values: `visits` are (key, instant), `reminders` (key, instant)."""

    zone: str
    visits: tuple[tuple[str, datetime], ...] = ()
    reminders: tuple[tuple[str, datetime], ...] = ()


def feed_of(session: Session, account_id: AccountId) -> Feed:
    """Return what an account's calendar shows today; nothing where no episode of care is open."""
    found = session.execute(
        select(Episode.id, Patient.zone)
        .join(Patient, Patient.id == Episode.patient_id)
        .where(Patient.account_id == account_id, Episode.ended_on.is_(None))
    ).first()
    if found is None:
        return Feed("UTC")
    visits = _visits(session, found.id)
    ahead = [one for one in visits if one.planned_for is not None]
    since = clock.now() - WEEKS_BACK
    return Feed(
        found.zone,
        tuple((f"visit {one.id}", at) for one in ahead if (at := one.planned_for) and at > since),
        tuple(_reminders(found.id, found.zone, plan_in_force(session, found.id), visits)),
    )


def _visits(session: Session, episode_id: EpisodeId) -> list[Visit]:
    standing = select(Visit).where(Visit.episode_id == episode_id, Visit.cancelled_at.is_(None))
    return list(session.scalars(standing.order_by(Visit.planned_for, Visit.id)))


def _reminders(
    episode_id: EpisodeId, zone: str, row: DiaryPlan | None, visits: Iterable[Visit]
) -> Iterator[tuple[str, datetime]]:
    plan = plan_of(row, zone)
    if row is None or plan is None:
        return
    for day in _days_ahead(plan, clock.today(zone), visits):
        yield f"{episode_id} {day.isoformat()}", hours_of(day, zone, row.prompt_at)[0]


def _days_ahead(plan: Plan, today: date, visits: Iterable[Visit]) -> list[date]:
    days = [VisitDay(one.planned_on, one.held_on) for one in visits]
    return sorted(asked_days(plan, days, today, plan.ends_on))


def calendar_text(feed: Feed) -> bytes:
    """Return a feed as iCalendar (RFC 5545); the same all day while nothing changes."""
    calendar = Calendar()
    calendar.add("prodid", "-//Appointments and reminders//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", _("Reminders"))
    calendar.add("x-wr-timezone", feed.zone)
    calendar.add("refresh-interval", LOOKED_AT, parameters={"VALUE": "DURATION"})
    for key, at in feed.visits:
        calendar.add_component(_event(key, at, feed.zone, title=_("Appointment")))
    for key, at in feed.reminders:
        reminder = _event(key, at, feed.zone, title=_("Reminder"))
        reminder.add("transp", "TRANSPARENT")
        reminder.add_component(_alarm())
        calendar.add_component(reminder)
    if feed.visits or feed.reminders:
        calendar.add_missing_timezones()
    body: bytes = calendar.to_ical()
    return body


def _event(key: str, at: datetime, zone: str, *, title: str) -> Event:
    event = Event()
    event.add("uid", str(uuid5(_NAMES, key)))
    event.add("dtstamp", datetime.combine(clock.today(zone), time(), UTC))
    event.add("dtstart", at.astimezone(ZoneInfo(zone)))
    event.add("summary", title)
    event.add("class", "PRIVATE")
    return event


def _alarm() -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", timedelta(0))
    alarm.add("description", _("Reminder"))
    return alarm
