"""Assessments in the brief: rows 10, 11 and 14 of the statistics, on page, paper and in text."""

import io
from datetime import timedelta

import pytest
from flask import Flask
from pypdf import PdfReader

from bench.statements import statements
from portal import db
from portal.review.brief_shown import Brief
from portal.review.text import brief_lines
from tests import assessing, factories
from tests.pages import Page
from tests.people import MONDAY, Cast, ClientOf
from tests.review import scenes
from tests.review.test_brief import address, brief_for, mias

FIRST, LAST = MONDAY - timedelta(days=50), MONDAY - timedelta(days=2)


def fill_in(cast: Cast, *, busiest: bool = False) -> Brief:
    with db.write_transaction() as session:
        of = scenes.busiest(session, cast) if busiest else mias(session, cast)
        assessing.peg(session, of, FIRST, (7, 7, 6))
        assessing.peg(session, of, LAST, (4, 4, 5))
        assessing.psfs(session, of, FIRST, {"Walk 20 minutes": 3, "Lift a grandchild": 4})
        assessing.psfs(session, of, LAST, {"Walk 20 minutes": 6, "Lift a grandchild": 5})
        assessing.pgic(session, of, LAST, 2)
    return brief_for(cast)


def own_view(brief: Brief) -> tuple[str, list[str]]:
    figure = next(one for one in brief.figures if one.label == "Own view")
    return figure.value, [line.words for line in figure.lines]


@pytest.fixture
def page(cast: Cast, client_of: ClientOf) -> Page:
    fill_in(cast)
    return client_of(cast.ana).page(address(cast))


def test_peg_and_psfs_stand_apart_with_their_direction(page: Page) -> None:
    assert "PEG, lower is better" in page.main
    assert "PSFS, higher is better" in page.main


def test_peg_says_change_and_marks(page: Page) -> None:
    assert (
        "2.4 lower than on 20 September. Noticeable (1.0). Beyond measurement noise (2.2)."
    ) in page.main


def test_psfs_says_change_on_its_activities(page: Page) -> None:
    assert "2.0 higher than on 20 September, on 2 activities." in page.main


def test_the_caution_stands_under_the_changes(page: Page) -> None:
    assert page.main.count("Before and after, not proof that the needling did it.") == 1


def test_marks_name_their_sources_in_the_footnote(page: Page) -> None:
    assert "PEG 1.0 (Reed 2024, doi 10.1016/j.jpain.2023.07.028)" in page.main
    assert "PSFS 2, 3 on one activity (Stratford 1995, MDC90)" in page.main


def test_pgic_stands_beside_the_own_view_with_its_day(cast: Cast) -> None:
    assert own_view(fill_in(cast, busiest=True)) == (
        "Better",
        ["since last visit, on 8 Nov", "since the start: much improved, PGIC on 7 Nov"],
    )


def test_pgic_stands_alone_where_the_diary_did_not_ask(cast: Cast) -> None:
    assert own_view(fill_in(cast)) == ("–", ["since the start: much improved, PGIC on 7 Nov"])


def test_own_view_without_either_is_not_asked_yet(cast: Cast) -> None:
    assert own_view(brief_for(cast)) == ("–", ["not asked yet"])


def test_what_was_never_filled_in_is_a_dash(cast: Cast, client_of: ClientOf) -> None:
    said = client_of(cast.ana).page(address(cast)).main
    assert "PEG, lower is better: –" in said
    assert "PSFS, higher is better: –" in said


def test_marks_are_silent_where_nothing_was_filled_in(cast: Cast, client_of: ClientOf) -> None:
    assert "Reed 2024" not in client_of(cast.ana).page(address(cast)).main


def test_one_peg_has_no_change(cast: Cast, client_of: ClientOf) -> None:
    with db.write_transaction() as session:
        assessing.peg(session, mias(session, cast), LAST, (4, 4, 5))
    assert "Change: –" in client_of(cast.ana).page(address(cast)).main


def test_three_pegs_are_shown_the_first_among_them(cast: Cast) -> None:
    with db.write_transaction() as session:
        for week in range(9):
            day = MONDAY - timedelta(weeks=8 - week)
            assessing.peg(session, mias(session, cast), day, (week, week, week))
    assert brief_for(cast).assessed[0].rows[0][1] == ("0.0", "7.0", "8.0")


def test_text_says_both_in_one_line(cast: Cast) -> None:
    lines = brief_lines(fill_in(cast))
    (line,) = [line for line in lines if line.startswith("PEG")]
    assert line.startswith("PEG (lower is better): 4.3 on 7 Nov, 2.4 lower than on 20 September.")
    assert "PSFS (higher is better): 5.5 on 7 Nov, 2.0 higher" in line


@pytest.mark.parametrize("busiest", [False, True])
def test_text_stays_within_twelve_lines(cast: Cast, *, busiest: bool) -> None:
    assert 8 <= len(brief_lines(fill_in(cast, busiest=busiest))) <= 12


def test_the_fullest_text_loses_no_figure(cast: Cast) -> None:
    said = "\n".join(brief_lines(fill_in(cast, busiest=True)))
    for label in (
        "Worst moment:",
        "Gets in the way:",
        "Own view:",
        "Diary days:",
        "Where:",
        "Questions:",
    ):
        assert label in said


def test_what_was_replaced_on_its_day_counts_nowhere(cast: Cast) -> None:
    fill_in(cast)
    with db.write_transaction() as session:
        later = factories.at(LAST, 21)
        assessing.pgic(session, mias(session, cast), LAST, 6, completed_at=later)
    assert own_view(brief_for(cast))[1] == ["since the start: much worse, PGIC on 7 Nov"]


@pytest.mark.parametrize("weeks", [2, 150])
def test_a_long_row_of_assessments_costs_no_more_statements(
    app: Flask, cast: Cast, client_of: ClientOf, weeks: int
) -> None:
    with db.write_transaction() as session:
        for week in range(weeks):
            assessing.peg(session, mias(session, cast), MONDAY - timedelta(weeks=week), (4, 4, 4))
    client = client_of(cast.ana)
    client.get(address(cast))
    with statements(app) as seen:
        client.get(address(cast))
    assert seen.counted <= 12, seen.all


def test_the_fullest_brief_with_assessments_is_one_side(cast: Cast, client_of: ClientOf) -> None:
    with db.write_transaction() as session:
        of = scenes.fullest(session, cast)
        for week in (13, 5, 3, 1):
            assessing.peg(session, of, MONDAY - timedelta(weeks=week), (7, 6, week % 10))
        rated = ("Stand long enough to cook a meal for the family", "Lift a grandchild", "Drive")
        for week, value in ((13, 2), (1, 6)):
            on = MONDAY - timedelta(weeks=week)
            assessing.psfs(session, of, on, dict.fromkeys(rated, value))
        assessing.pgic(session, of, LAST, 1)
    pdf = client_of(cast.ana).get(address(cast, "/brief.pdf")).data
    assert len(PdfReader(io.BytesIO(pdf)).pages) == 1
