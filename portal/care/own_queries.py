"""What patients see of their own settings and agreements."""

from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import clock
from portal.accounts.reader import Reader
from portal.care.access import visible
from portal.care.consent import TEXT_VERSION, Readers, readers_in
from portal.care.models import Consent, DiaryPlan, Episode, Patient
from portal.db import ClinicId, EpisodeId
from portal.errors import OutOfSight
from portal.statements import at_most


@dataclass(frozen=True, slots=True)
class OwnConsent:
    """One agreement: which text, given when and, if so, withdrawn when, on the patient's clock."""

    text_version: str
    given_at: datetime
    withdrawn_at: datetime | None
    complaint: str


@dataclass(frozen=True, slots=True)
class OwnPlan:
    """When the open diary is asked for: at which time, until when, and whether it rests."""

    prompt_at: time
    ends_on: date
    paused_until: date | None

    def asks_on(self, day: date) -> bool:
        """Whether the plan still runs on a day; one that rests still runs."""
        return day <= self.ends_on

    def rests_on(self, day: date) -> bool:
        """Whether nothing is asked on this day, since the patient paused."""
        return self.paused_until is not None and day < self.paused_until


@dataclass(frozen=True, slots=True)
class OwnSettings:
    """What a patient has set, or the clinic for them."""

    given_name: str
    family_name: str
    called: str
    zone: str
    language: str
    is_mailed: bool
    now: datetime
    plan: OwnPlan | None


@dataclass(frozen=True, slots=True)
class Agreement:
    """What the newest episode's consent text names, and whether today's text is agreed to."""

    clinic_id: ClinicId
    is_open: bool
    is_current: bool
    plan_ends_on: date
    readers: Readers

    @property
    def is_to_ask(self) -> bool:
        """Whether the text has changed since the patient agreed."""
        return self.is_open and not self.is_current


def own_settings(session: Session, reader: Reader) -> OwnSettings:
    """Return the reader's own settings; raises OutOfSight for anybody but a patient."""
    patient = session.get(Patient, reader.patient_id) if reader.patient_id is not None else None
    if patient is None:
        raise OutOfSight
    return OwnSettings(
        given_name=patient.given_name,
        family_name=patient.family_name,
        called=patient.preferred_name,
        zone=patient.zone,
        language=patient.language,
        is_mailed=patient.is_mailed,
        now=clock.local(clock.now(), patient.zone),
        plan=_own_plan(session, reader),
    )


def _own_plan(session: Session, reader: Reader) -> OwnPlan | None:
    row = session.scalars(
        select(DiaryPlan)
        .join(Episode, Episode.id == DiaryPlan.episode_id)
        .where(Episode.patient_id == reader.patient_id, Episode.ended_on.is_(None), visible(reader))
        .order_by(DiaryPlan.made_at.desc(), DiaryPlan.id.desc())
        .limit(at_most(1))
    ).first()
    return OwnPlan(row.prompt_at, row.ends_on, row.paused_until) if row is not None else None


def own_consents(session: Session, reader: Reader) -> list[OwnConsent]:
    """Return every agreement the reader ever gave here, the newest first."""
    rows = session.execute(
        select(Consent, Episode.complaint, Patient.zone)
        .join(Episode, Episode.id == Consent.episode_id)
        .join(Patient, Patient.id == Episode.patient_id)
        .where(Episode.patient_id == reader.patient_id, visible(reader))
        .order_by(Consent.given_at.desc(), Consent.id.desc())
    )
    return [
        OwnConsent(
            consent.text_version,
            clock.local(consent.given_at, zone),
            clock.local(consent.withdrawn_at, zone) if consent.withdrawn_at else None,
            complaint,
        )
        for consent, complaint, zone in rows
    ]


def own_agreement(session: Session, reader: Reader) -> Agreement | None:
    """Return what the reader's newest episode asks agreement to; None where there is no episode."""
    episode = session.scalars(
        select(Episode)
        .where(Episode.patient_id == reader.patient_id, visible(reader))
        .order_by(Episode.ended_on.is_not(None), Episode.started_on.desc())
        .limit(at_most(1))
    ).first()
    if episode is None:
        return None
    standing = session.scalars(
        select(Consent.text_version).where(
            Consent.episode_id == episode.id, Consent.withdrawn_at.is_(None)
        )
    ).all()
    return Agreement(
        clinic_id=episode.clinic_id,
        is_open=episode.ended_on is None and bool(standing),
        is_current=TEXT_VERSION in standing,
        plan_ends_on=_plan_end(session, episode.id) or episode.started_on,
        readers=readers_in(session, episode),
    )


def _plan_end(session: Session, episode_id: EpisodeId) -> date | None:
    return session.scalar(
        select(DiaryPlan.ends_on)
        .where(DiaryPlan.episode_id == episode_id)
        .order_by(DiaryPlan.made_at.desc(), DiaryPlan.id.desc())
        .limit(at_most(1))
    )
