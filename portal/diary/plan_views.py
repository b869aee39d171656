"""The staff page of a diary plan: what it asks now, how long, a pause, and what stood before."""

from typing import assert_never
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import db
from portal.accounts.reader import Reader
from portal.accounts.session import actor, staff_reader
from portal.audit import Event, record
from portal.audit.acts import Act
from portal.care import plans
from portal.care.episode_queries import episode_to_change
from portal.care.plans import Course
from portal.db import PatientId
from portal.diary import plan_forms
from portal.diary.plan_forms import PlanAct, PlanForm
from portal.diary.plan_queries import PlanRecord, plan_record
from portal.diary.plan_words import outline, staff_words
from portal.errors import Conflict, EpisodeEnded, OutOfSight
from portal.web.guard import Audience, audience
from portal.web.languages import gettext as _

bp = Blueprint("plans", __name__)


def _page(shown: PlanRecord, form: PlanForm, status: int = 200) -> ResponseReturnValue:
    """Show a plan; each showing is written down first (S-071)."""
    with db.write_transaction() as session:
        event = Event(Act.PLAN_OPENED, patient_id=shown.patient_id, episode_id=shown.episode_id)
        record(session, actor(), event)
    words = staff_words(outline(shown.plan, shown.visits, shown.today))
    return render_template("care/plan.html", shown=shown, form=form, words=words), status


@bp.get("/clinic/patients/<uuid:patient_id>/plan")
@audience(Audience.PRACTITIONER)
def plan(patient_id: UUID) -> ResponseReturnValue:
    """Show what the diary asks of a patient, and every plan there was."""
    shown = plan_record(db.session(), staff_reader(), PatientId(patient_id))
    return _page(shown, plan_forms.filled_form(shown))


@bp.post("/clinic/patients/<uuid:patient_id>/plan")
@audience(Audience.PRACTITIONER)
def change_plan(patient_id: UUID) -> ResponseReturnValue:
    """Ask longer or shorter, pause, resume, or end the plan."""
    person = staff_reader()
    shown = plan_record(db.session(), person, PatientId(patient_id))
    if not shown.is_own:
        raise OutOfSight
    if not shown.is_open:
        raise EpisodeEnded
    form = plan_forms.bound_form(request.form, shown)
    if not plan_forms.judge(form, shown):
        return _page(shown, form, 422)
    if form.base != shown.base:
        raise Conflict("the plan was changed in between")
    _change(person, shown, form)
    flash(_said(PlanAct(form.act)))
    return redirect(url_for("plans.plan", patient_id=patient_id), 303)


def _change(person: Reader, shown: PlanRecord, form: PlanForm) -> None:
    who = actor()
    with db.write_transaction() as session:
        course = Course(episode_to_change(session, person, shown.patient_id), shown.zone)
        standing = plans.plan_in_force(session, course.episode.id)
        if form.base != (str(standing.id) if standing else ""):
            raise Conflict("the plan was changed in between")
        match PlanAct(form.act):
            case PlanAct.SET:
                plans.set_plan(session, who, course=course, ends_on=form.day)
            case PlanAct.PAUSE:
                plans.pause(session, who, course=course, until=form.day)
            case PlanAct.RESUME:
                plans.resume(session, who, course=course)
            case PlanAct.END:
                plans.end_plan(session, who, course=course)
            case other:
                assert_never(other)


def _said(act: PlanAct) -> str:
    return {
        PlanAct.SET: _("The plan is set. The patient sees it on their first page."),
        PlanAct.PAUSE: _("The diary is paused. The patient can still write, and resume."),
        PlanAct.RESUME: _("The diary asks again from today on."),
        PlanAct.END: _("The plan has ended. The patient can still write."),
    }[act]
