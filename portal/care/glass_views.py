"""The staff page for opening a record from outside its care team, and the banner it leaves."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from flask import current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import db
from portal.accounts.session import actor, reader_or_none, staff_reader
from portal.care.blueprint import bp
from portal.care.glass import LONGEST_REASON, SHORTEST_REASON, break_glass
from portal.care.glass_queries import Glass, Sought, broken_glass
from portal.db import PatientId
from portal.mail.outbox import Letter
from portal.web.forms import cleaned, one_line
from portal.web.guard import Audience, audience
from portal.web.languages import gettext as _

_LONGEST_WORD = 200


@dataclass(slots=True)
class GlassForm:
    """What was typed: whom it is about, and why; with what is wrong, by field."""

    number: str = ""
    name: str = ""
    born_on: str = ""
    reason: str = ""
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def sought(self) -> Sought:
        """By what the patient is looked for; the number alone is enough."""
        return Sought(self.number, self.name, _day(self.born_on))


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


def _bound() -> GlassForm:
    sent = request.form
    return GlassForm(
        number=one_line(sent.get("number"))[:_LONGEST_WORD],
        name=one_line(sent.get("name"))[:_LONGEST_WORD],
        born_on=one_line(sent.get("born_on"))[:_LONGEST_WORD],
        reason=cleaned(sent.get("reason")),
    )


def _judge(form: GlassForm) -> bool:
    if not form.number:
        if not form.name:
            form.errors["number"] = _("Enter the patient’s number, or full name and date of birth")
        elif form.sought.born_on is None:
            form.errors["born_on"] = _("Enter the date of birth too")
    if len(form.reason) < SHORTEST_REASON:
        form.errors["reason"] = _("Give a reason of at least 10 characters")
    elif len(form.reason) > LONGEST_REASON:
        form.errors["reason"] = _("Keep the reason to 500 characters")
    return not form.errors


def _page(form: GlassForm, status: int = 200) -> ResponseReturnValue:
    return render_template("care/break_glass.html", form=form, longest=LONGEST_REASON), status


@bp.get("/clinic/break-glass")
@audience(Audience.PRACTITIONER)
def glass() -> ResponseReturnValue:
    """Ask whose record is needed, and why."""
    return _page(GlassForm())


@bp.post("/clinic/break-glass")
@audience(Audience.PRACTITIONER)
def break_the_glass() -> ResponseReturnValue:
    """Open a record for an hour; the answer is the same for whoever is no patient here."""
    form = _bound()
    if not _judge(form):
        return _page(form, 422)
    letter = _letter()
    with db.write_transaction() as session:
        found = break_glass(
            session,
            actor(),
            reader=staff_reader(),
            sought=form.sought,
            reason=form.reason,
            letter=letter,
        )
    if found is None:
        form.errors["number"] = _("No record can be opened with these details")
        return _page(form, 422)
    return redirect(url_for("review.brief", patient_id=found.patient_id), 303)


def _letter() -> Letter:
    """The alert: it says that something happened and where to look, and names nobody."""
    base_url: str = current_app.extensions["portal.settings"].base_url
    body = render_template("mail/glass-broken.txt", base_url=base_url)
    return Letter("glass-broken", _("Please look at the audit"), body)


def glass_here() -> Glass | None:
    """Return the broken glass by which the reader sees the patient in the address, if any."""
    patient_id = (request.view_args or {}).get("patient_id")
    person = reader_or_none()
    if not isinstance(patient_id, UUID) or person is None or not person.is_practitioner:
        return None
    return broken_glass(db.session(), person, PatientId(patient_id))


@bp.app_context_processor
def _for_templates() -> dict[str, Callable[[], Glass | None]]:
    return {"glass_here": glass_here}
