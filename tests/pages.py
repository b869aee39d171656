"""What must be true of every HTML answer, and a page object to read one with."""

import os
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from lxml import html
from lxml.html import HtmlElement
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import RequestRedirect
from werkzeug.test import TestResponse

FOLDER = "PAGES_OF_THE_TESTS"
_ID_LISTS = ("aria-labelledby", "aria-describedby", "aria-controls", "aria-owns", "headers")
_FETCHES = ("src", "srcset", "action", "formaction", "poster", "data", "background")
# A block of data is never run, so the policy against inline scripts does not meet it.
_NOT_DATA = "[not(@type='application/ld+json')]"
_UNLABELLED = {"hidden", "submit", "button", "reset", "image"}


def words(element: HtmlElement) -> str:
    """The text of an element with single spaces."""
    return re.sub(r"\s+", " ", element.text_content()).strip()


class Page:
    """One HTML answer, read as a person reads it."""

    def __init__(self, text: str) -> None:
        self.source = text
        self.tree: HtmlElement = html.document_fromstring(text)

    def find(self, xpath: str) -> list[HtmlElement]:
        found: Any = self.tree.xpath(xpath)
        return list(found)

    def by_class(self, name: str) -> list[HtmlElement]:
        return self.find(f"//*[contains(concat(' ', normalize-space(@class), ' '), ' {name} ')]")

    @property
    def title(self) -> str:
        return words(self.find("//title")[0])

    @property
    def h1(self) -> str:
        return words(self.find("//h1")[0])

    @property
    def text(self) -> str:
        return words(self.find("//body")[0])

    @property
    def main(self) -> str:
        """The words of the page itself, without header, tabs and footer."""
        return words(self.find("//main")[0])

    def hrefs(self) -> list[str]:
        return [link.get("href", "") for link in self.find("//a[@href]")]

    def field(self, name: str) -> HtmlElement:
        """The only input, select or textarea of that name."""
        found = self.find(f"//*[self::input or self::select or self::textarea][@name='{name}']")
        assert len(found) == 1, f"{len(found)} fields named {name}"
        return found[0]

    def values(self) -> dict[str, str]:
        """What a browser would send from this page's fields, the form token left out."""
        sent: dict[str, str] = {}
        for element in self.find("//main//*[@name][not(@disabled)]"):
            name, kind = element.get("name", ""), element.get("type", "")
            if name == "csrf_token" or element.tag == "button" or kind == "submit":
                continue
            if kind not in {"radio", "checkbox"}:
                sent[name] = str(getattr(element, "value", None) or "")
            elif element.get("checked") is not None:
                sent[name] = element.get("value", "on")
        return sent


def page_of(answer: TestResponse) -> Page:
    """The page of an answer that is HTML."""
    assert answer.mimetype == "text/html", answer.mimetype
    return Page(answer.get_data(as_text=True))


def check(app: Flask | None, path: str, text: str) -> None:
    """Fail with every broken rule of an HTML answer at once.

    Links are followed to a route of `app`; None for parts of pages that stand alone.
    """
    page = Page(text)
    faults = [*_heads(page), *_ids(page), *_labels(page), *_legends(page), *_strictness(page)]
    if app is not None:
        faults += unresolved(app, page)
    assert not faults, f"{path}: " + "; ".join(faults)


@cache
def kept() -> Path:
    """The folder of this run's answers, for the one run of the Nu checker at the end."""
    return Path(os.environ[FOLDER])


_numbers_of_rows = re.compile(r'value="[^"]*"|\b[0-9a-f-]{32,36}\b|\d+')
_sound: set[str] = set()


def _kind(text: str) -> str:
    """A page's text in short; pages that differ only in tokens and numbers are of one kind."""
    return sha256(_numbers_of_rows.sub("", text).encode()).hexdigest()[:20]


def look(app: Flask, path: str, text: str) -> None:
    """Keep an answer and check it, unless one of its kind was sound already."""
    kind = _kind(text)
    if kind in _sound:
        return
    keep(text)
    check(app, path, text)
    _sound.add(kind)


def keep(text: str) -> None:
    """Save an answer, one of each kind."""
    path = kept() / f"{_kind(text)}.html"
    if not path.exists():
        path.write_text(text, encoding="utf-8")


