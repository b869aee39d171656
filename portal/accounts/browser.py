"""What a browser brings along, and the long-lived cookie that makes it known (S-013)."""

from flask import Response, g, request

from portal.accounts.devices import LASTS
from portal.accounts.service import Browser
from portal.accounts.signed_in import new_secret
from portal.web import cookies

_COOKIE = "portal-device"
_LONGEST = 100


def browser() -> Browser:
    """Return the asking browser; one not seen before gets a secret of its own."""
    if "browser" not in g:
        secret = cookies.left(_COOKIE)
        is_fit = bool(secret) and len(secret) <= _LONGEST
        g.browser = Browser(secret if is_fit else new_secret(), request.user_agent.string)
    found = g.browser
    assert isinstance(found, Browser)  # noqa: S101 - set just above
    return found


def address() -> str:
    """Return the network address asking; proxies count only as far as the settings say."""
    return request.remote_addr or ""


def make_known(response: Response, own: Browser) -> None:
    """Leave the browser's secret with it; only the server can read it back."""
    cookies.leave(response, _COOKIE, own.secret, LASTS)
