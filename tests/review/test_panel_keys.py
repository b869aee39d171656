"""Reviewing from the panel, and filters that stay while somebody is searched for."""

from typing import Any

import pytest
from sqlalchemy import select

from portal import db
from portal.care.models import Episode
from portal.diary.models import EntryFlag
from portal.review.models import Review
from tests import factories
from tests.pages import page_of
from tests.people import MONDAY, Cast, ClientOf
from tests.review import scenes
from tests.review.test_brief import address, mias


@pytest.fixture
def newest(cast: Cast) -> Any:
    with db.write_transaction() as session:
        scenes.write(session, mias(session, cast), range(6, 1, -1), 4)
        return factories.entry(session, mias(session, cast), MONDAY).id


def reviews(cast: Cast) -> list[Review]:
    db.end_read()
    of_mia = Review.episode_id == cast.mia.episode_id
    query = select(Review).where(of_mia, Review.undone_at.is_(None)).order_by(Review.at)
    return list(db.session().scalars(query))


def sent(newest: Any, **more: str) -> dict[str, str]:
    return {"back": "panel", "up_to": str(newest), **more}


def test_a_row_is_marked_as_far_as_the_panel_showed(
    cast: Cast, client_of: ClientOf, newest: Any
) -> None:
    client = client_of(cast.ana)
    button = client.page("/clinic").find("//button[@data-review]")[0]
    assert (button.get("value"), button.get("formaction")) == (
        str(newest),
        address(cast, "/review"),
    )
    client.post(address(cast, "/review"), sent(newest))
    assert [one.up_to_entry_id for one in reviews(cast)] == [newest]


def test_marking_returns_to_the_same_page_of_the_panel(
    cast: Cast, client_of: ClientOf, newest: Any
) -> None:
    form = sent(newest, show="asked", page="2")
    answer = client_of(cast.ana).post(address(cast, "/review"), form)
    assert answer.location == "/clinic?show=asked&page=2"


def test_a_marked_row_says_when(cast: Cast, client_of: ClientOf, newest: Any) -> None:
    client = client_of(cast.ana)
    client.post(address(cast, "/review"), sent(newest))
    page = client.page("/clinic")
    assert page.find("//button[@data-review]") == []
    assert "Today" in page.by_class("roster__read")[0].text_content()


def test_a_later_entry_brings_the_button_back(cast: Cast, client_of: ClientOf, newest: Any) -> None:
    client = client_of(cast.ana)
    client.post(address(cast, "/review"), sent(newest))
    with db.write_transaction() as session:
        at = factories.at(MONDAY, 21)
        factories.entry(session, mias(session, cast), scenes.days_ago(1), entered_at=at)
    assert len(client.page("/clinic").find("//button[@data-review]")) == 1


def test_marking_on_the_panel_is_undone_there(cast: Cast, client_of: ClientOf, newest: Any) -> None:
    client = client_of(cast.ana)
    client.post(address(cast, "/review"), sent(newest))
    page = client.page("/clinic")
    assert "Marked as reviewed. Undo" in page.main
    answer = client.post(address(cast, "/review/undo"), {"back": "panel"})
    assert (answer.location, reviews(cast)) == ("/clinic", [])


def test_marking_on_the_panel_acknowledges_no_flag(cast: Cast, client_of: ClientOf) -> None:
    with db.write_transaction() as session:
        entry = factories.entry(session, mias(session, cast), MONDAY, flags=["RF8"])
        key = entry.id
    client_of(cast.ana).post(address(cast, "/review"), sent(key))
    db.end_read()
    of_mia = EntryFlag.episode_id == cast.mia.episode_id
    assert [
        one.acknowledged_at for one in db.session().scalars(select(EntryFlag).where(of_mia))
    ] == [None]


def test_keys_are_told_without_script(cast: Cast, client_of: ClientOf) -> None:
    page = client_of(cast.ana).page("/clinic")
    keys = [one.text_content() for one in page.find("//details[@data-keys]//kbd")]
    assert keys == ["j", "k", "Enter", "r", "?"]


@pytest.fixture
def people(cast: Cast) -> dict[str, Episode]:
    with db.write_transaction() as session:
        return scenes.whole_panel(session, cast)


@pytest.mark.usefixtures("people")
def test_filters_stay_while_searching_and_count_whom_was_found(
    cast: Cast, client_of: ClientOf
) -> None:
    page = page_of(client_of(cast.ana).post("/clinic", {"q": "person"}))
    found = {one.get("value"): one.text_content() for one in page.find("//button[@name='show']")}
    assert (found["all"], found["worse"], found["flags"]) == ("All 8", "Worse 1", "Open flags 0")


@pytest.mark.usefixtures("people")
def test_a_filter_narrows_the_search(cast: Cast, client_of: ClientOf) -> None:
    page = page_of(client_of(cast.ana).post("/clinic", {"named": "person", "show": "worse"}))
    assert [one.text_content() for one in page.find("//tbody//a[@data-open]")] == ["Worse Person"]
    assert page.field("q").get("value") == "person"
