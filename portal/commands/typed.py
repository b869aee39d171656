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
    """Return a port to listen on, at most 65535; 0 leaves the choice to the machine."""
    number = whole_number(typed)
    if not 0 <= number <= 65535:  # noqa: PLR2004 - the highest there is
        raise ArgumentTypeError(f"{typed} is not a port up to 65535")
    return number
