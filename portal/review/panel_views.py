"""Who needs a look first: the panel, its filters and its search."""

from uuid import UUID

from flask import render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from portal import db
from portal.accounts.session import actor, staff_reader
from portal.audit import Event, record
from portal.audit.acts import Act
from portal.review import panel_queries
from portal.review.blueprint import bp, page_number
from portal.review.panel import panel_of
from portal.review.panel_queries import Filter, Wanted
from portal.web.guard import Audience, audience

LONGEST_SEARCH = 100


def wanted_of(asked: MultiDict[str, str]) -> Wanted:
    """What the address or the form asks of the panel; anything unknown shows everybody."""
    names = {one.value: one for one in Filter}
    return Wanted(
        names.get(asked.get("show", ""), Filter.ALL),
        " ".join(asked.get("q", asked.get("named", ""))[:LONGEST_SEARCH].split()),
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
    return _panel(wanted_of(request.args))


@bp.post("/clinic")
@audience(Audience.PRACTITIONER)
def find() -> ResponseReturnValue:
    """Show whose name was searched for; a form, so that no name stands in an address (S-061)."""
    return _panel(wanted_of(request.form))


def _panel(wanted: Wanted) -> ResponseReturnValue:
    person = staff_reader()
    days = panel_queries.days_of(db.session(), person)
    page = panel_queries.panel_page(db.session(), person, days, wanted)
    note_list(Act.PANEL_SHOWN, [row.patient_id for row in page.rows])
    return render_template("review/panel.html", panel=panel_of(page, days, wanted))
