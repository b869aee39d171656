"""Where the administrator's pages hang."""

from flask import Blueprint

bp = Blueprint("admin", __name__)
