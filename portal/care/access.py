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
    true,
)
from sqlalchemy.orm import Session

from portal import clock
from portal.accounts.models import Role
from portal.accounts.reader import Reader
from portal.care.models import BreakGlass, CareTeam, Consent, Episode, Patient, Restriction
from portal.db import EpisodeId, PatientId, UTCDateTime
from portal.errors import OutOfSight
from portal.statements import at_most

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


def _in_team(keys: Keys) -> ColumnElement[bool]:
    return and_(CareTeam.practitioner_id == keys.practitioner, CareTeam.until_at.is_(None))


def _in_care_team(keys: Keys) -> ColumnElement[bool]:
    return exists().where(CareTeam.episode_id == Episode.id, _in_team(keys))


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


def _as_practitioner(keys: Keys, *, reached: ColumnElement[bool]) -> ColumnElement[bool]:
    return and_(
        Episode.clinic_id == keys.clinic,
        reached,
        _consent_stands(),
        ~_restricted(keys),
    )


def _rule(sight: Sight, keys: Keys, *, reached: ColumnElement[bool]) -> ColumnElement[bool]:
    """The whole rule but for how a practitioner has `reached` a record."""
    rules: list[ColumnElement[bool]] = []
    if sight.as_patient:
        rules.append(Episode.patient_id == keys.patient)
    if sight.as_practitioner:
        rules.append(_as_practitioner(keys, reached=reached))
    return or_(*rules) if rules else Episode.id.is_(None)


def _seen(sight: Sight, keys: Keys) -> ColumnElement[bool]:
    return _rule(sight, keys, reached=or_(_in_care_team(keys), _glass_broken(keys)))


@cache
def visible_by(sight: Sight) -> ColumnElement[bool]:
    """Return the condition on Episode, for statements that are built once.

    They are run with `keys_of(reader)` among their parameters, and refuse to run without.
    """
    return _seen(sight, _NAMED)


def _own_keys(reader: Reader) -> Keys:
    return Keys(reader.patient_id, reader.practitioner_id, reader.clinic_id)


def visible(reader: Reader) -> ColumnElement[bool]:
    """Return the condition on Episode under which this reader may see it."""
    return _seen(sight_of(reader), _own_keys(reader))


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
        .limit(at_most(1))
    ).first()
    if found is None:
        raise OutOfSight
    return found[0], found[1]


def only_in_care(found: Select[Any], sight: Sight) -> Select[Any]:
    """Narrow a statement on Episode to what is in a reader's care, as `in_care` says.

    It is run with `keys_of(reader)`. It begins with the reader's own care teams, so that it costs
    what they hold, however many patients the clinic has.
    """
    own = select(CareTeam.episode_id).where(_in_team(_NAMED)).distinct().subquery("own_team")
    return found.join(own, own.c.episode_id == Episode.id).where(
        _rule(sight, _NAMED, reached=true())
    )


def in_care(reader: Reader) -> ColumnElement[bool]:
    """Return the condition on Episode under which it is in this reader's care.

    The care team alone reaches it: a record that was opened with a reason for an hour is read, and
    is nobody's to look after.
    """
    reached = _in_care_team(_own_keys(reader))
    return and_(_rule(sight_of(reader), _own_keys(reader), reached=true()), reached)


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
