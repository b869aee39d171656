"""Taking pasted appointments over into the visits that are planned."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from portal import clock, db
from portal.audit import Actor, Event, record
from portal.audit.acts import Act
from portal.care import planned_visits
from portal.care.appointment_fates import Decision, Fate
from portal.care.models import Episode, Visit
from portal.errors import Conflict

_ACTS = {
    Fate.PLANNED: Act.VISIT_PLANNED,
    Fate.MOVED: Act.VISIT_MOVED,
    Fate.CANCELLED: Act.VISIT_CANCELLED,
}


def take_over(session: Session, actor: Actor, *, decisions: Iterable[Decision]) -> int:
    """Plan, move and cancel visits as decided; return how many visits are others now.

    The decisions must have been made in this same transaction, so that the reader's right to
    each episode and the state of each visit are today's (S-038).
    """
    changed = 0
    for one in decisions:
        if not one.fate.changes:
            continue
        visit = _planned(session, one) if one.fate is Fate.PLANNED else _changed(session, one)
        changed += one.fate is not Fate.LINKED
        db.touch(session, visit.episode_id)
        _note(session, actor, one, visit)
    session.flush()
    return changed


def _planned(session: Session, one: Decision) -> Visit:
    at, patient, practitioner_id = one.appointment.at, one.patient, one.practitioner_id
    if at is None or patient is None or practitioner_id is None:
        raise Conflict("an appointment without a time, a patient or a practitioner is not planned")
    return planned_visits.add_planned(
        session,
        episode=session.get_one(Episode, patient.episode_id),
        zone=patient.zone,
        practitioner_id=practitioner_id,
        planned_for=at,
        source_key=one.appointment.key,
    )


def _changed(session: Session, one: Decision) -> Visit:
    if one.visit is None:
        raise Conflict("there is no visit to change")
    visit = session.get_one(Visit, one.visit.visit_id)
    if one.fate is Fate.CANCELLED:
        visit.cancelled_at = clock.now()
        return visit
    visit.source_key = one.appointment.key or visit.source_key
    if one.fate is Fate.MOVED and one.appointment.at is not None and one.patient is not None:
        visit.planned_for = one.appointment.at
        visit.planned_on = clock.local(one.appointment.at, one.patient.zone).date()
        visit.practitioner_id = one.practitioner_id or visit.practitioner_id
        visit.cancelled_at = None
    return visit


def _note(session: Session, actor: Actor, one: Decision, visit: Visit) -> None:
    act = _ACTS.get(one.fate)
    if act is None or one.patient is None:
        return
    event = Event(
        act,
        patient_id=one.patient.patient_id,
        episode_id=visit.episode_id,
        details={"visit": str(visit.id), "from": "calendar"},
    )
    record(session, actor, event)
