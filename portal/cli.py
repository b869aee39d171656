"""The `portal` command: each problem is one plain sentence and exit status 1."""

import os
import sys
from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
from typing import NoReturn

from pysqlite3 import dbapi2 as sqlite
from sqlalchemy.exc import SQLAlchemyError

from portal.commands import (
    Command,
    exporting,
    founding,
    inviting,
    operations,
    post,
    records,
    reminding,
    second_step,
    serving,
)
from portal.commands.terminal import complain
from portal.demo import command as demo
from portal.errors import BadSettings, PortalError, StorageUnavailable

COMMANDS: dict[str, Command] = {
    **founding.COMMANDS,
    **serving.COMMANDS,
    **inviting.COMMANDS,
    **operations.COMMANDS,
    **records.COMMANDS,
    **second_step.COMMANDS,
    **exporting.COMMANDS,
    **reminding.COMMANDS,
    **post.COMMANDS,
    **demo.COMMANDS,
}
_GROUPS = {
    "audit": "Check the audit, or ask it who saw a record",
    "content": "Check the explainers",
    "second-step": "Help somebody who lost the phone of the second step",
    "summaries": "Check what is kept ready for the panel",
}
INTERRUPTED = 130


class _Parser(ArgumentParser):
    """Says what is wrong with an argument as the portal says everything: in one sentence."""

    def error(self, message: str) -> NoReturn:
        """Raise BadSettings, which ends the command with exit status 1."""
        said = " ".join(message.split())
        raise BadSettings(f"{said}; `{self.prog} --help` says what is allowed")


def parser_for(commands: Mapping[str, Command]) -> ArgumentParser:
    """Return the parser of the whole command; a name of two words is a group and its member."""
    parser = _Parser(prog="portal", description="The portal of a clinic that offers IMS.")
    top = parser.add_subparsers(metavar="COMMAND", required=True)
    groups = {
        group: top.add_parser(group, help=_GROUPS[group]).add_subparsers(
            metavar="COMMAND", required=True
        )
        for group in dict.fromkeys(name.split()[0] for name in commands if " " in name)
    }
    for name, command in commands.items():
        group, _, member = name.partition(" ")
        within = groups[group] if member else top
        own = within.add_parser(member or name, help=command.about, description=command.about)
        command.arguments(own)
        own.set_defaults(command=command)
    return parser


def sentence_for(error: Exception) -> str:
    """Return one line that says what is wrong, without the driver's wrapping."""
    if isinstance(error, EOFError):
        return "the input ended before everything was answered; nothing was made"
    cause = getattr(error, "orig", None) or error
    if isinstance(cause, OSError) and cause.strerror:
        where = f"{cause.filename}: " if cause.filename else ""
        return f"{where}{cause.strerror}"
    said = str(cause).partition("\n")[0].strip()
    said = said or (cause.__doc__ or type(cause).__name__).partition("\n")[0]
    wrapped, _, rest = said.partition(") ")
    said = rest if wrapped.startswith("(") and rest else said
    is_storage = isinstance(error, SQLAlchemyError | sqlite.Error | StorageUnavailable)
    if is_storage and str(cause):
        return f"the database cannot be used: {said}"
    return said


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    os.umask(0o077)
    try:
        told = parser_for(COMMANDS).parse_args(arguments)
        command: Command = told.command
        return command.run(told)
    except (PortalError, SQLAlchemyError, sqlite.Error, OSError, EOFError) as error:
        complain(f"portal: {sentence_for(error)}")
        return 1
    except KeyboardInterrupt:
        complain("portal: stopped; nothing further was done")
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
