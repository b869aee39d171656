"""People of the cast on their way in."""

import pytest
from flask import Flask

from tests.accounts.ways import fresh, give_factor, give_password, try_in
from tests.people import Cast, HouseClient


@pytest.fixture
def half(app: Flask, cast: Cast) -> HouseClient:
    """A browser in which Ana has given her password, and not yet her code."""
    give_password(cast.ana)
    give_factor(cast.ana)
    client = fresh(app)
    try_in(client, cast.ana.email)
    return client


@pytest.fixture
def new_staff(app: Flask, cast: Cast) -> HouseClient:
    """A browser in which Ben has given his password; he has no second step yet."""
    give_password(cast.ben)
    client = fresh(app)
    try_in(client, cast.ben.email)
    return client
