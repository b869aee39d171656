"""Sending what waits in the outbox: once each, tried again for three days if it cannot go."""

import os
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import SplitResult, unquote, urlsplit
from uuid import UUID

import structlog
from sqlalchemy import delete, select, update

from portal import clock, db
from portal.config import Settings, parsed_url
from portal.mail.models import OutboxMail

AT_ONCE = 50
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=4)
GIVE_UP_AFTER = timedelta(days=3)
KEEP_SENT = timedelta(days=30)
CLAIM = timedelta(minutes=30)
SPARE = timedelta(minutes=2)
SECONDS_TO_ANSWER = 20
_PERMANENT = 500
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Waiting:
    """A mail taken out of the outbox to be sent, in plain values."""

    id: UUID
    to: str
    kind: str
    subject: str
    body: str
    unsubscribe_url: str
    created_at: datetime
    attempts: int
    claimed_until: datetime


@dataclass(frozen=True, slots=True)
class Sent:
    """How a round of sending went."""

    sent: int = 0
    failed: int = 0


class Refused(Exception):
    """The mail server will never take this mail."""


class Carrier(Protocol):
    """Something that takes a mail away."""

    def carry(self, message: EmailMessage, mail: Waiting) -> None:
        """Take one mail; raise OSError or SMTPException to try again, Refused to give up."""


class Folder:
    """Without a mail server: each mail becomes a file that only the operator can read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def carry(self, message: EmailMessage, mail: Waiting) -> None:
        """Write the mail; a mail written twice is the same file."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._folder / f"{mail.created_at:%Y%m%dT%H%M%S}-{mail.id.hex}.eml"
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(message.as_bytes(policy=SMTP))


class Server:
    """A mail server, reached over TLS unless it runs on this machine."""

    def __init__(self, server: smtplib.SMTP) -> None:
        self._server = server

    def carry(self, message: EmailMessage, mail: Waiting) -> None:
        """Hand the mail over."""
        try:
            self._server.send_message(message, to_addrs=[mail.to])
        except smtplib.SMTPRecipientsRefused as error:
            code, _ = error.recipients[mail.to]
            if code >= _PERMANENT:
                raise Refused from None
            raise
        except smtplib.SMTPDataError as error:
            if error.smtp_code >= _PERMANENT:
                raise Refused from None
            raise


@contextmanager
def _connected(parts: SplitResult) -> Iterator[Server]:
    host = parts.hostname or ""
    if parts.scheme == "smtps":
        context = ssl.create_default_context()
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            host, parts.port or 465, timeout=SECONDS_TO_ANSWER, context=context
        )
    else:
        server = smtplib.SMTP(host, parts.port or 587, timeout=SECONDS_TO_ANSWER)
    with server:
        if parts.scheme == "smtp" and host not in _LOOPBACK:
            server.starttls(context=ssl.create_default_context())
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        yield Server(server)


def sender_of(settings: Settings) -> str:
    """Return the address that mail comes from: the one set, or one of the portal's own host."""
    return settings.mail_from or f"portal@{urlsplit(settings.base_url).hostname or 'localhost'}"


