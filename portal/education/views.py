"""The public pages: home, explainers and what stands around them."""

from typing import Final

from flask import Response, current_app, render_template, request
from flask.typing import ResponseReturnValue

from portal import clock
from portal.education import registry_views
from portal.education.article import Article
from portal.education.blueprint import as_data, base, bp, keeper, languages_of, library, page
from portal.education.booklet import booklet_of, without_spare_space, without_unused_places
from portal.education.check import HOME_CLAIMS
from portal.education.content import Library
from portal.education.search import LONGEST_QUERY
from portal.web.guard import Audience, audience
from portal.web.languages import gettext as _
from portal.web.pages import mark_public

__all__ = ["bp", "registry_views"]

PLAIN_PAGES: Final = (
    "/",
    "/learn/",
    "/about",
    "/glossary",
    "/contact",
    "/privacy",
    "/accessibility",
    "/how-pages-are-checked",
)


def public_paths(served: Library) -> list[str]:
    """Every page that is the same for all who are not signed in, for the layer of bytes."""
    explainers = [article.path for article in served.articles]
    prints = [f"{path}/print" for path in explainers]
    more = ["/learn/print", "/sitemap.xml", *registry_views.registry_paths(served)]
    return [*PLAIN_PAGES, *explainers, *prints, *more]


NOT_FOR_ENGINES: Final = ("/print", ".json", ".xml")


@bp.after_request
def keep_in_browsers(response: Response) -> Response:
    """A reader without a sign-in gets an answer that browsers may keep."""
    if current_app.config["SESSION_COOKIE_NAME"] in request.cookies:
        return response
    return mark_public(response)


def _groups() -> list[tuple[str, list[Article]]]:
    """The pages by the tens of their order."""
    names = {
        1: _("The basics"),
        2: _("How it works"),
        3: _("Your visit"),
        4: _("Safety and evidence"),
        5: _("From this clinic"),
    }
    found = library().in_language("en")
    grouped = (
        (name, [a for a in found if min(a.front.order // 10, 5) == ten])
        for ten, name in names.items()
    )
    return [(name, pages) for name, pages in grouped if pages]


@bp.get("/")
@audience(Audience.ANYONE)
def home() -> ResponseReturnValue:
    """The three doors, the three effects, and safety."""
    doors = (
        (
            _("Thinking about IMS"),
            _("Plain answers before you book."),
            [
                ("/learn/what-is-ims", _("What IMS is")),
                ("/learn/the-grasp", _("What the grasp feels like")),
                ("/learn/ims-and-acupuncture", _("IMS compared with acupuncture")),
            ],
        ),
        (
            _("Coming for a visit"),
            _("Before, during and the days after."),
            [
                ("/learn/before-your-visit", _("Getting ready")),
                ("/learn/safety#tell-us", _("What to tell us first")),
                ("/learn/after-your-visit", _("The days after")),
                ("/learn/safety#help", _("When to get help")),
            ],
        ),
        (
            _("Already a patient"),
            _("One minute a day, read before your visit."),
            [
                ("/me", _("Write today’s diary")),
                ("/me/trends", _("See how you are doing")),
                ("/me/questions", _("Questions for my visit")),
                ("/privacy", _("Who reads what you write")),
            ],
        ),
    )
    return page(
        "home.html",
        doors=doors,
        effects=[library().claims[claim] for claim in HOME_CLAIMS],
    )


@bp.get("/learn/")
@audience(Audience.ANYONE)
def learn() -> ResponseReturnValue:
    """All explainers in their groups."""
    return page("learn.html", groups=_groups())


@bp.get("/learn/<string:slug>")
@audience(Audience.ANYONE)
def explainer(slug: str) -> ResponseReturnValue:
    """One explainer."""
    return _explainer(slug, printing=False)


@bp.get("/learn/<string:slug>/print")
@audience(Audience.ANYONE)
def explainer_print(slug: str) -> ResponseReturnValue:
    """One explainer without what a sheet of paper does not need."""
    return _explainer(slug, printing=True)


def _explainer(slug: str, *, printing: bool) -> ResponseReturnValue:
    article = library().article(slug)
    if article is None:
        return _missing(slug)
    return page(
        "article.html",
        article=article,
        library=library(),
        data=as_data,
        languages=languages_of(article),
        is_overdue=article.front.next_review < clock.now().date(),
        printing=printing,
    )


def _missing(slug: str) -> ResponseReturnValue:
    """No such explainer: the words of its address, ready to be looked for."""
    words = slug.replace("-", " ")[:LONGEST_QUERY]
    return page("missing.html", words=words, popular=library().in_language("en")[:3]), 404


@bp.get("/learn/print")
@audience(Audience.ANYONE)
def print_all() -> ResponseReturnValue:
    """All explainers on one page, for a folder in the waiting room."""
    booklet = booklet_of(library().in_language("en"))
    html = page("print_all.html", library=library(), booklet=booklet)
    return without_spare_space(without_unused_places(html))


@bp.get("/glossary")
@audience(Audience.ANYONE)
def glossary() -> ResponseReturnValue:
    """The words from A to Z."""
    terms = library().glossary
    firsts = sorted({term.term[0].upper() for term in terms})
    return page("glossary.html", terms=terms, letters=firsts, library=library())


@bp.get("/search")
@audience(Audience.ANYONE)
def find() -> ResponseReturnValue:
    """Pages and words that fit what the reader typed."""
    query = request.args.get("q", "").strip()[:LONGEST_QUERY]
    return page(
        "search.html",
        query=query,
        asked="q" in request.args,
        hits=keeper().index.hits(query),
        popular=library().in_language("en")[:3],
    )


@bp.get("/about")
@audience(Audience.ANYONE)
def about() -> ResponseReturnValue:
    """The clinic and those who needle there."""
    return page("about.html")


@bp.get("/contact")
@audience(Audience.ANYONE)
def contact() -> ResponseReturnValue:
    """How to reach the clinic, and whom to call instead."""
    return page("contact.html", help=library().help["en"])


@bp.get("/privacy")
@audience(Audience.ANYONE)
def privacy() -> ResponseReturnValue:
    """Who reads what, what is written down, and what to do if someone checks your phone."""
    return page("privacy.html")


@bp.get("/accessibility")
@audience(Audience.ANYONE)
def accessibility() -> ResponseReturnValue:
    """What we aim for, what we know to be wrong, and how to tell us."""
    return page("accessibility.html")


@bp.get("/how-pages-are-checked")
@audience(Audience.ANYONE)
def how_pages_are_checked() -> ResponseReturnValue:
    """How pages come about, and the state of each."""
    return page("checked.html", articles=library().in_language("en"))


@bp.get("/sitemap.xml")
@audience(Audience.ANYONE)
def sitemap() -> ResponseReturnValue:
    """The public pages for search engines."""
    start = base() or request.url_root.rstrip("/")
    paths = [path for path in public_paths(library()) if not path.endswith(NOT_FOR_ENGINES)]
    body = render_template("education/sitemap.xml", addresses=[start + path for path in paths])
    return body, 200, {"Content-Type": "application/xml; charset=utf-8"}
