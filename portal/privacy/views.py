"""The patient's page on who looked."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import db
from portal.accounts.session import reader
from portal.audit.acts import Act
from portal.privacy import queries
from portal.web.guard import Audience, audience

bp = Blueprint("privacy", __name__)


def words_for(act: Act) -> str:
    """Say an opening in plain words, as the patient reads it."""
    return {
        Act.BRIEF_OPENED: _("Opened your diary’s summary"),
        Act.BRIEF_COPIED: _("Copied your diary’s summary as text"),
        Act.ENTRIES_OPENED: _("Opened all your entries"),
        Act.VISIT_OPENED: _("Opened a visit’s record"),
        Act.RECORD_EXPORTED: _("Exported your record"),
        Act.REVIEW_MARKED: _("Marked your diary as read"),
        Act.REVIEW_UNDONE: _("Took back “read”"),
        Act.FLAG_ACTED_ON: _("Answered something you ticked"),
        Act.QUESTION_ANSWERED: _("Marked a question as answered"),
        Act.QUESTION_REOPENED: _("Put a question back to be answered"),
        Act.VISIT_RECORDED: _("Recorded a visit"),
        Act.VISIT_PLANNED: _("Planned a visit"),
        Act.PLAN_CHANGED: _("Changed your diary plan"),
        Act.EPISODE_OPENED: _("Opened the page about your care team"),
        Act.EPISODE_CHANGED: _("Changed your care team, or ended your diary"),
        Act.CONSENT_WITHDRAWN: _("Wrote down that you took back your agreement"),
        Act.GLASS_BROKEN: _("Opened your record from outside your care team, giving a reason"),
    }.get(act, _("Saw your name in a list of patients"))


@bp.get("/me/access")
@audience(Audience.PATIENT)
def access() -> ResponseReturnValue:
    """Show the patient everybody who opened the record, when, and what was opened."""
    looked = queries.who_looked(db.session(), reader())
    return render_template("privacy/access.html", looked=looked, words_for=words_for)
