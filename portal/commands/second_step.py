"""`portal second-step reset`: taking a lost second step away, by whoever looks after the server."""

from argparse import ArgumentParser, Namespace

from sqlalchemy import select

from portal import db
from portal.accounts import letters
from portal.accounts.models import Account, AccountRole
from portal.accounts.people import normal_email
from portal.admin import factor_resets
from portal.app import create_app
from portal.audit import Actor
from portal.commands.command import Command
from portal.commands.opened import refuse_missing_database
from portal.commands.terminal import say
from portal.config import load_settings
from portal.errors import BadSettings, Conflict
from portal.migrations.run import refuse_old


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("email", help="the e-mail address of whoever lost the phone")


def _take_away(email: str) -> None:
    with db.write_transaction() as session:
        account = session.scalar(select(Account).where(Account.email == normal_email(email)))
        if account is None:
            raise BadSettings(f"nobody here has the e-mail address {email}")
        here = select(AccountRole.clinic_id).where(AccountRole.account_id == account.id).limit(1)
        who = Actor(clinic_id=session.scalar(here), route="portal second-step reset")
        letter = letters.factor_changed(is_on=False, language=account.language)
        try:
            factor_resets.refuse_without(session, account)
        except Conflict:
            raise BadSettings(f"{email} has no second step to take away") from None
        factor_resets.take_away(session, who, account=account, letter=letter)


def _reset(told: Namespace) -> int:
    settings = load_settings()
    refuse_missing_database(settings)
    app = create_app(settings)
    refuse_old(app.extensions["portal.database"])
    with app.app_context():
        _take_away(told.email)
    app.extensions["portal.database"].engine.dispose()
    say("The second step is taken away, and every sign-in of theirs has ended. They are told.")
    return 0


COMMANDS = {
    "second-step reset": Command(
        "Take somebody’s second step away, after a lost phone", _reset, _arguments
    )
}
