"""What the brief says where a figure has nothing to say: each row of the contract."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from portal import db
from portal.care.models import Episode, Practitioner
from tests import factories
from tests.people import MONDAY, Cast, ClientOf
from tests.review.scenes import days_ago, treated, write
from tests.review.test_brief import address, mias

Scene = Callable[[Session, Episode], None]


def nothing(_session: Session, _of: Episode) -> None:
    """An empty diary."""


def two_days(session: Session, of: Episode) -> None:
    write(session, of, (3, 1), 5)


def low(session: Session, of: Episode) -> None:
    treated(session, of, 2, 1)


def calm(session: Session, of: Episode) -> None:
    treated(session, of, 6, 4)


def silent_visit(session: Session, of: Episode) -> None:
    write(session, of, range(60, 40, -1), 5)
    factories.visit(session, of, days_ago(20))


def lone_days_around(session: Session, of: Episode) -> None:
    write(session, of, (21, 20), 5)
    factories.visit(session, of, days_ago(20))


def no_rise(session: Session, of: Episode) -> None:
    write(session, of, range(24, 5, -1), 5)
    factories.visit(session, of, days_ago(20))


def not_back(session: Session, of: Episode) -> None:
    write(session, of, range(24, 20, -1), 4)
    write(session, of, range(20, 5, -1), 8)
    factories.visit(session, of, days_ago(20))


def without_needling(session: Session, of: Episode) -> None:
    write(session, of, range(24, 5, -1), 5)
    factories.visit(session, of, days_ago(20), sites=[], is_needling=False)


@pytest.mark.parametrize(
    ("scene", "sentence"),
    [
        pytest.param(nothing, "0 of 14 asked for: 0 of 8", id="1 completion"),
        pytest.param(two_days, "2 of 14 days: not enough to average", id="2 level"),
        pytest.param(two_days, "too few days", id="2 worst"),
        pytest.param(two_days, "No baseline: there was no visit with needling yet.", id="3 change"),
        pytest.param(two_days, "not enough days", id="4 verdict"),
        pytest.param(low, "Pain started too low for a percent.", id="6 percent"),
        pytest.param(silent_visit, "no entries around this visit", id="8 response, none"),
        pytest.param(lone_days_around, "too few entries to compare", id="8 response, few"),
        pytest.param(no_rise, "no flare", id="8 flare"),
        pytest.param(not_back, "not back yet", id="8 back"),
        pytest.param(no_rise, "The median is drawn after 3 visits.", id="9 curve"),
        pytest.param(nothing, "Nothing new.", id="12 news"),
        pytest.param(two_days, "Gets in the way– too few days", id="13 interference"),
        pytest.param(calm, "Own view– not asked yet", id="14 own view"),
        pytest.param(nothing, "No open questions.", id="questions"),
        pytest.param(nothing, "No places named in the last 14 days.", id="places"),
    ],
)
def test_what_cannot_be_said_is_said_so(
    cast: Cast, client_of: ClientOf, scene: Scene, sentence: str
) -> None:
    with db.write_transaction() as session:
        scene(session, mias(session, cast))
    assert sentence in client_of(cast.ana).page(address(cast)).main


@pytest.mark.parametrize(
    ("scene", "words"),
    [
        pytest.param(two_days, "such pairs", id="5 NAP"),
        pytest.param(two_days, "points from their mean (SD)", id="7 swing"),
        pytest.param(nothing, "Around each visit", id="9 curve"),
        pytest.param(without_needling, "Around each visit", id="9 curve without needling"),
    ],
)
def test_what_has_too_few_days_is_hidden(
    cast: Cast, client_of: ClientOf, scene: Scene, words: str
) -> None:
    with db.write_transaction() as session:
        scene(session, mias(session, cast))
    assert words not in client_of(cast.ana).page(address(cast)).main


@pytest.mark.parametrize(
    "words",
    [
        "better: about 2.0 points lower 95 % range 1.2 to 2.8",
        "Any day before against any recent day: in about 10 of 10 such pairs",
        "33.3 % lower, at or past the 30 % mark.",
        "single days lie about 0.0 points from their mean (SD)",
        "Thick: median of 3 or more.",
        "Before and after, not proof that the needling did it.",
        "In force: 2 points",
    ],
)
def test_what_can_be_said_is_said(cast: Cast, client_of: ClientOf, words: str) -> None:
    with db.write_transaction() as session:
        of = mias(session, cast)
        calm(session, of)
        for n in (45, 46, 47):
            factories.correction(session, write(session, of, [n + 20], 6)[0], pain_average=6)
        for n in (43, 36, 29):
            write(session, of, [n], 6)
    assert words in client_of(cast.ana).page(address(cast)).main


def test_new_questions_are_counted_with_what_is_new(cast: Cast, client_of: ClientOf) -> None:
    with db.write_transaction() as session:
        of = mias(session, cast)
        ana = session.get_one(Practitioner, cast.ana.practitioner_id)
        factories.review(session, of, ana, at=factories.at(days_ago(3), 9))
        factories.question(session, of, "May I swim?", asked_at=factories.at(MONDAY, 9))
    assert "1 new question." in client_of(cast.ana).page(address(cast)).main


@pytest.mark.parametrize(("count", "words"), [(12, ""), (13, "1 earlier visit"), (20, "8 earlier")])
def test_the_newest_twelve_visits_stand_in_the_table(
    cast: Cast, client_of: ClientOf, count: int, words: str
) -> None:
    with db.write_transaction() as session:
        for n in range(count):
            factories.visit(session, mias(session, cast), days_ago(3 + 4 * n))
    page = client_of(cast.ana).page(address(cast))
    rows = page.find("//table[contains(@class, 'visits')]/tbody/tr")
    assert len(rows) == 12
    assert words in page.main
    assert ("earlier visit" in page.main) is bool(words)
