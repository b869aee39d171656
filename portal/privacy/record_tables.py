"""The diary as two CSV files: wide, a row for each version; long, a row for each answer."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain, islice
from typing import Any

from portal import clock
from portal.diary.flags import FLAGS, NONE
from portal.diary.presenters import options
from portal.diary.regions import BY_KEY
from portal.instruments.catalogue import UnknownInstrument, house_catalogue
from portal.instruments.model import Instrument
from portal.privacy.record_fields import ANSWERS_TABLE, ENTRIES_TABLE, ITEMS
from portal.privacy.record_queries import WINDOW, AssessmentTold, EntryVersion, Record
from portal.web.csv_cells import Cell, lines, plain_lines, word
from portal.web.languages import gettext as _

BETWEEN = ";"
MARK = "\ufeff"  # spreadsheets take a file for UTF-8 only with this before it
DIARY = "diary"
_TO_THE_SECOND = len("2026-11-09T19:42:00")
Line = tuple[Cell, ...]
Labels = Mapping[str, Mapping[str, str]]


def instant(at: datetime | None) -> str:
    """Write an instant as exported files do: 2026-11-09T19:42:00Z; nothing for none."""
    return f"{at.isoformat()[:_TO_THE_SECOND]}Z" if at is not None else ""


def place_labels() -> dict[str, str]:
    """Return what each place of the body is called, the patient's own left and right."""
    return {key: _(region.label) for key, region in BY_KEY.items()}


def labels() -> Labels:
    """Return the words of every code that an answer of the diary may be."""
    chosen = ("needled", "grasp_felt", "grasp_lasted", "change", "medicine")
    flags = {code: str(flag.label) for code, flag in FLAGS.items()} | {NONE: _("None of these")}
    return {
        **{name: dict(options(name)) for name in chosen},
        "flags": flags,
        "places": place_labels(),
        "call_me": {"1": _("Yes")},
    }


def entries_csv(record: Record) -> Iterator[str]:
    """Yield `entries.csv`: one row for each version of each entry, by day."""
    yield MARK + lines([ENTRIES_TABLE.head])
    number, zone = word(record.person.clinic_number), record.subject.zone
    places = place_labels()
    for episode in record.episodes:
        whose, entries = (number, str(episode.id)), record.entries(episode.id)
        yield from _windows((_entry_line(whose, zone, one, places) for one in entries), plain_lines)


def answers_csv(record: Record) -> Iterator[str]:
    """Yield `answers.csv`: one row for each answer, of the diary and then of assessments."""
    words, known = labels(), {name: str(column.label) for name, column in ITEMS.items()}
    yield MARK + lines([ANSWERS_TABLE.head])
    for episode in record.episodes:
        key, entries = str(episode.id), record.entries(episode.id)
        rows = (_answer_lines(record, key, one, words=words, known=known) for one in entries)
        yield from _windows(chain.from_iterable(rows), lines)
    for episode in record.episodes:
        rows = (_assessment_lines(record, episode.id, one) for one in _told(record, episode))
        yield from _windows(chain.from_iterable(rows), lines)


def _told(record: Record, episode: Any) -> Iterable[AssessmentTold]:
    return record.assessments(episode.id)


def _windows(rows: Iterator[Line], as_lines: Callable[[Iterable[Line]], str]) -> Iterator[str]:
    while window := list(islice(rows, WINDOW)):
        yield as_lines(window)


def _entry_line(
    whose: tuple[str, str], zone: str, entry: EntryVersion, places: Mapping[str, str]
) -> Line:
    # A whole row at once: asking it for each column by name takes longer than reading it.
    key, about_on, entered_at, version, is_late, withdrawn_at, *answers = entry.row
    reason, method, layout, pain, interference, needled, soreness, felt, lasted, *others = answers
    flags, worst, change, sleep, medicine, managed, note, call_me, _places = others
    return (
        key,
        *whose,
        about_on.isoformat(),
        instant(entered_at),
        clock.local(entered_at, zone).date().isoformat(),
        version,
        int(entry.is_newest),
        int(is_late),
        instant(withdrawn_at),
        word(reason),
        method,
        layout,
        pain,
        interference,
        needled,
        soreness,
        felt,
        lasted,
        BETWEEN.join(flags),
        BETWEEN.join(entry.places),
        word(BETWEEN.join([places.get(key, key) for key in entry.places])),
        worst,
        change,
        sleep,
        medicine,
        word(managed),
        word(note),
        int(call_me),
    )


def _answer_lines(
    record: Record,
    episode: str,
    entry: EntryVersion,
    *,
    words: Labels,
    known: Mapping[str, str],
) -> Iterator[Line]:
    row = entry.row
    start: Line = (
        row.id,
        record.person.clinic_number,
        episode,
        DIARY,
        "",
        row.about_on.isoformat(),
        instant(row.entered_at),
        row.version,
        int(entry.is_newest),
        int(row.is_late),
        int(row.withdrawn_at is not None),
    )
    for item in ITEMS:
        for value in _values(entry, item):
            label = words[item].get(str(value), "") if item in words else ""
            yield (*start, item, known[item], value, label)


def _values(entry: EntryVersion, item: str) -> Sequence[Cell]:
    """What was answered to an item: nothing, one thing, or each of several ticks."""
    if item == "places":
        return entry.places
    found = getattr(entry.row, item)
    if item == "flags":
        return list(found)
    if item == "call_me":
        return [1] if found else []
    return [] if found in {None, ""} else [found]


def instrument_of(told: AssessmentTold) -> Instrument | None:
    """Return the instrument that was filled in, if this portal still knows that version."""
    try:
        return house_catalogue().get(told.row.instrument, told.row.version)
    except UnknownInstrument:
        return None


def answers_of(told: AssessmentTold) -> list[tuple[str, int]]:
    """Return the answers in the order in which the instrument asks."""
    instrument = instrument_of(told)
    asked = [one.code for one in instrument.items] if instrument else []
    return sorted(told.answers, key=lambda one: (_place(asked, one[0]), one[0]))


def _place(asked: Sequence[str], item: str) -> int:
    return asked.index(item) if item in asked else len(asked)


def item_words(told: AssessmentTold, item: str) -> str:
    """Return the question that was asked: the instrument's words, or the patient's activity."""
    subject = (told.row.subjects or {}).get(item, "")
    instrument = instrument_of(told)
    texts = {one.code: one.text for one in instrument.items} if instrument else {}
    return str(subject or texts.get(item, ""))


def _assessment_lines(record: Record, episode_id: object, told: AssessmentTold) -> Iterator[Line]:
    row, instrument = told.row, instrument_of(told)
    start: Line = (
        str(row.id),
        record.person.clinic_number,
        str(episode_id),
        row.instrument,
        row.version,
        row.about_on.isoformat(),
        instant(row.completed_at),
        1,
        1,
        0,
        0,
    )
    for item, value in answers_of(told):
        label = instrument.label_of(value) if instrument else ""
        yield (*start, item, item_words(told, item), value, label)
    if row.score is not None:
        yield (*start, "score", _("Score"), row.score, "")
