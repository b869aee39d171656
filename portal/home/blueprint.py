"""The patient's first page and the questions are registered as one part of the portal."""

from flask import Blueprint

bp = Blueprint("home", __name__)
