import pytest
from flask import Flask

from portal.errors import BadSettings
from portal.web.guard import Audience, audience, audiences_of


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
