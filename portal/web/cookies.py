"""Small secrets left with a browser: unreadable for scripts, never sent by other sites' forms."""

from datetime import timedelta

from flask import Response, current_app, request

from portal.config import Settings


def leave(response: Response, name: str, value: str, lasts: timedelta) -> None:
    """Leave a secret with this browser for a while."""
    response.set_cookie(
        _full(name),
        value,
        max_age=lasts,
        secure=_settings().is_https,
        httponly=True,
        samesite="Lax",
    )


def left(name: str) -> str:
    """Return the secret that this browser brings back; empty when there is none."""
    return request.cookies.get(_full(name), "")


def take_away(response: Response, name: str) -> None:
    """Have the browser forget a secret."""
    response.delete_cookie(_full(name), secure=_settings().is_https, httponly=True, samesite="Lax")


def _full(name: str) -> str:
    """Return the cookie's name, with the prefix that browsers enforce behind https (S-020)."""
    return f"{_settings().cookie_prefix}{name}"


def _settings() -> Settings:
    found = current_app.extensions["portal.settings"]
    assert isinstance(found, Settings)  # noqa: S101 - set once in create_app
    return found
