"""The security headers, said once for every answer: pages, errors, redirects and files."""

from flask import Flask, Response, current_app

_CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
)

_CLOSED_FEATURES = (
    "accelerometer",
    "autoplay",
    "browsing-topics",
    "camera",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "geolocation",
    "gyroscope",
    "hid",
    "idle-detection",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "picture-in-picture",
    "screen-wake-lock",
    "serial",
    "usb",
    "xr-spatial-tracking",
)

_ALWAYS = (
    ("Content-Security-Policy", _CONTENT_SECURITY_POLICY),
    ("X-Content-Type-Options", "nosniff"),
    # Not no-referrer: Chromium would send "Origin: null" on our own forms.
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", ", ".join(f"{feature}=()" for feature in _CLOSED_FEATURES)),
)
_A_YEAR_OF_HTTPS = ("Strict-Transport-Security", "max-age=31536000; includeSubDomains")

_HTTPS = "PORTAL_HTTPS"


def security_headers(*, https: bool) -> tuple[tuple[str, str], ...]:
    """List the headers of every answer; https adds the promise to stay on https for a year."""
    return (*_ALWAYS, _A_YEAR_OF_HTTPS) if https else _ALWAYS


def all_headers(app: Flask) -> tuple[tuple[str, str], ...]:
    """List the headers of every answer of this application."""
    return security_headers(https=bool(app.config.get(_HTTPS, False)))


def apply_headers(response: Response) -> Response:
    """Put the security headers on an answer; one that says nothing of caching is never stored."""
    for name, value in all_headers(current_app):
        response.headers[name] = value
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def register_headers(app: Flask, *, https: bool) -> None:
    """Have every answer of this application carry the headers, errors and files included."""
    app.config[_HTTPS] = https
    app.after_request(apply_headers)
