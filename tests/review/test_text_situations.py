"""The copied text word for word in every situation; `WRITE_TEXTS=1` writes it anew, to be read."""

import os
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from portal import db
from portal.care.models import Episode, Practitioner
from portal.review.text import brief_lines
from tests import factories
from tests.people import MONDAY, Cast
from tests.review import scenes
from tests.review.scenes import days_ago, treated, write
from tests.review.test_brief import brief_for, mias

FOLDER = Path(__file__).parent / "texts"
ADVICE = re.compile(
    r"\b(should|must|recommend\w*|consider\w*|advis\w*|avoid|try|continue|needs? to|ought"
    r"|effective|significant\w*|caused|diagnos\w*|monitor\w*|detect\w*|please)\b|!",
    re.IGNORECASE,
)


def _visits(session: Session, of: Episode, *ago: int) -> None:
    for n in ago:
        factories.visit(session, of, days_ago(n))


def _empty(session: Session, cast: Cast) -> None:
    assert mias(session, cast)


def _no_visit(session: Session, cast: Cast) -> None:
    write(session, mias(session, cast), range(12, -1, -1), 5, interference=4)


def _overlap(session: Session, cast: Cast) -> None:
    write(session, mias(session, cast), range(20, -1, -1), 6)
    _visits(session, mias(session, cast), 8)


def _few_before(session: Session, cast: Cast) -> None:
    write(session, mias(session, cast), (42, 40), 6)
    _visits(session, mias(session, cast), 41)
    write(session, mias(session, cast), range(13, -1, -1), 5)


def _few_recent(session: Session, cast: Cast) -> None:
    write(session, mias(session, cast), range(58, 44, -1), 6)
    _visits(session, mias(session, cast), 44)
    write(session, mias(session, cast), (5, 3), 5)


def _better(session: Session, cast: Cast) -> None:
    treated(session, mias(session, cast), 7, 4)


def _worse(session: Session, cast: Cast) -> None:
    treated(session, mias(session, cast), 3, 7)


def _same(session: Session, cast: Cast) -> None:
    treated(session, mias(session, cast), 5, 5)


def _not_clear(session: Session, cast: Cast) -> None:
    of = mias(session, cast)
    for n, pain in zip(range(58, 52, -1), (8, 5, 7, 4, 8, 5), strict=True):
        write(session, of, [n], pain)
    _visits(session, of, 44)
    for n, pain in zip(range(6, 0, -1), (6, 3, 5, 2, 7, 3), strict=True):
        write(session, of, [n], pain)


def _low_start(session: Session, cast: Cast) -> None:
    treated(session, mias(session, cast), 2, 1)


def _ended(session: Session, cast: Cast) -> None:
    _better(session, cast)
    mias(session, cast).ended_on = MONDAY - timedelta(days=1)


def _settled(session: Session, cast: Cast) -> None:
    _better(session, cast)
    entry = factories.entry(session, mias(session, cast), days_ago(20))
    flag = factories.flag(session, entry, "RF8", acknowledged_at=factories.at(MONDAY, 9))
    ana = session.get_one(Practitioner, cast.ana.practitioner_id)
    factories.flag_act(session, flag, ana, at=factories.at(MONDAY, 9), note="Strength is even")


def _full(session: Session, cast: Cast) -> None:
    scenes.fullest(session, cast)


SITUATIONS: dict[str, Callable[[Session, Cast], None]] = {
    "empty": _empty,
    "no-visit-yet": _no_visit,
    "windows-overlap": _overlap,
    "too-few-days-before": _few_before,
    "too-few-days-recently": _few_recent,
    "better": _better,
    "worse": _worse,
    "about-the-same": _same,
    "not-clear-yet": _not_clear,
    "low-start": _low_start,
    "ended": _ended,
    "settled-flag": _settled,
    "everything-at-once": _full,
}


def lines_of(cast: Cast, situation: str) -> list[str]:
    with db.write_transaction() as session:
        SITUATIONS[situation](session, cast)
    return brief_lines(brief_for(cast))


@pytest.mark.parametrize("situation", SITUATIONS)
def test_text_reads_as_it_was_agreed(cast: Cast, situation: str) -> None:
    path, said = FOLDER / f"{situation}.txt", "\n".join(lines_of(cast, situation)) + "\n"
    if "WRITE_TEXTS" in os.environ:
        path.write_text(said, encoding="utf-8")
    assert said == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("situation", SITUATIONS)
def test_text_is_eight_to_twelve_lines_without_advice(cast: Cast, situation: str) -> None:
    lines = lines_of(cast, situation)
    ours = [line for line in lines if not line.startswith("Questions: ")]
    assert 8 <= len(lines) <= 12
    assert [found[0] for line in ours for found in ADVICE.finditer(line)] == []
