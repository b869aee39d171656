"""The entry page as a screen reader meets it: Chromium's accessibility tree, and how few taps.

Every name, order, role and state here is what the browser hands to speech and switch software.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from portal import db
from portal.care.models import Episode
from portal.diary.models import EntryPlace
from portal.diary.regions import REGIONS
from tests import factories
from tests.journeys.conftest import Site, entries_of
from tests.journeys.test_diary import TODAY, answer, newest, save, tap
from tests.people import MONDAY

pytestmark = pytest.mark.browser
ASKED = "How bad was your pain today, on average?"
PLACES = frozenset(region.label for region in REGIONS)
_ROLES = {"radio", "checkbox", "group", "button", "textbox", "heading", "DisclosureTriangle"}


class Spoken:
    """One node of the tree: its role, its name, and what is said of its state."""

    def __init__(self, node: Any) -> None:
        self.role = str(node["role"]["value"])
        self.name = str(node.get("name", {}).get("value", ""))
        self.about = str(node.get("description", {}).get("value", ""))
        states = {one["name"]: one["value"].get("value") for one in node.get("properties", [])}
        self.checked = states.get("checked") == "true"
        self.invalid = states.get("invalid") == "true"


def spoken(page: Page) -> list[Spoken]:
    """What the page says, in the order in which it is said."""
    tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")
    by_id = {node["nodeId"]: node for node in tree["nodes"]}

    def walk(node: Any) -> Iterator[Any]:
        yield node
        for child in node.get("childIds", []):
            if child in by_id:
                yield from walk(by_id[child])

    found = (node for node in walk(tree["nodes"][0]) if not node["ignored"])
    return [Spoken(node) for node in found if node["role"]["value"] in _ROLES]


def names(page: Page, role: str) -> list[str]:
    return [one.name for one in spoken(page) if one.role == role]


def write(site: Site, ago: int, **more: Any) -> None:
    with db.write_transaction() as session:
        of = session.get_one(Episode, site.cast.mia.episode_id)
        factories.entry(session, of, MONDAY - timedelta(days=ago), **more)


def show(page: Page, view: str) -> None:
    """Choose Front, Back or List, as a finger does."""
    page.locator(f"label[for=v-{view}]").click()


def test_questions_are_said_in_the_order_of_the_design(site: Site) -> None:
    with site.window(site.cast.mia) as window:
        said = names(window.open(TODAY), "group")
    order = [
        ASKED,
        "How much did pain get in the way of your day?",
        "Is any of this new in the last 7 days?",
        "Where was it?",
    ]
    assert [name for name in said if name in order] == order


def test_a_scale_says_its_eleven_numbers_and_both_ends(site: Site) -> None:
    with site.window(site.cast.mia) as window:
        said = spoken(window.open(TODAY))
    start = next(n for n, one in enumerate(said) if one.name == ASKED)
    assert said[start].about.endswith("0 No pain 10 Worst pain you can imagine")
    assert [(one.role, one.name) for one in said[start + 1 : start + 12]] == [
        ("radio", str(number)) for number in range(11)
    ]


def test_nothing_is_said_to_be_chosen_before_it_is(site: Site) -> None:
    with site.window(site.cast.mia) as window:
        chosen = [one.name for one in spoken(window.open(TODAY)) if one.checked]
    assert chosen == ["Show the back"]


def test_a_chosen_number_is_said_to_be_chosen(site: Site) -> None:
    with site.window(site.cast.mia) as window:
        page = window.open(TODAY)
        answer(page, "pain_average", "4")
        said = [one.name for one in spoken(page) if one.role == "radio" and one.checked]
    assert said == ["4", "Show the back"]


@pytest.mark.parametrize(("view", "count"), [("front", 24), ("back", 30), ("list", 54)])
def test_each_view_says_its_own_places(site: Site, view: str, count: int) -> None:
    with site.window(site.cast.mia) as window:
        page = window.open(TODAY)
        show(page, view)
        places = page.locator("[name=places]:visible").count()
        said = names(page, "checkbox")
    assert places == count
    assert len([name for name in said if name in PLACES]) == count


def test_the_list_begins_with_the_usual_places(site: Site) -> None:
    write(site, 1, places=["shin-l"])
    with site.window(site.cast.mia) as window:
        page = window.open(TODAY)
        show(page, "list")
        window.look()
        said = [name for name in names(page, "checkbox") if name in PLACES]
        groups = names(page, "group")
    assert said[0] == "Left shin"
    assert "Your usual places" in groups


@pytest.mark.parametrize("script", [True, False], ids=["with-script", "without-script"])
def test_figure_and_list_save_the_same(site: Site, *, script: bool) -> None:
    kept: list[set[str]] = []
    for view in ("back", "list"):
        with site.window(site.cast.mia, java_script_enabled=script) as window:
            page = window.open(TODAY)
            show(page, view)
            if view == "back":
                tap(page, "low-back-l")
            else:
                page.locator("label:has([value='buttock-l'])").click()
                page.locator("label:has([value='low-back-l'])").click()
            answer(page, "pain_average", "4" if view == "back" else "5")
            save(page)
        kept.append(places_of(site))
    assert kept == [{"low-back-l"}, {"buttock-l"}]


def places_of(site: Site) -> set[str]:
    db.end_read()
    query = select(EntryPlace.region).where(EntryPlace.entry_id == newest(site).id)
    return set(db.session().scalars(query))


def test_a_place_ticked_in_the_figure_is_ticked_in_the_list(site: Site) -> None:
    with site.window(site.cast.mia) as window:
        page = window.open(TODAY)
        tap(page, "low-back-l")
        show(page, "list")
        ticked = [one.name for one in spoken(page) if one.role == "checkbox" and one.checked]
    assert ticked == ["Left low back"]


def test_what_is_picked_is_read_back_on_the_patients_own_side(site: Site) -> None:
    with site.window(site.cast.mia) as window:
        page = window.open(TODAY)
        tap(page, "low-back-l")
        assert page.get_by_role("status").first.inner_text() == "Picked: your left low back"


def test_a_missing_number_is_said_at_the_scale(site: Site) -> None:
    with site.window(site.cast.mia) as window:
        page = window.open(TODAY)
        answer(page, "interference", "3")
        save(page)
        about = next(one.about for one in spoken(page) if one.name == ASKED)
    assert "Error: Choose a number for your pain" in about


def test_two_taps_and_save_make_an_entry(site: Site) -> None:
    with site.window(site.cast.mia) as window:
        page = window.open(TODAY)
        answer(page, "pain_average", "4")
        answer(page, "interference", "2")
        save(page)
        assert page.url.endswith("/saved")
    assert (newest(site).pain_average, newest(site).interference) == (4, 2)


def test_a_full_entry_takes_at_most_twelve_interactions(site: Site) -> None:
    with site.window(site.cast.mia) as window:
        page = window.open("/me")
        done = 0

        def act(step: Any) -> None:
            nonlocal done
            step()
            done += 1

        act(page.get_by_role("link", name="Write today’s diary").first.click)
        act(lambda: answer(page, "pain_average", "4"))
        act(lambda: answer(page, "interference", "2"))
        act(lambda: tap(page, "low-back-l"))
        act(lambda: tap(page, "buttock-l"))
        act(lambda: page.locator("summary", has_text="More").click())
        act(lambda: page.locator("[name=note]").click())
        act(lambda: page.keyboard.type("Sat long today."))
        act(lambda: save(page))
        assert page.url.endswith("/saved")
    assert done <= 12
    assert newest(site).note == "Sat long today."
    assert places_of(site) == {"low-back-l", "buttock-l"}


def test_a_second_visit_weighs_at_most_sixty_kilobytes(site: Site) -> None:
    with site.window(site.cast.mia) as window:
        page = window.open(TODAY)
        meter = page.context.new_cdp_session(page)
        meter.send("Network.enable")
        weights: list[float] = []
        meter.on("Network.loadingFinished", lambda e: weights.append(e["encodedDataLength"]))
        window.open(TODAY)
        page.wait_for_load_state("networkidle")
    assert weights
    assert sum(weights) <= 60 * 1024


def test_the_form_is_whole_at_twice_the_text_without_script(site: Site) -> None:
    with site.window(site.cast.mia, java_script_enabled=False) as window:
        page = window.open(TODAY)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        width = page.viewport_size
        answer(page, "pain_average", "4")
        show(page, "list")
        page.locator("label:has([value='low-back-l'])").click()
        box = page.locator("form[method=post] .q").first.bounding_box()
        save(page)
        assert page.url.endswith("/saved")
    assert box is not None
    assert width is not None
    assert box["x"] + box["width"] <= width["width"]
    assert entries_of(site.cast.mia)[-1].pain_average == 4


def test_how_long_a_cramp_lasted_is_asked_once_one_was_felt(site: Site) -> None:
    with db.write_transaction() as session:
        of = session.get_one(Episode, site.cast.mia.episode_id)
        factories.visit(session, of, MONDAY)
    with site.window(site.cast.mia, java_script_enabled=False) as window:
        page = window.open(TODAY)
        cramp = page.get_by_role("group", name="How long did the cramp last?")
        assert not cramp.is_visible()
        answer(page, "grasp_felt", "none")
        assert not cramp.is_visible()
        answer(page, "grasp_felt", "clearly")
        assert cramp.is_visible()
