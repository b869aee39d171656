"""A patient reads with letters twice as large, as a phone's own setting makes them."""

import pytest

from tests.browser import PHONE
from tests.journeys.conftest import Site
from tests.journeys.test_diary import TODAY

pytestmark = pytest.mark.browser
TWICE = "html { font-size: 200% !important }"
# The widest part of the page, and whatever in the head, the tabs or beside Save lies on another.
FOUND = """() => {
  const wide = document.documentElement.scrollWidth;
  const parts = [...document.querySelectorAll(
    ".brand > span, .quick-exit, .menu > summary, .tabs a, .savebar__in > *")];
  const boxes = parts.map(one => [one.textContent.trim(), one.getBoundingClientRect()]);
  const seen = boxes.filter(([, box]) => box.width > 0);
  const cut = seen.filter(([, box]) => box.right > innerWidth + 1).map(([words]) => words);
  const crossed = seen.flatMap(([a, one], n) => seen.slice(n + 1)
    .filter(([, two]) => one.left < two.right - 1 && two.left < one.right - 1
      && one.top < two.bottom - 1 && two.top < one.bottom - 1)
    .map(([b]) => `${a} / ${b}`));
  return {wide, cut, crossed};
}"""
PAGES = (
    "/me",
    TODAY,
    "/me/diary",
    "/me/trends",
    "/me/questions",
    "/me/access",
    "/me/export",
    "/me/settings",
)


def test_nothing_is_cut_or_crossed_at_twice_the_size(site: Site) -> None:
    with site.window(site.cast.noor, bypass_csp=True) as window:
        for path in PAGES:
            page = window.open(path)
            page.add_style_tag(content=TWICE)
            found = page.evaluate(FOUND)
            assert found == {"wide": PHONE["width"], "cut": [], "crossed": []}, path
