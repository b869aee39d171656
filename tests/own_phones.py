"""Phones that a patient called their own, and phones that somebody found."""

from flask import Flask

from portal import clock, db
from portal.accounts import devices, own_phones
from portal.accounts.signed_in import hash_of, new_secret
from tests.accounts.ways import PASSWORD, fresh, give_password
from tests.people import HouseClient, Person

PHONE = "portal-own-phone"
FIREFOX = "Mozilla/5.0 (Android 14; Mobile; rv:130.0) Gecko/130.0 Firefox/130.0"


def tick_own(client: HouseClient, person: Person) -> None:
    """Sign somebody in who ticks "This is my own phone"."""
    typed = {"email": person.email, "password": PASSWORD, "own_device": "yes"}
    answer = client.post("/sign-in", typed, headers={"User-Agent": FIREFOX})
    assert answer.status_code == 303, answer.status_code


def own_phone_of(app: Flask, person: Person) -> HouseClient:
    """A phone that was marked, its browser closed since: nobody is signed in."""
    give_password(person)
    client = fresh(app)
    tick_own(client, person)
    client.delete_cookie("portal")
    return client


def marked(app: Flask, person: Person) -> HouseClient:
    """The same, without the way through the sign-in page."""
    secret = new_secret()
    with db.write_transaction() as session:
        now = clock.now()
        own = devices.note(session, person.account_id, secret=secret, user_agent=FIREFOX)
        own.is_own, own.own_hash, own.own_until = True, hash_of(secret), now + own_phones.LASTS
    client = fresh(app)
    client.set_cookie(PHONE, f"{own_phones.tag_of(secret, person.account_id)}.{secret}")
    return client


def copy_of(app: Flask, client: HouseClient) -> HouseClient:
    """A browser into which only the phone's own cookie was copied."""
    found = client.get_cookie(PHONE)
    assert found is not None
    made = fresh(app)
    made.set_cookie(PHONE, found.value)
    return made
