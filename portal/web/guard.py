"""Who may open what: every endpoint states its audience, or the application does not start."""

from collections.abc import Callable
from enum import StrEnum
from typing import ParamSpec, TypeVar

from flask import Flask, request
from flask.typing import ResponseReturnValue

from portal.errors import BadSettings, OutOfSight

P = ParamSpec("P")
R = TypeVar("R")
View = Callable[P, R]


class Audience(StrEnum):
    """The people an endpoint may be opened by."""

    ANYONE = "anyone"
    HALF_SIGNED_IN = "half-signed-in"
    SIGNED_IN = "signed-in"
    PATIENT = "patient"
    OWN_PHONE = "own-phone"
    PRACTITIONER = "practitioner"
    FLAG_READER = "flag-reader"
    STAFF = "staff"
    ADMINISTRATOR = "administrator"


Standing = frozenset[Audience]
_ATTRIBUTE = "portal_audiences"


def audience(*who: Audience) -> Callable[[View[P, R]], View[P, R]]:
    """State who may open a view; several audiences mean any of them."""

    def state(view: View[P, R]) -> View[P, R]:
        setattr(view, _ATTRIBUTE, frozenset(who))
        return view

    return state


def audiences_of_view(view: object) -> Standing:
    """Return who may open a view; nobody where it does not say."""
    stated: Standing = getattr(view, _ATTRIBUTE, frozenset())
    return stated


def audiences_of(app: Flask) -> dict[str, Standing]:
    """Return the whole policy: endpoint → who may open it.

    Raises BadSettings when an endpoint says nothing, so that nothing is open by accident.
    """
    policy: dict[str, Standing] = {}
    for endpoint, view in app.view_functions.items():
        stated = audiences_of_view(view)
        if not stated:
            raise BadSettings(f"the endpoint {endpoint} does not state its audience")
        policy[endpoint] = stated
    return policy


def install_guard(
    app: Flask,
    *,
    standing: Callable[[], Standing],
    unknown_person: Callable[[], ResponseReturnValue],
) -> None:
    """Refuse every request whose sender does not belong to the endpoint's audience.

    `standing` says what the sender is; `unknown_person` answers somebody who is not signed in.
    Out of sight is 404, with the body of a path that does not exist.
    """
    policy = audiences_of(app)

    def refuse() -> ResponseReturnValue | None:
        if request.endpoint is None:
            return None
        allowed = policy.get(request.endpoint, frozenset())
        if Audience.ANYONE in allowed:
            return None
        sender = standing()
        if allowed & sender:
            return None
        if Audience.SIGNED_IN in sender:
            raise OutOfSight
        return unknown_person()

    app.before_request(refuse)
