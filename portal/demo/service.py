"""Signing in as one of the invented people."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts import session as sign_ins
from portal.accounts.models import Account, AccountRole, Role
from portal.demo.people import ADMIN, LEAD
from portal.errors import OutOfSight

FIRST_PATIENT = "patient1@riverside.example"
_TRY = {
    "patient": (FIRST_PATIENT, "/me"),
    "practitioner": (LEAD.email, "/clinic"),
    "administrator": (ADMIN.email, "/admin/people"),
}


def begin_as(session: Session, role: str) -> tuple[str, str]:
    """Begin a sign-in as a role's invented person; return the cookie's value and where to land.

    Raises OutOfSight for a role that nobody here plays.
    """
    email, landing = _TRY.get(role, ("", ""))
    account = session.scalar(select(Account).where(Account.email == email))
    if account is None:
        raise OutOfSight
    held = session.scalars(select(AccountRole.role).where(AccountRole.account_id == account.id))
    roles = frozenset(Role(one) for one in held)
    proof = sign_ins.Proof(sign_ins.BY_A_CLICK, is_complete=True)
    return sign_ins.begin(session, account, roles, proof), landing
