"""Where the public pages hang, and what they all share: the library, the address, the templates."""

from datetime import date
from typing import Any

from flask import Blueprint, current_app, render_template, request
from flask_babel import format_date

from portal.education.article import Article
from portal.education.content import Library
from portal.education.facts import NO_CLINIC
from portal.education.keeper import ClinicKeeper

bp = Blueprint("education", __name__)


def keeper() -> ClinicKeeper:
    """What this application serves its pages from."""
    found: ClinicKeeper = current_app.extensions["portal.explainers"]
    return found


def library() -> Library:
    """The library this application serves."""
    return keeper().library


def base() -> str:
    """The site’s own address; empty where none was set, so that no page names a wrong one."""
    return str(current_app.extensions["portal.settings"].base_url or "").rstrip("/")


def page(template: str, **more: Any) -> str:
    """A public page from its template."""
    return render_template(
        f"education/{template}",
        no_clinic=NO_CLINIC,
        month_year=_month_year,
        base=base(),
        path=request.path,
        **more,
    )


def _month_year(day: date) -> str:
    return format_date(day, "MMMM yyyy")


def languages_of(article: Article) -> list[tuple[str, str]]:
    """The page in each language it exists in, with the one for all other readers last."""
    origin = article.front.translation_of or article.slug
    found = [
        (f"{one.front.lang}-CA", one.path)
        for one in library().articles
        if origin in {one.slug, one.front.translation_of}
    ]
    fallback = next((path for lang, path in found if lang == "en-CA"), article.path)
    return [*found, ("x-default", fallback)]


def as_data(article: Article, publisher: str) -> dict[str, object]:
    """The page in the words of schema.org; a review is named only once there was one."""
    front = article.front
    told: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "MedicalWebPage",
        "name": front.title,
        "description": front.summary,
        "inLanguage": f"{front.lang}-CA",
        "url": f"{base()}{article.path}",
        "about": {"@type": "MedicalTherapy", "name": "Intramuscular stimulation (IMS)"},
        "publisher": {"@type": "MedicalClinic", "name": publisher},
        "citation": [library().sources[key].address for key in front.sources],
    }
    if front.clinical_reviewer and front.last_reviewed:
        told["lastReviewed"] = front.last_reviewed.isoformat()
        told["reviewedBy"] = {"@type": "Person", "name": front.clinical_reviewer.name}
    return told


def titles_of(slugs: tuple[str, ...]) -> list[str]:
    """The titles of pages by their slugs, in the pages' order; a page that is gone is left out."""
    return [found.front.title for found in library().in_language("en") if found.slug in slugs]
