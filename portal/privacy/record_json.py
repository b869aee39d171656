"""A patient's whole record as one JSON file, written piece by piece."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from portal import clock
from portal.care.history import history_words
from portal.db import EpisodeId
from portal.diary.flags import CALL
from portal.privacy.queries import Looked
from portal.privacy.record_queries import AssessmentTold, EntryVersion, FlagTold, Record
from portal.privacy.record_tables import answers_of, instant, instrument_of, item_words, labels
from portal.privacy.words import Why, ground_for, words_for

FORMAT = "ims-portal-record"
FORMAT_VERSION = 1
Told = Mapping[str, object]


def record_json(record: Record) -> Iterator[str]:
    """Yield `record.json`: the person, every course of care, and who looked.

    Instants are UTC and end in Z; days are the patient's own, in the zone that stands with the
    person. What was not answered is null.
    """
    head = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "made_at": instant(clock.now()),
        "person": _plain(record.person),
    }
    yield _dumped(head)[:-1]
    yield ',\n"courses_of_care": ['
    for number, episode in enumerate(record.episodes):
        yield ",\n" if number else "\n"
        yield from _episode(record, episode)
    yield "\n]"
    yield from _list("who_looked", (_looked(one) for one in record.looked()))
    yield "\n}\n"


def _episode(record: Record, episode: Row[*tuple[Any, ...]]) -> Iterator[str]:
    key = episode.id
    words = labels()
    yield _dumped({**_plain(episode), "history": history_words(list(episode.history))})[:-1]
    yield from _list("care_team", map(_plain, record.care_team(key)))
    yield from _list("consents", map(_plain, record.consents(key)))
    yield from _list("restrictions", map(_plain, record.restrictions(key)))
    yield from _list("openings_by_reason", map(_plain, record.openings_by_reason(key)))
    yield from _list("plans", map(_plain, record.plans(key)))
    yield from _list("visits", map(_plain, record.visits(key)))
    yield from _list("reviews", map(_plain, record.reviews(key)))
    yield from _list("questions", map(_plain, record.questions(key)))
    yield from _list("pages_read", map(_plain, record.readings(key)))
    yield from _list("reminders", map(_plain, record.prompts(key)))
    yield from _list("flags", (_flag(one, words["flags"]) for one in record.flags(key)))
    yield from _list("assessments", map(_assessment, record.assessments(key)))
    entries = (_entry(one, key, words["places"]) for one in record.entries(key))
    yield from _list("entries", entries)
    yield "}"


def _list(name: str, items: Iterable[Told]) -> Iterator[str]:
    """Yield a key with its list, one item a line."""
    yield f",\n{json.dumps(name)}: ["
    for number, item in enumerate(items):
        yield (",\n" if number else "\n") + _dumped(item)
    yield "]"


def _entry(entry: EntryVersion, of: EpisodeId, places: Mapping[str, str]) -> Told:
    named = [{"key": key, "label": places.get(key, key)} for key in entry.places]
    own = {"episode_id": str(of), "is_newest": entry.is_newest, "places": named}
    return {**_plain(entry.row), **own}


def _flag(told: FlagTold, words: Mapping[str, str]) -> Told:
    plain = _plain(told.row)
    label = "" if told.row.code == CALL else words.get(told.row.code, "")
    acts = [{"at": act.at, "how": act.how, "by": act.display_name} for act in told.acts]
    return {**plain, "label": label, "acts": acts}


def _assessment(told: AssessmentTold) -> Told:
    instrument = instrument_of(told)
    answers = [
        {
            "item": item,
            "question": item_words(told, item),
            "value": value,
            "label": instrument.label_of(value) if instrument else "",
        }
        for item, value in answers_of(told)
    ]
    return {
        **_plain(told.row),
        "name": instrument.name if instrument else "",
        "direction": str(instrument.direction) if instrument else "",
        "answers": answers,
    }


def _looked(one: Looked) -> Told:
    return {
        "on": one.on.isoformat(),
        "first_at": one.at.isoformat(),
        "times": one.times,
        "person": one.person,
        "profession": one.profession,
        "act": str(one.act),
        "words": words_for(one.act, one.what, one.whom),
        "ground": ground_for(one.why, one.reason) if one.why is not Why.NONE else "",
    }


def _plain(row: Row[*tuple[Any, ...]]) -> dict[str, Any]:
    return dict(zip(row._fields, row, strict=True))


def _dumped(told: Mapping[str, object]) -> str:
    return json.dumps(told, ensure_ascii=False, default=_written)


def _written(value: object) -> str:
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date | time):
        return value.isoformat()
    assert isinstance(value, UUID)  # noqa: S101 - nothing else stands in a column
    return str(value)
