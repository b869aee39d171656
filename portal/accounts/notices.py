"""Telling colleagues when who may do what has changed, so that nobody gains power unseen."""

from collections.abc import Collection

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from portal.accounts.models import Account, AccountRole, Role
from portal.db import AccountId, ClinicId
from portal.mail import outbox
from portal.mail.outbox import Letter


def tell_of_roles(
    session: Session,
    clinic_id: ClinicId,
    letter: Letter,
    *,
    by: AccountId | None,
    whose: Collection[AccountId],
) -> None:
    """Write to those whose role changed and to the clinic's administrators, but not to `by`."""
    is_told = or_(AccountRole.role == Role.ADMINISTRATOR, Account.id.in_(whose))
    addresses = session.scalars(
        select(Account.email)
        .join(AccountRole, AccountRole.account_id == Account.id)
        .where(AccountRole.clinic_id == clinic_id, Account.is_active, is_told, Account.id != by)
        .distinct()
        .order_by(Account.email)
    )
    outbox.queue_each(session, to=list(addresses), letter=letter)
