"""The administrator's page of the explainers: which are due, which are the clinic's own."""

from flask import render_template
from flask.typing import ResponseReturnValue

from portal import clock
from portal.admin.blueprint import bp
from portal.education.blueprint import keeper
from portal.education.shelf import rows_of
from portal.web.guard import Audience, audience


@bp.get("/admin/content")
@audience(Audience.ADMINISTRATOR)
def content() -> ResponseReturnValue:
    """Show each explainer with its dates and how it reads, and what was left out."""
    explainers = keeper()
    explainers.stamp()
    return render_template(
        "admin/content.html",
        rows=rows_of(explainers.shelved, today=clock.now().date()),
        refused=explainers.shelved.refused,
    )