def message_of(mail: Waiting, sender: str) -> EmailMessage:
    """Return a mail as it goes over the wire; its id is the same however often it is sent."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = mail.to
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(mail.created_at)
    message["Message-ID"] = f"<{mail.id.hex}@{sender.rpartition('@')[2].rstrip('>')}>"
    message["Auto-Submitted"] = "auto-generated"
    if mail.unsubscribe_url:  # one click, without a sign-in (RFC 8058)
        message["List-Unsubscribe"] = f"<{mail.unsubscribe_url}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(mail.body)
    return message


def send_due(settings: Settings) -> Sent:
    """Send every mail that is due; needs an application context.

    Mails are claimed for half an hour in a transaction of their own, so two senders at once send
    each mail once, however slow the mail server is. A mail that cannot be sent is tried again
    after 1, 2, 4 … minutes, for three days.
    """
    parts = parsed_url(settings.smtp_url) if settings.smtp_url else None
    done, is_up = Sent(), True
    while is_up and (waiting := _claim()):
        outcomes, is_up = _carry_all(waiting, parts, settings)
        sent = sum(outcomes)
        done = Sent(done.sent + sent, done.failed + len(waiting) - sent)
    return done


def _claim() -> list[Waiting]:
    now = clock.now()
    with db.write_transaction() as session:
        session.execute(delete(OutboxMail).where(OutboxMail.sent_at < now - KEEP_SENT))
        rows = session.scalars(
            select(OutboxMail)
            .where(
                OutboxMail.sent_at.is_(None),
                OutboxMail.gave_up_at.is_(None),
                OutboxMail.next_try_at <= now,
            )
            .order_by(OutboxMail.next_try_at)
            .limit(AT_ONCE)
            .with_for_update(skip_locked=True)
        ).all()
        for row in rows:
            row.next_try_at = now + CLAIM
            row.attempts += 1
        return [_plain(row) for row in rows]


def pause_after(attempts: int) -> timedelta:
    """Return the pause before the next try: 1 minute, doubling to 4 hours."""
    doubled: int = 2 ** min(attempts, 8)
    return min(FIRST_PAUSE * doubled, LONGEST_PAUSE)


def _plain(row: OutboxMail) -> Waiting:
    return Waiting(
        id=row.id,
        to=row.to,
        kind=row.kind,
        subject=row.subject,
        body=row.body,
        unsubscribe_url=row.unsubscribe_url,
        created_at=row.created_at,
        attempts=row.attempts,
        claimed_until=row.next_try_at,
    )


def _carry_all(
    waiting: list[Waiting], parts: SplitResult | None, settings: Settings
) -> tuple[list[bool], bool]:
    """Carry what was claimed; returns whether each went, and whether the server answers at all."""
    outcomes: list[bool] = []
    try:
        with _carrier(parts, settings) as carrier:
            outcomes.extend(_carry(carrier, mail, sender_of(settings)) for mail in waiting)
    except (OSError, smtplib.SMTPException) as error:
        log.warning("mail.server", kind=type(error).__name__, waiting=len(waiting))
        for mail in waiting[len(outcomes) :]:
            _try_later(mail)
        return outcomes, False
    return outcomes, True


@contextmanager
def _carrier(parts: SplitResult | None, settings: Settings) -> Iterator[Carrier]:
    if parts is None:
        yield Folder(settings.instance / "mail")
        return
    with _connected(parts) as server:
        yield server


def _carry(carrier: Carrier, mail: Waiting, sender: str) -> bool:
    if clock.now() >= mail.claimed_until - SPARE:
        return False  # somebody else may claim it soon, so it is left to them
    try:
        carrier.carry(message_of(mail, sender), mail)
    except Refused:
        log.warning("mail.refused", id=str(mail.id), kind=mail.kind)
        _give_up(mail)
        return False
    except (OSError, smtplib.SMTPException) as error:
        log.warning("mail.failed", id=str(mail.id), kind=type(error).__name__)
        _try_later(mail)
        return False
    _settle(mail.id, sent_at=clock.now(), **_FORGOTTEN)
    return True


# The text may hold a link that still works, so it is not kept once the mail is over.
_FORGOTTEN = {"body": "", "unsubscribe_url": ""}


def _give_up(mail: Waiting) -> None:
    _settle(mail.id, gave_up_at=clock.now(), **_FORGOTTEN)


def _try_later(mail: Waiting) -> None:
    now = clock.now()
    if now - mail.created_at >= GIVE_UP_AFTER:
        _give_up(mail)
    else:
        _settle(mail.id, next_try_at=now + pause_after(mail.attempts - 1))


def _settle(mail_id: UUID, **values: object) -> None:
    with db.write_transaction() as session:
        session.execute(
            update(OutboxMail)
            .where(OutboxMail.id == mail_id, OutboxMail.sent_at.is_(None))
            .values(**values)
        )
