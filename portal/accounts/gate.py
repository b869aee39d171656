"""What somebody gets who is not, or no longer, signed in."""

from collections.abc import Callable

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import session
from portal.web.guard import Audience

Rescue = Callable[[], ResponseReturnValue | None]
_rescues: dict[str, Rescue] = {}


def rescue(endpoint: str, keep: Rescue) -> None:
    """Let a feature answer a POST to `endpoint` whose sign-in ran out, before it is refused."""
    _rescues[endpoint] = keep


def unknown_person() -> ResponseReturnValue:
    """Answer somebody who is not signed in: a GET goes to sign-in and comes back, a POST is kept.

    A posted form becomes a draft where the sign-in idled out less than a day ago (S-026);
    otherwise it is refused with 400 and the typed words shown again.
    """
    if Audience.HALF_SIGNED_IN in session.standing():
        return redirect(url_for("accounts.code"), 303)
    if request.method in {"GET", "HEAD"}:
        return redirect(url_for("accounts.sign_in", next=request.path), 303)
    keep = _rescues.get(request.endpoint or "")
    answer = keep() if keep is not None else None
    return answer if answer is not None else abort(400)
