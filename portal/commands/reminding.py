"""`portal remind`: writes the reminders that are due and their mails; run it every minute."""

from argparse import Namespace

from portal import serve
from portal.app import create_app
from portal.commands.command import Command
from portal.commands.terminal import say
from portal.config import load_settings
from portal.diary.prompts import remind_due
from portal.diary.reminder_letters import letter_for
from portal.migrations.run import refuse_old


def _remind(_told: Namespace) -> int:
    settings = load_settings()
    serve.refuse_missing_instance(settings.instance)
    app = create_app(settings)
    refuse_old(app.extensions["portal.database"])
    with app.app_context():
        done = remind_due(letter_for)
    if done:
        say(f"{done} reminders wait to be sent.")
    return 0


COMMANDS = {"remind": Command("Write the reminders that are due", _remind)}
