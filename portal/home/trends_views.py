"""The patient's trends: what the diary shows, and what it cannot show."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from portal import db
from portal.accounts.session import reader
from portal.diary.assessment_panels import panels_of
from portal.diary.assessment_queries import assessments_of
from portal.diary.regions import REGIONS
from portal.home.trends_presenter import shown_until, trends_page
from portal.home.trends_queries import trend_facts
from portal.web.guard import Audience, audience

bp = Blueprint("trends", __name__)


@bp.get("/me/trends")
@audience(Audience.PATIENT)
def trends() -> ResponseReturnValue:
    """Show what the diary says of the pain, where it was, the soreness and things managed."""
    session, person = db.session(), reader()
    facts = trend_facts(session, person)
    if facts is None:
        return render_template("diary/none.html")
    until = shown_until(request.args.get("until", ""), facts)
    return render_template(
        "home/trends.html",
        page=trends_page(facts, until=until),
        panels=panels_of(assessments_of(session, person, facts.care.episode_id)),
        regions=REGIONS,
    )
