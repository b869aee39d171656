"""Anything at all sent to a patient's forms, and a digest of everybody else's rows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus
from urllib.parse import quote_from_bytes

from hypothesis import strategies as st
from sqlalchemy import Table, select
from sqlalchemy.sql.elements import ColumnElement

from portal import db
from portal.diary.answers import Answers
from tests.pages import page_of
from tests.people import Cast, HouseClient, Person

FORM = "application/x-www-form-urlencoded"
KINDS = (*(FORM,) * 8, "application/json", "text/plain", "multipart/form-data", "")
NASTY = (
    *(
        "",
        "0",
        "10",
        "11",
        "-1",
        "3.5",
        "\u0663",
        "9" * 400,
        "1e9",
        "NaN",
        "\x00",
        "\ud7ff",
        "\u202e",
    ),
    *("RF1", "RF13", "none", "yes", "no", "low-back-l", "two-rows", "as-usual", "2026-11-09"),
    *(
        "20:00",
        "../..",
        "'; DROP TABLE entry; --",
        "<script>alert(1)</script>",
        "=cmd()",
        "x" * 3000,
    ),
    *("Pacific/Auckland", "dark", "large", "2026-11", "agree", "leave", "pause", "called"),
)
DIARY = (*Answers.__dataclass_fields__, "entry_key", "base_version", "scale_layout", "reason")
SETTINGS = (
    *("act", "act", "act", "prompt_at", "mail", "called", "zone", "theme", "size", "until"),
    *("text_version", "password", "id", "next", "resent_draft"),
)
# The audit, the outbox and the throttle are only ever added to, also by one's own acts.
_SHARED = frozenset({"audit_event", "outbox_mail", "throttle", "alembic_version"})


def patient_posts(lines: Sequence[str]) -> list[str]:
    """Every address that takes a form from a patient, of the portal's list of endpoints."""
    cells = [line.split() for line in lines]
    return sorted(
        rule
        for methods, rule, _endpoint, *who in cells
        if "POST" in methods.split(",") and "patient" in who
    )


def names_on(client: HouseClient, rule: str) -> list[str]:
    """The fields of the diary and of settings, and those of the rule's own page if it has one."""
    fields = [*DIARY, *SETTINGS]
    answer = client.get(rule) if "<" not in rule else None
    if answer is not None and answer.status_code == HTTPStatus.OK:
        found = page_of(answer).find("//main//*[@name]")
        fields += sorted({str(one.get("name")) for one in found} - {"csrf_token"}) * 3
    return fields


def ids_of_others(cast: Cast) -> list[str]:
    """The keys of rows that are not Mia's: people, episodes, entries, flags, visits, questions."""
    keys = {str(key) for key in cast.ids.values()}
    for person in (cast.noor, cast.pim, cast.ana, cast.ben):
        keys |= {str(person.account_id), str(person.patient_id), str(person.episode_id)}
        keys.add(str(person.practitioner_id))
    with db.database().engine.connect() as connection:
        for name in ("entry", "consent"):
            table = tables()[name]
            others = select(table.c.id).where(table.c.episode_id == cast.noor.episode_id)
            keys |= {str(key) for key in connection.scalars(others.limit(4))}
    return sorted(keys)


def tables() -> Mapping[str, Table]:
    """Every table of the portal by its name."""
    return db.Base.metadata.tables


def digest_of_others(mine: Person, *but: str) -> str:
    """One number for all rows that are not of this patient: the same while nobody touches them.

    `but` names tables left out, such as those in which a colleague's own sign-ins stand.
    """
    found = sha256()
    with db.database().engine.connect() as connection:
        for name, table in sorted(tables().items()):
            if name in {*_SHARED, *but}:
                continue
            rows = connection.execute(select(table).where(*_not_of(table, mine)))
            for row in sorted(map(repr, rows)):
                found.update(f"{name}{row}".encode())
    return found.hexdigest()


def _not_of(table: Table, mine: Person) -> Iterator[ColumnElement[bool]]:
    for name in ("episode_id", "patient_id", "account_id"):
        if name in table.c:
            yield table.c[name].is_distinct_from(getattr(mine, name))
    itself = {"episode": mine.episode_id, "patient": mine.patient_id, "account": mine.account_id}
    if table.name in itself:
        yield table.c.id != itself[table.name]


@dataclass(frozen=True, slots=True)
class Sent:
    """One form as it leaves a browser that lies."""

    pairs: tuple[tuple[str, str | bytes], ...]
    kind: str
    has_token: bool = True
    raw: bytes = b""

    def body(self, token: str) -> bytes:
        """The bytes of the body; only a real form carries its fields."""
        if self.kind != FORM:
            return self.raw
        pairs = [*self.pairs, ("csrf_token", token)] if self.has_token else self.pairs
        return "&".join(
            f"{quote_from_bytes(_bytes(name))}={quote_from_bytes(_bytes(value))}"
            for name, value in pairs
        ).encode()


def _bytes(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")


def forms(names: list[str], ids: list[str]) -> st.SearchStrategy[Sent]:
    """Forms of these fields: any bytes, missing, doubled, lists, huge, and other people's ids."""
    values = st.one_of(
        st.sampled_from(NASTY), st.sampled_from(ids), st.text(max_size=30), st.binary(max_size=12)
    )
    fields = st.sampled_from(names) | st.text(max_size=8)
    return st.builds(
        Sent,
        pairs=st.lists(st.tuples(fields, values), max_size=20).map(tuple),
        kind=st.sampled_from(KINDS),
        has_token=st.sampled_from((True, True, True, True, True, False)),
        raw=st.binary(max_size=60),
    )
