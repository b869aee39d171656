"""Telling the clinic that a diary entry needs review: neutral mail, without a health word."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Account, AccountRole, Role
from portal.db import ClinicId
from portal.diary.flags import CALL
from portal.mail import outbox
from portal.mail.outbox import Letter
from portal.web.languages import gettext as _


def tell_flag_readers(
    session: Session, *, clinic_id: ClinicId, raised: Sequence[str], link: str
) -> None:
    """Queue a mail to the flag reader, and to the deputy too unless it is only about a call.

    `link` leads to the page of flags; which flag was raised does not stand in the mail.
    """
    if not raised:
        return
    roles = {Role.FLAG_READER} if set(raised) == {CALL} else {Role.FLAG_READER, Role.DEPUTY}
    addresses = session.scalars(
        select(Account.email)
        .join(AccountRole, AccountRole.account_id == Account.id)
        .where(AccountRole.clinic_id == clinic_id, AccountRole.role.in_(roles), Account.is_active)
        .order_by(Account.email)
        .distinct()
    )
    letter = Letter(
        "entry-needs-review",
        _("A diary entry needs review"),
        _("A diary entry needs review. Sign in to see it: %(link)s", link=link),
    )
    outbox.queue_each(session, to=list(addresses), letter=letter)
