"""What becomes of each pasted appointment, and why: pure rules, without database or clock.

An appointment is the same as a visit by the calendar's own name for it, or else by its patient and
its instant; one of the same patient on the same day that no other row claims is taken as moved.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from portal import clock
from portal.care.appointment_queries import Candidate, Known, KnownVisit
from portal.care.appointments import Appointment, Problem, folded
from portal.db import PractitionerId, VisitId

FURTHEST_AHEAD = timedelta(days=730)


class Fate(StrEnum):
    """What becomes of an appointment; the first four change something."""

    PLANNED = "planned"
    MOVED = "moved"
    CANCELLED = "cancelled"
    LINKED = "linked"
    UNCHANGED = "unchanged"
    HELD = "held"
    STAYS_CANCELLED = "stays-cancelled"
    NOTHING_TO_CANCEL = "nothing-to-cancel"
    DUPLICATE = "duplicate"
    PAST = "past"
    TOO_FAR = "too-far"
    UNKNOWN = "unknown"
    AMBIGUOUS = "ambiguous"
    TWO_PEOPLE = "two-people"
    NO_SUCH_COLLEAGUE = "no-such-colleague"
    NOT_IN_TEAM = "not-in-team"
    OTHER_PATIENT = "other-patient"
    UNREADABLE = "unreadable"

    @property
    def changes(self) -> bool:
        """Whether something is written."""
        return self in {Fate.PLANNED, Fate.MOVED, Fate.CANCELLED, Fate.LINKED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One appointment with its fate; `visit` is what it meets, `problem` why it is unreadable."""

    appointment: Appointment
    fate: Fate
    patient: Candidate | None = None
    practitioner_id: PractitionerId | None = None
    visit: KnownVisit | None = None
    problem: Problem | None = None


def decide(appointments: Sequence[Appointment], known: Known) -> tuple[Decision, ...]:
    """Return the fate of each appointment, in the order of the text."""
    still = _without_cancelled(appointments, known)
    first = [_matched(one, known if one.is_cancelled else still) for one in appointments]
    claimed = {found.visit.visit_id for found in first if found.visit is not None}
    seen: Counter[object] = Counter()
    settled: list[Decision] = []
    for found in first:
        if _is_seen(found, seen):
            settled.append(replace(found, fate=Fate.DUPLICATE))
        else:
            settled.append(_moved_within_its_day(found, known, claimed))
    return tuple(settled)


def _without_cancelled(appointments: Sequence[Appointment], known: Known) -> Known:
    """What is known but for visits that this very text cancels: their time is free again."""
    live = {one.key for one in appointments if not one.is_cancelled}
    gone = {one.key for one in appointments if one.is_cancelled and one.key} - live
    return replace(known, visits=tuple(one for one in known.visits if one.key not in gone))


def _moved_within_its_day(found: Decision, known: Known, claimed: set[VisitId]) -> Decision:
    near = _same_day(found, known, claimed)
    if near is None:
        return found
    claimed.add(near.visit_id)
    return replace(found, visit=near, fate=Fate.MOVED)


def mark_of(decisions: Iterable[Decision]) -> str:
    """Return a short mark that changes when any fate does, to tell what a person agreed to."""
    said = [
        f"{one.fate} {one.appointment.at} {one.patient and one.patient.episode_id} "
        f"{one.visit and one.visit.visit_id} {one.practitioner_id} {one.appointment.key}"
        for one in decisions
    ]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:32]


def _matched(found: Appointment, known: Known) -> Decision:
    """The fate by name, day and the calendar's own key, each row by itself."""
    if found.is_cancelled and found.key:
        return _cancelled(found, known)
    if found.problem is not None or found.at is None:
        return Decision(appointment=found, fate=Fate.UNREADABLE, problem=found.problem)
    patients = _patients(found, known)
    if patients is None or len(patients) != 1:
        return Decision(appointment=found, fate=_nobody(patients))
    decision = Decision(appointment=found, fate=Fate.PLANNED, patient=patients[0])
    on = clock.local(found.at, known.zone).date()
    if on < known.today:
        return replace(decision, fate=Fate.PAST)
    if on > known.today + FURTHEST_AHEAD:
        return replace(decision, fate=Fate.TOO_FAR)
    return _with_practitioner(decision, patients[0], known)


def _nobody(patients: list[Candidate] | None) -> Fate:
    """Why an appointment is nobody's: contradicting, fitting several, or fitting nobody."""
    if patients is None:
        return Fate.TWO_PEOPLE
    return Fate.AMBIGUOUS if patients else Fate.UNKNOWN


