"""One page for each thing that can go wrong: what happened, what was kept, one way on."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import structlog
from flask import Flask, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from portal import errors
from portal.web import body
from portal.web.languages import gettext as _
from portal.web.log import where_it_broke

log = structlog.get_logger()
RETRY_SECONDS = 5
SERVER_FAULT = 500


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """What one error page says."""

    status: int
    title: str
    happened: str
    kept: str
    way_on: str
    way_on_href: str = "/"


def _known() -> dict[int, tuple[str, str, str, str]]:
    start = _("Go to the start page")
    back = _("Go back and try again")
    return {
        400: (
            _("We could not use what was sent"),
            _("The page you sent was incomplete, or it came from another site."),
            _("Nothing was saved."),
            back,
        ),
        403: (_("This is not open to you"), _("You may not open this page."), "", start),
        404: (
            _("There is no such page"),
            _("The address is wrong, the page has moved, or it is not yours to see."),
            "",
            start,
        ),
        405: (_("That does not work here"), _("This page cannot be used that way."), "", start),
        409: (
            _("Somebody changed this in between"),
            _("What you sent does not fit what is there now."),
            _("What was there before is safe."),
            back,
        ),
        413: (
            _("That was too much at once"),
            _("The page you sent was larger than we accept."),
            _("Nothing was saved."),
            back,
        ),
        422: (_("Something needs a second look"), _("Not everything could be used."), "", back),
        429: (
            _("Please wait a little"),
            _("There were too many tries in a short time."),
            _("Nothing was lost."),
            start,
        ),
        500: (
            _("Something went wrong on our side"),
            _("We have noted it under the number below."),
            _("Nothing that was saved before is lost. What you just sent may not be saved."),
            back,
        ),
        503: (
            _("We cannot save or show this now"),
            _("The portal is busy, or its storage does not answer."),
            _("Nothing that was saved before is lost. What you just sent was not saved."),
            back,
        ),
    }


def page_for(status: int) -> ErrorPage:
    """Return what the error page of a status says; an unknown status speaks as 500 or 400."""
    known = _known()
    general = SERVER_FAULT if status >= SERVER_FAULT else 400
    title, happened, kept, way_on = known.get(status) or known[general]
    return ErrorPage(status, title, happened, kept, way_on)


def render_error(
    page: ErrorPage,
    *,
    retry_after: int | None = None,
    allow: Iterable[str] = (),
    **more: object,
) -> ResponseReturnValue:
    """Render an error page in the house look; what was typed is shown again to copy or resend.

    `allow` names the methods that work where this one does not.
    """
    html = render_template(
        "errors/error.html",
        page=page,
        request_id=g.get("request_id", ""),
        typed=typed_fields() if page.status in {400, 409, 413, 500, 503} else [],
        **more,
    )
    headers = {"Cache-Control": "no-store"}
    if retry_after is not None:
        headers["Retry-After"] = str(retry_after)
    if allow:
        headers["Allow"] = ", ".join(sorted(allow))
    return html, page.status, headers


_NEVER_SHOWN = frozenset(
    {
        *("csrf_token", "password", "new_password", "code"),
        *("entry_key", "base_version", "version", "scale_layout", "prefilled", "bodyview"),
        *("next", "resent_draft"),
    }
)
Typed = Mapping[str, Sequence[str]]
_own_words: dict[str, Callable[[Typed], list[tuple[str, str]]]] = {}


def show_typed_as(endpoint: str, words: Callable[[Typed], list[tuple[str, str]]]) -> None:
    """Let a feature say in its own words what was typed into the form sent to `endpoint`."""
    _own_words[endpoint] = words


def typed_fields() -> list[tuple[str, str]]:
    """Return the text that somebody typed into the form just sent, so that it is not lost.

    A feature names its questions and answers (`show_typed_as`); other fields go by their names,
    and what no person typed is left out.
    """
    fields: dict[str, list[str]] = {}
    for name, value in body.typed_fields():
        fields.setdefault(name, []).append(value)
    return typed_words(request.endpoint or "", fields)


def typed_words(endpoint: str, fields: Typed) -> list[tuple[str, str]]:
    """Say what stands in the fields of the form that goes to `endpoint`, in that form's words."""
    own = _own_words.get(endpoint)
    if own is not None:
        return own(fields) if fields else []
    sent = ((name, value) for name, values in fields.items() for value in values)
    return [(_spoken(name), value) for name, value in sent if name not in _NEVER_SHOWN and value]


def _spoken(name: str) -> str:
    return name.replace("_", " ").replace("-", " ").capitalize()


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.code is not None and error.code < 400:  # noqa: PLR2004 - a redirect is no error
        return error
    allowed = error.valid_methods if isinstance(error, MethodNotAllowed) else None
    return render_error(page_for(error.code or 500), allow=allowed or ())


def out_of_sight(_error: Exception) -> ResponseReturnValue:
    """Answer as if there were no such page, whether there is one or not (S-031)."""
    return render_error(page_for(404))


def _unavailable(error: Exception) -> ResponseReturnValue:
    log.error("storage.unavailable", kind=type(error).__name__)
    return render_error(page_for(503), retry_after=RETRY_SECONDS)


def _too_many(error: errors.TooManyTries) -> ResponseReturnValue:
    return render_error(page_for(429), retry_after=error.seconds)


def _conflict(_error: Exception) -> ResponseReturnValue:
    return render_error(page_for(409))


def _ended(_error: Exception) -> ResponseReturnValue:
    page = ErrorPage(
        409,
        _("This care has ended"),
        _("Nothing more can be added to it."),
        _("Nothing was saved. What stood there before stays as it is."),
        page_for(409).way_on,
    )
    return render_error(page)


def form_ran_out(_error: Exception) -> ResponseReturnValue:
    """Answer a form whose token or sign-in ran out, with what was typed shown again."""
    page = ErrorPage(
        400,
        _("This page waited too long"),
        _("The page you sent had run out, or your sign-in had ended."),
        _("Nothing was saved. What you typed stands below, so that you can copy it."),
        _("Sign in and try again"),
        "/sign-in",
    )
    return render_error(page)


def signed_out() -> ResponseReturnValue:
    """Answer a form from a window in which nobody is signed in any more."""
    kept = _("Nothing was saved; what you typed stands below.")
    page = ErrorPage(
        400,
        _("You are signed out"),
        _("You signed out in another window."),
        kept if typed_fields() else _("Nothing was saved."),
        _("Sign in and try again"),
        "/sign-in",
    )
    return render_error(page)


def _ours(error: Exception) -> ResponseReturnValue:
    log.error(
        "unexpected",
        id=g.get("request_id", ""),
        kind=type(error).__name__,
        where=where_it_broke(error),
    )
    return render_error(page_for(500))


_TABLE: dict[type[Exception], Callable[..., ResponseReturnValue]] = {
    CSRFError: form_ran_out,
    HTTPException: _http,
    errors.OutOfSight: out_of_sight,
    errors.SignInEnded: form_ran_out,
    errors.TooManyTries: _too_many,
    errors.Busy: _unavailable,
    errors.StorageUnavailable: _unavailable,
    errors.Conflict: _conflict,
    errors.EpisodeEnded: _ended,
    OperationalError: _unavailable,
    Exception: _ours,
}


def register_errors(app: Flask) -> None:
    """Give every error of the portal its page."""
    for kind, answer in _TABLE.items():
        app.register_error_handler(kind, answer)