def _heads(page: Page) -> Iterator[str]:
    if not page.source.lstrip().lower().startswith("<!doctype html>"):
        yield "no doctype"
    if not page.tree.get("lang"):
        yield "no lang"
    h1 = page.find("//h1")
    if len(h1) != 1:
        yield f"{len(h1)} h1"
        return
    if not page.h1:
        yield "empty h1"
    if not page.title.removeprefix("Error: ").startswith(page.h1):
        yield f"the title {page.title!r} does not start with the h1 {page.h1!r}"
    if len(page.find("//main")) != 1:
        yield "not exactly one main"


def _ids(page: Page) -> Iterator[str]:
    counted = Counter(element.get("id") for element in page.find("//*[@id]"))
    yield from (f"id {name!r} stands {n} times" for name, n in counted.items() if n > 1)
    for attribute in _ID_LISTS:
        for element in page.find(f"//*[@{attribute}]"):
            missing = set((element.get(attribute) or "").split()) - set(counted)
            yield from (f"{attribute} names no element: {name}" for name in sorted(missing))
    for element in page.find("//label[@for]"):
        if element.get("for") not in counted:
            yield f"label for nothing: {element.get('for')}"
    for element in page.find("//a[starts-with(@href, '#')]"):
        target = (element.get("href") or "")[1:]
        if target and target not in counted:
            yield f"link to no anchor: #{target}"


def _labels(page: Page) -> Iterator[str]:
    named = {element.get("for") for element in page.find("//label[@for]")}
    for element in page.find("//input | //select | //textarea"):
        if element.tag == "input" and element.get("type", "text") in _UNLABELLED:
            continue
        inside = element.xpath("ancestor::label")
        spoken = element.get("aria-label") or element.get("aria-labelledby")
        if not (inside or spoken or (element.get("id") and element.get("id") in named)):
            yield f"no label: {element.get('name')}"
    for element in page.find("//button | //a[@href]"):
        if not (words(element) or element.get("aria-label") or element.xpath(".//img[@alt]")):
            yield f"{element.tag} without words: {element.get('href') or element.get('name')}"
    yield from (f"no alt: {e.get('src')}" for e in page.find("//img[not(@alt)]"))


def _legends(page: Page) -> Iterator[str]:
    for element in page.find("//fieldset"):
        legends = [child for child in element if child.tag == "legend"]
        if len(legends) != 1 or not words(legends[0]):
            yield "a fieldset without a legend"
        elif "visually-hidden" in (legends[0].get("class") or "").split():
            yield f"a legend that nobody sees: {words(legends[0])}"


def _strictness(page: Page) -> Iterator[str]:
    yield from ("an inline style" for _ in page.find("//style | //*[@style]"))
    yield from ("an inline script" for _ in page.find(f"//script[not(@src)]{_NOT_DATA}"))
    for element in page.find("//*"):
        for name, value in element.items():
            if name.startswith("on"):
                yield f"{name} on {element.tag}"
            if name in _FETCHES and _is_foreign(value):
                yield f"{element.tag} fetches {value}"
    for element in page.find("//link[@href]"):
        if _is_foreign(element.get("href") or "") and "icon style preload" in _rels(element):
            yield f"link fetches {element.get('href')}"
    yield from ("a form without a token" for form in page.find("//form") if _no_token(form))


def _rels(element: HtmlElement) -> str:
    rels = set((element.get("rel") or "").split())
    return "icon style preload" if rels & {"icon", "stylesheet", "preload"} else ""


def _is_foreign(address: str) -> bool:
    return urlsplit(address).scheme not in {"", "data"} or address.startswith("//")


def _no_token(form: HtmlElement) -> bool:
    posts = (form.get("method") or "get").lower() == "post"
    exempt = (form.get("action") or "").startswith(("/unsubscribe/", "/demo/"))
    return posts and not exempt and not form.xpath(".//input[@name='csrf_token']")


def unresolved(app: Flask, page: Page) -> list[str]:
    """The links and form addresses of a page that lead to no route."""
    links = [("GET", href) for href in page.hrefs()]
    forms = page.find("//form[@action]")
    links += [((form.get("method") or "get").upper(), form.get("action") or "") for form in forms]
    return sorted({f"{how} {to} leads nowhere" for how, to in links if _is_lost(app, how, to)})


def _is_lost(app: Flask, method: str, address: str) -> bool:
    parts = urlsplit(address)
    if parts.scheme or parts.netloc or not parts.path:
        return False
    adapter = app.url_map.bind("localhost")
    try:
        adapter.match(parts.path, method=method)
    except RequestRedirect:
        return False
    except (NotFound, MethodNotAllowed):
        return True
    return False
