"""A record of ten years is read while it is sent: no more memory than one of a year."""

import tracemalloc
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import insert
from sqlalchemy.orm import Session

from bench.statements import statements
from portal import db
from portal.accounts.models import Role
from portal.accounts.reader import Reader
from portal.care.models import Episode
from portal.diary.models import Entry, EntryPlace
from portal.privacy.record_files import FILES, in_pieces
from portal.privacy.record_queries import record_of
from tests import factories
from tests.people import MONDAY, Cast

FIVE_MB = 5 * 1024 * 1024
YEAR = 365
WORDS = "It pulled all day when I sat; better once I walked. " * 4


def write_days(session: Session, cast: Cast, days: int) -> None:
    """Days of Mia's diary up to last month, each with two places and a note."""
    of = session.get_one(Episode, cast.mia.episode_id)
    entries = [
        {
            "id": db.new_id(),
            "episode_id": of.id,
            "about_on": MONDAY - timedelta(days=30 + back),
            "version": 1,
            "entry_key": db.new_id(),
            "entered_at": factories.at(MONDAY - timedelta(days=30 + back)),
            "entered_by_id": cast.mia.account_id,
            "flags": ["none"],
            "pain_average": back % 11,
            "note": WORDS,
        }
        for back in range(days)
    ]
    session.execute(insert(Entry), entries)
    places = [
        {"entry_id": one["id"], "region": region, "episode_id": of.id}
        for one in entries
        for region in ("low-back-l", "low-back-r")
    ]
    session.execute(insert(EntryPlace), places)


def own(cast: Cast) -> Reader:
    mia = cast.mia
    roles = frozenset({Role.PATIENT})
    return Reader(mia.account_id, mia.name, mia.clinic_id, roles, patient_id=mia.patient_id)


def sent(cast: Cast, name: str) -> int:
    """Write a file, throw each piece away, and return how many marks there were."""
    with db.snapshot() as reading:
        found = record_of(reading, own(cast), cast.mia.patient_id)
        return sum(len(piece) for piece in in_pieces(FILES[name].write(found)))


@pytest.mark.parametrize("name", ["record.html", "record.json", "entries.csv", "answers.csv"])
def test_ten_years_stay_within_five_megabytes(app: Flask, cast: Cast, name: str) -> None:
    assert app
    sent(cast, name)  # what is loaded once is none of the record's
    with db.write_transaction() as session:
        write_days(session, cast, 10 * YEAR)
    tracemalloc.start()
    try:
        size = sent(cast, name)
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert size > 10 * YEAR * len(WORDS)
    assert peak < FIVE_MB, f"{peak / 1024 / 1024:.1f} MB"


@pytest.mark.parametrize("name", ["entries.csv", "answers.csv"])
def test_statements_grow_by_windows_only(app: Flask, cast: Cast, name: str) -> None:
    with db.write_transaction() as session:
        write_days(session, cast, YEAR)
    with statements(app) as seen:
        sent(cast, name)
    assert seen.counted <= 10, seen.all


def test_file_stands_as_it_was_when_it_began(app: Flask, cast: Cast) -> None:
    """What is written while a file is sent is not in it."""
    assert app
    with db.write_transaction() as session:
        write_days(session, cast, YEAR)
    with db.snapshot() as reading:
        found = record_of(reading, own(cast), cast.mia.patient_id)
        pieces = FILES["entries.csv"].write(found)
        first = next(pieces)
        with db.write_transaction() as session:
            of = session.get_one(Episode, cast.mia.episode_id)
            factories.entry(session, of, MONDAY, note="written meanwhile")
        rest = "".join(pieces)
    assert first.startswith("\ufeffrecord_id")
    assert (rest.count(WORDS), "written meanwhile" in rest) == (YEAR, False)


@pytest.mark.parametrize("name", list(FILES))
def test_reading_ends_with_the_answer(app: Flask, cast: Cast, name: str) -> None:
    pool = app.extensions["portal.database"].engine.pool
    before = pool.checkedout()
    sent(cast, name)
    assert pool.checkedout() == before
