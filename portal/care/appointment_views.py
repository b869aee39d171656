"""The page on which the day's appointments are pasted, looked at and taken over."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import db
from portal.accounts.reader import Reader
from portal.accounts.session import actor, staff_reader
from portal.audit import Event, record
from portal.audit.acts import Act
from portal.care import appointment_queries as queries
from portal.care import appointment_service, appointment_words
from portal.care.appointment_fates import Decision, decide, mark_of
from portal.care.appointment_text import read_appointments
from portal.care.appointments import Fault
from portal.care.blueprint import bp
from portal.web.guard import Audience, audience
from portal.web.languages import gettext as _
from portal.web.languages import ngettext


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows: the text as pasted, and what would become of it."""

    text: str = ""
    decisions: Sequence[Decision] = ()
    fault: Fault | None = None
    error: str = ""
    status: int = 200


def _page(person: Reader, shown: Shown) -> ResponseReturnValue:
    """Show the page; whose appointments it shows is written down first (S-071)."""
    zone = queries.zone_of_clinic(db.session(), person)
    patients = [str(one.patient.patient_id) for one in shown.decisions if one.patient]
    if patients:
        details: dict[str, object] = {"patients": list(dict.fromkeys(patients))}
        with db.write_transaction() as session:
            record(session, actor(), Event(Act.APPOINTMENTS_SHOWN, details=details))
    fault = appointment_words.fault_words(shown.fault) if shown.fault else ""
    return render_template(
        "care/appointments.html",
        text=shown.text,
        rows=appointment_words.rows_shown(shown.decisions, zone),
        counted=appointment_words.counted(shown.decisions),
        changes=any(one.fate.changes for one in shown.decisions),
        mark=mark_of(shown.decisions),
        error=fault or shown.error,
    ), shown.status


@bp.get("/clinic/appointments")
@audience(Audience.PRACTITIONER)
def appointments() -> ResponseReturnValue:
    """Show where to paste the day's appointments."""
    return _page(staff_reader(), Shown())


@bp.post("/clinic/appointments")
@audience(Audience.PRACTITIONER)
def take_over_appointments() -> ResponseReturnValue:
    """Show what each pasted appointment would become; once that is confirmed, do it."""
    person = staff_reader()
    text = request.form.get("text", "")
    read = read_appointments(text, queries.zone_of_clinic(db.session(), person))
    if read.fault is not None:
        return _page(person, Shown(text, fault=read.fault, status=422))
    if request.form.get("answer") != "save":
        known = queries.known_to(db.session(), person)
        return _page(person, Shown(text, decide(read.appointments, known)))
    with db.write_transaction() as session:
        decisions = decide(read.appointments, queries.known_to(session, person))
        is_agreed = mark_of(decisions) == request.form.get("mark")
        ready = decisions if is_agreed else ()
        changed = appointment_service.take_over(session, actor(), decisions=ready)
    if not is_agreed:
        why = _("Something has changed since you looked. Look again before you take it over.")
        return _page(person, Shown(text, decisions, error=why, status=409))
    flash(
        ngettext("%(num)s visit is changed.", "%(num)s visits are changed.", changed)
        if changed
        else _("Nothing had to be changed.")
    )
    return redirect(url_for("review.today"), 303)
