"""The blueprint that all account pages share."""

from flask import Blueprint

bp = Blueprint("accounts", __name__)