def _patients(found: Appointment, known: Known) -> list[Candidate] | None:
    """Who is meant: by the clinic's number, or by name; None where the two are not one person."""
    named = [one for one in known.patients if one.names & set(found.names)]
    numbered = [one for one in known.patients if one.number and one.number == found.number]
    if numbered and found.names:
        return [one for one in numbered if one in named] or None
    if numbered:
        return numbered
    return named or [one for one in known.patients if one.number and one.number in found.names]


def _with_practitioner(decision: Decision, patient: Candidate, known: Known) -> Decision:
    named = folded(decision.appointment.practitioner)
    practitioner_id = known.colleagues.get(named) if named else known.own_id
    if practitioner_id is None:
        return replace(decision, fate=Fate.NO_SUCH_COLLEAGUE)
    if practitioner_id not in patient.team:
        return replace(decision, fate=Fate.NOT_IN_TEAM)
    return _met(replace(decision, practitioner_id=practitioner_id), patient, known)


def _met(decision: Decision, patient: Candidate, known: Known) -> Decision:
    """What the appointment does to the visit it is, if it is one already."""
    found = decision.appointment
    if found.is_cancelled:
        return _cancelling(decision, _at_instant(found, patient, known))
    by_key = [one for one in known.visits if found.key and one.key == found.key]
    if by_key and all(one.episode_id != patient.episode_id for one in by_key):
        return replace(decision, fate=Fate.OTHER_PATIENT)
    own = [one for one in by_key if one.episode_id == patient.episode_id]
    if own:
        return _keyed(decision, own[0], found.at)
    same = _at_instant(found, patient, known)
    if same is None:
        return decision
    is_new_name = bool(found.key) and same.key is None and not same.is_held
    return replace(decision, visit=same, fate=Fate.LINKED if is_new_name else Fate.UNCHANGED)


def _keyed(decision: Decision, visit: KnownVisit, at: datetime | None) -> Decision:
    met = replace(decision, visit=visit)
    if visit.is_held:
        return replace(met, fate=Fate.HELD)
    if visit.planned_for != at:
        return replace(met, fate=Fate.MOVED)
    return replace(met, fate=Fate.STAYS_CANCELLED if visit.is_cancelled else Fate.UNCHANGED)


def _at_instant(found: Appointment, patient: Candidate, known: Known) -> KnownVisit | None:
    return next(
        (
            one
            for one in known.visits
            if one.episode_id == patient.episode_id
            and one.planned_for == found.at
            and not one.is_cancelled
        ),
        None,
    )


def _cancelled(found: Appointment, known: Known) -> Decision:
    """A cancelled appointment goes by the calendar's name for it, whatever its title says now."""
    visit = next((one for one in known.visits if one.key == found.key), None)
    patient = next(
        (one for one in known.patients if visit and one.episode_id == visit.episode_id), None
    )
    made = Decision(appointment=found, fate=Fate.NOTHING_TO_CANCEL, patient=patient)
    return _cancelling(made, visit)


def _cancelling(decision: Decision, visit: KnownVisit | None) -> Decision:
    if visit is None:
        return replace(decision, fate=Fate.NOTHING_TO_CANCEL)
    if visit.is_held:
        return replace(decision, fate=Fate.HELD, visit=visit)
    fate = Fate.UNCHANGED if visit.is_cancelled else Fate.CANCELLED
    return replace(decision, fate=fate, visit=visit)


def _is_seen(decision: Decision, seen: Counter[object]) -> bool:
    """Whether an earlier row says the same: by its name, or by patient and instant."""
    found = decision.appointment
    marks: list[object] = [found.key] if found.key else []
    is_named_as_gone = found.is_cancelled and found.key
    if decision.patient is not None and found.at is not None and not is_named_as_gone:
        marks.append((decision.patient.episode_id, found.at))
    is_twin = any(seen[mark] for mark in marks)
    seen.update(marks)
    return is_twin


def _same_day(decision: Decision, known: Known, claimed: set[VisitId]) -> KnownVisit | None:
    """A visit of that patient and day which nothing else in the text is about: it was moved."""
    found, patient = decision.appointment, decision.patient
    if decision.fate is not Fate.PLANNED or patient is None or found.at is None:
        return None
    on = clock.local(found.at, known.zone).date()
    return next(
        (
            one
            for one in known.visits
            if one.episode_id == patient.episode_id
            and not (one.is_held or one.is_cancelled)
            and (one.key is None or not found.key)
            and one.visit_id not in claimed
            and clock.local(one.planned_for, known.zone).date() == on
        ),
        None,
    )
