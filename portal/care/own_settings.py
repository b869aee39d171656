"""What patients set for themselves: reminders, the name they go by, zone and agreement.

Every change is an event of the audit that names what changed and none of the values.
"""

from datetime import date, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import clock, db
from portal.accounts.models import Account
from portal.accounts.reader import Reader
from portal.audit import Actor, Event, record
from portal.audit.acts import Act
from portal.care import episodes, plans
from portal.care.access import visible
from portal.care.consent import TEXT_VERSION
from portal.care.models import Consent, Episode, Patient
from portal.care.plans import Course
from portal.errors import Conflict, EpisodeEnded, OutOfSight


def _own_patient(session: Session, reader: Reader) -> Patient:
    found = session.get(Patient, reader.patient_id) if reader.patient_id is not None else None
    if found is None:
        raise OutOfSight
    return found


def _own_episode(session: Session, reader: Reader) -> Episode:
    """Return the patient's newest episode, an open one first; raises OutOfSight without any."""
    found = session.scalars(
        select(Episode)
        .where(Episode.patient_id == reader.patient_id, visible(reader))
        .order_by(Episode.ended_on.is_not(None), Episode.started_on.desc())
        .limit(1)
    ).first()
    if found is None:
        raise OutOfSight
    return found


def _note(session: Session, actor: Actor, patient: Patient, *, what: str) -> None:
    session.flush()
    record(session, actor, Event(Act.SETTINGS_CHANGED, patient.id, details={"what": what}))


def change_called(session: Session, actor: Actor, *, reader: Reader, called: str) -> None:
    """Note the name the patient goes by; empty means the first name.

    The account goes along where it bore the same name; what the clinic holds as first and
    family name stays the clinic's.
    """
    patient = _own_patient(session, reader)
    account = session.get_one(Account, patient.account_id)
    goes_along = account.name == patient.name
    patient.preferred_name = called
    if goes_along:
        account.name = patient.name
    _touch_all(session, patient)
    _note(session, actor, patient, what="called")


def change_zone(session: Session, actor: Actor, *, reader: Reader, zone: str) -> None:
    """Set the zone that decides which day it is for the patient; days written stay as they are."""
    patient = _own_patient(session, reader)
    patient.zone = zone
    _touch_all(session, patient)
    _note(session, actor, patient, what="zone")


def set_reminders(
    session: Session, actor: Actor, *, reader: Reader, prompt_at: time | None, is_mailed: bool
) -> None:
    """Remind at this time of day, by mail or not; None leaves the time where no plan asks.

    Raises EpisodeEnded where the time would change after the diary has ended.
    """
    if prompt_at is not None:
        plans.set_prompt_time(session, actor, course=_course(session, reader), prompt_at=prompt_at)
    patient = _own_patient(session, reader)
    plans.set_mailed(session, actor, patient_id=patient.id, is_mailed=is_mailed)


def pause(session: Session, actor: Actor, *, reader: Reader, until: date | None = None) -> None:
    """Ask for nothing until a day, by default for a week; the diary can still be written.

    Raises EpisodeEnded, or NoSuchDay for a day that is over or after the plan's end.
    """
    plans.pause(session, actor, course=_course(session, reader), until=until)


def resume(session: Session, actor: Actor, *, reader: Reader) -> None:
    """Ask again from today on; raises EpisodeEnded."""
    plans.resume(session, actor, course=_course(session, reader))


def _course(session: Session, reader: Reader) -> Course:
    return Course(_own_episode(session, reader), _own_patient(session, reader).zone)


def _touch_all(session: Session, patient: Patient) -> None:
    for episode_id in session.scalars(select(Episode.id).where(Episode.patient_id == patient.id)):
        db.touch(session, episode_id)


def agree_again(session: Session, actor: Actor, *, reader: Reader, version: str) -> None:
    """Note that the patient agrees to the text asked now; what was agreed before stays on record.

    Raises EpisodeEnded, or Conflict where this text is not asked.
    """
    episode = _asked(session, reader, version)
    session.add(Consent(episode_id=episode.id, text_version=version, given_at=clock.now()))
    session.flush()
    db.touch(session, episode.id)
    event = Event(Act.CONSENT_GIVEN, episode.patient_id, episode.id, details={"text": version})
    record(session, actor, event)


def decline(session: Session, actor: Actor, *, reader: Reader, version: str) -> None:
    """Write down that the patient does not agree to a new text; the earlier agreement stands.

    Raises EpisodeEnded, or Conflict where this text is not asked.
    """
    episode = _asked(session, reader, version)
    event = Event(Act.CONSENT_DECLINED, episode.patient_id, episode.id, details={"text": version})
    record(session, actor, event)


def _asked(session: Session, reader: Reader, version: str) -> Episode:
    """Return the open episode in which this very text waits for an answer.

    None waits where another text is asked by now, where this one is agreed to already, or where
    the agreement was withdrawn: that ends an episode for good.
    """
    episode = _own_episode(session, reader)
    if episode.ended_on is not None:
        raise EpisodeEnded
    standing = session.scalars(
        select(Consent.text_version).where(
            Consent.episode_id == episode.id, Consent.withdrawn_at.is_(None)
        )
    ).all()
    if version != TEXT_VERSION or not standing or version in standing:
        raise Conflict("this text is not the one to be agreed to")
    return episode


def leave(session: Session, actor: Actor, *, reader: Reader) -> None:
    """End the diary by the patient's own wish: the agreement is withdrawn, the episode ends.

    Raises Conflict where that has happened already.
    """
    episode = _own_episode(session, reader)
    patient = _own_patient(session, reader)
    on = clock.today(patient.zone)
    episodes.withdraw_consent(session, actor, episode=episode, on=on, zone=patient.zone)
