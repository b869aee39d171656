"""The only module that reads the time."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

_offset = timedelta(0)


def now() -> datetime:
    """Return the present instant, aware, in UTC."""
    return datetime.now(UTC) + _offset  # noqa: TID251 - this is the one place


def local(instant: datetime, zone: str) -> datetime:
    """Return the instant as the clock on the wall in `zone` shows it."""
    return instant.astimezone(ZoneInfo(zone))


def today(zone: str) -> date:
    """Return the date it is now in `zone`, such as a patient's."""
    return local(now(), zone).date()


def run_from(instant: datetime) -> None:
    """Let the clock run from `instant` on; only for tests and the demo."""
    global _offset  # noqa: PLW0603 - one clock per process
    _offset = instant - datetime.now(UTC)  # noqa: TID251 - this is the one place
