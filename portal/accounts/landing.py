"""Where somebody goes after signing in."""

from urllib.parse import urlsplit

from flask import current_app, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from portal.accounts.models import Role

LONGEST = 300
_NOT_A_DESTINATION = frozenset({"static", "accounts.sign_in", "accounts.code"})


def home_of(roles: frozenset[Role]) -> str:
    """Return the first page of somebody with these roles."""
    if Role.PATIENT in roles:
        return "/me"
    return "/clinic" if Role.PRACTITIONER in roles else "/admin/people"


def known_path(wanted: str | None) -> str | None:
    """Return `wanted` if it is the path of a page of ours; None for anything else (S-048).

    Only the path counts: an address with a host, a scheme, a backslash or a control character
    is refused whole, so that no browser can read another site into it.
    """
    if not wanted or len(wanted) > LONGEST or not wanted.isprintable() or "\\" in wanted:
        return None
    parts = urlsplit(wanted)
    if parts.scheme or parts.netloc or not wanted.startswith("/") or wanted.startswith("//"):
        return None
    return parts.path if _has_page(parts.path) else None


def _has_page(path: str) -> bool:
    adapter = current_app.create_url_adapter(request)
    if adapter is None:
        return False
    try:
        endpoint, _ = adapter.match(path, method="GET")
    except (RequestRedirect, HTTPException):
        return False
    return endpoint not in _NOT_A_DESTINATION
