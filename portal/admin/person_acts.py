"""What an administrator can do to a colleague's access, by the button that was pressed."""

from collections.abc import Callable
from enum import StrEnum

from sqlalchemy.orm import Session

from portal.accounts import letters
from portal.accounts.models import Account
from portal.accounts.notices import tell_of_roles
from portal.accounts.reader import Reader
from portal.admin import factor_resets, people
from portal.audit import Actor
from portal.web.languages import gettext as _


class PersonAct(StrEnum):
    """One act on a colleague; the values stand in the page's buttons."""

    DEACTIVATE = "deactivate"
    REACTIVATE = "reactivate"
    END_SIGN_INS = "end-sign-ins"
    ASK_RESET = "ask-reset"
    DROP_RESET = "drop-reset"
    AGREE_RESET = "agree-reset"


def do(session: Session, person: Reader, who: Actor, *, account: Account, act: PersonAct) -> None:
    """Do what was pressed, and tell the other administrators where somebody's access changed.

    Raises StillNeeded, NobodyWouldRead, NeedsAnother, Conflict.
    """
    if act in _ACCESS:
        _ACCESS[act](session, who, clinic_id=person.clinic_id, account=account)
    elif act is PersonAct.AGREE_RESET:
        letter = letters.factor_changed(is_on=False, language=account.language)
        factor_resets.agree(session, who, account=account, letter=letter)
    else:
        _PLAIN[act](session, who, account=account)
    if act in _TOLD:
        letter = letters.roles_changed()
        tell_of_roles(session, person.clinic_id, letter, by=person.account_id, whose=())


_ACCESS: dict[PersonAct, Callable[..., None]] = {
    PersonAct.DEACTIVATE: people.deactivate,
    PersonAct.REACTIVATE: people.reactivate,
}
_PLAIN: dict[PersonAct, Callable[..., None]] = {
    PersonAct.END_SIGN_INS: people.end_sign_ins,
    PersonAct.ASK_RESET: factor_resets.ask,
    PersonAct.DROP_RESET: factor_resets.drop,
}
_TOLD = frozenset(
    {
        PersonAct.DEACTIVATE,
        PersonAct.REACTIVATE,
        PersonAct.ASK_RESET,
        PersonAct.AGREE_RESET,
    }
)


def said(act: PersonAct) -> str:
    """Confirm an act in a sentence."""
    return {
        PersonAct.DEACTIVATE: _("They can no longer sign in or read diaries. What they did stays."),
        PersonAct.REACTIVATE: _(
            "They can sign in again. Add them to care teams patient by patient."
        ),
        PersonAct.END_SIGN_INS: _("All their sign-ins are ended."),
        PersonAct.ASK_RESET: _(
            "Another administrator must agree within a day, on this page. If there is none, "
            "whoever looks after the server can do it."
        ),
        PersonAct.DROP_RESET: _("Their second step stays as it is."),
        PersonAct.AGREE_RESET: _(
            "Their second step is taken away. They set up a new one at the next sign-in."
        ),
    }[act]
