"""`portal mail`: sends what waits in the outbox, and forgets what is over; run it every minute."""

from argparse import Namespace

from portal import db, serve
from portal.accounts.tidying import tidy
from portal.app import create_app
from portal.care.invitations import wipe_run_out
from portal.commands.command import Command
from portal.commands.terminal import complain, say
from portal.config import load_settings
from portal.mail.sending import Sent, send_due
from portal.migrations.run import refuse_old


def _mail(_told: Namespace) -> int:
    settings = load_settings()
    serve.refuse_missing_instance(settings.instance)
    app = create_app(settings)
    refuse_old(app.extensions["portal.database"])
    with app.app_context():
        done = send_due(settings)
        with db.write_transaction() as session:
            tidy(session)
            wipe_run_out(session)
    _report(done, where="" if settings.smtp_url else f" as files in {settings.instance / 'mail'}")
    return 1 if done.failed else 0


def _report(done: Sent, *, where: str) -> None:
    if done.sent:
        say(f"{done.sent} mails sent{where}.")
    if done.failed:
        complain(f"{done.failed} mails could not be sent; they are tried again later.")


COMMANDS = {"mail": Command("Send the mails that wait", _mail)}
