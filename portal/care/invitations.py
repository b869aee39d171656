"""Invitations: the only way to become a patient or a colleague (S-002).

Until one is accepted, what staff typed stands in the invitation alone; once it is accepted,
declined, voided or run out, that is wiped.
"""

import re
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from portal import clock
from portal.accounts.signed_in import hash_of
from portal.audit import Actor, Event, record
from portal.audit.acts import Act
from portal.care.invited import InvitedColleague, InvitedPatient, Kind
from portal.care.models import Invitation
from portal.db import ClinicId, new_id
from portal.errors import PortalError

STAFF_LASTS = timedelta(hours=72)
MOST_WRONG_ANSWERS = 5
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_GROUPS, _GROUP = 7, 4
_TYPED_ALIKE = str.maketrans("oil", "011")
_SEPARATORS = re.compile(r"[\s-]+")
_LONGEST_TYPED = 80


class InvitationGone(PortalError):
    """The invitation was used, declined, voided or has run out, or there never was one."""


class End(StrEnum):
    """How an invitation ended."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"
    GUESSED = "guessed"
    RAN_OUT = "ran-out"


@dataclass(frozen=True, slots=True)
class NewInvitation:
    """Whom to invite to what, and how long that stands."""

    clinic_id: ClinicId
    kind: Kind
    email: str
    details: InvitedPatient | InvitedColleague
    lasts: timedelta


@dataclass(frozen=True, slots=True)
class Issued:
    """An invitation just made, with its code; the code is known now and never again."""

    id: UUID
    code: str


def new_code() -> str:
    """Return 140 random bits in groups that can be typed from paper, such as 4k7m-9xqd."""
    groups = (
        "".join(secrets.choice(_ALPHABET) for _letter in range(_GROUP)) for _ in range(_GROUPS)
    )
    return "-".join(groups)


def plain_code(typed: str) -> str:
    """Return a code as it was made, however it was typed: any case, spaces, O for 0, I for 1."""
    letters = _SEPARATORS.sub("", typed[:_LONGEST_TYPED]).lower().translate(_TYPED_ALIKE)
    return "-".join(letters[at : at + _GROUP] for at in range(0, len(letters), _GROUP))


def _waits(now: datetime) -> ColumnElement[bool]:
    return Invitation.ended_at.is_(None) & (Invitation.expires_at > now)


def invite(session: Session, actor: Actor, new: NewInvitation) -> Issued:
    """Invite somebody; an older invitation of the same address to the same thing ends."""
    wipe_run_out(session)
    older = session.scalars(
        select(Invitation).where(
            Invitation.clinic_id == new.clinic_id,
            Invitation.email == new.email,
            Invitation.kind == new.kind,
            Invitation.ended_at.is_(None),
        )
    )
    for found in older:
        end(session, actor, found, End.REPLACED)
    code, now = new_code(), clock.now()
    invitation = Invitation(
        id=new_id(),
        clinic_id=new.clinic_id,
        kind=new.kind,
        hash=hash_of(code),
        email=new.email,
        details=new.details.to_json(),
        invited_by_id=actor.account_id,
        created_at=now,
        expires_at=now + new.lasts,
    )
    session.add(invitation)
    session.flush()
    _note(session, actor, Act.INVITED, invitation)
    return Issued(invitation.id, code)


def _note(session: Session, actor: Actor, act: Act, invitation: Invitation) -> None:
    details: dict[str, object] = {"kind": invitation.kind}
    if invitation.ended_as:
        details["how"] = invitation.ended_as
    record(session, actor, Event(act, subject=str(invitation.id), details=details))


def reissue(session: Session, invitation: Invitation, lasts: timedelta) -> Issued:
    """Give a waiting invitation a new code for a new sheet; the code before it is dead.

    Raises InvitationGone when it no longer waits.
    """
    now = clock.now()
    if invitation.ended_at is not None or invitation.expires_at <= now:
        raise InvitationGone
    code = new_code()
    invitation.hash = hash_of(code)
    invitation.expires_at = now + lasts
    session.flush()
    return Issued(invitation.id, code)


def note_printed(session: Session, actor: Actor, invitation: Invitation) -> None:
    """Write down that a sheet with a working code left the printer."""
    invitation.printed_at = clock.now()
    session.flush()
    _note(session, actor, Act.INVITATION_PRINTED, invitation)


def end(session: Session, actor: Actor, invitation: Invitation, how: End) -> None:
    """End an invitation and wipe what staff had typed; an ended one stays as it is.

    Of somebody who did not accept, the address goes too.
    """
    if invitation.ended_at is not None:
        return
    invitation.ended_at = clock.now()
    invitation.ended_as = how
    invitation.details = {}
    if how is not End.ACCEPTED:
        invitation.email = ""
    session.flush()
    _note(session, actor, Act.INVITATION_ENDED, invitation)


def waiting(session: Session, code: str) -> Invitation:
    """Return the invitation that a code opens.

    Raises InvitationGone alike for a code that never was and one that no longer works.
    """
    now = clock.now()
    found = session.scalar(
        select(Invitation).where(Invitation.hash == hash_of(plain_code(code)), _waits(now))
    )
    if found is None:
        raise InvitationGone
    return found


def answer_birth(session: Session, actor: Actor, invitation: Invitation, born_on: date) -> bool:
    """Whether the date of birth is the invited patient's; the fifth wrong one ends it."""
    if InvitedPatient.from_json(invitation.details).date_of_birth == born_on:
        invitation.confirmed_at = invitation.confirmed_at or clock.now()
        session.flush()
        return True
    invitation.wrong_answers += 1
    session.flush()
    if invitation.wrong_answers >= MOST_WRONG_ANSWERS:
        end(session, actor, invitation, End.GUESSED)
    return False


def wipe_run_out(session: Session) -> int:
    """Empty invitations that ran out unanswered; return how many."""
    now = clock.now()
    ran_out = session.execute(
        update(Invitation)
        .where(Invitation.ended_at.is_(None), Invitation.expires_at <= now)
        .values(ended_at=now, ended_as=End.RAN_OUT, details={})
        .returning(Invitation.id)
    )
    session.execute(
        update(Invitation)
        .where(Invitation.ended_as != End.ACCEPTED, Invitation.email != "")
        .values(email="")
    )
    return len(ran_out.all())
