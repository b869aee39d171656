"""Somebody at a browser without script: cookies, links, and forms sent as a browser sends them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPResponse
from http.cookiejar import CookieJar
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode, urljoin, urlsplit
from urllib.request import HTTPCookieProcessor, HTTPErrorProcessor, Request, build_opener

from lxml import html
from lxml.html import FormElement, HtmlElement

TIMEOUT = 30
Values = Mapping[str, str | Sequence[str]]


class Missed(AssertionError):
    """Something that ought to be there is not."""


class _Calm(HTTPErrorProcessor):
    """Follows redirects; an error page is a page like any other."""

    def http_response(self, request: Request, response: HTTPResponse) -> Any:
        if response.status in {301, 302, 303, 307, 308}:
            return super().http_response(request, response)
        return response

    https_response = http_response


@dataclass(frozen=True)
class Page:
    """What came back: the status, where one ended up, and the document."""

    url: str
    status: int
    text: str
    root: HtmlElement

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    @property
    def heading(self) -> str:
        found = self.root.findall(".//h1")
        return " ".join(found[0].text_content().split()) if found else ""

    @property
    def words(self) -> str:
        """The text of the page as somebody reads it."""
        return " ".join(self.root.text_content().split())

    def says(self, *sentences: str) -> "Page":
        for sentence in sentences:
            if sentence not in self.words:
                raise Missed(f"{self.path} ({self.status}, “{self.heading}”): no “{sentence}”")
        return self

    def href(self, part: str) -> str:
        """The first link whose address holds `part`."""
        for link in self.root.iterfind(".//a[@href]"):
            if part in (link.get("href") or ""):
                return str(urljoin(self.url, link.get("href") or ""))
        raise Missed(f"{self.path}: no link to {part}")

    def form(self, part: str = "") -> FormElement:
        """The form that posts to this address, else the first whose address holds `part`."""
        forms = {
            urljoin(self.path, form.get("action") or ""): form
            for form in reversed(self.root.forms)
            if (form.get("method") or "").lower() == "post"
        }
        fitting = [one for one in reversed(forms) if part in one]
        if part not in forms and not fitting:
            raise Missed(f"{self.path} ({self.status}, “{self.heading}”): no form to {part}")
        return forms[part if part in forms else fitting[0]]


class Visitor:
    """One browser with its own cookies."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.cookies = CookieJar()
        self._opener = build_opener(_Calm, HTTPCookieProcessor(self.cookies))

    def get(self, path: str, *, status: int = 200) -> Page:
        """Open a page, following redirects."""
        return self._page(Request(urljoin(self.base, path)), status)

    def post(
        self,
        path: str,
        values: Sequence[tuple[str, str]],
        *,
        status: int = 200,
        is_browser: bool = True,
    ) -> Page:
        """Send a form, with the headers that browsers add by themselves."""
        own = {"Origin": self.base, "Sec-Fetch-Site": "same-origin"} if is_browser else {}
        body = urlencode(values).encode()
        return self._page(Request(urljoin(self.base, path), body, own), status)

    def send(
        self,
        page: Page,
        values: Values,
        *,
        to: str = "",
        press: tuple[str, str] | None = None,
        status: int = 200,
    ) -> Page:
        """Fill in the form of a page, as somebody would, and press a button."""
        form = page.form(to)
        for name, value in values.items():
            _fill(form, name, value)
        sent = [(str(name), str(value)) for name, value in form.form_values()]
        if press is not None:
            sent.append(press)
        return self.post(urljoin(page.url, form.get("action") or ""), sent, status=status)

    def _page(self, request: Request, status: int) -> Page:
        with self._opener.open(request, timeout=TIMEOUT) as answer:
            text = answer.read().decode()
            page = Page(answer.url, answer.status, text, html.document_fromstring(text or "<p>"))
        if page.status != status:
            said = page.words[:300]
            raise Missed(
                f"{request.get_method()} {request.full_url}: {page.status}, not {status}: {said}"
            )
        return page

    def answers(self, path: str = "/healthz") -> bool:
        """Whether anybody listens yet."""
        try:
            return self.get(path).status == 200
        except (URLError, ConnectionError, Missed):
            return False


def _fill(form: FormElement, name: str, value: str | Sequence[str]) -> None:
    if name not in form.fields:
        raise Missed(f"no field {name} in the form to {form.get('action')}")
    if isinstance(value, str):
        field = form.inputs[name]
        if getattr(field, "type", "") == "checkbox" or not hasattr(field, "value"):
            field.checked = True
        else:
            form.fields[name] = value
        return
    ticked = form.fields[name]
    for one in value:
        ticked.add(one)
