"""What the pages of a visit's record share: their blueprint, the page itself, and what is kept."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from portal import clock, db
from portal.accounts import drafts
from portal.accounts.reader import Reader
from portal.accounts.session import actor
from portal.audit import Event, record
from portal.audit.acts import Act
from portal.care import plans, queries, visit_forms
from portal.care.muscles import suggestions
from portal.care.queries import CareRecord, VisitRecordShown
from portal.care.visit_forms import VisitForm
from portal.care.visits import AlreadyRecorded
from portal.db import PractitionerId
from portal.errors import OutOfSight
from portal.web.languages import gettext as _

bp = Blueprint("visits", __name__)
LONGEST_AGO = timedelta(days=730)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page of the record shows beside the form.

    `standing` is a record that this form would meet: a correction in between, or a colleague's
    record of the same day. `is_kept` says that the form was filled from what was typed earlier.
    """

    visit: VisitRecordShown | None = None
    standing: VisitRecordShown | None = None
    is_kept: bool = False
    status: int = 200


def practitioner_of(person: Reader) -> PractitionerId:
    """Return the practitioner that a reader is; raises OutOfSight for anybody else."""
    if person.practitioner_id is None:
        raise OutOfSight
    return person.practitioner_id


def event_of(care: CareRecord, act: Act, visit_id: UUID | None = None) -> Event:
    """Return the event of an act on a patient's visit."""
    return Event(
        act,
        patient_id=care.patient_id,
        episode_id=care.episode_id,
        details={"visit": str(visit_id)} if visit_id else {},
    )


def note_opening(care: CareRecord, visit_id: UUID | None = None) -> None:
    """Write down that a record is shown, before it is (S-071)."""
    with db.write_transaction() as session:
        record(session, actor(), event_of(care, Act.VISIT_OPENED, visit_id))


def visit_page(
    person: Reader, care: CareRecord, form: VisitForm, shown: Shown
) -> ResponseReturnValue:
    """Show a record, however it was asked for."""
    session = db.session()
    today = clock.today(care.zone)
    planned = [
        one
        for one in queries.planned_visits(session, person, care.patient_id)
        if one.planned_for.date() > today
    ]
    plan = plans.plan_in_force(session, care.episode_id)
    plan_ends_on = plan.ends_on if plan else None
    note_opening(care, shown.visit.visit_id if shown.visit else None)
    return render_template(
        "care/visit.html",
        care=care,
        form=form,
        visit=shown.visit,
        standing=shown.standing,
        is_kept=shown.is_kept,
        planned=planned,
        plan_ends_on=plan_ends_on,
        sides=visit_forms.SIDES,
        grasps=visit_forms.GRASPS,
        suggestions=suggestions(),
        today=today,
    ), shown.status


def standing_that_day(
    person: Reader, care: CareRecord, form: VisitForm, found: AlreadyRecorded
) -> VisitRecordShown:
    """Return the record that stands for the form's day; the form is asked whether it is another."""
    db.end_read()
    form.is_another = True
    form.errors["held_on"] = _(
        "A visit of this day is recorded already. Correct that one, or save this as another visit "
        "of the same day."
    )
    return queries.recorded_visit(db.session(), person, care.patient_id, found.visit_id)


def kept_form(person: Reader) -> VisitForm | None:
    """Return the form of this address as it was left half-written, by this account alone.

    Rows left empty are not kept, so it has new ones to fill.
    """
    fields = drafts.peek(db.session(), person.account_id, request.path)
    if not fields:
        return None
    form = visit_forms.bound_form(MultiDict(fields))
    has_empty = any(not row.place for row in form.rows)
    return form if has_empty else visit_forms.with_more_rows(form)


def set_aside(person: Reader, care: CareRecord) -> ResponseReturnValue | None:
    """Keep or throw away a half-written record, where that is what was pressed (S-026).

    What is kept is this account's alone, for a day. None where something else is wanted.
    """
    more = request.args.get("more") or request.form.get("more")
    if more in {"keep", "later"}:
        _keep(person, care)
    if more == "keep":
        return "", 204
    if more == "later":
        flash(_("What you typed is kept for a day. “Record a visit” brings it back."))
        return redirect(url_for("review.brief", patient_id=care.patient_id), 303)
    if more == "afresh":
        with db.write_transaction() as session:
            drafts.discard(session, account_id=person.account_id, form=request.path)
        return redirect(request.path, 303)
    return None


def _keep(person: Reader, care: CareRecord) -> None:
    fields = {
        name: values
        for name, values in request.form.to_dict(flat=False).items()
        if name not in {"more", "resent_draft"}
    }
    with db.write_transaction() as session:
        queries.episode_for_writing(session, person, care.patient_id)
        drafts.keep(session, account_id=person.account_id, form=request.path, fields=fields)
