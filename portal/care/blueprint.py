"""Where the pages of care hang; `invitation_views` and the visits' views add theirs to it."""

from flask import Blueprint

bp = Blueprint("care", __name__)
