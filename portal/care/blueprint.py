"""Where the pages of inviting and of accepting hang; two modules of views add theirs."""

from flask import Blueprint

bp = Blueprint("care", __name__)
