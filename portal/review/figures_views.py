"""The clinic's own figures: sums over all patients, nobody's name and no practitioner's."""

from flask import render_template
from flask.typing import ResponseReturnValue

from portal import db
from portal.accounts.session import staff_reader
from portal.review import figures_queries
from portal.review.blueprint import bp
from portal.review.figures_shown import figures_shown
from portal.review.rates import rates_of
from portal.web.guard import Audience, audience


@bp.get("/clinic/figures")
@audience(Audience.PRACTITIONER)
def figures() -> ResponseReturnValue:
    """Show how often needling leaves soreness or signs, and how often diaries are read before."""
    person, session = staff_reader(), db.session()
    period = figures_queries.period_of(session, person)
    visits = figures_queries.visits_of_clinic(session, person, period)
    told = figures_queries.told_in_clinic(session, person, period)
    shown = figures_shown(rates_of(visits, told), period)
    return render_template("review/figures.html", figures=shown)
