"""Write screenshots of all main pages of the demonstration into shots/; run by `make shots`.

With --readme, write the two small ones that README.md shows into docs/img/ instead.
"""

import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from portal import clock

ROOT = Path(__file__).resolve().parents[1]
SHOTS = ROOT / "shots"
IMAGES = ROOT / "docs" / "img"
CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
PHONE = ViewportSize(width=390, height=844)
DESK = ViewportSize(width=1280, height=900)
TODAY = clock.today("America/Toronto")
PATIENCE = 90

PUBLIC = {
    "home": "/",
    "learn": "/learn/",
    "what-is-ims": "/learn/what-is-ims",
    "comparison": "/learn/ims-and-acupuncture",
    "three-effects": "/learn/three-effects",
    "the-grasp": "/learn/the-grasp",
    "safety": "/learn/safety",
    "about": "/about",
    "sign-in": "/sign-in",
    "not-found": "/no-such-page",
}
PATIENT = {
    "me": "/me",
    "entry": f"/me/diary/{TODAY}",
    "diary": "/me/diary",
    "trends": "/me/trends",
    "questions": "/me/questions",
    "weekly-check": "/me/check/peg",
    "who-looked": "/me/access",
    "export": "/me/export",
    "settings": "/me/settings",
    "account": "/account",
}
STAFF = {
    "panel": "/clinic",
    "today": "/clinic/today",
    "flags": "/clinic/flags",
    "figures": "/clinic/figures",
    "appointments": "/clinic/appointments",
    "break-glass": "/clinic/break-glass",
    "invite": "/clinic/invite",
}
ADMINISTRATOR = {
    "people": "/admin/people",
    "clinic": "/admin/clinic",
    "content": "/admin/content",
    "audit": "/admin/audit",
}


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


@contextmanager
def _demo() -> Iterator[str]:
    """Run the demonstration on a free port; yield its address."""
    port = _free_port()
    command = [str(Path(sys.executable).with_name("portal")), "demo", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            _wait_for(f"http://127.0.0.1:{port}", server)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


def _wait_for(base: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(PATIENCE * 2):
        if server.poll() is not None:
            sys.exit("The demonstration stopped; start it with `make run` to see why.")
        try:
            with urllib.request.urlopen(f"{base}/healthz", timeout=2):
                return
        except OSError:
            time.sleep(0.5)
    sys.exit(f"The demonstration did not answer within {PATIENCE} seconds.")


def _sign_in(page: Page, base: str, role: str) -> None:
    page.goto(base)
    page.locator(f"form[action='/demo/sign-in'] [value={role}]").first.click()
    page.wait_for_load_state()


def _brief(page: Page, base: str) -> str:
    """The address of the brief of whoever stands first on the panel."""
    page.goto(f"{base}/clinic")
    return page.locator("main a[href^='/clinic/patients/']").first.get_attribute("href") or ""


def _shoot(page: Page, base: str, pages: dict[str, str], how: str) -> None:
    for name, path in pages.items():
        page.goto(base + path)
        page.screenshot(path=SHOTS / f"{name}-{how}.png", full_page=True)


def _round(browser: Browser, base: str, size: ViewportSize, how: str) -> None:
    for role, pages in (
        (None, PUBLIC),
        ("patient", PATIENT),
        ("practitioner", STAFF),
        ("administrator", ADMINISTRATOR),
    ):
        context = browser.new_context(
            viewport=size,
            color_scheme="dark" if how.endswith("dark") else "light",
            reduced_motion="reduce",
        )
        page = context.new_page()
        if role:
            _sign_in(page, base, role)
        _shoot(page, base, pages, how)
        if role == "practitioner":
            brief = _brief(page, base)
            more = {"brief": brief, "entries": f"{brief}/entries", "visit": f"{brief}/visits/new"}
            _shoot(page, base, more, how)
        context.close()


def _everything(browser: Browser, base: str) -> None:
    SHOTS.mkdir(exist_ok=True)
    for size, name in ((PHONE, "phone"), (DESK, "desk")):
        for theme in ("light", "dark"):
            _round(browser, base, size, f"{name}-{theme}")
    print(f"{len(list(SHOTS.glob('*.png')))} screenshots are in {SHOTS.name}/")


def _for_readme(browser: Browser, base: str) -> None:
    IMAGES.mkdir(exist_ok=True)
    page = browser.new_page(viewport=ViewportSize(width=375, height=720))
    _sign_in(page, base, "patient")
    page.goto(f"{base}/me/diary/{TODAY}")
    page.screenshot(path=IMAGES / "entry.png")
    page.close()
    page = browser.new_page(viewport=ViewportSize(width=1280, height=800))
    _sign_in(page, base, "practitioner")
    page.goto(base + _brief(page, base))
    page.screenshot(path=IMAGES / "brief.png")


def main() -> None:
    with _demo() as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        (_for_readme if "--readme" in sys.argv else _everything)(browser, base)
        browser.close()


if __name__ == "__main__":
    main()
