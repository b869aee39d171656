"""What the server itself answers to a request that is none."""

from http import HTTPStatus
from socket import socketpair

import pytest
import structlog
from flask import Flask
from gunicorn.http.errors import (
    InvalidHeader,
    InvalidResponseHeader,
    LimitRequestHeaders,
    LimitRequestLine,
    UnsupportedTransferCoding,
)

from portal.web.headers import all_headers
from portal.web.worker import Log, Worker, refusal, status_of

TOKEN = "jeve-y5e8-3rqe-k4th"


class Seated(Worker):
    """A worker that has the application and listens nowhere."""

    def __init__(self, app: Flask) -> None:
        self.wsgi = app


def said(app: Flask, error: Exception) -> str:
    """What a visitor is sent for this error."""
    visitor, server = socketpair()
    with visitor, server:
        Seated(app).handle_error(None, server, ("127.0.0.1", 1), error)
        return visitor.recv(65536).decode()


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (InvalidHeader("x"), 400),
        (LimitRequestLine(5000, 4094), 414),
        (UnsupportedTransferCoding("x"), 501),
        (LimitRequestHeaders("x"), 431),
        (InvalidResponseHeader("x"), 500),
        (RuntimeError("x"), 500),
    ],
)
def test_refusal_has_its_status(error: Exception, status: int) -> None:
    assert status_of(error) == status


@pytest.mark.parametrize("status", [HTTPStatus.BAD_REQUEST, HTTPStatus.INTERNAL_SERVER_ERROR])
def test_s045_refusal_carries_every_header(app: Flask, status: HTTPStatus) -> None:
    head, _, _ = refusal(app, status).decode().partition("\r\n\r\n")
    lines = {f"{name}: {value}" for name, value in all_headers(app)}
    assert {*lines, "Cache-Control: no-store"} <= set(head.split("\r\n"))


def test_refusal_says_in_one_page_that_nothing_was_saved(app: Flask) -> None:
    head, _, body = refusal(app, HTTPStatus.BAD_REQUEST).decode().partition("\r\n\r\n")
    assert f"Content-Length: {len(body.encode())}" in head
    assert "Nothing was saved." in body


def test_s061_refusal_repeats_nothing_of_the_request(app: Flask) -> None:
    assert TOKEN not in said(app, InvalidHeader(f"Cookie {TOKEN}"))


def test_s061_log_of_a_refusal_names_kind_and_status_alone(app: Flask) -> None:
    with structlog.testing.capture_logs() as lines:
        said(app, InvalidHeader(f"Cookie {TOKEN}"))
    assert [(line["kind"], line["status"]) for line in lines] == [("InvalidHeader", 400)]
    assert TOKEN not in str(lines)


def test_s061_log_of_a_broken_request_names_no_address() -> None:
    log = object.__new__(Log)
    with structlog.testing.capture_logs() as lines:
        try:
            int(TOKEN)
        except ValueError:
            log.exception("Error handling request %s", f"/invitation/{TOKEN}")
    assert lines[0]["kind"] == "ValueError"
    assert TOKEN not in str(lines)


def test_s061_log_of_a_failed_answer_names_no_address(app: Flask) -> None:
    with structlog.testing.capture_logs() as lines:
        app.logger.error("Exception on /invitation/%s", TOKEN, exc_info=ValueError(TOKEN))
    assert [(line["event"], line["kind"]) for line in lines] == [("request.broke", "ValueError")]
    assert TOKEN not in str(lines)
