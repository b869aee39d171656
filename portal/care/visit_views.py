"""Pages on which a practitioner records a visit."""

from datetime import timedelta
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock, db
from portal.accounts.reader import Reader
from portal.accounts.session import actor, staff_reader
from portal.audit import Event, record
from portal.audit.acts import Act
from portal.care import queries, visit_forms, visits
from portal.care.queries import CareRecord, VisitRecordShown
from portal.care.visit_forms import VisitForm
from portal.db import PatientId, PractitionerId, VisitId
from portal.errors import OutOfSight
from portal.web.guard import Audience, audience

bp = Blueprint("visits", __name__)
LONGEST_AGO = timedelta(days=730)


def _practitioner(person: Reader) -> PractitionerId:
    if person.practitioner_id is None:
        raise OutOfSight
    return person.practitioner_id


def _note_opening(care: CareRecord, visit_id: UUID | None = None) -> None:
    with db.write_transaction() as session:
        event = Event(
            Act.VISIT_OPENED,
            patient_id=care.patient_id,
            episode_id=care.episode_id,
            details={"visit": str(visit_id)} if visit_id else {},
        )
        record(session, actor(), event)


def _page(
    care: CareRecord, form: VisitForm, *, visit: VisitRecordShown | None, status: int = 200
) -> ResponseReturnValue:
    """Show a record, however it was asked for; each showing is written down first (S-071)."""
    _note_opening(care, visit.visit_id if visit else None)
    return render_template(
        "care/visit.html",
        care=care,
        form=form,
        visit=visit,
        sides=visit_forms.SIDES,
        grasps=visit_forms.GRASPS,
        today=clock.today(care.zone),
    ), status


@bp.get("/clinic/patients/<uuid:patient_id>/visits/new")
@audience(Audience.PRACTITIONER)
def new(patient_id: UUID) -> ResponseReturnValue:
    """Show an empty record, with the last visit's sites as suggestions that nothing ticks."""
    person = staff_reader()
    care = queries.care_record(db.session(), person, PatientId(patient_id))
    earlier = queries.recorded_visits(db.session(), person, care.patient_id)
    suggested = earlier[0].sites if earlier else ()
    return _page(care, visit_forms.blank_form(clock.today(care.zone), suggested), visit=None)


@bp.post("/clinic/patients/<uuid:patient_id>/visits/new")
@audience(Audience.PRACTITIONER)
def save(patient_id: UUID) -> ResponseReturnValue:
    """Record a visit, and plan the next one where a day and time are given."""
    person = staff_reader()
    care = queries.care_record(db.session(), person, PatientId(patient_id))
    form = visit_forms.bound_form(request.form)
    if request.form.get("more") == "rows":
        return _page(care, visit_forms.with_more_rows(form), visit=None)
    today = clock.today(care.zone)
    planned = visit_forms.next_visit(form, now=clock.now(), zone=care.zone)
    facts = visit_forms.judge(form, today=today, earliest=today - LONGEST_AGO)
    if facts is None:
        return _page(care, form, visit=None, status=422)
    with db.write_transaction() as session:
        episode = queries.episode_for_writing(session, person, care.patient_id)
        visit = visits.record_visit(
            session,
            episode=episode,
            zone=care.zone,
            practitioner_id=_practitioner(person),
            facts=facts,
        )
        record(session, actor(), _event(care, Act.VISIT_RECORDED, visit.id))
        if planned is not None:
            visits.plan_visit(
                session,
                episode=episode,
                zone=care.zone,
                practitioner_id=_practitioner(person),
                planned_for=planned,
            )
            record(session, actor(), _event(care, Act.VISIT_PLANNED, visit.id))
    flash(_("The visit is recorded."))
    return redirect(url_for("review.brief", patient_id=patient_id), 303)


def _event(care: CareRecord, act: Act, visit_id: UUID) -> Event:
    return Event(
        act,
        patient_id=care.patient_id,
        episode_id=care.episode_id,
        details={"visit": str(visit_id)},
    )


@bp.get("/clinic/patients/<uuid:patient_id>/visits/<uuid:visit_id>")
@audience(Audience.PRACTITIONER)
def correct(patient_id: UUID, visit_id: UUID) -> ResponseReturnValue:
    """Show what was recorded of a visit, ready to be corrected."""
    person = staff_reader()
    care = queries.care_record(db.session(), person, PatientId(patient_id))
    visit = queries.recorded_visit(db.session(), person, care.patient_id, VisitId(visit_id))
    form = visit_forms.correction_form(visit.held_on, visit.note, visit.sites, visit.version)
    return _page(care, form, visit=visit)


@bp.post("/clinic/patients/<uuid:patient_id>/visits/<uuid:visit_id>")
@audience(Audience.PRACTITIONER)
def save_correction(patient_id: UUID, visit_id: UUID) -> ResponseReturnValue:
    """Correct what was recorded of a visit; what stood before is kept."""
    person = staff_reader()
    care = queries.care_record(db.session(), person, PatientId(patient_id))
    visit = queries.recorded_visit(db.session(), person, care.patient_id, VisitId(visit_id))
    form = visit_forms.bound_form(request.form)
    if request.form.get("more") == "rows":
        return _page(care, visit_forms.with_more_rows(form), visit=visit)
    today = clock.today(care.zone)
    facts = visit_forms.judge(form, today=today, earliest=today - LONGEST_AGO)
    if facts is None:
        return _page(care, form, visit=visit, status=422)
    if form.base_version != str(visit.version):
        form.errors["held_on"] = _(
            "Somebody corrected this visit in between. What stands now: %(sites)s. "
            "Look at your version and save again.",
            sites="; ".join(f"{site.place} ({site.side})" for site in visit.sites) or _("no sites"),
        )
        form.base_version = str(visit.version)
        return _page(care, form, visit=visit, status=409)
    with db.write_transaction() as session:
        visits.correct_visit(
            session,
            episode=queries.episode_for_writing(session, person, care.patient_id),
            visit_id=visit.visit_id,
            base_version=visit.version,
            practitioner_id=_practitioner(person),
            facts=facts,
        )
        record(session, actor(), _event(care, Act.VISIT_RECORDED, visit_id))
    flash(_("The correction is saved."))
    return redirect(url_for("review.brief", patient_id=patient_id), 303)
