import io
from socket import socket, socketpair

import pytest
from flask import Flask

from portal.web import body
from portal.web.body import MOST_FIELDS, SMALL
from tests.accounts.ways import PASSWORD, fresh, give_password, try_in
from tests.people import Cast, ClientOf


def test_s050_stranger_sends_at_most_64_kib(app: Flask, cast: Cast) -> None:
    assert try_in(fresh(app), cast.mia.email, "x" * SMALL).status_code == 413
    assert try_in(fresh(app), cast.mia.email, "x" * (SMALL // 2)).status_code == 422


def test_s005_right_password_with_much_behind_it_is_not_right(app: Flask, cast: Cast) -> None:
    give_password(cast.mia)
    assert try_in(fresh(app), cast.mia.email, PASSWORD + "\u0301" * 2000).status_code == 422


def test_s050_stranger_may_send_a_password_of_many_marks(app: Flask, cast: Cast) -> None:
    assert try_in(fresh(app), cast.mia.email, "\u0316\u0301" * 2500).status_code == 422


@pytest.mark.parametrize("path", ["/me/questions", "/me/diary/2026-11-09"])
def test_s050_form_cut_into_too_many_fields_is_refused(
    cast: Cast, client_of: ClientOf, path: str
) -> None:
    many = "a=" + "&a" * MOST_FIELDS
    form = "application/x-www-form-urlencoded"
    assert client_of(cast.mia).post(path, data=many, content_type=form).status_code == 413


class Broken(io.BytesIO):
    """A body that ends in the middle, as gunicorn tells of it."""

    def read(self, _size: int | None = -1) -> bytes:
        raise OSError("invalid chunk size")

    def readinto(self, _buffer: object) -> int:
        raise OSError("invalid chunk size")


def test_s050_body_that_cannot_be_read_is_400(app: Flask) -> None:
    answer = fresh(app).post(
        "/sign-in",
        token=False,
        input_stream=Broken(),
        environ_overrides={"wsgi.input_terminated": True},
    )
    assert answer.status_code == 400


class Endless(io.BytesIO):
    """A body from a visitor who has sent nothing of it yet."""

    def __init__(self, line: socket) -> None:
        super().__init__()
        self._line = line

    def read(self, size: int | None = -1) -> bytes:
        return self._line.recv(size or 1)

    def readinto(self, _buffer: object) -> int:
        return len(self._line.recv(1))


def test_s080_visitor_who_never_ends_is_not_waited_for(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(body, "PATIENCE", 0.01)
    visitor, line = socketpair()
    with visitor, line:
        answer = fresh(app).post(
            "/sign-in",
            token=False,
            input_stream=Endless(line),
            content_length=9,
            environ_overrides={"gunicorn.socket": line},
        )
    assert answer.status_code == 400


@pytest.mark.parametrize("host", ["[", "[::1", "a]b", "localhost:x"])
def test_host_that_is_no_name_is_400(app: Flask, host: str) -> None:
    for path in ("/", "/sign-in", "/healthz"):
        answer = fresh(app).get(path, headers={"Host": host})
        assert answer.status_code in ({200} if path == "/healthz" else {400})
        assert answer.headers["Content-Security-Policy"]
