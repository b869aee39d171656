"""Trying the demonstration with one click; this page exists only there."""

from flask import Blueprint, abort, redirect, request
from flask.typing import ResponseReturnValue

from portal import db
from portal.accounts import session as sign_ins
from portal.demo import service
from portal.web.guard import Audience, audience

bp = Blueprint("demo", __name__)


@bp.post("/demo/sign-in")
@audience(Audience.ANYONE)
def sign_in() -> ResponseReturnValue:
    """Sign in as one of the invented people, asked from the demonstration's own pages only.

    The home page is finished bytes and carries no form token, so the request's Origin or
    Sec-Fetch-Site must be there; the origin check has already refused foreign ones.
    """
    if "Origin" not in request.headers and "Sec-Fetch-Site" not in request.headers:
        abort(400)
    with db.write_transaction() as session:
        token, landing = service.begin_as(session, request.form.get("role", ""))
    sign_ins.remember(token)
    return redirect(landing, 303)
