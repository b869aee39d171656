"""The scripts in a real browser, on the smallest page that shows what each adds."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from portal.web.assets import FOLDER

FIGURE = """
<form method="post" action="/save"><input type="hidden" name="scale_layout" value="unknown">
<fieldset data-body>
  <label class="rg"><input type="checkbox" data-side="own"><span>Left low back</span></label>
  <label class="rg"><input type="checkbox"><span>Stomach</span></label>
  <p data-picked data-lead="Picked:" data-none="No place picked." data-your="your {}"
     data-and="and">From yesterday</p>
</fieldset><button>Save</button></form>
"""
REFUSED = '<div tabindex="-1" data-focus id="summary">One thing</div>' + FIGURE

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser_page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 390, "height": 844})
    yield page
    page.close()


def _open(page: Page, body: str, script: str) -> Page:
    page.route("http://portal.test/**", lambda route: route.fulfill(body=""))
    page.goto("http://portal.test/")
    page.set_content(body)
    page.add_script_tag(path=FOLDER / "js" / script)
    return page


def test_the_sentence_follows_the_figure(browser_page: Page) -> None:
    page = _open(browser_page, FIGURE, "diary.js")
    page.get_by_label("Stomach").check()
    page.get_by_label("Left low back").check()
    assert page.locator("[data-picked]").inner_text() == "Picked: your left low back and stomach"


def test_the_sentence_says_when_nothing_is_picked(browser_page: Page) -> None:
    page = _open(browser_page, FIGURE, "diary.js")
    page.get_by_label("Stomach").check()
    page.get_by_label("Stomach").uncheck()
    assert page.locator("[data-picked]").inner_text() == "No place picked."


@pytest.mark.parametrize(("width", "layout"), [(390, "two-rows"), (1280, "one-row")])
def test_the_layout_of_the_scale_goes_with_the_answer(
    browser_page: Page, width: int, layout: str
) -> None:
    browser_page.set_viewport_size({"width": width, "height": 844})
    page = _open(browser_page, FIGURE, "diary.js")
    assert page.locator("[name=scale_layout]").input_value() == layout


def test_what_is_wrong_is_read_first(browser_page: Page) -> None:
    page = _open(browser_page, REFUSED, "page.js")
    assert page.evaluate("document.activeElement.id") == "summary"


COUNT_SENDING = """window.sent = 0; document.addEventListener("submit", (event) => {
  if (!event.defaultPrevented) window.sent += 1; event.preventDefault(); })"""


def _counting(page: Page) -> Page:
    page.clock.install()
    _open(page, FIGURE, "page.js").evaluate(COUNT_SENDING)
    return page


def test_a_second_press_does_not_send_twice(browser_page: Page) -> None:
    page = _counting(browser_page)
    page.locator("button").click()
    page.locator("button").click(force=True)
    assert page.evaluate("window.sent") == 1


def test_after_a_while_the_form_can_be_sent_again(browser_page: Page) -> None:
    page = _counting(browser_page)
    page.locator("button").click()
    page.clock.fast_forward(5000)
    page.locator("button").click()
    assert page.evaluate("window.sent") == 2


def test_leaving_takes_the_page_out_of_the_history(browser_page: Page) -> None:
    leave = '<a href="http://portal.test/elsewhere" data-quick-exit>Leave</a>'
    page = _open(browser_page, leave, "page.js")
    before = page.evaluate("history.length")
    with page.expect_navigation(url="**/elsewhere"):
        page.get_by_text("Leave").click()
    assert page.evaluate("history.length") == before


COPY = """<a href="http://portal.test/brief.txt" data-copy>Copy as text</a>
<span role="status" hidden data-copied="Copied"></span>"""
CLIPBOARD = (
    "Object.defineProperty(navigator, 'clipboard', {value: {writeText: async (text) => {%s}}})"
)


@pytest.fixture
def copying(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    yield page
    page.close()


def _copied(page: Page, clipboard: str) -> Page:
    """Press "Copy as text" on a page whose clipboard does this."""
    page.add_init_script(CLIPBOARD % clipboard)
    _open(page, COPY, "page.js")
    page.route(
        "**/brief.txt", lambda route: route.fulfill(body="Mia. 47.", content_type="text/plain")
    )
    page.get_by_text("Copy as text").click()
    return page


def test_text_is_copied_and_said_to_be(copying: Page) -> None:
    page = _copied(copying, "window.copied = text")
    page.get_by_text("Copied", exact=True).wait_for()
    assert page.evaluate("window.copied") == "Mia. 47."


def test_where_nothing_may_be_copied_the_text_opens(copying: Page) -> None:
    page = _copied(copying, "throw new Error('not allowed')")
    page.wait_for_url("**/brief.txt")
    assert page.locator("body").inner_text() == "Mia. 47."
