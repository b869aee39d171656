"""The consent text: which version is asked now, whom it names, and who agrees to it.

The text stands in `templates/care/consent_text.html`. Whoever changes what it says gives it a new
version here, keeps the old text under its own name and shows it from
`templates/care/consent_texts.html`, so that patients can read what they once agreed to. They are
asked again, and until they agree their diary takes nothing new.
"""

from dataclasses import dataclass
from functools import cache

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from portal.accounts.models import AccountRole, Role
from portal.care.invited import InvitedPatient
from portal.care.models import CareTeam, Consent, Episode, Practitioner, Restriction
from portal.db import ClinicId, PractitionerId

TEXT_VERSION = "2026-11"


@dataclass(frozen=True, slots=True)
class Readers:
    """Who will read a diary, and who else sees its red flags; by name and profession."""

    team: tuple[str, ...]
    flags: tuple[str, ...]


def _named(found: Practitioner) -> str:
    return f"{found.display_name} ({found.profession})" if found.profession else found.display_name


def readers_of(session: Session, clinic_id: ClinicId, details: InvitedPatient) -> Readers:
    """Return whom the consent text names for a patient to be."""
    return _readers(session, clinic_id, details.team)


def readers_in(session: Session, episode: Episode) -> Readers:
    """Return whom the consent text names for an episode as it is looked after today."""
    shut_out = select(Restriction.practitioner_id).where(
        Restriction.episode_id == episode.id, Restriction.lifted_at.is_(None)
    )
    team = session.scalars(
        select(CareTeam.practitioner_id).where(
            CareTeam.episode_id == episode.id,
            CareTeam.until_at.is_(None),
            CareTeam.practitioner_id.not_in(shut_out),
        )
    )
    return _readers(session, episode.clinic_id, frozenset(team))


def _readers(session: Session, clinic_id: ClinicId, who: frozenset[PractitionerId]) -> Readers:
    team = session.scalars(
        select(Practitioner)
        .where(
            Practitioner.clinic_id == clinic_id,
            Practitioner.id.in_(who),
            Practitioner.is_active,
        )
        .order_by(Practitioner.display_name)
    )
    flags = session.scalars(
        select(Practitioner)
        .join(AccountRole, AccountRole.person_id == Practitioner.id)
        .where(
            AccountRole.clinic_id == clinic_id,
            AccountRole.role.in_((Role.FLAG_READER, Role.DEPUTY)),
        )
        .order_by(AccountRole.role.desc())
    )
    return Readers(
        team=tuple(_named(found) for found in team),
        flags=tuple(dict.fromkeys(_named(found) for found in flags)),
    )


@cache
def consent_stands() -> ColumnElement[bool]:
    """Return the condition that the patient's consent to Episode stands."""
    return exists().where(Consent.episode_id == Episode.id, Consent.withdrawn_at.is_(None))


@cache
def is_agreed() -> ColumnElement[bool]:
    """Return the condition that the patient agrees to today's consent text for Episode."""
    return exists().where(
        Consent.episode_id == Episode.id,
        Consent.withdrawn_at.is_(None),
        Consent.text_version == TEXT_VERSION,
    )
