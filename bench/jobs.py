"""What is asked of the portal, and what each answer may cost (performance.md, section 2)."""

from collections.abc import Iterator
from datetime import date, timedelta
from urllib.parse import urlencode
from uuid import uuid4

from bench.data import FEW, OPEN_DAYS, People, Person
from bench.measure import Request

SQUEEZED = {"Accept-Encoding": "gzip, br"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def saving(who: Person, on: date, pain: int = 4) -> Request:
    """Somebody saves one day, with what people usually fill in."""
    fields = [
        ("csrf_token", who.token),
        ("entry_key", str(uuid4())),
        ("base_version", "0"),
        ("scale_layout", "two-rows"),
        ("pain_average", str(pain)),
        ("interference", "3"),
        ("flags", "none"),
        ("places", "low-back-l"),
        ("places", "buttock-l"),
        ("note", "Could sit through supper."),
    ]
    body = urlencode(fields).encode()
    return "POST", f"/me/diary/{on}", body, {"Cookie": who.cookie, **FORM}


def reading(path: str, who: Person | None = None) -> Request:
    """Somebody opens a page."""
    return "GET", path, None, {**SQUEEZED, **({"Cookie": who.cookie} if who else {})}


def brief(people: People, number: int) -> Request:
    """A practitioner opens the brief of a patient; number 0 has a year of entries."""
    who = people.patients[number]
    is_leads = number < len(people.patients) - FEW
    return reading(f"/clinic/patients/{who.id}", people.lead if is_leads else people.second)


def unwritten(people: People, today: date) -> Iterator[tuple[Person, date]]:
    """Days nobody has written about, one after another; the first patients are left alone."""
    for ago in range(OPEN_DAYS):
        for who in people.patients[5:]:
            yield who, today - timedelta(days=ago)
