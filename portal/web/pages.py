"""Finished bytes in front of Flask: public pages, answered from memory.

Each page is Flask's own answer to a reader without cookies, asked for once and kept with its
gzip and brotli forms. A page is asked for again when the stamp changes. Whoever carries a sign-in
cookie, and every other path, method or host, goes through to Flask. Knows no Markdown.
"""

import gzip
import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, Final

from flask import Flask, Response, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from werkzeug.datastructures import Headers
from werkzeug.http import parse_accept_header
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.test import EnvironBuilder, run_wsgi_app

from portal.web.kept import shelf

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

CACHE_CONTROL: Final = "public, max-age=0, must-revalidate"
STAMP_CHECKED_EVERY: Final = 1.0
_OK: Final = 200
_FORMS: Final = ("br", "gzip", "")
_SUFFIX: Final[Mapping[str, str]] = {"br": "-br", "gzip": "-gz", "": ""}
_NOT_KEPT: Final = frozenset({"content-length", "date", "etag", "server", "x-request-id"})


@dataclass(frozen=True, slots=True)
class _Form:
    """One form of a page as it leaves the house."""

    body: bytes
    etag: str
    headers: tuple[tuple[str, str], ...]
    unchanged_headers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Page:
    """One page in all its forms, and the stamp it was built under."""

    stamp: object
    forms: Mapping[str, _Form]


class QuietCookies(SecureCookieSessionInterface):
    """Sessions that leave no trace on an answer to somebody who brought and got no cookie.

    Without this every public page would say `Vary: Cookie`, and no browser could keep one.
    """

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write the cookie, if there was one or has to be one."""
        if session.modified or self.get_cookie_name(app) in request.cookies:
            super().save_session(app, session, response)


def mark_public(response: Response) -> Response:
    """Let an answer without secrets be kept by browsers, which ask each time whether it changed.

    For views of public pages, and only for readers without a sign-in.
    """
    response.headers["Cache-Control"] = CACHE_CONTROL
    response.vary.add("Accept-Encoding")
    if response.status_code == _OK:
        response.set_etag(_digest(response.get_data()))
        response.make_conditional(request)
        response.headers.pop("Date", None)  # the server writes it
    return response


class PageCache:
    """The layer in front of Flask; `warm` builds every page now, else each on its first request."""

    def __init__(
        self,
        app: "WSGIApplication",
        *,
        paths: Callable[[], Iterable[str]],
        stamp: Callable[[], object],
        cookie_names: Collection[str],
        base_url: str,
        is_own_host: Callable[[str], bool],
    ) -> None:
        self._app = app
        self._paths = paths
        self._stamp = stamp
        self._cookie_names = frozenset(cookie_names)
        self._base_url = base_url
        self._is_own_host = lru_cache(maxsize=64)(is_own_host)
        self._known: frozenset[str] = frozenset()
        self._pages: dict[str, Page] = {}
        self._building = Lock()
        self._checked = float("-inf")
        self._present: object = None

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer from memory where that is possible, else let Flask answer."""
        page = self._page_for(environ)
        if page is None:
            return self._app(environ, start_response)
        form = page.forms[best_form(environ.get("HTTP_ACCEPT_ENCODING", ""))]
        if is_same(form.etag, environ.get("HTTP_IF_NONE_MATCH", "")):
            start_response("304 NOT MODIFIED", list(form.unchanged_headers))
            return []
        start_response("200 OK", list(form.headers))
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [form.body]

    def _page_for(self, environ: "WSGIEnvironment") -> Page | None:
        if environ["REQUEST_METHOD"] not in {"GET", "HEAD"}:
            return None
        path = environ.get("PATH_INFO", "")
        self._look_at_stamp()
        if path not in self._known or not self._is_for_everybody(environ):
            return None
        page = self._pages.get(path)
        if page is not None and page.stamp == self._present:
            return page
        return self._built(path)

    def _is_for_everybody(self, environ: "WSGIEnvironment") -> bool:
        cookies = environ.get("HTTP_COOKIE", "")
        if cookies:
            names = {pair.partition("=")[0].strip() for pair in cookies.split(";")}
            if names & self._cookie_names:
                return False
        return self._is_own_host(environ.get("HTTP_HOST", ""))

    def _look_at_stamp(self) -> None:
        now = monotonic()
        if now - self._checked >= STAMP_CHECKED_EVERY:
            self._checked = now
            present = self._stamp()
            if present != self._present or not self._known:
                self._present = present
                self._known = frozenset(self._paths())

    def _built(self, path: str) -> Page | None:
        """The page, asked of Flask; None while another thread is asking, or if it is not public."""
        if not self._building.acquire(blocking=False):
            return None
        try:
            page = self._ask(path)
        finally:
            self._building.release()
        if page is None:
            self._known -= {path}
        else:
            self._pages[path] = page
        return page

    def _ask(self, path: str) -> Page | None:
        stamp = self._present
        builder = EnvironBuilder(path=path, base_url=self._base_url)
        chunks, status, headers = run_wsgi_app(self._app, builder.get_environ(), buffered=True)
        body = b"".join(chunks)
        if not status.startswith(str(_OK)) or "Set-Cookie" in headers or not _is_public(headers):
            return None
        return Page(stamp, {coding: _form(body, coding, headers) for coding in _FORMS})

    def warm(self) -> int:
        """Build every page now; returns how many are served from memory."""
        self._checked = float("-inf")
        self._look_at_stamp()
        return sum(self._built(path) is not None for path in sorted(self._known))

    def snapshot(self, folder: Path) -> list[Path]:
        """Write the same bytes for a front server: page.html, page.html.gz, page.html.br."""
        self.warm()
        written = []
        for path, page in sorted(self._pages.items()):
            plain = folder / file_name(path)
            plain.parent.mkdir(parents=True, exist_ok=True)
            for coding, ending in (("", ""), ("gzip", ".gz"), ("br", ".br")):
                file = plain.with_name(plain.name + ending)
                file.write_bytes(page.forms[coding].body)
                written.append(file)
        return written


