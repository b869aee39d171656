"""Reading pasted appointments, whether they are a table or a calendar file."""

from dataclasses import replace

from portal.care.appointments import LARGEST, Appointment, Fault, Problem, ReadText
from portal.care.appointments_csv import read_csv
from portal.care.appointments_ics import is_calendar, read_ics

_FIRST_YEAR, _LAST_YEAR = 1970, 2200


def read_appointments(text: str, zone: str) -> ReadText:
    """Read appointments from text of at most 256 KiB; times are on the clinic's clock in `zone`.

    Whatever is pasted, something is answered: the appointments, each with its own problem if it
    has one, or why the text as a whole cannot be read.
    """
    if not text.strip():
        return ReadText(fault=Fault.EMPTY)
    if len(text.encode(errors="replace")) > LARGEST:
        return ReadText(fault=Fault.TOO_LARGE)
    bare = text.removeprefix("\ufeff")
    found = read_ics(bare, zone) if is_calendar(bare) else read_csv(bare, zone)
    return replace(found, appointments=tuple(map(_in_our_time, found.appointments)))


def _in_our_time(found: Appointment) -> Appointment:
    """Leave out years that no calendar means, before anything is reckoned with them."""
    if found.at is None or _FIRST_YEAR <= found.at.year <= _LAST_YEAR:
        return found
    return replace(found, at=None, problem=found.problem or Problem.ODD_DAY)
