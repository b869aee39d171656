"""Pages on which a practitioner records a visit."""

from datetime import datetime
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock, db
from portal.accounts import drafts
from portal.accounts.gate import rescue
from portal.accounts.reader import Reader
from portal.accounts.session import actor, staff_reader
from portal.audit import record
from portal.audit.acts import Act
from portal.care import (
    planned_visits,
    queries,
    visit_change_views,
    visit_forms,
    visit_plans,
    visits,
)
from portal.care.plans import Course
from portal.care.queries import CareRecord
from portal.care.visit_forms import PlanChoice, VisitForm
from portal.care.visit_pages import (
    LONGEST_AGO,
    Shown,
    bp,
    event_of,
    kept_form,
    practitioner_of,
    set_aside,
    standing_that_day,
    visit_page,
)
from portal.care.visits import AlreadyRecorded, VisitFacts
from portal.db import PatientId
from portal.errors import EpisodeEnded
from portal.web.guard import Audience, audience
from portal.web.languages import gettext as _

__all__ = ["bp", "visit_change_views"]


@bp.get("/clinic/patients/<uuid:patient_id>/visits/new")
@audience(Audience.PRACTITIONER)
def new(patient_id: UUID) -> ResponseReturnValue:
    """Show an empty record, with the last visit's sites as suggestions that nothing ticks."""
    person = staff_reader()
    care = queries.care_record(db.session(), person, PatientId(patient_id))
    if not care.is_open:
        raise EpisodeEnded
    kept = kept_form(person)
    if kept is not None:
        return visit_page(person, care, kept, Shown(is_kept=True))
    earlier = queries.recorded_visits(db.session(), person, care.patient_id)
    suggested = earlier[0].sites if earlier else ()
    form = visit_forms.blank_form(clock.today(care.zone), suggested)
    return visit_page(person, care, form, Shown())


@bp.post("/clinic/patients/<uuid:patient_id>/visits/new")
@audience(Audience.PRACTITIONER)
def save(patient_id: UUID) -> ResponseReturnValue:
    """Record a visit, plan the next one and set the diary plan; or keep it half-written."""
    person = staff_reader()
    care = queries.care_record(db.session(), person, PatientId(patient_id))
    aside = set_aside(person, care)
    if aside is not None:
        return aside
    form = visit_forms.bound_form(request.form)
    if request.form.get("more") == "rows":
        return visit_page(person, care, visit_forms.with_more_rows(form), Shown())
    today = clock.today(care.zone)
    planned = visit_forms.next_visit(form, now=clock.now(), zone=care.clinic_zone)
    choice = visit_forms.judge_plan(form)
    facts = visit_forms.judge(form, today=today, earliest=today - LONGEST_AGO)
    if facts is None:
        return visit_page(person, care, form, Shown(status=422))
    try:
        _record(person, care, form, facts=facts, planned=planned, choice=choice)
    except AlreadyRecorded as found:
        standing = standing_that_day(person, care, form, found)
        return visit_page(person, care, form, Shown(standing=standing, status=409))
    flash(_("The visit is recorded."))
    return redirect(url_for("review.brief", patient_id=patient_id), 303)


def _record(
    person: Reader,
    care: CareRecord,
    form: VisitForm,
    *,
    facts: VisitFacts,
    planned: datetime | None,
    choice: PlanChoice,
) -> None:
    with db.write_transaction() as session:
        episode = queries.episode_for_writing(session, person, care.patient_id)
        stood_since = None
        try:
            visit = visits.record_visit(
                session,
                episode=episode,
                zone=care.zone,
                practitioner_id=practitioner_of(person),
                facts=facts,
                is_another=form.is_another,
            )
        except AlreadyRecorded as found:
            if not found.is_same:
                raise
            stood_since = found.recorded_at
        else:
            record(session, actor(), event_of(care, Act.VISIT_RECORDED, visit.id))
        if planned is not None:
            ahead = planned_visits.plan_visit(
                session,
                episode=episode,
                zone=care.zone,
                practitioner_id=practitioner_of(person),
                planned_for=planned,
            )
            record(session, actor(), event_of(care, Act.VISIT_PLANNED, ahead.id))
        weeks = visit_forms.weeks_of(form) or 0
        course = Course(episode, care.zone)
        visit_plans.settle(
            session,
            actor(),
            course=course,
            choice=choice,
            weeks=weeks,
            recorded_at=stood_since,
        )
        drafts.discard(session, account_id=person.account_id, form=request.path)


def _kept_for_its_own_page() -> None:
    """Leave a form whose sign-in ran out to the house: `new` shows what was kept of it."""


rescue("visits.save", _kept_for_its_own_page)
rescue("visits.save_correction", _kept_for_its_own_page)