def install_page_cache(
    app: Flask,
    *,
    paths: Callable[[], Iterable[str]],
    stamp: Callable[[], object],
    cookie_names: Collection[str],
    base_url: str,
    is_own_host: Callable[[str], bool],
) -> PageCache:
    """Put the layer in front of Flask, but behind the proxy's headers if those are trusted."""
    proxy = app.wsgi_app if isinstance(app.wsgi_app, ProxyFix) else None
    cache = PageCache(
        proxy.app if proxy else app.wsgi_app,
        paths=paths,
        stamp=stamp,
        cookie_names=cookie_names,
        base_url=base_url,
        is_own_host=is_own_host,
    )
    if proxy:
        proxy.app = cache
    else:
        vars(app)["wsgi_app"] = cache
    app.session_interface = QuietCookies()
    app.extensions["portal.pages"] = cache
    return cache


def snapshot(app: Flask, folder: Path) -> list[Path]:
    """Write every public page of an application into a folder, in the bytes it would send."""
    cache: PageCache = app.extensions["portal.pages"]
    return cache.snapshot(folder)


def file_name(path: str) -> str:
    """Where a page lies in a snapshot: /learn/ in learn/index.html, /about in about.html."""
    if path.endswith("/"):
        return f"{path[1:]}index.html"
    return path[1:] if "." in path.rsplit("/", 1)[-1] else f"{path[1:]}.html"


@lru_cache(maxsize=256)
def best_form(accept_encoding: str) -> str:
    """The smallest form that a browser says it understands: br, gzip or plain."""
    accepts = parse_accept_header(accept_encoding)
    return next((coding for coding in ("br", "gzip") if accepts.quality(coding) > 0), "")


def is_same(etag: str, if_none_match: str) -> bool:
    """Whether the browser already has this form; proxies may have weakened its tag."""
    if not if_none_match:
        return False
    tags = {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}
    return etag in tags or "*" in tags


def _is_public(headers: Headers) -> bool:
    return headers.get("Cache-Control", "").startswith("public")


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:32]


def _form(body: bytes, coding: str, headers: Headers) -> _Form:
    etag = f'"{_digest(body)}{_SUFFIX[coding]}"'
    squeezed = _squeezed(body, coding)
    kept = [(name, value) for name, value in headers if name.lower() not in _NOT_KEPT]
    kept.append(("ETag", etag))
    unchanged = [pair for pair in kept if pair[0].lower() != "content-type"]
    if coding:
        kept.append(("Content-Encoding", coding))
    kept.append(("Content-Length", str(len(squeezed))))
    return _Form(squeezed, etag, tuple(kept), tuple(unchanged))


def _squeezed(body: bytes, coding: str) -> bytes:
    if coding == "br":
        return shelf.squeezed(body)
    return gzip.compress(body, 9, mtime=0) if coding == "gzip" else body
