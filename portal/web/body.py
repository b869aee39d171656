"""What a request may carry, in how many fields and how slowly, before anything reads it (S-050)."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from socket import SHUT_RD, socket
from threading import Timer

from flask import Flask, abort, g, request
from gunicorn.http.errors import ParseException
from werkzeug.exceptions import HTTPException

from portal.web.guard import Audience, audiences_of_view

SMALL = 64 * 1024
MOST_FIELDS = 2000
PATIENCE = 30.0  # seconds for a whole body; 32 visitors who never end would hold every thread
_UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_STRANGERS = frozenset({Audience.ANYONE, Audience.HALF_SIGNED_IN})
_TOO_MUCH = 413
_UNREADABLE = 400


def register_body_limits(app: Flask) -> None:
    """Refuse what is too large, cut into too many fields, or cannot be read to its end.

    Pages that strangers may open take 64 KiB; the others take what the application takes.
    """

    def check() -> None:
        if request.method not in _UNSAFE or request.endpoint is None:
            return
        if audiences_of_view(app.view_functions[request.endpoint]) & _STRANGERS:
            request.max_content_length = SMALL
        try:
            with _waiting_no_longer_than(PATIENCE):
                body = request.get_data()
        except (OSError, ParseException):
            abort(_UNREADABLE)
        if body.count(b"&") >= MOST_FIELDS:
            abort(_TOO_MUCH)
        g.body_length = len(body)

    app.before_request(check)


@contextmanager
def _waiting_no_longer_than(seconds: float) -> Iterator[None]:
    """Hear no more of a visitor whose body is not whole by then; it reads as broken off."""
    line = request.environ.get("gunicorn.socket")
    if line is None:
        yield
        return
    end = Timer(seconds, _hang_up, [line])
    end.daemon = True
    end.start()
    try:
        yield
    finally:
        end.cancel()


def _hang_up(line: socket) -> None:
    with suppress(OSError):
        line.shutdown(SHUT_RD)


def typed_fields() -> list[tuple[str, str]]:
    """Return every field of the form just sent; none where its body was refused or is large."""
    if g.get("body_length", SMALL + 1) > SMALL:
        return []
    try:
        return list(request.form.items(multi=True))
    except HTTPException:
        return []
