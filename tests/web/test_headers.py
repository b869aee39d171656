from flask import Flask, Response

from portal.web.headers import register_headers, security_headers

EXPECTED = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def _bare_app(*, https: bool) -> Flask:
    app = Flask("portal", static_folder=None)
    register_headers(app, https=https)
    app.add_url_rule("/page", view_func=lambda: "page", endpoint="page")
    app.add_url_rule("/broken", view_func=lambda: str(1 / 0), endpoint="broken")
    app.add_url_rule(
        "/kept",
        view_func=lambda: Response("kept", headers={"Cache-Control": "public, max-age=60"}),
        endpoint="kept",
    )
    return app


def test_the_headers_are_the_ones_agreed() -> None:
    headers = dict(security_headers(https=False))
    closed = headers.pop("Permissions-Policy")
    assert headers == EXPECTED
    assert "camera=()" in closed.split(", ")


def test_only_an_https_installation_promises_https() -> None:
    assert dict(security_headers(https=True))["Strict-Transport-Security"] == (
        "max-age=31536000; includeSubDomains"
    )
    assert "Strict-Transport-Security" not in dict(security_headers(https=False))


def test_every_answer_carries_them() -> None:
    client = _bare_app(https=True).test_client()
    for path in ("/page", "/nowhere", "/broken"):
        answer = client.get(path)
        for name, value in security_headers(https=True):
            assert answer.headers.getlist(name) == [value], (path, name)


def test_a_page_that_says_nothing_of_caching_is_not_stored() -> None:
    client = _bare_app(https=False).test_client()
    assert client.get("/page").headers["Cache-Control"] == "no-store"
    assert client.get("/kept").headers["Cache-Control"] == "public, max-age=60"


def test_an_answer_that_a_method_does_not_work_names_those_that_do(app: Flask) -> None:
    answer = app.test_client().delete("/about")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")
