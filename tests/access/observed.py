"""What each person of the cast gets from each address, as words of a table."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from portal import db
from portal.accounts import session as sign_ins
from portal.accounts.models import SignIn, SignInEnd
from portal.accounts.session import Proof
from portal.web.assets import house_assets
from tests.house import policy, sources
from tests.own_phones import marked
from tests.people import MONDAY, Cast, ClientOf, HouseClient, Person

TABLE = sources.ROOT / "tests" / "access" / "table.txt"
# The record that addresses name is Noor's, whom Ben looks after.
COLUMNS = (
    "nobody",
    "unfinished",
    "ended",
    "elsewhere",
    "admin",
    "not-in-care",
    "flag-reader",
    "other",
    "own",
    "in-care",
    "own-phone",
)
_STATIC = "brand.svg"
_UNKNOWN = UUID(int=7)


def name_of(rule: Rule) -> str:
    """A rule as one word of the table."""
    return rule.rule.replace(" ", "")


def cells_of(app: Flask) -> Iterator[tuple[str, Rule]]:
    """Every method of every rule."""
    for rule in policy.rules(app):
        for method in policy.methods_of(rule):
            yield method, rule


def end_sign_ins(person: Person) -> None:
    """Revoke every sign-in of somebody."""
    with db.write_transaction() as session:
        for one in session.scalars(select(SignIn).where(SignIn.account_id == person.account_id)):
            sign_ins.end(session, one.id, SignInEnd.REVOKED)


@dataclass(frozen=True, slots=True)
class Stage:
    """The application with everybody at their browsers."""

    app: Flask
    cast: Cast
    client_of: ClientOf

    def path(self, rule: str, whose: str = "noor") -> str:
        """The rule's address; the patient is `whose`, the rows are Noor's."""
        found = next(one for one in policy.rules(self.app) if name_of(one) == rule)
        rows = {f"{what}_id": f"noor_{what}" for what in ("visit", "flag", "question")}
        values: dict[str, object] = {
            "patient_id": self.cast.everybody[whose].patient_id,
            "on": MONDAY - timedelta(days=1),  # Noor wrote on Sunday
            "account_id": self.cast.fay.account_id,
            "slug": "what-is-ims",
            "sure": "well",
            "pair": "all",
            "instrument": "peg",
            "token": "x" * 43,
            "name": house_assets().url(_STATIC).rpartition("/")[2],
            **{name: self.cast.ids[row] for name, row in rows.items()},
        }
        given = {name: values.get(name, _UNKNOWN) for name in found.arguments}
        adapter = self.app.url_map.bind("localhost")
        return adapter.build(found.endpoint, given, method=policy.methods_of(found)[0])

    def client(self, column: str) -> HouseClient:
        """The browser of one column."""
        if column == "unfinished":
            return self.client_of(self.cast.ben, Proof("password", is_complete=False))
        if column == "own-phone":
            return marked(self.app, self.cast.noor)
        client = self.client_of(self._people()[column])
        if column == "ended":
            end_sign_ins(self.cast.ben)
        return client

    def _people(self) -> dict[str, Person | None]:
        return {
            "nobody": None,
            "ended": self.cast.ben,
            "elsewhere": self.cast.olga,
            "admin": self.cast.ada,
            "not-in-care": self.cast.ana,
            "flag-reader": self.cast.fay,
            "other": self.cast.mia,
            "own": self.cast.noor,
            "in-care": self.cast.ben,
        }

    def ask(self, column: str, method: str, rule: str) -> TestResponse:
        """One person's request, an empty form with a valid token if it sends one."""
        return send(self.client(column), method, self.path(rule))

    def words(self, method: str, rule: str) -> list[str]:
        """The cells of one line of the table."""
        return [word_for(self.ask(column, method, rule)) for column in COLUMNS]


def send(client: HouseClient, method: str, path: str) -> TestResponse:
    if method == "GET":
        return client.get(path)
    return client.open(path, method=method, data={"csrf_token": client.form_token()})


def word_for(answer: TestResponse) -> str:
    """An answer in a word: its status, or where it sends."""
    to = answer.headers.get("Location", "")
    if answer.status_code == 303 and to.startswith("/sign-in/code"):
        return "code"
    if answer.status_code == 303 and to.startswith("/sign-in"):
        return "sign-in"
    return str(answer.status_code)


def plain(answer: TestResponse) -> str:
    """An answer's body without what differs each time: the form token and the request's number."""
    text = answer.get_data(as_text=True)
    text = re.sub(r'(name="csrf_token"[^>]*value=)"[^"]*"', r"\1", text)
    return re.sub(r"\b[0-9a-f]{32}\b", "", text)


def line(method: str, rule: str, words: list[str]) -> str:
    cells = " ".join(f"{word:11}" for word in words)
    return f"{method:6} {rule:75} {cells}".rstrip()


def head() -> str:
    return line("#", "", list(COLUMNS))
