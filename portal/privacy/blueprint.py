"""The blueprint that the pages about privacy share."""

from flask import Blueprint

bp = Blueprint("privacy", __name__)
