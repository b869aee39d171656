"""Flags and calls that wait: the page of the flag reader, and acknowledging."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock, db
from portal.accounts.reader import Reader
from portal.accounts.session import actor, staff_reader
from portal.audit import Event, record
from portal.audit.acts import Act
from portal.care import access
from portal.db import FlagId, PatientId
from portal.errors import OutOfSight
from portal.review import banner, queries, service
from portal.review.blueprint import bp, practitioner_of
from portal.review.brief_views import NOTHING_TYPED, FlagTyped, brief_page, hows
from portal.review.flags_shown import flagged_shown
from portal.review.forms import FlagForm
from portal.review.service import Done
from portal.web.guard import Audience, audience
from portal.web.languages import gettext as _

FROM_FLAGS = "flags"

__all__ = ["banner"]


def flags_page(
    person: Reader, *, typed: FlagTyped = NOTHING_TYPED, status: int = 200
) -> ResponseReturnValue:
    """Show whose flags and calls wait; each opening of this page is written down."""
    waiting = queries.waiting_flags(db.session(), person)
    zone = queries.zone_of_clinic(db.session(), person)
    now = clock.now()
    with db.write_transaction() as session:
        shown = [str(one.patient_id) for one in waiting]
        record(session, actor(), Event(Act.FLAGS_SHOWN, details={"patients": shown}))
        service.note_opened(session, flag_ids=[flag.id for one in waiting for flag in one.flags])
    people = [flagged_shown(one, zone=zone, now=now) for one in waiting]
    return render_template("review/flags.html", people=people, typed=typed, hows=hows()), status


@bp.get("/clinic/flags")
@audience(Audience.FLAG_READER)
def flags() -> ResponseReturnValue:
    """Show the whole clinic's open flags and calls: whom to call, and the patient's words."""
    return flags_page(staff_reader())


@bp.post("/clinic/patients/<uuid:patient_id>/flags/<uuid:flag_id>")
@audience(Audience.PRACTITIONER, Audience.FLAG_READER)
def act_on_flag(patient_id: UUID, flag_id: UUID) -> ResponseReturnValue:
    """Write down what was done about a flag or a call."""
    person = staff_reader()
    patient, of = PatientId(patient_id), FlagId(flag_id)
    queries.flag_to_act_on(db.session(), person, patient, of)
    form = FlagForm(request.form)
    done = form.judged()
    if done is None:
        typed = FlagTyped(of, form.how.data or "", form.note.data or "", tuple(form.problems()))
        if _returns_to_flags(person, patient):
            return flags_page(person, typed=typed, status=422)
        return brief_page(person, patient, typed=typed, status=422)
    back = url_for("review.brief", patient_id=patient_id)
    if _returns_to_flags(person, patient):
        back = url_for("review.flags")
    with db.write_transaction() as session:
        flag = queries.flag_to_act_on(session, person, patient, of)
        service.act_on_flag(session, flag=flag, practitioner_id=practitioner_of(person), done=done)
        event = Event(
            Act.FLAG_ACTED_ON,
            patient_id=patient_id,
            episode_id=flag.episode_id,
            subject=str(flag_id),
        )
        record(session, actor(), event)
    flash(_said(done))
    return redirect(back, 303)


def _said(done: Done) -> str:
    """What is confirmed after an act."""
    if done.settles:
        return _("Acknowledged and written down. It stands in the brief and under All entries.")
    return _("Written down: called, no answer. It stays open.")


def _returns_to_flags(person: Reader, patient_id: PatientId) -> bool:
    """Whether the way back is the page of flags: it was sent from there, or no brief is open."""
    if request.form.get("back") == FROM_FLAGS and person.reads_flags:
        return True
    try:
        access.visible_episode(db.session(), person, patient_id)
    except OutOfSight:
        return True
    return False
