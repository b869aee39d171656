"""Private pages on their way to the browser, squeezed where nothing can be learnt from their size.

Squeezing what somebody else could put into a page together with what only its reader may know
lets an eavesdropper guess the secret from the size (the attack named BREACH). So only answers to a
plain GET are squeezed: nothing of such a request stands in its page. See docs/adr/0009.
"""

import gzip

import brotli
from flask import Flask, Response, request

from portal.web.pages import best_form

SMALLEST = 1024
_BROTLI_QUALITY = 2  # half the time of 4 for 4 in 100 more bytes
_GZIP_LEVEL = 5
_OK = 200


def register_squeezing(app: Flask) -> None:
    """Squeeze pages from now on; files and pages from memory come squeezed already."""
    app.after_request(squeezed)


def squeezed(response: Response) -> Response:
    """Return the answer, smaller where that is safe, worth it and understood by the browser."""
    if not _may_be(response):
        return response
    response.vary.add("Accept-Encoding")
    form = best_form(request.headers.get("Accept-Encoding", ""))
    body = response.get_data()
    if form and len(body) >= SMALLEST:
        response.set_data(_smaller(body, form))
        response.headers["Content-Encoding"] = form
    return response


def _may_be(response: Response) -> bool:
    """Whether this is a whole page that repeats nothing of the request and is not tagged yet."""
    return (
        request.method in {"GET", "HEAD"}
        and not request.query_string
        and response.status_code == _OK
        and response.mimetype == "text/html"
        and not response.is_streamed
        and not {"Content-Encoding", "ETag"} & set(response.headers.keys())
    )


def _smaller(body: bytes, form: str) -> bytes:
    if form == "br":
        return brotli.compress(body, quality=_BROTLI_QUALITY)
    return gzip.compress(body, _GZIP_LEVEL, mtime=0)
