"""All entries: everything of one diary by date, narrowed by filters, in few statements."""

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from portal import db
from portal.care.models import Practitioner
from portal.diary.models import Assessment, AssessmentAnswer, Entry
from portal.instruments.catalogue import house_catalogue
from portal.review.timeline import Show, TimelineShown, timeline_of
from tests import factories
from tests.people import MONDAY, Cast, ClientOf
from tests.performance.test_statements import counted
from tests.review import scenes
from tests.review.scenes import days_ago
from tests.review.test_brief import address, mias
from tests.review.test_panel import reader_of


@pytest.fixture
def busy(cast: Cast) -> Cast:
    with db.write_transaction() as session:
        scenes.busiest(session, cast)
    return cast


def timeline(cast: Cast, show: Show = Show.ALL, page: int = 1) -> TimelineShown:
    db.end_read()
    reader = reader_of(cast.ana)
    return timeline_of(db.session(), reader, cast.mia.patient_id, show=show, page=page)


def said(cast: Cast, show: Show) -> list[str]:
    """Titles and lines of what is not an entry."""
    rows = (row.event for row in timeline(cast, show).rows)
    return [f"{one.title}: {' '.join(one.lines)}" for one in rows if one is not None]


def ana(session: Session, cast: Cast) -> Practitioner:
    return session.get_one(Practitioner, cast.ana.practitioner_id)


def test_every_version_and_its_marks_are_shown(busy: Cast, client_of: ClientOf) -> None:
    text = client_of(busy.ana).page(address(busy, "/entries?show=entries")).main
    marks = ("(correction)", "(replaced)", "(written later)", "Ticked the wrong number")
    assert [mark for mark in marks if mark not in text] == []


def test_days_stand_newest_first(busy: Cast) -> None:
    days = [row.on for row in timeline(busy).rows]
    assert days == sorted(days, reverse=True)


def test_a_long_diary_is_paged_without_gap_or_repeat(cast: Cast) -> None:
    with db.write_transaction() as session:
        scenes.write(session, mias(session, cast), range(130), 4)
    pages = [timeline(cast, Show.ENTRIES, page).rows for page in (1, 2, 3)]
    assert [len(rows) for rows in pages] == [60, 60, 10]
    assert len({row.on for rows in pages for row in rows}) == 130


def test_a_page_says_where_it_is(cast: Cast, client_of: ClientOf) -> None:
    with db.write_transaction() as session:
        scenes.write(session, mias(session, cast), range(70), 4)
    page = client_of(cast.ana).page(address(cast, "/entries?show=entries&page=2"))
    assert "61 to 70 of 70" in page.main
    assert "?show=entries&page=1" in page.hrefs()


@pytest.mark.parametrize(
    ("show", "count"),
    [
        (Show.CORRECTIONS, 1),
        (Show.FLAGS, 1),
        (Show.NOTES, 3),
        (Show.VISITS, 5),
        (Show.QUESTIONS, 2),
        (Show.ASSESSMENTS, 0),
    ],
)
def test_a_filter_counts_what_it_shows(busy: Cast, show: Show, count: int) -> None:
    found = timeline(busy, show)
    counts = {one.name: one.count for one in found.filters}
    assert (found.total, counts[show]) == (count, count)


def test_late_entries_are_found(busy: Cast) -> None:
    rows = timeline(busy, Show.LATE).rows
    marks = [row.entry.marks for row in rows if row.entry is not None]
    assert marks
    assert all("written later" in each for each in marks)


def test_a_held_visit_names_its_sites_and_grasp(busy: Cast) -> None:
    assert said(busy, Show.VISITS)[1] == (
        "Visit 4: 2 November, 10:00, Ana Costa. L4 to S1 paraspinals (left), grasp 2 of 3; "
        "Gluteus medius (left), grasp 3 of 3."
    )


def test_a_visit_without_an_appointment_has_a_day_and_no_hour(cast: Cast) -> None:
    with db.write_transaction() as session:
        visit = factories.visit(session, mias(session, cast), days_ago(2), sites=())
        visit.planned_for = visit.planned_on = None
    assert said(cast, Show.VISITS) == ["Visit 1: Ana Costa. No needling."]


def test_a_visit_called_off_stays_in_sight(cast: Cast) -> None:
    with db.write_transaction() as session:
        at = factories.at(days_ago(2), 9)
        factories.visit(session, mias(session, cast), MONDAY, planned=True, cancelled_at=at)
    assert said(cast, Show.VISITS)[0].startswith("Visit called off: ")


