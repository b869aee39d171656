"""Pages on which a recorded visit is corrected, and a planned one moved or cancelled."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock, db
from portal.accounts import drafts
from portal.accounts.reader import Reader
from portal.accounts.session import actor, staff_reader
from portal.audit import record
from portal.audit.acts import Act
from portal.care import planned_visits, queries, visit_forms, visits
from portal.care.queries import CareRecord, PlannedVisit, VisitRecordShown
from portal.care.visit_forms import VisitForm
from portal.care.visit_pages import (
    LONGEST_AGO,
    Shown,
    bp,
    event_of,
    kept_form,
    note_opening,
    practitioner_of,
    set_aside,
    standing_that_day,
    visit_page,
)
from portal.care.visits import AlreadyRecorded, VisitFacts
from portal.db import PatientId, VisitId
from portal.errors import Conflict
from portal.web.guard import Audience, audience
from portal.web.languages import gettext as _


@bp.get("/clinic/patients/<uuid:patient_id>/visits/<uuid:visit_id>")
@audience(Audience.PRACTITIONER)
def correct(patient_id: UUID, visit_id: UUID) -> ResponseReturnValue:
    """Show what was recorded of a visit, ready to be corrected; or when a planned one is to be."""
    person, of = staff_reader(), VisitId(visit_id)
    care = queries.care_record(db.session(), person, PatientId(patient_id))
    planned = queries.planned_visit(db.session(), person, care.patient_id, of)
    if planned is not None:
        return _planned_page(care, planned, VisitForm())
    visit = queries.recorded_visit(db.session(), person, care.patient_id, of)
    kept = kept_form(person)
    if kept is not None:
        return visit_page(person, care, kept, Shown(visit, is_kept=True))
    form = visit_forms.correction_form(visit.held_on, visit.note, visit.sites, visit.version)
    return visit_page(person, care, form, Shown(visit))


@bp.post("/clinic/patients/<uuid:patient_id>/visits/<uuid:visit_id>")
@audience(Audience.PRACTITIONER)
def save_correction(patient_id: UUID, visit_id: UUID) -> ResponseReturnValue:
    """Correct what was recorded of a visit, every version kept; or move or cancel a planned one."""
    person, of = staff_reader(), VisitId(visit_id)
    care = queries.care_record(db.session(), person, PatientId(patient_id))
    if request.form.get("what") in {"move", "cancel"}:
        return _change_planned(person, care, of)
    visit = queries.recorded_visit(db.session(), person, care.patient_id, of)
    aside = set_aside(person, care)
    if aside is not None:
        return aside
    form = visit_forms.bound_form(request.form)
    if request.form.get("more") == "rows":
        return visit_page(person, care, visit_forms.with_more_rows(form), Shown(visit))
    today = clock.today(care.zone)
    facts = visit_forms.judge(form, today=today, earliest=today - LONGEST_AGO)
    if facts is None:
        return visit_page(person, care, form, Shown(visit, status=422))
    try:
        _correct(person, care, of, form=form, facts=facts)
    except (Conflict, AlreadyRecorded) as met:
        return visit_page(person, care, form, _meeting(person, care, form, visit=visit, met=met))
    flash(_("The correction is saved."))
    return redirect(url_for("review.brief", patient_id=patient_id), 303)


def _version(form: VisitForm) -> int:
    return int(form.base_version) if form.base_version.isdecimal() else 0


def _correct(
    person: Reader, care: CareRecord, visit_id: VisitId, *, form: VisitForm, facts: VisitFacts
) -> None:
    with db.write_transaction() as session:
        visits.correct_visit(
            session,
            episode=queries.episode_for_writing(session, person, care.patient_id),
            zone=care.zone,
            visit_id=visit_id,
            base_version=_version(form),
            practitioner_id=practitioner_of(person),
            facts=facts,
            is_another=form.is_another,
        )
        record(session, actor(), event_of(care, Act.VISIT_RECORDED, visit_id))
        drafts.discard(session, account_id=person.account_id, form=request.path)


def _meeting(
    person: Reader,
    care: CareRecord,
    form: VisitForm,
    *,
    visit: VisitRecordShown,
    met: Conflict | AlreadyRecorded,
) -> Shown:
    """Show both: another record of that day, or a correction in between, which saving corrects."""
    if isinstance(met, AlreadyRecorded):
        standing = standing_that_day(person, care, form, met)
        return Shown(visit, standing=standing, status=409)
    db.end_read()
    now = queries.recorded_visit(db.session(), person, care.patient_id, visit.visit_id)
    form.base_version = str(now.version)
    form.errors["standing"] = _(
        "Somebody corrected this visit in between. What stands now is shown below, and what you "
        "typed. Look at yours and save again."
    )
    return Shown(now, standing=now, status=409)


def _planned_page(
    care: CareRecord, planned: PlannedVisit, form: VisitForm, status: int = 200
) -> ResponseReturnValue:
    note_opening(care, planned.visit_id)
    return render_template("care/planned_visit.html", care=care, planned=planned, form=form), status


def _change_planned(person: Reader, care: CareRecord, visit_id: VisitId) -> ResponseReturnValue:
    planned = queries.planned_visit(db.session(), person, care.patient_id, visit_id)
    if planned is None:
        queries.refuse_strange_visit(db.session(), person, care.patient_id, visit_id)
        raise Conflict
    is_move = request.form.get("what") == "move"
    form = visit_forms.bound_form(request.form)
    to = visit_forms.next_visit(form, now=clock.now(), zone=care.clinic_zone) if is_move else None
    if is_move and to is None:
        form.errors = form.errors or {"next_on": _("Enter the day of the visit")}
        return _planned_page(care, planned, form, 422)
    with db.write_transaction() as session:
        episode = queries.episode_for_writing(session, person, care.patient_id)
        if to is not None:
            planned_visits.move_visit(
                session, episode=episode, zone=care.zone, visit_id=visit_id, planned_for=to
            )
        else:
            planned_visits.cancel_visit(session, episode=episode, visit_id=visit_id)
        act = Act.VISIT_MOVED if to is not None else Act.VISIT_CANCELLED
        record(session, actor(), event_of(care, act, visit_id))
    flash(_("The visit is moved.") if is_move else _("The visit is cancelled."))
    return redirect(url_for("review.brief", patient_id=care.patient_id), 303)
