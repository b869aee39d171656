"""What a reader may see of an episode's diary plans, the newest first."""

from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from portal import clock
from portal.accounts.models import Account
from portal.accounts.reader import Reader
from portal.care import access
from portal.care.models import CareTeam, DiaryPlan, Episode, Patient, Practitioner, Visit
from portal.db import EpisodeId, PatientId
from portal.diary.queries import plan_of
from portal.diary.schedule import Plan, VisitDay


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One plan of the history: what it said, and who set it; `made_at` on the patient's clock."""

    id: UUID
    made_at: datetime
    made_by: str
    is_patients: bool
    ends_on: date
    paused_until: date | None
    prompt_at: time


@dataclass(frozen=True, slots=True)
class PlanRecord:
    """The diary plan of an open or ended episode, with everything set before."""

    episode_id: EpisodeId
    patient_id: PatientId
    patient_name: str
    complaint: str
    zone: str
    today: date
    is_open: bool
    is_own: bool
    is_mailed: bool
    plan: Plan | None
    visits: tuple[VisitDay, ...]
    rows: tuple[PlanRow, ...]

    @property
    def base(self) -> str:
        """Which plan a form was made from; empty where none was ever made."""
        return str(self.rows[0].id) if self.rows else ""

    @property
    def is_on(self) -> bool:
        """Whether the plan is not over, paused or not."""
        return self.plan is not None and self.today <= self.plan.ends_on

    @property
    def paused_until(self) -> date | None:
        """Until when nothing is asked; None where no pause runs."""
        until = self.plan.paused_until if self.plan is not None and self.is_on else None
        return until if until is not None and until > self.today else None


def plan_record(session: Session, reader: Reader, patient_id: PatientId) -> PlanRecord:
    """Return a patient's diary plans; raises OutOfSight when the reader may not see them."""
    episode, patient = access.visible_episode(session, reader, patient_id)
    found = session.execute(
        select(DiaryPlan, Account.name, Practitioner.display_name, DiaryPlan.made_by_id)
        .join(Account, Account.id == DiaryPlan.made_by_id)
        .outerjoin(
            Practitioner,
            (Practitioner.account_id == Account.id) & (Practitioner.clinic_id == episode.clinic_id),
        )
        .where(DiaryPlan.episode_id == episode.id)
        .order_by(DiaryPlan.made_at.desc(), DiaryPlan.id.desc())
    ).all()
    return PlanRecord(
        episode_id=episode.id,
        patient_id=patient.id,
        patient_name=patient.name,
        complaint=episode.complaint,
        zone=patient.zone,
        today=clock.today(patient.zone),
        is_open=episode.ended_on is None,
        is_own=_is_own(session, reader, episode),
        is_mailed=patient.is_mailed,
        plan=plan_of(found[0][0], patient.zone) if found else None,
        visits=_visits(session, episode),
        rows=tuple(_row(plan, shown or name, patient) for plan, name, shown, _by in found),
    )


def _row(plan: DiaryPlan, name: str, patient: Patient) -> PlanRow:
    return PlanRow(
        id=plan.id,
        made_at=clock.local(plan.made_at, patient.zone),
        made_by=name,
        is_patients=plan.made_by_id == patient.account_id,
        ends_on=plan.ends_on,
        paused_until=plan.paused_until,
        prompt_at=plan.prompt_at,
    )


def _is_own(session: Session, reader: Reader, episode: Episode) -> bool:
    own = exists().where(
        CareTeam.episode_id == episode.id,
        CareTeam.practitioner_id == reader.practitioner_id,
        CareTeam.until_at.is_(None),
    )
    return bool(session.scalar(select(own)))


def _visits(session: Session, episode: Episode) -> tuple[VisitDay, ...]:
    rows = session.execute(
        select(Visit.planned_on, Visit.held_on).where(
            Visit.episode_id == episode.id, Visit.cancelled_at.is_(None)
        )
    )
    return tuple(VisitDay(planned, held) for planned, held in rows if planned or held)
