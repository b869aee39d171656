from urllib.parse import quote

import pytest
from flask import Flask, request

from portal.web.request import HouseRequest, showable

ODD = "a\x00\x08\x1b\x7f\x9e\ufdd0\U0010ffffb\n\té"


@pytest.fixture
def echo() -> Flask:
    app = Flask("echo")
    app.request_class = HouseRequest
    app.add_url_rule(
        "/",
        view_func=lambda: [
            list(request.form.items(multi=True)),
            list(request.args.items(multi=True)),
        ],
        methods=["POST"],
    )
    return app


def test_what_no_page_can_show_is_taken_away() -> None:
    assert showable(ODD) == "ab\n\té"


def test_fields_are_cleaned_wherever_they_come_from(echo: Flask) -> None:
    answer = echo.test_client().post(f"/?q={quote(ODD)}", data={"note": [ODD, "ok"], "x\x00": "1"})
    form, args = answer.get_json()
    assert sorted(form) == [["note", "ab\n\té"], ["note", "ok"], ["x", "1"]]
    assert args == [["q", "ab\n\té"]]


def test_password_is_left_as_it_was_typed(echo: Flask) -> None:
    answer = echo.test_client().post("/", data={"password": "a\x01b"})
    assert answer.get_json()[0] == [["password", "a\x01b"]]
