from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from portal import db
from portal.accounts import letters
from portal.mail.models import OutboxMail
from portal.mail.outbox import BadMail, Letter, queue

pytestmark = pytest.mark.usefixtures("app")
HELLO = Letter("hello", "Hello", "A line.")


def put(to: str, letter: Letter = HELLO) -> None:
    with db.write_transaction() as session:
        queue(session, to=to, letter=letter)


def test_mail_waits_until_it_is_due() -> None:
    put("mia@example.org")
    found = db.session().scalars(select(OutboxMail)).one()
    assert (found.to, found.sent_at, found.attempts) == ("mia@example.org", None, 0)


@pytest.mark.parametrize(
    "to",
    [
        "mia@example.org\nBcc: all@example.org",
        "mia@example.org\r\nBcc: all@example.org",
        "mia@example.org, all@example.org",
        "Mia <mia@example.org>",
        "mia@example.org\x00",
        "mia",
        "@example.org",
        "",
        f"{'m' * 250}@example.org",
    ],
)
def test_s052_address_that_smuggles_is_refused(to: str) -> None:
    with pytest.raises(BadMail):
        put(to)
    assert db.session().scalars(select(OutboxMail)).all() == []


@pytest.mark.parametrize(
    "subject", ["Hello\nBcc: all@example.org", "Hello\r\n\r\nbody", "Hello\x7f", "", "x" * 201]
)
def test_s052_subject_that_smuggles_is_refused(subject: str) -> None:
    with pytest.raises(BadMail):
        put("mia@example.org", Letter("hello", subject, "A line."))


LETTERS: dict[str, Callable[[], Letter]] = {
    "reset": lambda: letters.reset_link("secret"),
    "device": lambda: letters.new_device("Firefox, Linux"),
    "password": letters.password_changed,
    "factor on": lambda: letters.factor_changed(is_on=True),
    "factor off": lambda: letters.factor_changed(is_on=False),
}
TELLING = [
    "pain",
    "diary",
    "clinic",
    "ims",
    "needle",
    "patient",
    "practitioner",
    "health",
    "visit",
    "treatment",
]


@pytest.mark.parametrize("kind", LETTERS)
def test_s052_letters_name_no_health_matter_and_no_clinic(app: Flask, kind: str) -> None:
    with app.test_request_context():
        letter = LETTERS[kind]()
    words = f"{letter.subject} {letter.body}".lower()
    assert not [word for word in TELLING if word in words]


def test_s004_links_in_letters_begin_with_the_configured_address(app: Flask) -> None:
    with app.test_request_context(headers={"Host": "evil.example"}):
        letter = letters.reset_link("secret")
    assert "http://localhost/password/reset/secret" in letter.body
