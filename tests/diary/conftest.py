"""What the tests of the diary share: Mia's browser, and what stands in the database."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from portal import db
from portal.care.models import Episode
from portal.diary.models import Entry, EntryFlag, EntryPlace
from portal.mail.models import OutboxMail
from tests import pages
from tests.people import Cast, ClientOf, Person

TODAY = "/me/diary/2026-11-09"
MONDAY = date(2026, 11, 9)
Arrange = Callable[..., Any]


class Diary:
    """Mia's diary, as the tests write it and look it up."""

    def __init__(self, app: Flask, client_of: ClientOf, person: Person) -> None:
        self.app = app
        self.person = person
        self._client_of = client_of
        self.client = client_of(person)

    def later(self, now: time_machine.Traveller, at: datetime) -> None:
        """Let it be `at`, with a fresh sign-in."""
        now.move_to(at)
        self.client = self._client_of(self.person)

    def save(self, path: str = TODAY, **fields: str | list[str]) -> Any:
        return self.client.post(path, {"entry_key": str(uuid4()), **fields})

    def versions(self, on: date = MONDAY) -> Sequence[Entry]:
        with db.database().engine.connect() as connection:
            rows = connection.execute(
                select(Entry)
                .where(Entry.episode_id == self.person.episode_id, Entry.about_on == on)
                .order_by(Entry.version)
            )
            return [Entry(**row._mapping) for row in rows]

    def newest(self, on: date = MONDAY) -> Entry:
        return self.versions(on)[-1]

    def places(self, entry: Entry) -> set[str]:
        return self._scalars(select(EntryPlace.region).where(EntryPlace.entry_id == entry.id))

    def flags(self) -> list[EntryFlag]:
        with db.database().engine.connect() as connection:
            rows = connection.execute(
                select(EntryFlag)
                .where(EntryFlag.episode_id == self.person.episode_id)
                .order_by(EntryFlag.code)
            )
            return [EntryFlag(**row._mapping) for row in rows]

    def mails(self) -> list[OutboxMail]:
        with db.database().engine.connect() as connection:
            rows = connection.execute(select(OutboxMail).order_by(OutboxMail.to))
            return [OutboxMail(**row._mapping) for row in rows]

    def _scalars(self, query: Any) -> set[str]:
        with db.database().engine.connect() as connection:
            return set(connection.scalars(query))

    def arrange(self, build: Arrange, *args: Any, **kwargs: Any) -> Any:
        """Call a builder of `factories` with Mia's episode."""
        with db.write_transaction() as session:
            return build(session, self.episode(session), *args, **kwargs)

    def episode(self, session: Any) -> Episode:
        found: Episode = session.get_one(Episode, self.person.episode_id)
        return found


@pytest.fixture
def diary(app: Flask, cast: Cast, client_of: ClientOf) -> Diary:
    return Diary(app, client_of, cast.mia)


def fields_of(page: pages.Page) -> dict[str, list[str]]:
    """What a browser sends from a page's form of hidden and typed fields."""
    found: dict[str, list[str]] = {}
    for field in page.find("//main//form//input[@name] | //main//form//textarea[@name]"):
        found.setdefault(field.get("name", ""), []).append(field.get("value") or field.text or "")
    del found["csrf_token"]
    return found
