"""The administrator's page of the clinic's settings; the other pages hang on the same blueprint."""

from dataclasses import asdict

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock, db
from portal.accounts import letters
from portal.accounts.reader import Reader
from portal.accounts.session import actor, reader, remember, require_proof
from portal.admin import (
    audit_views,
    content_views,
    people_views,
    queries,
    thresholds,
    typed_words,
)
from portal.admin import clinic as clinic_service
from portal.admin.blueprint import bp
from portal.admin.forms import ClinicForm, changes
from portal.admin.queries import ClinicSettings
from portal.care.invite_forms import ZONES
from portal.clinics.regions import PACKS
from portal.errors import Conflict
from portal.web.guard import Audience, audience
from portal.web.languages import gettext as _

__all__ = ["audit_views", "bp", "content_views", "people_views", "typed_words"]


def _clinic_page(
    person: Reader, form: ClinicForm, before: ClinicSettings, status: int = 200
) -> ResponseReturnValue:
    people = queries.practitioners(db.session(), person)
    return render_template(
        "admin/clinic.html",
        form=form,
        people=people,
        zones=[(name, name) for name in dict.fromkeys((before.zone, *ZONES))],
        regions=[(code, code) for code in PACKS],
        rules=thresholds.RULES,
    ), status


@bp.get("/admin/clinic")
@audience(Audience.ADMINISTRATOR)
def clinic() -> ResponseReturnValue:
    """Show what the clinic has set."""
    person = reader()
    before = queries.clinic_settings(db.session(), person)
    data = asdict(before) | thresholds.in_force(before.thresholds)
    return _clinic_page(person, ClinicForm(formdata=None, data=data), before)


@bp.post("/admin/clinic")
@audience(Audience.ADMINISTRATOR)
def change_clinic() -> ResponseReturnValue:
    """Show what would change; once that is confirmed, change it."""
    person, who = reader(), actor()
    before = queries.clinic_settings(db.session(), person)
    names = dict(queries.practitioners(db.session(), person))
    form = ClinicForm()
    if not form.judge(practitioners=names, today=clock.today(before.zone)):
        return _clinic_page(person, form, before, 422)
    wanted = form.wanted()
    if form.version.data != before.version:
        raise Conflict
    if request.form.get("answer") != "save":
        what = changes(before, wanted, names)
        if not what and request.form.get("answer") != "change":
            flash(_("Nothing changed."))
        if request.form.get("answer") == "change" or not what:
            return _clinic_page(person, form, before)
        return render_template("admin/clinic_changes.html", form=form, changes=what)
    if (before.flag_reader, before.deputy) != (form.flag_reader.data, form.deputy.data):
        require_proof()
    letter = letters.roles_changed()
    with db.write_transaction() as session:
        whose = clinic_service.change(
            session, who, clinic_id=person.clinic_id, version=before.version, wanted=wanted
        )
        token = clinic_service.settle_roles(session, person, whose, letter)
    if token:
        remember(token)
    current_app.extensions["portal.directory"].settings_changed()
    flash(_("The clinic’s settings are saved."))
    return redirect(url_for("admin.clinic"), 303)
