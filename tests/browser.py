"""One chromium for the whole run, Debian's own, and what is looked at on each of its pages."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    ViewportSize,
    sync_playwright,
)

from tests.house import sources

CHROMIUM = Path("/usr/bin/chromium")
AXE = sources.ROOT / ".tools" / "axe-core@4.14.1" / "package" / "axe.min.js"
PHONE = ViewportSize(width=390, height=844)
DESK = ViewportSize(width=1280, height=900)
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
NARROW = ViewportSize(width=320, height=640)
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.fail("Debian's chromium is missing; `make test` installs it")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield launched
        launched.close()


@cache
def _axe() -> str:
    if not AXE.exists():
        pytest.fail("axe-core is missing; `make test` fetches it")
    return AXE.read_text(encoding="utf-8")


class Watched:
    """A browser window whose every complaint is kept: console, scripts, policy, other origins."""

    def __init__(self, context: BrowserContext, base: str) -> None:
        self.base = base
        self.context = context
        self.complaints: list[str] = []
        self.page: Page = context.new_page()
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        self.page.on("request", lambda request: self._request(request.url))

    def _console(self, message: Any) -> None:
        if message.type in {"error", "warning"} and "status of 4" not in message.text:
            self.complaints.append(f"console: {message.text}")

    def _request(self, url: str) -> None:
        if not url.startswith((self.base, "data:", "about:", "blob:")):
            self.complaints.append(f"another origin: {url}")

    def open(self, path: str) -> Page:
        self.page.goto(self.base + path)
        return self.page

    def settle(self) -> None:
        """Wait for what is still loading: it may complain, and closing on it has stood still."""
        for page in self.context.pages:
            page.wait_for_load_state()

    def look(self) -> None:
        """Check this page in both themes, at both sizes, and at 320 px; then put things back."""
        before = self.page.viewport_size
        for size in (PHONE, DESK):
            self.page.set_viewport_size(size)
            for theme in THEMES:
                self.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
                self._axe(f"{size['width']} px, {theme}")
        self._reflow()
        self.page.emulate_media(color_scheme="light")
        if before is not None:
            self.page.set_viewport_size(before)

    def _axe(self, how: str) -> None:
        if self.page.evaluate("typeof axe === 'undefined'"):
            self.page.evaluate(_axe())
        options = json.dumps({"runOnly": _RULES, "resultTypes": ["violations"]})
        found: Any = self.page.evaluate(f"axe.run(document, {options})")
        for one in found["violations"]:
            where = "; ".join(" ".join(map(str, node["target"])) for node in one["nodes"][:3])
            self.complaints.append(f"{self.page.url} ({how}): {one['id']}: {where}")

    def _reflow(self) -> None:
        self.page.set_viewport_size(NARROW)
        width: int = self.page.evaluate("document.documentElement.scrollWidth")
        if width > NARROW["width"]:
            self.complaints.append(f"{self.page.url}: {width} px wide at {NARROW['width']} px")


@contextmanager
def window(browser: Browser, base: str, **options: Any) -> Iterator[Watched]:
    """Open a window of its own (a phone's, unless told); fail at its end with every complaint."""
    context = browser.new_context(**({"viewport": PHONE} | options))
    context.set_default_timeout(8000)
    made = Watched(context, base)
    try:
        yield made
        made.settle()
        assert not made.complaints, "\n".join(dict.fromkeys(made.complaints))
    finally:
        context.close()
