"""The patient marks explainers as read, and says whether the care team may see that."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import db
from portal.accounts.session import actor, reader
from portal.care.explainers import mark_pages, marked_pages
from portal.diary import queries
from portal.diary.queries import Care
from portal.education.blueprint import library
from portal.errors import Conflict, OutOfSight
from portal.web.guard import Audience, audience
from portal.web.languages import gettext as _

bp = Blueprint("reading", __name__)


def _own_care() -> Care:
    care = queries.own_care(db.session(), reader())
    if care is None:
        raise OutOfSight
    return care


@bp.get("/me/reading")
@audience(Audience.PATIENT)
def pages() -> ResponseReturnValue:
    """Show the explainers, and which of them the patient marked as read."""
    care = _own_care()
    return render_template(
        "home/reading.html",
        care=care,
        articles=library().in_language("en"),
        marked=marked_pages(db.session(), reader(), care.episode_id),
    )


@bp.post("/me/reading/<string:slug>")
@audience(Audience.PATIENT)
def mark_one(slug: str) -> ResponseReturnValue:
    """Mark one page as read (“I have read this”); what is shared stays as it was."""
    care = _own_care()
    if slug not in _known_slugs():
        raise OutOfSight
    stands = marked_pages(db.session(), reader(), care.episode_id)
    _mark(care, stands.slugs | {slug}, is_shared=stands.is_shared)
    return redirect(url_for("reading.pages"), 303)


@bp.post("/me/reading")
@audience(Audience.PATIENT)
def mark() -> ResponseReturnValue:
    """Set which pages are marked, and whether the care team may see it."""
    slugs = _known_slugs() & set(request.form.getlist("page"))
    _mark(_own_care(), slugs, is_shared=request.form.get("share") == "yes")
    return redirect(url_for("reading.pages"), 303)


def _known_slugs() -> frozenset[str]:
    return frozenset(article.slug for article in library().in_language("en"))


def _mark(care: Care, slugs: frozenset[str], *, is_shared: bool) -> None:
    if not care.is_open:
        raise Conflict
    person, who = reader(), actor()
    with db.write_transaction() as session:
        mark_pages(
            session,
            reader=person,
            actor=who,
            episode_id=care.episode_id,
            slugs=sorted(slugs),
            is_shared=is_shared,
        )
    flash(_("Saved."))
