"""Requests must come to our own address, and unsafe ones from our own pages."""

from urllib.parse import urlsplit

from flask import Flask, abort, request

from portal.config import Env, Settings

_HEALTH = frozenset({"health.healthz", "health.readyz"})
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_LOOPBACK = frozenset({"127.0.0.1", "localhost"})


def is_own_host(settings: Settings, host: str) -> bool:
    """Whether a Host header names this portal; the demo answers both loopback names."""
    if settings.env is Env.DEMO:
        return _name_of(host) in _LOOPBACK
    return host == urlsplit(settings.base_url).netloc


def _name_of(host: str) -> str | None:
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None


def is_own_origin(settings: Settings, origin: str, host: str) -> bool:
    """Whether an Origin header is this portal's own; `null` never is."""
    if settings.env is Env.DEMO:
        return origin == f"http://{host}"
    return origin == settings.base_url


def install_origin_check(app: Flask, settings: Settings, exempt: frozenset[str]) -> None:
    """Answer 400 to other hosts, and to unsafe requests that other sites sent (S-004, S-040).

    `exempt` names endpoints that are authorised by a token of their own.
    """

    def check() -> None:
        if request.endpoint in _HEALTH:
            return
        if not is_own_host(settings, request.host):
            abort(400)
        if request.method in _SAFE or request.endpoint in exempt:
            return
        origin = request.headers.get("Origin")
        if origin is not None and not is_own_origin(settings, origin, request.host):
            abort(400)
        if request.headers.get("Sec-Fetch-Site") == "cross-site":
            abort(400)

    app.before_request(check)
