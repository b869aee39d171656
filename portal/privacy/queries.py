"""Who looked at a patient's record, read from the audit itself."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import Text, and_, cast, or_, select
from sqlalchemy.orm import Session

from portal import clock
from portal.accounts.models import Account
from portal.accounts.reader import Reader
from portal.audit.acts import Act
from portal.audit.models import AuditEvent
from portal.care.models import Patient, Practitioner
from portal.errors import OutOfSight

OPENINGS = (
    Act.BRIEF_OPENED,
    Act.BRIEF_COPIED,
    Act.ENTRIES_OPENED,
    Act.VISIT_OPENED,
    Act.RECORD_EXPORTED,
    Act.REVIEW_MARKED,
    Act.REVIEW_UNDONE,
    Act.FLAG_ACTED_ON,
    Act.QUESTION_ANSWERED,
    Act.QUESTION_REOPENED,
    Act.VISIT_RECORDED,
    Act.VISIT_PLANNED,
    Act.PLAN_CHANGED,
    Act.EPISODE_OPENED,
    Act.EPISODE_CHANGED,
    Act.CONSENT_WITHDRAWN,
    Act.GLASS_BROKEN,
)
LISTS = (Act.PANEL_SHOWN, Act.TODAY_SHOWN, Act.FLAGS_SHOWN)
SHOWN_DAYS = 400


@dataclass(frozen=True, slots=True)
class Looked:
    """What somebody did on one day, once or several times; `at` is the first time.

    All lists that showed this patient's name are one act.
    """

    at: datetime
    on: date
    person: str
    profession: str
    act: Act
    times: int = 1


def who_looked(session: Session, reader: Reader) -> list[Looked]:
    """Return who opened this patient's record, the newest first; one line a person, act and day.

    Complete against the audit for the last 400 days: every opening is counted. Raises
    OutOfSight for anybody but a patient.
    """
    if reader.patient_id is None:
        raise OutOfSight
    zone = session.scalar(select(Patient.zone).where(Patient.id == reader.patient_id)) or "UTC"
    named = cast(AuditEvent.details, Text).contains(str(reader.patient_id))
    rows = session.execute(
        select(
            AuditEvent.at,
            AuditEvent.act,
            Practitioner.display_name,
            Practitioner.profession,
            Account.name,
        )
        .join(Account, Account.id == AuditEvent.actor_id)
        .outerjoin(
            Practitioner,
            and_(
                Practitioner.account_id == Account.id,
                Practitioner.clinic_id == AuditEvent.clinic_id,
            ),
        )
        .where(
            AuditEvent.clinic_id == reader.clinic_id,
            AuditEvent.at >= clock.now() - timedelta(days=SHOWN_DAYS),
            AuditEvent.actor_id != reader.account_id,
            or_(
                and_(AuditEvent.patient_id == reader.patient_id, AuditEvent.act.in_(OPENINGS)),
                and_(AuditEvent.act.in_(LISTS), named),
            ),
        )
        .order_by(AuditEvent.seq.desc())
    )
    looked = (
        Looked(at, clock.local(at, zone).date(), display or name, profession or "", Act(act))
        for at, act, display, profession, name in rows
    )
    return _folded(looked, zone)


def _folded(looked: Iterable[Looked], zone: str) -> list[Looked]:
    folded: dict[tuple[date, str, str, str], Looked] = {}
    for one in looked:
        key = (one.on, one.person, one.profession, "lists" if one.act in LISTS else one.act)
        before = folded.get(key)
        times = before.times + 1 if before else 1
        folded[key] = replace(one, at=clock.local(one.at, zone), times=times)
    return list(folded.values())
