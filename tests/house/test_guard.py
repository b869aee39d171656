import pytest
from flask import Flask

from portal.errors import BadSettings, OutOfSight
from portal.web.guard import Audience, audience, audiences_of, install_guard


def guarded(stated: Audience, *sender: Audience) -> Flask:
    """An application with one page, asked by somebody who is this."""
    app = Flask("bare", static_folder=None)
    app.add_url_rule("/page", endpoint="page", view_func=audience(stated)(lambda: "the page"))
    install_guard(app, standing=lambda: frozenset(sender), unknown_person=lambda: "sign in, please")
    app.register_error_handler(OutOfSight, lambda _error: "nothing here")
    return app


@pytest.mark.parametrize(
    ("stated", "sender", "answer"),
    [
        ("anyone", (), "the page"),
        ("anyone", ("signed-in", "patient"), "the page"),
        ("patient", ("signed-in", "patient"), "the page"),
        ("patient", ("signed-in", "practitioner"), "nothing here"),
        ("patient", ("own-phone",), "sign in, please"),
        ("patient", ("half-signed-in",), "sign in, please"),
        ("patient", (), "sign in, please"),
    ],
)
def test_page_is_for_its_audience_alone(stated: str, sender: tuple[str, ...], answer: str) -> None:
    app = guarded(Audience(stated), *map(Audience, sender))
    assert app.test_client().get("/page").text == answer


def test_endpoint_that_came_after_the_guard_is_open_to_nobody() -> None:
    app = guarded(Audience.PATIENT, Audience.SIGNED_IN, Audience.PATIENT)
    app.add_url_rule("/late", endpoint="late", view_func=lambda: "open")
    assert app.test_client().get("/late").text == "nothing here"


def test_address_that_leads_nowhere_is_not_found_by_anybody() -> None:
    assert guarded(Audience.PATIENT).test_client().get("/nowhere").status_code == 404


def test_endpoint_without_an_audience_stops_the_start() -> None:
    app = Flask("bare", static_folder=None)
    app.add_url_rule("/open", endpoint="forgotten", view_func=lambda: "")
    with pytest.raises(BadSettings, match="forgotten"):
        audiences_of(app)


def test_policy_lists_each_endpoint() -> None:
    app = Flask("bare", static_folder=None)
    app.add_url_rule("/me", endpoint="own", view_func=audience(Audience.PATIENT)(lambda: ""))
    assert audiences_of(app) == {"own": frozenset({Audience.PATIENT})}


def test_every_endpoint_of_the_portal_states_its_audience(app: Flask) -> None:
    assert set(audiences_of(app)) == set(app.view_functions)
