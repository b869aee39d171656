"""Pages that a link opens without a sign-in: a calendar, and the end of mail (RFC 8058)."""

import hashlib

from flask import Blueprint, make_response, render_template, request
from flask.typing import ResponseReturnValue

from portal import db
from portal.accounts import links
from portal.accounts.models import TokenKind
from portal.diary import own_links
from portal.diary.calendar_feed import calendar_text, feed_of
from portal.errors import OutOfSight
from portal.web.guard import Audience, audience

bp = Blueprint("links", __name__)


@bp.get("/calendar/<string:token>.ics")
@audience(Audience.ANYONE)
def calendar(token: str) -> ResponseReturnValue:
    """Give a patient's calendar to whoever holds its address."""
    session = db.session()
    account_id = links.account_behind(session, token, TokenKind.CALENDAR)
    if account_id is None:
        raise OutOfSight
    body = calendar_text(feed_of(session, account_id))
    answer = make_response(body)
    answer.content_type = "text/calendar; charset=utf-8"
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["Content-Disposition"] = 'inline; filename="calendar.ics"'
    answer.set_etag(hashlib.sha256(body).hexdigest()[:32])
    return answer.make_conditional(request)


@bp.get("/unsubscribe/<string:token>")
@audience(Audience.ANYONE)
def unsubscribe(token: str) -> ResponseReturnValue:
    """Ask before the mails stop; the page is the same whatever the link is."""
    return render_template("diary/unsubscribe.html", token=token, is_done=False)


@bp.post("/unsubscribe/<string:token>")
@audience(Audience.ANYONE)
def stop_mail(token: str) -> ResponseReturnValue:
    """Stop the mails of whoever holds this link, at one click of theirs or of their mail program.

    It is authorised by its token alone and answers a wrong one alike. No redirect: a mail
    program follows none (RFC 8058, section 3.2).
    """
    with db.write_transaction() as session:
        own_links.stop_mail(session, token=token)
    return render_template("diary/unsubscribe.html", token="", is_done=True)
