"""What is asked of the portal, and what each answer may cost (performance.md, section 2)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from urllib.parse import urlencode
from uuid import UUID, uuid4

from bench.data import FEW, OPEN_DAYS, People, Person
from bench.measure import Request

SQUEEZED = {"Accept-Encoding": "gzip, br"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True)
class Form:
    """One opened form of one day; `base` is the version it was opened on."""

    on: date
    pain: int = 4
    base: int = 0
    key: UUID = field(default_factory=uuid4)


def saving(who: Person, form: Form) -> Request:
    """Somebody saves one day, with what people usually fill in."""
    fields = [
        ("csrf_token", who.token),
        ("entry_key", str(form.key)),
        ("base_version", str(form.base)),
        ("scale_layout", "two-rows"),
        ("pain_average", str(form.pain)),
        ("interference", "3"),
        ("flags", "none"),
        ("places", "low-back-l"),
        ("places", "buttock-l"),
        ("note", "Could sit through supper."),
    ]
    body = urlencode(fields).encode()
    return "POST", f"/me/diary/{form.on}", body, {"Cookie": who.cookie, **FORM}


def reading(path: str, who: Person | None = None) -> Request:
    """Somebody opens a page."""
    return "GET", path, None, {**SQUEEZED, **({"Cookie": who.cookie} if who else {})}


def brief(people: People, number: int) -> Request:
    """A practitioner opens the brief of a patient; number 0 has a year of entries."""
    who = people.patients[number]
    is_leads = number < len(people.patients) - FEW
    return reading(f"/clinic/patients/{who.id}", people.lead if is_leads else people.second)


def unwritten(people: People, today: date) -> Iterator[Request]:
    """Saves of days nobody has written about; the first patients are left alone."""
    for ago in range(OPEN_DAYS):
        for who in people.patients[5:]:
            yield saving(who, Form(today - timedelta(days=ago)))
