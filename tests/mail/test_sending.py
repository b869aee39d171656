import smtplib
import stat
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest
import time_machine
from sqlalchemy import select

from portal import db
from portal.config import Env, Settings, parsed_url
from portal.errors import BadSettings
from portal.mail import sending
from portal.mail.models import OutboxMail
from portal.mail.outbox import Letter, queue
from portal.mail.sending import Sent, pause_after, send_due, sender_of

pytestmark = pytest.mark.usefixtures("app")
TO = "mia@example.org"


class Post:
    """A mail server that a test can break; it stands where smtplib stands."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.steps: list[str] = []
        self.breaks: Exception | None = None

    def __call__(self, host: str, port: int, **_: object) -> Self:
        self.steps.append(f"{host}:{port}")
        if isinstance(self.breaks, ConnectionError):
            raise self.breaks
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.steps.append("quit")

    def starttls(self, **_: object) -> None:
        self.steps.append("starttls")

    def login(self, name: str, password: str) -> None:
        self.steps.append(f"login {name} {password}")

    def send_message(self, message: EmailMessage, to_addrs: list[str]) -> None:
        if self.breaks is not None:
            raise self.breaks
        assert to_addrs == [message["To"]]
        self.taken.append(message)


@pytest.fixture
def post(monkeypatch: pytest.MonkeyPatch) -> Post:
    made = Post()
    monkeypatch.setattr(smtplib, "SMTP", made)
    monkeypatch.setattr(smtplib, "SMTP_SSL", made)
    return made


@pytest.fixture
def with_server(portal_settings: Settings) -> Settings:
    return portal_settings.model_copy(update={"smtp_url": "smtp://u:p%40@mail.example.org:2525"})


def put(count: int = 1) -> None:
    with db.write_transaction() as session:
        for number in range(count):
            queue(session, to=TO, letter=Letter("hello", f"Hello {number}", "Grüße, one line."))


def rows() -> list[OutboxMail]:
    db.end_read()
    return list(db.session().scalars(select(OutboxMail)))


def files(settings: Settings) -> list[Path]:
    return sorted((settings.instance / "mail").glob("*.eml"))


def test_without_a_server_each_mail_is_a_file_only_we_may_read(portal_settings: Settings) -> None:
    put()
    assert send_due(portal_settings) == Sent(sent=1)
    (file,) = files(portal_settings)
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (file, file.parent)]
    assert modes == [0o600, 0o700]


def test_file_holds_the_whole_mail(portal_settings: Settings) -> None:
    put()
    send_due(portal_settings)
    found = message_from_bytes(files(portal_settings)[0].read_bytes(), policy=default)
    assert isinstance(found, EmailMessage)
    assert (found["To"], found["Subject"], found.get_content().strip()) == (
        TO,
        "Hello 0",
        "Grüße, one line.",
    )


def test_mail_is_sent_once(portal_settings: Settings) -> None:
    put(sending.AT_ONCE + 3)
    sent = [send_due(portal_settings).sent, send_due(portal_settings).sent]
    assert sent == [sending.AT_ONCE + 3, 0]


def test_text_is_not_kept_once_sent(portal_settings: Settings) -> None:
    put()
    send_due(portal_settings)
    assert [(row.body, row.sent_at is not None) for row in rows()] == [("", True)]


def test_server_is_used_over_tls_and_with_its_password(with_server: Settings, post: Post) -> None:
    put()
    send_due(with_server)
    assert post.steps == ["mail.example.org:2525", "starttls", "login u p@", "quit"]


@pytest.mark.parametrize(
    ("url", "steps"),
    [
        ("smtps://mail.example.org", ["mail.example.org:465", "quit"]),
        ("smtp://localhost:25", ["localhost:25", "quit"]),
    ],
)
def test_tls_from_the_start_or_on_this_machine_needs_no_starttls(
    portal_settings: Settings, post: Post, url: str, steps: list[str]
) -> None:
    put()
    send_due(portal_settings.model_copy(update={"smtp_url": url}))
    assert post.steps == steps


def test_r014_mail_waits_while_the_server_is_down_and_goes_once_later(
    with_server: Settings, post: Post, now: time_machine.Traveller
) -> None:
    put()
    post.breaks = ConnectionRefusedError()
    failed = send_due(with_server)
    post.breaks = None
    too_soon = send_due(with_server)
    now.shift(timedelta(hours=24))
    later = send_due(with_server)
    assert [failed, too_soon, later] == [Sent(failed=1), Sent(), Sent(sent=1)]


def test_r014_id_of_a_mail_is_the_same_however_often_it_is_tried(
    with_server: Settings, post: Post, now: time_machine.Traveller
) -> None:
    put()
    send_due(with_server)
    mail = sending._plain(rows()[0])
    now.shift(timedelta(days=1))
    again = sending.message_of(mail, sender_of(with_server))
    assert post.taken[0]["Message-ID"] == again["Message-ID"]


def test_server_that_fails_at_one_mail_is_tried_again(with_server: Settings, post: Post) -> None:
    put()
    post.breaks = smtplib.SMTPServerDisconnected()
    assert send_due(with_server) == Sent(failed=1)
    assert [(row.sent_at, row.gave_up_at, row.attempts) for row in rows()] == [(None, None, 1)]


def test_address_that_will_never_work_is_given_up(with_server: Settings, post: Post) -> None:
    put()
    post.breaks = smtplib.SMTPRecipientsRefused({TO: (550, b"no such person")})
    send_due(with_server)
    assert rows()[0].gave_up_at is not None


def test_address_that_does_not_work_now_is_tried_again(with_server: Settings, post: Post) -> None:
    put()
    post.breaks = smtplib.SMTPRecipientsRefused({TO: (450, b"later")})
    send_due(with_server)
    assert rows()[0].gave_up_at is None


@pytest.mark.parametrize("breaks", [ConnectionRefusedError(), smtplib.SMTPServerDisconnected()])
def test_mail_is_given_up_after_three_days(
    with_server: Settings,
    post: Post,
    now: time_machine.Traveller,
    breaks: Exception,
) -> None:
    put()
    post.breaks = breaks
    now.shift(sending.GIVE_UP_AFTER)
    send_due(with_server)
    assert [(row.gave_up_at is not None, row.body) for row in rows()] == [(True, "")]


def test_pauses_double_up_to_four_hours() -> None:
    minutes = [pause_after(tries) / timedelta(minutes=1) for tries in (0, 1, 2, 7, 8, 50)]
    assert minutes == [1, 2, 4, 128, 240, 240]


@pytest.mark.parametrize("url", ["mail.example.org", "http://x", "smtp://", "smtp://x:99999", "x"])
def test_bad_server_address_is_one_sentence(url: str) -> None:
    with pytest.raises(BadSettings, match="PORTAL_SMTP_URL"):
        parsed_url(url)


def test_sender_is_the_one_set_or_one_of_our_host() -> None:
    ours = Settings(env=Env.TEST, base_url="http://localhost:8000")
    named = ours.model_copy(update={"mail_from": "hello@example.org"})
    assert [sender_of(ours), sender_of(named)] == ["portal@localhost", "hello@example.org"]


def test_sent_mails_are_forgotten_after_a_month(
    portal_settings: Settings, now: time_machine.Traveller
) -> None:
    put()
    send_due(portal_settings)
    now.shift(sending.KEEP_SENT + timedelta(minutes=1))
    send_due(portal_settings)
    assert rows() == []
