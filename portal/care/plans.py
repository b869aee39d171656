"""The diary plan: how long the diary is asked for, paused and resumed; rows are only added.

Each step is a new row that carries on what the one before said, so that the days which a plan has
asked for stay the same whatever is changed later: completion is counted against them.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import clock, db
from portal.audit import Actor, Event, record
from portal.audit.acts import Act
from portal.care.models import DiaryPlan, Episode, Patient
from portal.db import AccountId, EpisodeId, PatientId
from portal.errors import EpisodeEnded, PortalError

USUAL_WEEKS = 12
LONGEST_DAYS = 366
USUAL_PAUSE = timedelta(weeks=1)
USUAL_PROMPT = time(20)


class NoSuchDay(PortalError):
    """A plan ends within a year from today, and a pause ends before the plan does."""


@dataclass(frozen=True, slots=True)
class Course:
    """The episode that a plan belongs to, whose days are counted in the patient's zone."""

    episode: Episode
    zone: str

    @property
    def today(self) -> date:
        """The date it is for the patient."""
        return clock.today(self.zone)


def set_plan(session: Session, actor: Actor, *, course: Course, ends_on: date) -> DiaryPlan:
    """Ask for the diary until a day, from today where no plan runs; a pause stays as it is.

    The same end changes nothing. Raises EpisodeEnded, and NoSuchDay for a day before today or
    more than a year ahead.
    """
    if not course.today <= ends_on <= course.today + timedelta(days=LONGEST_DAYS):
        raise NoSuchDay
    before = plan_in_force(session, course.episode.id)
    if before is not None and before.ends_on == ends_on:
        return before
    return _go_on(session, actor, course, before, what="set", ends_on=ends_on)


def end_plan(session: Session, actor: Actor, *, course: Course) -> DiaryPlan | None:
    """Stop asking for the diary from today on; the patient can still write."""
    before = plan_in_force(session, course.episode.id)
    if before is None or before.ends_on < course.today:
        return before
    yesterday = course.today - timedelta(days=1)
    return _go_on(session, actor, course, before, what="ended", ends_on=yesterday, until=None)


def pause(
    session: Session, actor: Actor, *, course: Course, until: date | None = None
) -> DiaryPlan | None:
    """Ask nothing from today on, until a day (by default a week from now).

    A plan that is over stays over. Raises EpisodeEnded, and NoSuchDay for a day that is not
    ahead or lies behind the plan's end.
    """
    before = plan_in_force(session, course.episode.id)
    if before is None or before.ends_on < course.today:
        return before
    chosen = until or min(course.today + USUAL_PAUSE, before.ends_on + timedelta(days=1))
    if not course.today < chosen <= before.ends_on + timedelta(days=1):
        raise NoSuchDay
    if before.paused_until == chosen:
        return before
    return _go_on(session, actor, course, before, what="paused", until=chosen)


def resume(session: Session, actor: Actor, *, course: Course) -> DiaryPlan | None:
    """Ask again from today on; nothing changes where the plan is not paused."""
    before = plan_in_force(session, course.episode.id)
    if before is None or before.paused_until is None or before.paused_until <= course.today:
        return before
    return _go_on(session, actor, course, before, what="resumed", until=None)


def set_prompt_time(
    session: Session, actor: Actor, *, course: Course, prompt_at: time
) -> DiaryPlan | None:
    """Remind at this time on the patient's clock; nothing changes where no plan was ever made."""
    before = plan_in_force(session, course.episode.id)
    if before is None or before.prompt_at == prompt_at:
        return before
    return _go_on(session, actor, course, before, what="prompt-time", prompt_at=prompt_at)


def set_mailed(session: Session, actor: Actor, *, patient_id: PatientId, is_mailed: bool) -> None:
    """Send reminders by mail, or stop sending them; the diary itself goes on."""
    patient = session.get_one(Patient, patient_id)
    if patient.is_mailed == is_mailed:
        return
    patient.is_mailed = is_mailed
    session.flush()
    for episode_id in session.scalars(select(Episode.id).where(Episode.patient_id == patient_id)):
        db.touch(session, episode_id)
    event = Event(
        Act.SETTINGS_CHANGED, patient_id=patient_id, details={"what": "mail", "on": is_mailed}
    )
    record(session, actor, event)


def plan_in_force(
    session: Session, episode_id: EpisodeId, *, before: datetime | None = None
) -> DiaryPlan | None:
    """Return the newest plan of an episode, or the newest made before a moment."""
    made = select(DiaryPlan).where(DiaryPlan.episode_id == episode_id)
    if before is not None:
        made = made.where(DiaryPlan.made_at < before)
    return session.scalar(made.order_by(DiaryPlan.made_at.desc(), DiaryPlan.id.desc()).limit(1))


_KEPT = object()


def _go_on(
    session: Session,
    actor: Actor,
    course: Course,
    before: DiaryPlan | None,
    *,
    what: str,
    ends_on: date | None = None,
    until: object = _KEPT,
    prompt_at: time | None = None,
) -> DiaryPlan:
    """Add the row that takes over from the one before."""
    if course.episode.ended_on is not None:
        raise EpisodeEnded
    assert actor.account_id is not None  # noqa: S101 - plans are changed by people
    made = DiaryPlan(
        episode_id=course.episode.id,
        made_at=_after(before),
        made_by_id=AccountId(actor.account_id),
        starts_on=before.starts_on if before else course.today,
        ends_on=ends_on or (before.ends_on if before else course.today),
        paused_until=_pause_of(before, course.today) if until is _KEPT else until,
        prompt_at=prompt_at or (before.prompt_at if before else USUAL_PROMPT),
        breaks=breaks_until(before, course.zone, course.today) if before else [],
    )
    session.add(made)
    session.flush()
    db.touch(session, course.episode.id)
    event = Event(
        Act.PLAN_CHANGED,
        patient_id=course.episode.patient_id,
        episode_id=course.episode.id,
        details={"what": what},
    )
    record(session, actor, event)
    return made


def _after(before: DiaryPlan | None) -> datetime:
    """Now, and later than the row before: the newest row is in force."""
    now = clock.now()
    return max(now, before.made_at + timedelta(microseconds=1)) if before else now


def _pause_of(before: DiaryPlan | None, today: date) -> date | None:
    """The pause that still runs."""
    until = before.paused_until if before else None
    return until if until is not None and until > today else None


def breaks_until(plan: DiaryPlan, zone: str, today: date) -> list[list[str]]:
    """Return the days before today on which nothing was asked, as the next row carries them on."""
    found = list(plan.breaks)
    if plan.paused_until is not None:
        from_on = clock.local(plan.made_at, zone).date()
        _append(found, from_on, min(plan.paused_until, today))
    _append(found, plan.ends_on + timedelta(days=1), today)
    return found


def _append(breaks: list[list[str]], first: date, again: date) -> None:
    if first < again:
        breaks.append([first.isoformat(), again.isoformat()])
