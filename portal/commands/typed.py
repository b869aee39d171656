"""Reading what an operator types behind a command, or saying what it is not."""

from argparse import ArgumentTypeError
from datetime import date


def day(typed: str) -> date:
    """Return a day, such as 2026-11-09."""
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise ArgumentTypeError(f"{typed} is not a day such as 2026-11-09") from None


def whole_number(typed: str) -> int:
    """Return a whole number."""
    try:
        return int(typed)
    except ValueError:
        raise ArgumentTypeError(f"{typed} is not a whole number") from None


def port(typed: str) -> int:
    """Return a port to listen on, 1 to 65535."""
    number = whole_number(typed)
    if not 1 <= number <= 65535:  # noqa: PLR2004 - the highest there is
        raise ArgumentTypeError(f"{typed} is not a port from 1 to 65535")
    return number
