"""The brief: one record said once, in few statements, only to who may see it."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bench.statements import statements
from portal import db
from portal.audit.models import AuditEvent
from portal.care.models import Consent, Episode, Practitioner, Restriction
from portal.clinics.models import Clinic
from portal.diary.models import Entry, EntryFlag
from portal.errors import OutOfSight, StorageUnavailable
from portal.review.brief import brief_of
from portal.review.brief_queries import brief_facts
from portal.review.brief_shown import Brief
from tests import factories
from tests.pages import Page
from tests.people import MONDAY, Cast, ClientOf
from tests.review import scenes
from tests.review.test_panel import reader_of


def brief_for(cast: Cast) -> Brief:
    db.end_read()
    facts = brief_facts(db.session(), reader_of(cast.ana), cast.mia.patient_id)
    return brief_of(facts, reader_name="Ana Costa")


def address(cast: Cast, more: str = "") -> str:
    return f"/clinic/patients/{cast.mia.patient_id}{more}"


def mias(session: Session, cast: Cast) -> Episode:
    return session.get_one(Episode, cast.mia.episode_id)


@pytest.fixture
def busy(cast: Cast) -> Cast:
    with db.write_transaction() as session:
        scenes.busiest(session, cast)
    return cast


@pytest.fixture
def page(busy: Cast, client_of: ClientOf) -> Page:
    return client_of(busy.ana).page(address(busy))


def test_the_first_line_says_who_and_when(busy: Cast) -> None:
    found = brief_for(busy)
    assert (found.name, found.about, found.visit, found.last_visit) == (
        "Mia Tremblay",
        "47. Low back pain with pain into the left leg.",
        "Visit 5 today, 10:00.",
        "Last visit 2 November.",
    )


def test_history_ticked_at_enrolment_is_told(busy: Cast) -> None:
    assert brief_for(busy).history == "Check before needling: past cancer, blood thinners."


def test_an_empty_history_is_told_apart_from_none_asked(cast: Cast, client_of: ClientOf) -> None:
    with db.write_transaction() as session:
        session.get_one(Episode, cast.mia.episode_id).history = []
    page = client_of(cast.ana).page(address(cast))
    assert "Nothing to check was ticked at enrolment" in page.main


def test_five_figures_are_said(busy: Cast) -> None:
    assert [(one.label, one.value, one.unit) for one in brief_for(busy).figures] == [
        ("Pain level, 14 days", "3.8", ""),
        ("Worst moment", "7", ""),
        ("Gets in the way", "2.8", ""),
        ("Own view", "Better", ""),
        ("Diary days", "11", "of 14"),
    ]


def test_the_verdict_stands_beside_the_level(busy: Cast) -> None:
    lines = [line.words for line in brief_for(busy).figures[0].lines]
    assert lines == ["better: about 2.8 points lower", "95 % range 1.6 to 4.0"]


def test_page_and_drawing_say_the_same_finding(busy: Cast, page: Page) -> None:
    title = page.find("//*[local-name()='svg']/*[local-name()='title']")[0].text_content()
    assert title == brief_for(busy).charts.calendar[0].title


def test_every_drawing_is_also_a_table(page: Page) -> None:
    assert len(page.find("//main//table")) == 4


def test_the_caution_is_under_the_change(page: Page) -> None:
    assert "Before and after, not proof that the needling did it." in page.main


def test_thresholds_in_force_are_printed(page: Page) -> None:
    assert "In force: 2 points, 1.5 with 30 %, 14 days, 5 settled days." in page.main


def test_a_clinics_own_days_are_named_on_the_whole_page(busy: Cast, client_of: ClientOf) -> None:
    with db.write_transaction() as session:
        session.get_one(Clinic, busy.clinic_id).thresholds = {"window_days": 28, "points": 1}
    said = client_of(busy.ana).page(address(busy)).main
    named = ("Where, last 28 days", "average of 28 days", "In force: 1 point,")
    assert [each for each in named if each not in said] == []
    assert [each for each in ("last 14 days", "of 14 days", "1 points") if each in said] == []


def test_the_paper_says_who_printed_it_and_when(page: Page) -> None:
    assert "Printed 9 November 2026, 20:00, by Ana Costa. Confidential" in page.main


def test_new_since_the_last_review(busy: Cast) -> None:
    found = brief_for(busy).news
    assert found.since == "2 November, 10:36. 7 days written since. 2 new questions."
    assert [(one.label, one.words.replace("\N{NO-BREAK SPACE}", " ")) for one in found.items] == [
        ("Flags", "3 above, not yet acknowledged"),
        ("Place", "Left heel and ankle, on 2 days"),
        ("Note", "“Could sit through supper. Stairs are slow.” 8 Nov"),
        ("Managed", "“Walked to the library and back.” 6 Nov"),
        ("Correction", "28 Oct, pain 5 to 4"),
    ]


def test_words_beside_an_open_flag_are_said_once(page: Page) -> None:
    assert page.main.count("Outer toes have felt asleep") == 1


def test_every_entry_is_one_link_away_without_notes(cast: Cast, client_of: ClientOf) -> None:
    assert f"{address(cast)}/entries" in client_of(cast.ana).page(address(cast)).hrefs()


def test_soreness_after_day_three_is_new(busy: Cast) -> None:
    with db.write_transaction() as session:
        factories.entry(session, mias(session, busy), MONDAY, soreness=2)
    assert ("Soreness", "Still sore on day 7 after visit 4, up to 5 of 10") in [
        (one.label, one.words) for one in brief_for(busy).news.items
    ]


def test_a_withdrawn_day_is_a_correction(busy: Cast) -> None:
    with db.write_transaction() as session:
        on = scenes.days_ago(10)
        of_day = Entry.episode_id == busy.mia.episode_id, Entry.about_on == on
        entry = session.scalars(select(Entry).where(*of_day)).one()
        now = factories.at(MONDAY)
        factories.correction(session, entry, withdrawn_at=now, entered_at=now)
    words = {one.label: one.words for one in brief_for(busy).news.items}
    assert words["Corrections"].startswith("30\N{NO-BREAK SPACE}Oct, taken out; 28")


def test_places_are_counted_in_words(busy: Cast) -> None:
    assert brief_for(busy).where.words == (
        "Of 11 days: left buttock 10, left low back 10, left heel and ankle 2."
    )


def test_visits_stand_newest_first_with_their_response(busy: Cast) -> None:
    first = brief_for(busy).visits[0]
    assert (first.number, first.where, first.grasp, first.response.before) == (
        4,
        "L4 to S1 paraspinals (left), Gluteus medius (left)",
        3,
        "3.5",
    )


def test_two_visits_of_one_day_are_both_told(cast: Cast) -> None:
    with db.write_transaction() as session:
        of, on = mias(session, cast), MONDAY - timedelta(days=4)
        factories.visit(session, of, on, sites=[("Piriformis", "left", 2)])
        factories.visit(session, of, on, sites=[])
        factories.visit(session, of, MONDAY - timedelta(days=2))
    assert [(one.number, one.where) for one in brief_for(cast).visits] == [
        (3, "L4–L5 (left)"),
        (2, "no needling"),
        (1, "Piriformis (left)"),
    ]


def test_a_visit_only_the_patient_tells_of_is_counted(cast: Cast) -> None:
    with db.write_transaction() as session:
        factories.visit(session, mias(session, cast), scenes.days_ago(2), planned=True)
        factories.entry(session, mias(session, cast), scenes.days_ago(1), needled="yes")
    assert [(one.number, one.where) for one in brief_for(cast).visits] == [(1, "not recorded")]


def test_one_entry_around_two_flags_is_quoted_once(busy: Cast) -> None:
    assert [bool(flag.quote) for flag in brief_for(busy).flags] == [True, False, False]


def test_no_diary_yet_says_so(cast: Cast, client_of: ClientOf) -> None:
    page = client_of(cast.ana).page(address(cast))
    assert "No diary yet." in page.main
    assert "No baseline" in page.main


def test_few_days_are_not_averaged(cast: Cast, client_of: ClientOf) -> None:
    with db.write_transaction() as session:
        scenes.write(session, mias(session, cast), range(2), 4)
    assert "2 of 14 days: not enough to average" in client_of(cast.ana).page(address(cast)).main


def test_words_of_the_patient_are_only_text(cast: Cast, client_of: ClientOf) -> None:
    with db.write_transaction() as session:
        factories.entry(
            session, mias(session, cast), MONDAY, note="<script>alert(1)</script>", flags=["RF5"]
        )
    page = client_of(cast.ana).page(address(cast))
    assert "<script>alert" not in page.source
    assert "<script>alert(1)</script>" in page.main


def test_long_notes_are_cut_and_kept_whole_elsewhere(cast: Cast, client_of: ClientOf) -> None:
    with db.write_transaction() as session:
        factories.entry(session, mias(session, cast), MONDAY, note="stairs " * 100 + "END")
    client = client_of(cast.ana)
    assert "END" not in client.page(address(cast)).main
    assert "END" in client.page(address(cast, "/entries")).main


def test_an_ended_episode_says_so(cast: Cast, client_of: ClientOf) -> None:
    with db.write_transaction() as session:
        mias(session, cast).ended_on = MONDAY
    assert "ended on 9 November" in client_of(cast.ana).page(address(cast)).main


@pytest.mark.parametrize("more", ["", "/brief.txt", "/brief.pdf", "/entries"])
def test_opening_is_written_down(cast: Cast, client_of: ClientOf, more: str) -> None:
    acts = {
        "": "brief-opened",
        "/brief.txt": "brief-copied",
        "/brief.pdf": "brief-printed",
        "/entries": "entries-opened",
    }
    assert client_of(cast.ana).get(address(cast, more)).status_code == 200
    found = (
        db.session()
        .execute(
            select(AuditEvent.act, AuditEvent.patient_id, AuditEvent.actor_id).where(
                AuditEvent.act == acts[more]
            )
        )
        .all()
    )
    assert [tuple(row) for row in found] == [(acts[more], cast.mia.patient_id, cast.ana.account_id)]


@pytest.mark.parametrize("more", ["", "/brief.txt", "/brief.pdf", "/entries"])
def test_nothing_is_shown_that_cannot_be_written_down(
    busy: Cast, client_of: ClientOf, app: Flask, more: str
) -> None:
    def fail(_session: Session) -> None:
        raise StorageUnavailable

    client = client_of(busy.ana)
    app.extensions["portal.database"].hooks.seal.insert(0, fail)
    answer = client.get(address(busy, more))
    assert answer.status_code == 503
    assert "Tremblay" not in answer.get_data(as_text=True)


@pytest.mark.parametrize("more", ["", "/brief.txt", "/brief.pdf", "/entries"])
@pytest.mark.parametrize("who", ["ben", "fay", "ada", "noor", "mia", "olga"])
def test_out_of_sight_is_as_if_it_were_not(
    busy: Cast, client_of: ClientOf, who: str, more: str
) -> None:
    client = client_of(busy.everybody[who])
    answer = client.get(address(busy, more))
    missing = client.get(f"/clinic/patients/{db.new_id()}{more}")
    assert (answer.status_code, missing.status_code) == (404, 404)
    assert "Tremblay" not in answer.get_data(as_text=True)


def test_withdrawn_consent_hides_the_brief_at_once(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.ana)
    with db.write_transaction() as session:
        of_mia = Consent.episode_id == cast.mia.episode_id
        session.execute(update(Consent).where(of_mia).values(withdrawn_at=factories.at(MONDAY, 9)))
    assert client.get(address(cast)).status_code == 404


def test_a_restriction_hides_the_brief(cast: Cast) -> None:
    with db.write_transaction() as session:
        session.add(
            Restriction(
                episode_id=cast.mia.episode_id,
                practitioner_id=cast.ana.practitioner_id,
                from_at=factories.at(MONDAY, 9),
            )
        )
    with pytest.raises(OutOfSight):
        brief_for(cast)


def test_the_first_opening_of_a_flag_is_remembered(busy: Cast, client_of: ClientOf) -> None:
    client_of(busy.ana).get(address(busy))
    opened = (
        db.session()
        .scalars(select(EntryFlag.opened_at).where(EntryFlag.episode_id == busy.mia.episode_id))
        .all()
    )
    assert opened == [factories.at(MONDAY, 20)] * 3


def test_the_next_opening_says_when_the_first_was(busy: Cast, client_of: ClientOf) -> None:
    client = client_of(busy.ana)
    client.get(address(busy))
    assert "First opened today at 20:00." in client.page(address(busy)).main


@pytest.mark.parametrize("days", [10, 400])
def test_statements_do_not_grow_with_the_entries(
    cast: Cast, client_of: ClientOf, app: Flask, days: int
) -> None:
    with db.write_transaction() as session:
        of = mias(session, cast)
        of.started_on = MONDAY - timedelta(days=500)
        scenes.write(session, of, range(days), 4, note="a note")
        factories.visit(session, of, scenes.days_ago(5))
        factories.review(session, of, session.get_one(Practitioner, cast.ana.practitioner_id))
    client = client_of(cast.ana)
    client.get(address(cast))
    with statements(app) as seen:
        client.get(address(cast))
    assert seen.counted <= 12
