"""Coming in: a password is counted as a try, checked outside any transaction, then acted upon.

The order is the same for known and unknown people, statement by statement, so that neither
words nor time tell who has an account (S-011).
"""

from dataclasses import dataclass
from uuid import UUID

from portal import db
from portal.accounts import devices, letters, people, service, throttle
from portal.accounts.passwords import keeper
from portal.accounts.people import Person
from portal.accounts.service import Browser
from portal.accounts.session import behind_cookie
from portal.accounts.throttle import Counter
from portal.errors import Busy, PortalError
from portal.mail.outbox import Letter


class NotRight(PortalError):
    """The password or code is not right, or nobody has that e-mail address."""


@dataclass(frozen=True, slots=True)
class Knock:
    """Somebody at the door: what they typed, and what their browser brings."""

    email: str
    password: str
    address: str
    browser: Browser


def prove(knock: Knock) -> Person:
    """Return the person whose e-mail and password these are.

    Raises TooManyTries, Busy (the try is then not counted) or NotRight.
    """
    person = people.by_email(db.session(), knock.email)
    counters = _counters(knock, person)
    with db.write_transaction() as writing:
        throttle.count(writing, counters)
    try:
        stored = person.password_hash if person is not None else None
        is_right = keeper().is_right(stored, knock.password)
    except Busy:
        with db.write_transaction() as writing:
            throttle.take_back(writing, counters)
        raise
    if person is None or stored is None or not is_right or not person.is_active:
        with db.write_transaction() as writing:
            service.refuse(writing, person=person, step="password")
        raise NotRight
    _settle(person, knock.password, counters)
    return person


def _counters(knock: Knock, person: Person | None) -> list[Counter]:
    """Count against a known device alone (S-013), else against the person and the address."""
    account_id = person.account_id if person is not None else None
    device = devices.known(db.session(), account_id, knock.browser.secret)
    if device is not None:
        return [throttle.for_device(device.hash)]
    email = people.normal_email(knock.email)
    return [throttle.for_person(email), throttle.for_address(knock.address)]


def _settle(person: Person, password: str, counters: list[Counter]) -> None:
    """Forget the person's own failures, and renew a password stored at old costs (S-007)."""
    own, shared = counters[:1], counters[1:]
    stored = person.password_hash or ""
    renewed = keeper().hashed(password) if keeper().is_stale(stored) else None
    with db.write_transaction() as writing:
        throttle.clear(writing, own)
        throttle.take_back(writing, shared)
        if renewed is not None:
            service.store_hash(writing, person=person, password_hash=renewed)


def come_in(person: Person, browser: Browser) -> tuple[str, bool]:
    """Begin a sign-in after a right password; returns its secret and whether it is complete."""
    replaced = sign_in_behind_cookie()
    with db.write_transaction() as writing:
        if person.is_staff or person.has_factor:
            return service.begin_half(writing, person=person, replaced=replaced), False
        token = service.enter(
            writing,
            person=person,
            factor="password",
            browser=browser,
            replaced=replaced,
            letter=device_letter(person, browser),
        )
        return token, True


def device_letter(person: Person, browser: Browser) -> Letter:
    """Return what a person is told of a browser not seen before."""
    return letters.new_device(devices.described(browser.user_agent), language=person.language)


def sign_in_behind_cookie() -> UUID | None:
    """Return the sign-in that a new one in this browser takes the place of."""
    before = behind_cookie()
    return before.sign_in_id if before is not None else None
