"""Everything of one diary by date, with filters."""

from uuid import UUID

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal import db
from portal.accounts.session import actor, staff_reader
from portal.audit import Event, record
from portal.audit.acts import Act
from portal.db import PatientId
from portal.review.blueprint import bp, page_number
from portal.review.timeline import Show, timeline_of
from portal.web.guard import Audience, audience


def _show() -> Show:
    """What the address narrows the page to; anything unknown shows everything."""
    names = {one.value: one for one in Show}
    return names.get(request.args.get("show", ""), Show.ALL)


@bp.get("/clinic/patients/<uuid:patient_id>/entries")
@audience(Audience.PRACTITIONER)
def entries(patient_id: UUID) -> ResponseReturnValue:
    """Show everything that happened, by date: entries with every version, visits and the rest."""
    page = page_number()
    shown = timeline_of(
        db.session(), staff_reader(), PatientId(patient_id), show=_show(), page=page
    )
    with db.write_transaction() as session:
        event = Event(Act.ENTRIES_OPENED, patient_id=patient_id, episode_id=shown.episode_id)
        record(session, actor(), event)
    return render_template("review/entries.html", timeline=shown, page=page)
