"""The practitioner's pages: who needs a look first, and the brief before a visit."""

from uuid import UUID

from flask import render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from portal import clock, db
from portal.accounts.session import actor, staff_reader
from portal.audit import Event, record
from portal.audit.acts import Act
from portal.diary.regions import REGIONS
from portal.review import (
    brief_views,
    figures_views,
    flag_views,
    panel_queries,
    paper_views,
    queries,
    timeline_views,
)
from portal.review.blueprint import bp, page_number
from portal.review.panel import panel_of, visit_shown
from portal.review.panel_queries import Filter, Wanted
from portal.web.guard import Audience, audience

LONGEST_SEARCH = 100

__all__ = ["bp", "brief_views", "figures_views", "flag_views", "paper_views", "timeline_views"]


def _wanted(asked: MultiDict[str, str]) -> Wanted:
    """What the address or the form asks of the panel; anything unknown shows everybody."""
    names = {one.value: one for one in Filter}
    return Wanted(
        names.get(asked.get("show", ""), Filter.ALL),
        " ".join(asked.get("q", "")[:LONGEST_SEARCH].split()),
        page_number(asked),
    )


def note_list(act: Act, patients: list[UUID]) -> None:
    """Write down whom a list showed; raises StorageUnavailable where that is impossible."""
    with db.write_transaction() as session:
        record(session, actor(), Event(act, details={"patients": [str(one) for one in patients]}))


@bp.get("/clinic")
@audience(Audience.PRACTITIONER)
def panel() -> ResponseReturnValue:
    """Show everybody in one's care, in the order they need a look."""
    return _panel(_wanted(request.args))


@bp.post("/clinic")
@audience(Audience.PRACTITIONER)
def find() -> ResponseReturnValue:
    """Show whose name was searched for; a form, so that no name stands in an address (S-061)."""
    return _panel(_wanted(request.form))


def _panel(wanted: Wanted) -> ResponseReturnValue:
    person = staff_reader()
    days = panel_queries.days_of(db.session(), person)
    page = panel_queries.panel_page(db.session(), person, days, wanted)
    note_list(Act.PANEL_SHOWN, [row.patient_id for row in page.rows])
    return render_template("review/panel.html", panel=panel_of(page, days, wanted))


@bp.get("/clinic/today")
@audience(Audience.PRACTITIONER)
def today() -> ResponseReturnValue:
    """Show the day's visits in order, each with its brief."""
    person = staff_reader()
    zone = queries.zone_of_clinic(db.session(), person)
    visits = queries.visits_today(db.session(), person, zone)
    note_list(Act.TODAY_SHOWN, [visit.patient_id for visit in visits])
    return render_template(
        "review/today.html", visits=[visit_shown(v, zone) for v in visits], on=clock.today(zone)
    )


@bp.get("/clinic/today/briefs")
@audience(Audience.PRACTITIONER)
def todays_briefs() -> ResponseReturnValue:
    """Show the briefs of the day's visits one after the other, each on its own sheet of paper."""
    person = staff_reader()
    zone = queries.zone_of_clinic(db.session(), person)
    patients = dict.fromkeys(v.patient_id for v in queries.visits_today(db.session(), person, zone))
    briefs = [brief_views.opened_brief(person, one, Act.BRIEF_OPENED) for one in patients]
    return render_template(
        "review/briefs.html", briefs=briefs, on=clock.today(zone), regions=REGIONS
    )
