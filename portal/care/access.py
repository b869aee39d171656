"""WHO MAY SEE WHAT: one rule for rows, for lists and single reads alike.

A patient sees the episodes that are their own. A practitioner sees the episodes of patients whose
care team they are in (or whose record they opened with a reason, for at most an hour), in their
clinic, while the patient's consent stands and no restriction names them. Nobody else sees any:
an administrator does not by that role read diaries.
"""

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, or_, select
from sqlalchemy.orm import Session

from portal import clock
from portal.accounts.models import Role
from portal.accounts.reader import Reader
from portal.care.models import BreakGlass, CareTeam, Consent, Episode, Patient, Restriction
from portal.db import EpisodeId, PatientId, UTCDateTime
from portal.errors import OutOfSight


def _in_care_team(reader: Reader) -> ColumnElement[bool]:
    return exists().where(
        CareTeam.episode_id == Episode.id,
        CareTeam.practitioner_id == reader.practitioner_id,
        CareTeam.until_at.is_(None),
    )


def _glass_broken(reader: Reader) -> ColumnElement[bool]:
    """The present is read when the statement runs, so that a kept one cannot outlive the hour."""
    return exists().where(
        BreakGlass.episode_id == Episode.id,
        BreakGlass.practitioner_id == reader.practitioner_id,
        BreakGlass.until_at > bindparam(None, callable_=clock.now, type_=UTCDateTime()),
    )


def _consent_stands() -> ColumnElement[bool]:
    return exists().where(Consent.episode_id == Episode.id, Consent.withdrawn_at.is_(None))


def _restricted(reader: Reader) -> ColumnElement[bool]:
    return exists().where(
        Restriction.episode_id == Episode.id,
        Restriction.practitioner_id == reader.practitioner_id,
        Restriction.lifted_at.is_(None),
    )


def _as_practitioner(reader: Reader) -> ColumnElement[bool]:
    return and_(
        Episode.clinic_id == reader.clinic_id,
        or_(_in_care_team(reader), _glass_broken(reader)),
        _consent_stands(),
        ~_restricted(reader),
    )


def visible(reader: Reader) -> ColumnElement[bool]:
    """Return the condition on Episode under which this reader may see it."""
    rules: list[ColumnElement[bool]] = []
    if reader.patient_id is not None and Role.PATIENT in reader.roles:
        rules.append(Episode.patient_id == reader.patient_id)
    if reader.practitioner_id is not None and Role.PRACTITIONER in reader.roles:
        rules.append(_as_practitioner(reader))
    return or_(*rules) if rules else Episode.id.is_(None)


def episodes_visible_to(reader: Reader) -> Select[EpisodeId]:
    """Return the episodes whose diary this reader may see."""
    return select(Episode.id).where(visible(reader))


def visible_episode(
    session: Session, reader: Reader, patient_id: PatientId
) -> tuple[Episode, Patient]:
    """Return the newest episode of a patient (an open one first) if this reader may see it.

    Raises OutOfSight otherwise, the same whether it exists or not.
    """
    found = session.execute(
        select(Episode, Patient)
        .join(Patient, Patient.id == Episode.patient_id)
        .where(Patient.id == patient_id, visible(reader))
        .order_by(Episode.ended_on.is_not(None), Episode.started_on.desc())
        .limit(1)
    ).first()
    if found is None:
        raise OutOfSight
    return found[0], found[1]


def flags_visible_to(reader: Reader) -> ColumnElement[bool]:
    """Return the condition on Episode under which this reader may see its flags.

    The clinic's flag reader and deputy see the flags of the whole clinic, not the diaries. Whom
    a patient has shut out sees none of that patient's flags either (S-034); the care team still
    does. Consent that was withdrawn hides the diary, not a flag: it asks for a call that somebody
    may be waiting for (docs/adr/0010).
    """
    if reader.reads_flags:
        everywhere_here = and_(Episode.clinic_id == reader.clinic_id, ~_restricted(reader))
        return or_(visible(reader), everywhere_here)
    return visible(reader)
