"""A diary that nobody reads claims on none of its patient's pages that somebody does."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import product
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import update

from portal import clock, db
from portal.care.models import CareTeam, Consent, Episode
from portal.home.settings_acts import PARTS
from portal.instruments.catalogue import house_catalogue
from tests.people import MONDAY, Cast, ClientOf, HouseClient

DAYS = [MONDAY - timedelta(days=back) for back in range(3)]
TODAY, YESTERDAY, BEFORE = (f"/me/diary/{on.isoformat()}" for on in DAYS)
CLAIMS = (
    "Your clinic reads diaries",
    "Diaries are read",
    "diary is next read",
    "stands first on your practitioner",
    "Notes are read",
    "it is read before your visit",
    "sees it before",
    "sees them before",
    "sees before you meet",
    "is read together with your diary",
    "Your practitioner reads it",
    "your practitioner’s list",
    "You and your practitioner can still read it",
)
Stop = Callable[[Cast], None]


def ended(cast: Cast) -> None:
    with db.write_transaction() as session:
        session.get_one(Episode, cast.noor.episode_id).ended_on = MONDAY
        db.touch(session, cast.noor.episode_id)


def without_a_team(cast: Cast) -> None:
    with db.write_transaction() as session:
        mine = CareTeam.episode_id == cast.noor.episode_id
        session.execute(update(CareTeam).where(mine).values(until_at=clock.now()))
        db.touch(session, cast.noor.episode_id)


def left(cast: Cast) -> None:
    with db.write_transaction() as session:
        mine = Consent.episode_id == cast.noor.episode_id
        session.execute(update(Consent).where(mine).values(withdrawn_at=clock.now()))
        db.touch(session, cast.noor.episode_id)


STOPS = pytest.mark.parametrize("stop", [ended, without_a_team, left])


def written(cast: Cast, client_of: ClientOf) -> HouseClient:
    """Let Noor tick a warning sign today, ask for a call the day before, and answer a check."""
    noor = client_of(cast.noor)
    key = str(uuid4())
    assert noor.post(TODAY, {"entry_key": key, "flags": "RF1", "call_me": "yes"}).status_code == 303
    assert noor.post(BEFORE, {"entry_key": str(uuid4()), "call_me": "yes"}).status_code == 303
    for item in house_catalogue().get("peg").asked(()):
        noor.post("/me/check/peg", {"act": "answer", "item": item.code, "answer": "4"})
    assert noor.post("/me/check/peg", {"act": "save"}).status_code == 303
    return noor


def addresses(app: Flask) -> Iterator[str]:
    """Every page under /me, each with every day, instrument and part it can be about."""
    values: dict[str, list[Any]] = {"on": DAYS, "instrument": sorted(house_catalogue().codes)}
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith("/me") or "GET" not in (rule.methods or ()):
            continue
        names = sorted(rule.arguments)
        for chosen in product(*(values[name] for name in names)):
            yield adapter.build(rule.endpoint, dict(zip(names, chosen, strict=True)))
    yield from (f"/me/settings?part={part}" for part in PARTS)
    yield from ("/me/check/peg?at=1", "/account")


@STOPS
def test_no_page_says_that_somebody_reads(
    app: Flask, cast: Cast, client_of: ClientOf, stop: Stop
) -> None:
    noor = written(cast, client_of)
    stop(cast)
    texts = {path: noor.get(path).text for path in addresses(app)}
    claims = [(path, said) for path, text in texts.items() for said in CLAIMS if said in text]
    assert claims == []


@pytest.mark.parametrize(
    "path",
    [
        "/me",
        "/me/diary",
        TODAY,
        f"{TODAY}/saved",
        f"{YESTERDAY}/history",
        f"{BEFORE}/saved",
        "/me/trends",
        "/me/questions",
        "/me/reading",
        "/me/check/peg",
        "/me/check/peg/saved",
    ],
)
def test_banner_says_whether_the_diary_is_read(cast: Cast, client_of: ClientOf, path: str) -> None:
    noor = written(cast, client_of)
    before = noor.page(path).text
    without_a_team(cast)
    now = noor.page(path).text
    banners = [text[text.index("Not for emergencies.") :] for text in (before, now)]
    assert banners[0].startswith("Not for emergencies. Your clinic reads diaries before visits")
    assert banners[1].startswith("Not for emergencies. Nobody reads this diary now. In an")


def test_banner_of_a_page_that_knows_no_care_says_nothing_of_reading(
    cast: Cast, client_of: ClientOf
) -> None:
    text = client_of(cast.noor).page("/me/export").text
    assert "Not for emergencies. In an emergency call 911." in " ".join(text.split())


@STOPS
def test_who_asked_for_a_call_learns_that_it_may_not_be_seen(
    cast: Cast, client_of: ClientOf, stop: Stop
) -> None:
    noor = written(cast, client_of)
    stop(cast)
    said = "You asked for a call. The clinic may not see that soon, or at all."
    for path in (f"{BEFORE}/saved", f"{TODAY}/saved"):
        page = noor.page(path)
        assert said in page.main
        assert page.find('//p//a[.="519-555-0142"][starts-with(@href, "tel:")]')


def test_flag_readers_see_the_call_of_a_diary_that_nobody_reads(
    cast: Cast, client_of: ClientOf
) -> None:
    written(cast, client_of)
    without_a_team(cast)
    assert "Noor" in client_of(cast.fay).page("/clinic/flags").main


@pytest.mark.parametrize("path", ["/me/check/peg", "/me/check/peg/saved"])
def test_the_clinics_number_on_a_check_can_be_tapped(
    cast: Cast, client_of: ClientOf, path: str
) -> None:
    noor = written(cast, client_of)
    ended(cast)
    assert noor.page(path).find('//main//p/a[.="519-555-0142"][starts-with(@href, "tel:")]')
