"""What a page weighs on the way to a browser that knows nothing yet: itself, sheets, scripts."""

import re
from http.client import HTTPConnection

from bench.jobs import SQUEEZED
from bench.measure import Request, ask

_NAMED = re.compile(rb"""(?:href|src)="(/static/[^"]+\.(css|js))\"""")


def parts(port: int, request: Request) -> dict[str, int]:
    """Bytes on the wire of a page, of its style sheets and of its scripts."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    method, path, body, headers = request
    _, page = ask(connection, (method, path, body, headers), 200)
    bare = {key: value for key, value in headers.items() if key != "Accept-Encoding"}
    _, plain = ask(connection, (method, path, body, bare), 200)
    found = {"plain": len(plain), "page": len(page), "css": 0, "js": 0}
    for address, kind in set(_NAMED.findall(plain)):
        _, sheet = ask(connection, ("GET", address.decode(), None, SQUEEZED), 200)
        found[kind.decode()] += len(sheet)
    connection.close()
    return found


def first_sheet(port: int) -> str:
    """The address of the first style sheet that an explainer names."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    _, plain = ask(connection, ("GET", "/learn/the-grasp", None, {}), 200)
    found = _NAMED.search(plain)
    if found is None:
        raise SystemExit("the explainer names no style sheet")
    return found[1].decode()