def test_reviews_say_who_when_and_how_far(busy: Cast) -> None:
    with db.write_transaction() as session:
        newest = session.query(Entry).order_by(Entry.about_on.desc()).first()
        at, undone = factories.at(MONDAY, 9), factories.at(MONDAY, 9, 5)
        factories.review(
            session, mias(session, busy), ana(session, busy), newest, at=at, undone_at=undone
        )
    assert said(busy, Show.REVIEWS)[0] == (
        "Review, undone: Ana Costa, today at 09:00. "
        "Read up to the entry of 8\N{NO-BREAK SPACE}Nov. Undone today at 09:05."
    )


def test_a_question_says_what_became_of_it(cast: Cast) -> None:
    with db.write_transaction() as session:
        of, asked = mias(session, cast), factories.at(days_ago(3), 20)
        done = {"answered_at": factories.at(MONDAY, 9), "answered_by_id": cast.ana.practitioner_id}
        factories.question(session, of, "May I swim?", asked_at=asked, **done)
    assert said(cast, Show.QUESTIONS)[0] == (
        "Question: “May I swim?” Asked 6\N{NO-BREAK SPACE}Nov, 20:00. "
        "Answered today at 09:00, Ana Costa."
    )


def test_a_question_taken_out_stays_in_sight(cast: Cast) -> None:
    with db.write_transaction() as session:
        factories.question(
            session, mias(session, cast), "Old?", withdrawn_at=factories.at(MONDAY, 9)
        )
    assert (
        "Taken out by the patient 9\N{NO-BREAK SPACE}Nov, 09:00." in said(cast, Show.QUESTIONS)[0]
    )


def test_what_was_done_about_a_flag_stands_on_its_day(cast: Cast) -> None:
    with db.write_transaction() as session:
        entry = factories.entry(session, mias(session, cast), days_ago(4))
        flag = factories.flag(session, entry, "RF8")
        factories.flag_act(
            session, flag, ana(session, cast), at=factories.at(days_ago(3), 9), note="All is well"
        )
    rows = timeline(cast, Show.FLAGS).rows
    assert [row.on for row in rows] == [days_ago(3), days_ago(4)]
    assert "All is well" in said(cast, Show.FLAGS)[0]


def test_a_completed_assessment_is_shown_with_its_score(cast: Cast) -> None:
    with db.write_transaction() as session:
        assessed(session, cast, completed_at=factories.at(days_ago(2)))
        assessed(session, cast, completed_at=None)
    assert said(cast, Show.ASSESSMENTS) == ["Assessment: PEG: 6.0."]


def assessed(session: Session, cast: Cast, **more: object) -> None:
    """A PEG of 7, 6 and 5."""
    values = {
        "episode_id": cast.mia.episode_id,
        "instrument": "peg",
        "version": "1",
        "language": "en",
        "about_on": days_ago(2),
        "started_at": factories.at(days_ago(2)),
        "entered_by_id": cast.mia.account_id,
        "score": 6.0,
    }
    one = Assessment(**{**values, **more})
    session.add(one)
    session.flush()
    for item, value in zip(house_catalogue().get("peg", "1").items, (7, 6, 5), strict=True):
        session.add(
            AssessmentAnswer(
                assessment_id=one.id, episode_id=one.episode_id, item=item.code, value=value
            )
        )


def test_withdrawn_days_are_taken_out_everywhere(cast: Cast, client_of: ClientOf) -> None:
    with db.write_transaction() as session:
        entry = factories.entry(session, mias(session, cast), days_ago(2))
        factories.correction(session, entry, withdrawn_at=factories.at(MONDAY, 9))
    text = client_of(cast.ana).page(address(cast, "/entries?show=corrections")).main
    assert "(correction, taken out)" in text


@pytest.mark.parametrize("query", ["?show=pain", "?show=entries&page=0", "?show=&page=x"])
def test_odd_addresses_show_the_timeline(cast: Cast, client_of: ClientOf, query: str) -> None:
    assert client_of(cast.ana).get(address(cast, f"/entries{query}")).status_code == 200


def test_a_filter_without_anything_says_so(cast: Cast, client_of: ClientOf) -> None:
    assert (
        "Nothing here." in client_of(cast.ana).page(address(cast, "/entries?show=assessments")).main
    )


def test_an_empty_diary_says_so(cast: Cast, client_of: ClientOf) -> None:
    with db.write_transaction() as session:
        of = scenes.someone(session, cast, "New Person")
    page = client_of(cast.ana).page(f"/clinic/patients/{of.patient_id}/entries")
    assert "The patient has not written yet." in page.main


@pytest.mark.parametrize("days", [10, 400])
def test_statements_do_not_grow(app: Flask, cast: Cast, client_of: ClientOf, days: int) -> None:
    with db.write_transaction() as session:
        scenes.write(session, mias(session, cast), range(1, days), 4)
    assert counted(app, client_of(cast.ana), address(cast, "/entries")).counted <= 14
