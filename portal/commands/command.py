"""The shape of a command: what it is for, what it may be told, what it does."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from dataclasses import dataclass


def no_arguments(_parser: ArgumentParser) -> None:
    """Take nothing."""


@dataclass(frozen=True, slots=True)
class Command:
    """One thing an operator can do from a terminal.

    `run` returns the exit status; it may raise PortalError, which `portal` prints as one sentence.
    """

    about: str
    run: Callable[[Namespace], int]
    arguments: Callable[[ArgumentParser], None] = no_arguments
