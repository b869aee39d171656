"""What every view of the review begins with: the blueprint, and who is asking."""

from flask import Blueprint, request
from werkzeug.datastructures import MultiDict

from portal.accounts.reader import Reader
from portal.db import PractitionerId
from portal.errors import OutOfSight

bp = Blueprint("review", __name__)
LAST_PAGE = 1000


def practitioner_of(person: Reader) -> PractitionerId:
    """Return the practitioner that a reader is; raises OutOfSight for anybody else."""
    if person.practitioner_id is None:
        raise OutOfSight
    return person.practitioner_id


def page_number(asked: MultiDict[str, str] | None = None) -> int:
    """Return which page of a list the address (or a form) asks for; the first for anything odd."""
    typed = (request.args if asked is None else asked).get("page", "1")[:5]
    number = int(typed) if typed.isascii() and typed.isdigit() else 1
    return min(max(number, 1), LAST_PAGE)
