"""The phone that asks: whether its patient called it their own, and what it may then do (S-027).

Without a live sign-in such a phone belongs to the audience `own-phone`, which only the pages for
writing a day name. Every other page asks for the password.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from flask import Flask, Response, g, has_request_context, request
from flask import session as cookie
from sqlalchemy.orm import Session

from portal import db
from portal.accounts import devices, letters, own_phones, session
from portal.accounts.own_phones import LASTS, OwnPhone
from portal.accounts.people import Person
from portal.accounts.reader import Reader
from portal.accounts.service import Browser
from portal.audit import Actor
from portal.errors import OutOfSight, SignInEnded, StorageUnavailable
from portal.web import cookies
from portal.web.guard import Audience, Standing

_COOKIE = "portal-own-phone"
_LONGEST = 100
_WISH = "own_device"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
Way = Callable[[Reader], str | None]
_ways: dict[str, Way] = {}


def _kept() -> tuple[str, str]:
    """Return what the phone brings back: whose secret it is, and the secret; or nothing."""
    value = cookies.left(_COOKIE)
    tag, _, secret = value.partition(".") if len(value) <= _LONGEST else ("", "", "")
    return tag, secret


def found() -> OwnPhone | None:
    """Return the marked phone behind this request, if nobody is signed in.

    Somebody else's sign-in in this browser, live or over, makes it nobody's own phone.
    """
    if "own_phone" not in g:
        g.own_phone = _look()
    known: OwnPhone | None = g.own_phone
    return known


def _look() -> OwnPhone | None:
    tag, secret = _kept()
    if not secret or session.signed_in() is not None:
        return None
    last = session.behind_cookie()
    if last is not None and tag != own_phones.tag_of(secret, last.account_id):
        return None
    return own_phones.behind(db.session(), secret)


def standing() -> Standing:
    """Return what the sender of this request is, in the guard's words."""
    held = session.standing()
    if held or found() is None:
        return held
    return frozenset({Audience.OWN_PHONE})


def reader() -> Reader:
    """Return who writes: somebody signed in, or the patient whose own phone this is.

    Only the pages for writing a day ask here. Raises OutOfSight where nobody does.
    """
    person = session.reader_or_none()
    own = found() if person is None else None
    if own is not None:
        g.writes_as_own_phone = True
        return own.reader
    if person is None:
        raise OutOfSight
    return person


def writer() -> Reader | None:
    """Return whose own phone this request was let in with; None for everybody else."""
    is_let_in = has_request_context() and g.get("writes_as_own_phone", False)
    own = found() if is_let_in else None
    return own.reader if own is not None else None


def actor() -> Actor:
    """Return who acts, for the audit; the events themselves tell that it was an own phone."""
    sender, own = session.actor(), found()
    if own is None:
        return sender
    role = own.reader.acting_as
    return replace(
        sender, account_id=own.reader.account_id, role=role, clinic_id=own.reader.clinic_id
    )


def recheck(writing: Session) -> None:
    """Make sure, inside the writing transaction, that the phone is still marked (S-038).

    Raises SignInEnded where it was ended in between.
    """
    if not has_request_context() or not g.get("writes_as_own_phone", False):
        return
    if not own_phones.still_stands(writing, _kept()[1]):
        raise SignInEnded


def leads_to(way: Way) -> None:
    """Let the diary say where an own phone goes on from the sign-in page."""
    _ways["diary"] = way


def way_on() -> str | None:
    """Return where this phone can write without a password; None where it cannot."""
    own, way = found(), _ways.get("diary")
    return way(own.reader) if own is not None and way is not None else None


def is_wished() -> bool:
    """Whether the form just sent calls this phone the sender's own."""
    return request.form.get(_WISH) == "yes"


def keep_wish() -> None:
    """Remember the wish while the second step is still to come."""
    cookie[_WISH] = True


def kept_wish() -> bool:
    """Whether it was wished before the second step."""
    return bool(cookie.get(_WISH, False))


def mark(answer: Response, person: Person, browser: Browser) -> None:
    """Mark this browser as the person's own, as they wished; staff may not, so nothing happens."""
    if not own_phones.may_mark(person):
        return
    name = devices.described(browser.user_agent)
    letter = letters.own_phone(name, language=person.language)
    with db.write_transaction() as writing:
        secret = own_phones.mark(writing, person=person, browser=browser, letter=letter)
    if secret is not None:
        cookies.leave(answer, _COOKIE, secret, LASTS)
        g.is_marked_anew = True


def is_here(device_id: object) -> bool:
    """Whether the browser that asks is this marked phone, also while somebody is signed in."""
    _, secret = _kept()
    own = own_phones.behind(db.session(), secret) if secret else None
    return own is not None and own.device_id == device_id


def end_here(writing: Session, *, why: str) -> bool:
    """Have this browser ask for the password again; False where it did anyway."""
    _, secret = _kept()
    if not secret:
        return False
    g.forget_own_phone = True
    return own_phones.end(writing, secret=secret, sender=session.actor(), why=why)


def is_marked() -> bool:
    """Whether this browser keeps such a secret at all."""
    return bool(_kept()[1])


def _part_from_others(answer: Response) -> Response:
    """End the mark of one person as soon as another signs in with this browser."""
    if request.method not in _SAFE and request.endpoint is not None:
        tag, secret = _kept()
        person = session.reader_or_none() if secret else None
        if person is not None and tag != own_phones.tag_of(secret, person.account_id):
            with suppress(StorageUnavailable), db.write_transaction() as writing:
                end_here(writing, why="somebody-else")
    if g.get("forget_own_phone", False) and not g.get("is_marked_anew", False):
        cookies.take_away(answer, _COOKIE)
    return answer


def init_app(app: Flask) -> None:
    """Let this application keep two people who use one phone apart."""
    app.after_request(_part_from_others)
