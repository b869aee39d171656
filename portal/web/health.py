"""Whether the portal lives, and whether it can write."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from portal import db
from portal.web.guard import Audience, audience

bp = Blueprint("health", __name__)
_PLAIN = {"Content-Type": "text/plain; charset=utf-8"}


@bp.get("/healthz")
@audience(Audience.ANYONE)
def healthz() -> ResponseReturnValue:
    """Say that the process answers; the database is not asked."""
    return "alive\n", 200, _PLAIN


@bp.get("/readyz")
@audience(Audience.ANYONE)
def readyz() -> ResponseReturnValue:
    """Say whether a transaction that writes can be opened and committed."""
    with db.write_transaction() as session:
        db.probe(session)
    return "ready\n", 200, _PLAIN
