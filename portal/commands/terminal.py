"""Talking to the person at the terminal."""

import getpass
import sys
from pathlib import Path

from portal.errors import BadSettings


def say(sentence: str = "") -> None:
    """Print a line for the operator."""
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()


def complain(sentence: str) -> None:
    """Print a line that must not be missed."""
    sys.stderr.write(f"{sentence}\n")
    sys.stderr.flush()


def given_or_asked(given: str | None, flag: str, question: str, default: str = "") -> str:
    """Return what the flag said, or ask; raises BadSettings where nobody can be asked."""
    if given is not None:
        return given.strip()
    if not sys.stdin.isatty():
        if default:
            return default
        raise BadSettings(f"{flag} is needed, since nobody is there to be asked")
    shown = f"{question} [{default}]: " if default else f"{question}: "
    return input(shown).strip() or default


def password_given_or_asked(file: Path | None) -> str:
    """Return the first line of the file, or ask twice without showing what is typed."""
    if file is not None:
        return file.read_text(encoding="utf-8").partition("\n")[0].rstrip("\r")
    if not sys.stdin.isatty():
        raise BadSettings("--password-file is needed, since nobody is there to be asked")
    first = getpass.getpass("Password (15 characters or more; a few words do well): ")
    if getpass.getpass("The same once more: ") != first:
        raise BadSettings("the two passwords differ; nothing was made")
    return first
