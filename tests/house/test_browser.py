import pytest
from playwright.sync_api import Browser

from tests.browser import window

pytestmark = pytest.mark.browser
BASE = "http://portal.test"
POLICY = {"Content-Type": "text/html", "Content-Security-Policy": "default-src 'self'"}
BAD = """<!doctype html><html><title>A</title><h1>A</h1>
<p style="color: red">set here</p><table width="700"><tr><td>wide</table>
<img src="http://other.test/x.png"><script>alert(1)</script>"""


def _look(browser: Browser) -> None:
    with window(browser, BASE) as seen:
        seen.page.route(f"{BASE}/**", lambda route: route.fulfill(body=BAD, headers=POLICY))
        seen.open("/")
        seen.look()


def test_window_tells_whatever_is_wrong_with_a_page(browser: Browser) -> None:
    with pytest.raises(AssertionError) as told:
        _look(browser)
    faults = ("inline style", "inline script", "html-has-lang", "image-alt", "320 px")
    assert [fault for fault in faults if fault not in str(told.value)] == []
