"""The claims by how sure anyone can be of them, what changed in them, and kinds side by side."""

from typing import Any

from flask import abort, jsonify
from flask.typing import ResponseReturnValue

from portal.education.article import Article
from portal.education.blueprint import bp, library, page
from portal.education.content import Library
from portal.education.models import Certainty, Claim
from portal.web.guard import Audience, audience
from portal.web.languages import gettext as _

EVIDENCE_JSON = "/learn/evidence.json"
CHANGES = "/learn/evidence/changes"


def registry_paths(served: Library) -> list[str]:
    """The pages of the registry, for the layer of bytes."""
    pairs = [*served.comparison.pairs, "all"] if served.comparison else []
    return [
        EVIDENCE_JSON,
        CHANGES,
        *(f"/learn/evidence/{word.code}" for word in Certainty),
        *(f"/learn/compare/{pair}" for pair in pairs),
    ]


def _article(slug: str) -> Article:
    found = library().article(slug)
    return found if found is not None else abort(404)


@bp.get("/learn/evidence/<any(well, some, theory, unknown):sure>")
@audience(Audience.ANYONE)
def evidence_by_certainty(sure: str) -> ResponseReturnValue:
    """Only the claims of one certainty."""
    headings = {
        "well": _("Claims that are well supported"),
        "some": _("Claims with some support"),
        "theory": _("Claims that are theory"),
        "unknown": _("Claims of which nothing is known"),
    }
    return page(
        "claims_by_certainty.html",
        heading=headings[sure],
        current=sure,
        article=_article("evidence"),
        library=library(),
        claims=[claim for claim in library().claims.values() if claim.certainty.code == sure],
    )


@bp.get(CHANGES)
@audience(Audience.ANYONE)
def evidence_changes() -> ResponseReturnValue:
    """What changed in the claims, newest first."""
    return page("changes.html", article=_article("evidence"), library=library())


@bp.get(EVIDENCE_JSON)
@audience(Audience.ANYONE)
def evidence_json() -> ResponseReturnValue:
    """Every claim with its certainty and sources, for those who want to check or reuse it."""
    return jsonify([_told(claim) for claim in library().claims.values()])


def _told(claim: Claim) -> dict[str, Any]:
    shelf = library()
    since = shelf.changed_on(claim)
    return {
        **claim.model_dump(mode="json", exclude={"sources"}),
        "since": since.isoformat() if since else None,
        "pages": [found.path for found in shelf.pages_showing(claim)],
        "sources": [
            {"id": key, **shelf.sources[key].model_dump(exclude_none=True)} for key in claim.sources
        ],
    }


@bp.get("/learn/compare/<string:pair>")
@audience(Audience.ANYONE)
def compare(pair: str) -> ResponseReturnValue:
    """Any two kinds of needling side by side, or all of them."""
    whole = library().comparison
    if whole is None or pair not in {*whole.pairs, "all"}:
        abort(404)
    if pair == "all":
        shown, heading = whole, _("Four kinds of needling")
    else:
        one, other = whole.pairs[pair]
        shown = whole.only(one.id, other.id)
        heading = _("%(one)s and %(other)s", one=one.name, other=_inside(other.name))
    return page(
        "compare.html",
        heading=heading,
        current=pair,
        whole=whole,
        comparison=shown,
        article=_article("ims-and-acupuncture"),
    )


def _inside(name: str) -> str:
    return name if name.isupper() else name[:1].lower() + name[1:]
