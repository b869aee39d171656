"""Writing mail down in the transaction of the act that causes it; sending comes later.

Subjects and texts are neutral: they name no health matter, no clinic and no answer (S-052),
since mail is read on lock screens and by others in the house.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from portal import clock
from portal.errors import PortalError
from portal.mail.models import OutboxMail

LONGEST_SUBJECT = 200
LONGEST_ADDRESS = 254


class BadMail(PortalError):
    """A mail has an address or subject that could smuggle in another header."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail says; `kind` is a stable word for the log and for counting.

    `unsubscribe_url` is for mails that come again and again: it stops them at one click (RFC 8058).
    """

    kind: str
    subject: str
    body: str
    unsubscribe_url: str = ""


def queue(session: Session, *, to: str, letter: Letter) -> None:
    """Put a mail into the outbox, to be sent once this transaction has committed.

    Raises BadMail for a line break or another control character in address or subject, and for
    more than one address (S-052).
    """
    queue_each(session, to=[to], letter=letter)


def queue_each(session: Session, *, to: Iterable[str], letter: Letter) -> None:
    """Put one mail for each address into the outbox, in one statement. Raises as `queue`."""
    now = clock.now()
    session.add_all(
        OutboxMail(
            to=_address(address),
            kind=letter.kind,
            subject=_header(letter.subject),
            body=letter.body,
            unsubscribe_url=_url(letter.unsubscribe_url),
            created_at=now,
            next_try_at=now,
        )
        for address in to
    )
    session.flush()


def _address(to: str) -> str:
    name, at, host = to.rpartition("@")
    plain = to.isprintable() and not any(char in to for char in ' ,;<>()"\\')
    if not (name and at and host and plain) or len(to) > LONGEST_ADDRESS:
        raise BadMail("not one plain e-mail address")
    return to


def _header(text: str) -> str:
    if not text or not text.isprintable() or len(text) > LONGEST_SUBJECT:
        raise BadMail("not one plain line as a subject")
    return text


def _url(address: str) -> str:
    if not address:
        return ""
    is_plain = address.isascii() and address.isprintable() and not set(address) & set(' <>,"')
    if not is_plain or not address.startswith(("https://", "http://")):
        raise BadMail("not one plain address of a web page")
    return address
