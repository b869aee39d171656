"""Turning the second step on, off and to another phone."""

from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

from flask import current_app
from sqlalchemy.orm import Session

from portal import db
from portal.accounts import devices, factors, letters, service, throttle
from portal.accounts.factors import Setup
from portal.accounts.people import Person
from portal.accounts.service import Browser
from portal.mail.outbox import Letter
from portal.web.qr import QrPicture, qr_picture


@dataclass(frozen=True, slots=True)
class TurnedOn:
    """The sign-in that goes on, and the codes to be shown once."""

    token: str
    recovery_codes: list[str]


@dataclass(frozen=True, slots=True)
class Offer:
    """How to set up the app on the phone: a picture to scan, or the seed to type."""

    picture: QrPicture
    seed: str


def offer(person: Person, sign_in_id: UUID) -> Offer:
    """Return what a page shows for setting up the app."""
    setup = setup_of(person, sign_in_id)
    return Offer(qr_picture(setup.address), setup.in_groups)


def setup_of(person: Person, sign_in_id: UUID) -> Setup:
    """Return what the app on the phone needs; its entry is named by our host, not the clinic."""
    base_url: str = current_app.extensions["portal.settings"].base_url
    issuer = urlsplit(base_url).hostname or "portal"
    return factors.proposed(sign_in_id, email=person.email, issuer=issuer)


def turn_on(
    person: Person, sign_in_id: UUID, *, code: str, browser: Browser, is_arrival: bool
) -> TurnedOn | None:
    """Turn the second step on with the seed offered in this sign-in; None for a wrong code.

    Every other sign-in ends. On arrival, staff come in with it, and that is written down too.
    Raises TooManyTries after too many wrong codes.
    """
    seed = setup_of(person, sign_in_id).seed
    counters = [throttle.for_code(person.account_id)]
    letter = letters.factor_changed(is_on=True, language=person.language)
    news = letters.new_device(devices.described(browser.user_agent), language=person.language)
    with db.write_transaction() as writing:
        throttle.count(writing, counters)
        if not factors.confirm(writing, account_id=person.account_id, seed=seed, code=code):
            service.refuse(writing, person=person, step="set-up")
            return None
        throttle.clear(writing, counters)
        codes = factors.new_recovery_codes(writing, account_id=person.account_id)
        service.factor_changed(writing, person=person, what="on", letter=letter)
        token = _go_on(writing, person, browser, news if is_arrival else None)
    return TurnedOn(token, codes)


def _go_on(writing: Session, person: Person, browser: Browser, news: Letter | None) -> str:
    """Give this browser a new sign-in in place of the ended one; with `news`, somebody arrives."""
    if news is None:
        return service.renew(writing, person=person, factor="totp", browser=browser, replaced=None)
    return service.enter(
        writing, person=person, factor="totp", browser=browser, replaced=None, letter=news
    )
