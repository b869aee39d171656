"""The fates of pasted appointments in words: what happens, and why something does not."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from portal import clock
from portal.care.appointment_fates import Decision, Fate
from portal.care.appointments import Fault, Problem
from portal.db import PatientId
from portal.web.languages import gettext as _


@dataclass(frozen=True, slots=True, kw_only=True)
class RowShown:
    """One appointment as the page shows it; times are the clinic's."""

    line: int
    at: datetime | None
    was_at: datetime | None
    said: str
    when: str
    patient_id: PatientId | None
    name: str
    what: str
    why: str
    changes: bool


def rows_shown(decisions: Iterable[Decision], zone: str) -> list[RowShown]:
    """Say of each appointment what becomes of it."""
    return [_row(one, zone) for one in decisions]


def _row(one: Decision, zone: str) -> RowShown:
    what, why = _words(one)
    at, was = one.appointment.at, one.visit.planned_for if one.visit else None
    moved = one.fate is Fate.MOVED and was is not None
    return RowShown(
        line=one.appointment.line,
        at=clock.local(at, zone) if at else None,
        was_at=clock.local(was, zone) if moved and was else None,
        said=one.appointment.said,
        when=one.appointment.when,
        patient_id=one.patient.patient_id if one.patient else None,
        name=one.patient.name if one.patient else "",
        what=what,
        why=why,
        changes=one.fate.changes,
    )


def _words(one: Decision) -> tuple[str, str]:
    left = _("Left out")
    if one.fate is Fate.UNREADABLE:
        return left, problem_words(one.problem or Problem.UNREADABLE)
    return {
        Fate.PLANNED: (_("Will be planned"), ""),
        Fate.MOVED: (_("Will be moved"), ""),
        Fate.CANCELLED: (_("Will be cancelled"), ""),
        Fate.LINKED: (_("Planned already"), _("From now on it follows your calendar.")),
        Fate.UNCHANGED: (_("Nothing changes"), _("It stands here already.")),
        Fate.HELD: (_("Nothing changes"), _("This visit is recorded already.")),
        Fate.STAYS_CANCELLED: (
            _("Stays cancelled"),
            _("It was cancelled here. If it is on again, plan it on the visit’s page."),
        ),
        Fate.NOTHING_TO_CANCEL: (_("Nothing changes"), _("There is no such visit to cancel.")),
        Fate.DUPLICATE: (left, _("The same appointment stands further up.")),
        Fate.PAST: (left, _("This day is over.")),
        Fate.TOO_FAR: (left, _("More than two years ahead.")),
        Fate.UNKNOWN: (left, _("Nobody in your care has this name or number.")),
        Fate.AMBIGUOUS: (
            left,
            _("Several patients in your care fit. Give the clinic’s own number instead."),
        ),
        Fate.TWO_PEOPLE: (left, _("The name and the number are not the same patient’s.")),
        Fate.NO_SUCH_COLLEAGUE: (left, _("No practitioner of this clinic has that name.")),
        Fate.NOT_IN_TEAM: (left, _("That practitioner is not in this patient’s care team.")),
        Fate.OTHER_PATIENT: (
            left,
            _("In your calendar this appointment was somebody else’s. Change it by hand."),
        ),
        Fate.UNREADABLE: (left, ""),
    }[one.fate]


def problem_words(problem: Problem) -> str:
    """Say why one appointment cannot be read, and what would help."""
    return {
        Problem.NO_DAY: _("It has no day."),
        Problem.NO_TIME: _("It has no time."),
        Problem.ODD_DAY: _("The day cannot be read. Write it as 2026-11-14."),
        Problem.TWO_WAYS: _("This day can be read in two ways. Write it as 2026-11-14."),
        Problem.ODD_TIME: _("The time cannot be read. Write it as 10:40."),
        Problem.GAP: _("The clocks go forward that night: this time does not exist."),
        Problem.TWICE: _("The clocks go back that night: this time comes twice."),
        Problem.NO_ZONE: _("Its time zone is not known."),
        Problem.ODD_STATUS: _("Its status is not known here. Write “booked” or “cancelled”."),
        Problem.NO_NAME: _("It names nobody."),
        Problem.REPEATS: _("It repeats. Plan its visits one by one."),
        Problem.UNREADABLE: _("It cannot be read."),
    }[problem]


def fault_words(fault: Fault) -> str:
    """Say why a whole text cannot be read, and what would help."""
    return {
        Fault.EMPTY: _("Paste the day’s appointments"),
        Fault.TOO_LARGE: _("This is more than 256 kB. Paste one day at a time"),
        Fault.TOO_MANY: _("This is more than 500 appointments. Paste one day at a time"),
        Fault.NO_ROWS: _("No appointment was found in this text"),
        Fault.UNREADABLE: _("This is neither a table nor a calendar file"),
    }[fault]


def counted(decisions: Sequence[Decision]) -> str:
    """Say in one line what would happen: 3 to plan, 1 to move, 2 as it is, 1 left out."""
    found = Counter(one.fate for one in decisions)
    as_they_are = sum(found[fate] for fate in _AS_IT_IS)
    told = (
        (found[Fate.PLANNED], _("to plan")),
        (found[Fate.MOVED], _("to move")),
        (found[Fate.CANCELLED], _("to cancel")),
        (as_they_are, _("as it is")),
        (len(decisions) - as_they_are - sum(found[fate] for fate in _NEW), _("left out")),
    )
    return ", ".join(f"{number} {words}" for number, words in told if number)


_NEW = (Fate.PLANNED, Fate.MOVED, Fate.CANCELLED)
_AS_IT_IS = (
    *(Fate.LINKED, Fate.UNCHANGED, Fate.HELD),
    *(Fate.STAYS_CANCELLED, Fate.NOTHING_TO_CANCEL),
)
