"""Where the pages of inviting, of accepting and of an episode hang."""

from flask import Blueprint

bp = Blueprint("care", __name__)
