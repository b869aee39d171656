"""WHO MAY SEE WHAT: one rule for rows, for lists and single reads alike.

A patient sees the episodes that are their own. A practitioner sees the episodes of patients whose
care team they are in (or whose record they opened with a reason, for at most an hour), in their
clinic, while the patient's consent stands and no restriction names them. Nobody else sees any:
an administrator does not by that role read diaries.
"""

from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    Uuid,
    and_,
    bindparam,
    exists,
    or_,
    select,
)
from sqlalchemy.orm import Session

from portal import clock
from portal.accounts.models import Role
from portal.accounts.reader import Reader
from portal.care.models import BreakGlass, CareTeam, Consent, Episode, Patient, Restriction
from portal.db import EpisodeId, PatientId, UTCDateTime
from portal.errors import OutOfSight

Key = UUID | BindParameter[Any] | None


class Keys(NamedTuple):
    """The keys of a reader, as values or as parameters of a statement that is built once."""

    patient: Key
    practitioner: Key
    clinic: Key


_NAMED = Keys(
    bindparam("reader_patient", type_=Uuid()),
    bindparam("reader_practitioner", type_=Uuid()),
    bindparam("reader_clinic", type_=Uuid()),
)


class Sight(NamedTuple):
    """As what a reader looks: the rule of rows depends on this and on the reader's keys alone."""

    as_patient: bool
    as_practitioner: bool


def sight_of(reader: Reader) -> Sight:
    """Return as what this reader looks."""
    return Sight(
        reader.patient_id is not None and Role.PATIENT in reader.roles,
        reader.practitioner_id is not None and Role.PRACTITIONER in reader.roles,
    )


def keys_of(reader: Reader) -> dict[str, object]:
    """Return the reader's keys by name, for a statement with `visible_by`."""
    return {
        "reader_patient": reader.patient_id,
        "reader_practitioner": reader.practitioner_id,
        "reader_clinic": reader.clinic_id,
    }


def _in_care_team(keys: Keys) -> ColumnElement[bool]:
    return exists().where(
        CareTeam.episode_id == Episode.id,
        CareTeam.practitioner_id == keys.practitioner,
        CareTeam.until_at.is_(None),
    )


def _glass_broken(keys: Keys) -> ColumnElement[bool]:
    """The present is read when the statement runs, so that a kept one cannot outlive the hour."""
    return exists().where(
        BreakGlass.episode_id == Episode.id,
        BreakGlass.practitioner_id == keys.practitioner,
        BreakGlass.until_at > bindparam(None, callable_=clock.now, type_=UTCDateTime()),
    )


def _consent_stands() -> ColumnElement[bool]:
    return exists().where(Consent.episode_id == Episode.id, Consent.withdrawn_at.is_(None))


def _restricted(keys: Keys) -> ColumnElement[bool]:
    return exists().where(
        Restriction.episode_id == Episode.id,
        Restriction.practitioner_id == keys.practitioner,
        Restriction.lifted_at.is_(None),
    )


def _as_practitioner(keys: Keys) -> ColumnElement[bool]:
    return and_(
        Episode.clinic_id == keys.clinic,
        or_(_in_care_team(keys), _glass_broken(keys)),
        _consent_stands(),
        ~_restricted(keys),
    )


def _rule(sight: Sight, keys: Keys) -> ColumnElement[bool]:
    rules: list[ColumnElement[bool]] = []
    if sight.as_patient:
        rules.append(Episode.patient_id == keys.patient)
    if sight.as_practitioner:
        rules.append(_as_practitioner(keys))
    return or_(*rules) if rules else Episode.id.is_(None)


@cache
def visible_by(sight: Sight) -> ColumnElement[bool]:
    """Return the condition on Episode, for statements that are built once.

    They are run with `keys_of(reader)` among their parameters, and refuse to run without.
    """
    return _rule(sight, _NAMED)


def _own_keys(reader: Reader) -> Keys:
    return Keys(reader.patient_id, reader.practitioner_id, reader.clinic_id)


def visible(reader: Reader) -> ColumnElement[bool]:
    """Return the condition on Episode under which this reader may see it."""
    return _rule(sight_of(reader), _own_keys(reader))


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


@cache
def in_care_by(sight: Sight) -> ColumnElement[bool]:
    """Return the condition on Episode under which it is in a reader's care, as `visible_by` is.

    A record that was opened with a reason for an hour is read, and is nobody's to look after.
    """
    return _cared_for(sight, _NAMED)


def in_care(reader: Reader) -> ColumnElement[bool]:
    """Return the condition on Episode under which it is in this reader's care."""
    return _cared_for(sight_of(reader), _own_keys(reader))


def _cared_for(sight: Sight, keys: Keys) -> ColumnElement[bool]:
    return and_(_rule(sight, keys), _in_care_team(keys))


def flags_visible_to(reader: Reader) -> ColumnElement[bool]:
    """Return the condition on Episode under which this reader may see its flags.

    The clinic's flag reader and deputy see the flags of the whole clinic, not the diaries. Whom
    a patient has shut out sees none of that patient's flags either (S-034); the care team still
    does. Consent that was withdrawn hides the diary, not a flag: it asks for a call that somebody
    may be waiting for (docs/adr/0010).
    """
    if reader.reads_flags:
        keys = _own_keys(reader)
        return or_(visible(reader), and_(Episode.clinic_id == keys.clinic, ~_restricted(keys)))
    return visible(reader)
