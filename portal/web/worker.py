"""What gunicorn says where the portal is never asked: to a request that is none, and in the log.

Its own page repeats the request and lacks our headers; its own log repeats the address or the
cookie, and either may hold a token (S-045, S-061).
"""

import sys
from contextlib import suppress
from html import escape
from http import HTTPStatus
from socket import socket

import structlog
from flask import Flask
from gunicorn.glogging import Logger
from gunicorn.http.errors import (
    ExpectationFailed,
    InvalidResponseHeader,
    InvalidResponseHeaderName,
    LimitRequestHeaders,
    LimitRequestLine,
    ParseException,
    UnsupportedTransferCoding,
)
from gunicorn.util import write_nonblock
from gunicorn.workers.gthread import ThreadWorker

from portal.web.errors import page_for
from portal.web.headers import all_headers
from portal.web.log import where_it_broke

# The first that fits: what we ourselves answered wrongly is not the visitor's fault.
_STATUSES: tuple[tuple[type[Exception], HTTPStatus], ...] = (
    (InvalidResponseHeader, HTTPStatus.INTERNAL_SERVER_ERROR),
    (InvalidResponseHeaderName, HTTPStatus.INTERNAL_SERVER_ERROR),
    (LimitRequestLine, HTTPStatus.REQUEST_URI_TOO_LONG),
    (LimitRequestHeaders, HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE),
    (ExpectationFailed, HTTPStatus.EXPECTATION_FAILED),
    (UnsupportedTransferCoding, HTTPStatus.NOT_IMPLEMENTED),
    (ParseException, HTTPStatus.BAD_REQUEST),
)


def status_of(error: BaseException) -> HTTPStatus:
    """Return the status of what went wrong around a request."""
    known = (status for kind, status in _STATUSES if isinstance(error, kind))
    return next(known, HTTPStatus.INTERNAL_SERVER_ERROR)


def refusal(app: Flask, status: HTTPStatus) -> bytes:
    """Return a whole answer: the words of our error pages, our headers, nothing of the request."""
    ours = status == HTTPStatus.INTERNAL_SERVER_ERROR
    with app.test_request_context():
        page = page_for(status if ours else HTTPStatus.BAD_REQUEST)
    body = (
        f'<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>{escape(page.title)}'
        f"</title>\n<h1>{escape(page.title)}</h1>\n<p>{escape(page.kept)}</p>\n"
        f'<p><a href="{escape(page.way_on_href)}">{escape(page.way_on)}</a></p>\n</html>\n'
    ).encode()
    lines = (
        f"HTTP/1.1 {status.value} {status.phrase}",
        "Connection: close",
        "Content-Type: text/html; charset=utf-8",
        f"Content-Length: {len(body)}",
        "Cache-Control: no-store",
        *(f"{name}: {value}" for name, value in all_headers(app)),
    )
    return "\r\n".join(lines).encode("ascii") + b"\r\n\r\n" + body


class Worker(ThreadWorker):
    """One process with threads that refuses what is no request in our words."""

    def handle_error(self, _req: object, client: socket, _addr: object, exc: BaseException) -> None:
        """Answer a request that could not be read or broke outside the application."""
        status = status_of(exc)
        where = where_it_broke(exc) if status >= HTTPStatus.INTERNAL_SERVER_ERROR else []
        structlog.get_logger().warning(
            "request.refused", kind=type(exc).__name__, status=status.value, where=where
        )
        with suppress(OSError):
            write_nonblock(client, refusal(self.wsgi, status))


class Log(Logger):
    """Gunicorn's log, which tells of an error where it broke and not what it quotes."""

    def exception(self, _msg: str, /, *_words: object, **_more: object) -> None:
        """Write one line for an error that is being handled."""
        error = sys.exc_info()[1]
        structlog.get_logger().error(
            "server.failed",
            kind=type(error).__name__,
            where=where_it_broke(error) if error is not None else [],
        )
