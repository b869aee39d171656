import pytest
from flask import Flask

from tests.access.observed import Stage
from tests.people import Cast, ClientOf


@pytest.fixture
def stage(app: Flask, cast: Cast, client_of: ClientOf) -> Stage:
    return Stage(app, cast, client_of)
