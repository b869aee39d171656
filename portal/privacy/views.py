"""The patient's page on who looked, and the lock-box on it."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import db
from portal.accounts.reader import Reader
from portal.accounts.session import actor, reader
from portal.db import PractitionerId
from portal.errors import NobodyWouldRead
from portal.privacy import export_views, queries, restriction_queries, restrictions
from portal.privacy.blueprint import bp
from portal.privacy.months import month_asked, months_between
from portal.privacy.restriction_queries import Colleague
from portal.privacy.words import ground_for, words_for
from portal.web.guard import Audience, audience
from portal.web.languages import gettext as _

__all__ = ["bp", "export_views"]


def _access_page(person: Reader, *, problem: str = "", status: int = 200) -> ResponseReturnValue:
    subject = queries.own_subject(db.session(), person)
    first, last = subject.first_month, subject.last_month
    month = month_asked(request.args.get("month", ""), first=first, last=last)
    looked = queries.who_looked(db.session(), person, subject, month)
    return render_template(
        "privacy/access.html",
        looked=looked,
        is_any=bool(looked) or queries.has_been_looked_at(db.session(), person, subject),
        month=month,
        months=list(months_between(first, last)),
        people=restriction_queries.colleagues(db.session(), person, subject),
        has_diary=restriction_queries.has_diary(db.session(), person),
        problem=problem,
        words_for=words_for,
        ground_for=ground_for,
    ), status


@bp.get("/me/access")
@audience(Audience.PATIENT)
def access() -> ResponseReturnValue:
    """Show the patient who did or saw what of the record in a month, and who may look."""
    return _access_page(reader())


@bp.post("/me/access/restrict")
@audience(Audience.PATIENT)
def restrict() -> ResponseReturnValue:
    """Close the diary to somebody once that is confirmed, or open it to them again."""
    person = reader()
    act, key = request.form.get("act", ""), _key(request.form.get("practitioner", ""))
    if act not in {"close", "open"} or key is None:
        return _access_page(person, problem=_("Choose whom this is about"), status=422)
    subject = queries.own_subject(db.session(), person)
    chosen = restriction_queries.colleague(db.session(), person, subject, key)
    if act == "open":
        with db.write_transaction() as session:
            restrictions.let_in(session, actor(), reader=person, practitioner_id=key)
        flash(_("Your diary is open to %(name)s again.", name=chosen.name))
    elif request.form.get("answer") != "yes":
        return _ask(person, chosen)
    else:
        try:
            _close(person, key)
        except NobodyWouldRead:
            return _ask(person, chosen, status=409)
        flash(_("%(name)s no longer sees your diary.", name=chosen.name))
    return redirect(url_for("privacy.access", _anchor="may-look"), 303)


def _close(person: Reader, key: PractitionerId) -> None:
    with db.write_transaction() as session:
        restrictions.shut_out(
            session,
            actor(),
            reader=person,
            practitioner_id=key,
            is_told=request.form.get("told") == "nobody",
        )


def _ask(person: Reader, chosen: Colleague, status: int = 200) -> ResponseReturnValue:
    """Say who reads the diary without this person, before it is closed to them."""
    subject = queries.own_subject(db.session(), person)
    readers = restriction_queries.readers_without(db.session(), person, subject, chosen)
    return render_template("privacy/restrict.html", chosen=chosen, readers=readers), status


def _key(typed: str) -> PractitionerId | None:
    try:
        return PractitionerId(UUID(typed))
    except ValueError:
        return None
