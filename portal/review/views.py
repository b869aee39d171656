"""The practitioner's day: its visits in order, and their briefs on paper."""

from flask import render_template
from flask.typing import ResponseReturnValue

from portal import clock, db
from portal.accounts.session import staff_reader
from portal.audit.acts import Act
from portal.diary.regions import REGIONS
from portal.review import (
    brief_views,
    figures_views,
    flag_views,
    paper_views,
    queries,
    timeline_views,
)
from portal.review.blueprint import bp
from portal.review.panel import visit_shown
from portal.review.panel_views import note_list
from portal.web.guard import Audience, audience

__all__ = ["bp", "brief_views", "figures_views", "flag_views", "paper_views", "timeline_views"]


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
