"""The files in which a record leaves the house, each written piece by piece."""

from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from flask import current_app
from flask_babel import LazyString

from portal import clock
from portal.care.history import history_words
from portal.privacy.record_json import record_json
from portal.privacy.record_queries import Record
from portal.privacy.record_schema import datapackage_json, redcap_csv
from portal.privacy.record_shown import RecordShown
from portal.privacy.record_tables import answers_csv, entries_csv
from portal.privacy.words import ground_for, words_for
from portal.web.assets import house_assets
from portal.web.languages import lazy_gettext as _

PIECE = 32 * 1024


@dataclass(frozen=True, slots=True)
class File:
    """One file of an export: its name, which names nobody, and how it is written."""

    name: str
    content_type: str
    about: LazyString
    write: Callable[[Record], Iterator[str]]


def record_html(record: Record) -> Iterator[str]:
    """Yield `record.html`: everything as one page that can be read, kept and printed alone."""
    page = current_app.jinja_env.get_template("privacy/record.html")
    shown = RecordShown(record)
    return page.generate(
        record=record,
        shown=shown,
        look=_look(),
        made_at=shown.when(clock.now()),
        words_for=words_for,
        ground_for=ground_for,
        history_words=history_words,
    )


@cache
def _look() -> str:
    """The page's style as an address that holds it, so that the file needs nothing else."""
    assets = house_assets()
    sheet = assets.body(assets.url("record.css"))
    plain = sheet.plain if sheet is not None else b""
    return f"data:text/css;base64,{b64encode(plain).decode()}"


def _schema(_record: Record) -> Iterator[str]:
    yield datapackage_json()


def _dictionary(_record: Record) -> Iterator[str]:
    yield redcap_csv()


_CSV = "text/csv; charset=utf-8"
_JSON = "application/json"
FILES: Mapping[str, File] = MappingProxyType(
    {
        file.name: file
        for file in (
            File(
                "record.html",
                "text/html; charset=utf-8",
                _("Everything on one page, to read, keep or print"),
                record_html,
            ),
            File("record.json", _JSON, _("Everything, for another program"), record_json),
            File(
                "entries.csv",
                _CSV,
                _("The diary as a table: one row for each entry, with every version"),
                entries_csv,
            ),
            File(
                "answers.csv",
                _CSV,
                _("The same answers and the assessments: one row for each answer"),
                answers_csv,
            ),
            File("datapackage.json", _JSON, _("What the columns of the two tables mean"), _schema),
            File("redcap.csv", _CSV, _("The same for studies that use REDCap"), _dictionary),
        )
    }
)


def in_pieces(chunks: Iterable[str]) -> Iterator[str]:
    """Join what is written into pieces of some size, so that few of them are sent."""
    waiting: list[str] = []
    size = 0
    for chunk in chunks:
        waiting.append(chunk)
        size += len(chunk)
        if size >= PIECE:
            yield "".join(waiting)
            waiting, size = [], 0
    if waiting:
        yield "".join(waiting)
