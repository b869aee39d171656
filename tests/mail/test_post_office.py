"""Sending through a real mail server on this machine: down, refusing, slow, and two at once."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from portal import db
from portal.config import Settings, parsed_url
from portal.mail import sending
from portal.mail.models import OutboxMail
from portal.mail.outbox import BadMail, Letter, queue
from portal.mail.sending import Sent, send_due
from tests.mail.post_office import PostOffice, open_post_office
from tests.processes import free_port, run_two_at_once

URL = "http://localhost/unsubscribe/abc"
TO = "mia@example.org"


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with open_post_office() as office:
        yield office


def through(settings: Settings, url: str) -> Settings:
    return settings.model_copy(update={"smtp_url": url})


def put(count: int = 1, *, to: str = TO, url: str = "") -> None:
    with db.write_transaction() as session:
        for number in range(count):
            queue(session, to=to, letter=Letter("hello", f"Hello {number}", "One line.", url))


def rows() -> list[OutboxMail]:
    db.end_read()
    return list(db.session().scalars(select(OutboxMail).order_by(OutboxMail.subject)))


@pytest.mark.usefixtures("app")
def test_mails_go_over_the_wire_as_they_were_written(
    portal_settings: Settings, office: PostOffice
) -> None:
    put(url=URL)
    send_due(through(portal_settings, office.url))
    (mail,) = office.taken
    assert (mail["To"], mail["Subject"], mail.get_content().strip()) == (
        TO,
        "Hello 0",
        "One line.",
    )


@pytest.mark.usefixtures("app")
def test_a_mail_that_comes_again_says_how_to_stop_it(
    portal_settings: Settings, office: PostOffice
) -> None:
    """RFC 8058: both headers, the address in angle brackets."""
    put(url=URL)
    send_due(through(portal_settings, office.url))
    (mail,) = office.taken
    assert mail["List-Unsubscribe"] == f"<{URL}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.usefixtures("app")
def test_other_mails_do_not(portal_settings: Settings, office: PostOffice) -> None:
    put()
    send_due(through(portal_settings, office.url))
    assert office.taken[0]["List-Unsubscribe"] is None


@pytest.mark.usefixtures("app")
def test_no_link_is_kept_of_a_mail_that_went(portal_settings: Settings, office: PostOffice) -> None:
    put(url=URL)
    send_due(through(portal_settings, office.url))
    assert [(row.body, row.unsubscribe_url) for row in rows()] == [("", "")]


@pytest.mark.usefixtures("app")
def test_r014_a_day_without_a_mail_server_loses_and_doubles_nothing(
    portal_settings: Settings, now: time_machine.Traveller
) -> None:
    port = free_port()
    settings = through(portal_settings, f"smtp://127.0.0.1:{port}")
    put(60)
    for _quarter in range(24 * 4):
        assert send_due(settings).sent == 0
        now.shift(timedelta(minutes=15))
    now.shift(sending.LONGEST_PAUSE)
    with open_post_office(port) as office:
        send_due(settings)
        send_due(settings)
    assert sorted(office.ids.values()) == [1] * 60


@pytest.mark.usefixtures("app")
def test_a_server_that_is_down_is_asked_once_a_round(
    portal_settings: Settings, office: PostOffice
) -> None:
    """However many mails wait, a run ends after the first connection that fails."""
    put(3 * sending.AT_ONCE)
    office.hangs_up = True
    assert send_due(through(portal_settings, office.url)) == Sent(failed=sending.AT_ONCE)
    assert office.calls == 1


@pytest.mark.usefixtures("app")
def test_an_address_refused_for_good_is_given_up_and_the_others_go(
    portal_settings: Settings, office: PostOffice
) -> None:
    put(to="gone@example.org", url=URL)
    put(to=TO)
    office.answers["gone@example.org"] = "550 no such person"
    assert send_due(through(portal_settings, office.url)) == Sent(sent=1, failed=1)
    given_up = {row.to: (row.gave_up_at is not None, row.unsubscribe_url) for row in rows()}
    assert given_up == {"gone@example.org": (True, ""), TO: (False, "")}


@pytest.mark.usefixtures("app")
def test_an_address_refused_for_now_is_tried_again(
    portal_settings: Settings, office: PostOffice, now: time_machine.Traveller
) -> None:
    put()
    office.answers[TO] = "451 later"
    settings = through(portal_settings, office.url)
    first = send_due(settings)
    office.answers.clear()
    now.shift(timedelta(minutes=1))
    assert (first, send_due(settings)) == (Sent(failed=1), Sent(sent=1))


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize(("said", "is_over"), [("554 never", True), ("452 full", False)])
def test_a_text_refused_for_good_is_given_up(
    portal_settings: Settings, office: PostOffice, *, said: str, is_over: bool
) -> None:
    put()
    office.said_to_data = said
    send_due(through(portal_settings, office.url))
    assert (rows()[0].gave_up_at is not None) is is_over


@pytest.mark.usefixtures("app")
def test_what_was_not_reached_before_the_claim_ran_out_is_left_to_the_next(
    portal_settings: Settings, office: PostOffice, now: time_machine.Traveller
) -> None:
    put()
    (claimed,) = sending._claim()
    now.shift(sending.CLAIM)
    outcomes, _is_up = sending._carry_all([claimed], parsed_url(office.url), portal_settings)
    assert (outcomes, office.taken) == ([False], [])
    assert send_due(through(portal_settings, office.url)) == Sent(sent=1)


@pytest.mark.usefixtures("app")
def test_while_a_slow_sender_is_at_work_nobody_else_takes_its_mails(
    portal_settings: Settings, office: PostOffice, now: time_machine.Traveller
) -> None:
    put()
    sending._claim()
    now.shift(timedelta(minutes=20))
    assert send_due(through(portal_settings, office.url)) == Sent()


@pytest.mark.parametrize(
    "to", ["mia@example.org\r\nBcc: all@example.org", "mia@example.org, eve@example.org", "mia"]
)
@pytest.mark.usefixtures("app")
def test_s052_an_address_cannot_bring_another_header(to: str) -> None:
    with pytest.raises(BadMail):
        put(to=to)


@pytest.mark.parametrize(
    "url", [f"{URL}\r\nBcc: all@example.org", f"{URL}>, <mailto:x@example.org", "javascript:x"]
)
@pytest.mark.usefixtures("app")
def test_s052_a_link_cannot_bring_another_header(url: str) -> None:
    with pytest.raises(BadMail):
        put(url=url)


@pytest.mark.sqlite
def test_two_senders_at_once_send_each_mail_once(app: Flask, office: PostOffice) -> None:
    put(130)
    instance = Path(app.instance_path)
    key = instance / "secret.key"
    key.write_text("k" * 40)
    key.chmod(0o600)
    address = {"PORTAL_BASE_URL": "http://127.0.0.1:8000", "PORTAL_SMTP_URL": office.url}
    run_two_at_once(instance, "mail", **address)
    assert sorted(office.ids.values()) == [1] * 130
