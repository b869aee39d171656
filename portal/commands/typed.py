"""Reading what an operator types behind a command, or saying what it is not."""

from argparse import ArgumentTypeError
from datetime import date


def day(typed: str) -> date:
    """Return a day, such as 2026-11-09."""
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise ArgumentTypeError(f"{typed} is not a day such as 2026-11-09") from None


def port(typed: str) -> int:
    """Return a port to listen on, 1 to 65535."""
    return _number(typed, range(1, 65536), "a port")


def processes(typed: str) -> int:
    """Return a number of processes, 1 to 64."""
    return _number(typed, range(1, 65), "a number of processes")


def _number(typed: str, allowed: range, what: str) -> int:
    number = int(typed) if typed.isascii() and typed.isdecimal() else -1
    if number not in allowed:
        raise ArgumentTypeError(f"{typed} is not {what} from {allowed.start} to {allowed.stop - 1}")
    return number
