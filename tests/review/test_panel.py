"""The panel: who needs a look first, why, and only those in one's care."""

from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from time_machine import Traveller

from bench.statements import statements
from portal import db
from portal.accounts.reader import Reader
from portal.audit.models import AuditEvent
from portal.care.models import CareTeam, Episode, Practitioner
from portal.errors import StorageUnavailable
from portal.review import panel_queries
from portal.review.models import EpisodeSummary
from portal.review.panel_queries import AT_ONCE, Filter, Look, PanelPage, PanelRow, Wanted
from portal.review.summaries import verify
from tests import factories, pages
from tests.people import MONDAY, Cast, ClientOf, Person
from tests.review import scenes

REASONS = {
    "flag": Look.FLAG,
    "call": Look.CALL,
    "worse": Look.WORSE,
    "visit": Look.VISIT_TODAY,
    "question": Look.QUESTION,
    "no-response": Look.NO_RESPONSE,
    "quiet": Look.QUIET,
    "rest": Look.REST,
}


def reader_of(person: Person) -> Reader:
    return Reader(
        person.account_id,
        person.name,
        person.clinic_id,
        person.roles,
        practitioner_id=person.practitioner_id,
    )


def page_for(person: Person, wanted: Wanted) -> PanelPage:
    db.end_read()
    days = panel_queries.days_of(db.session(), reader_of(person))
    return panel_queries.panel_page(db.session(), reader_of(person), days, wanted)


def rows_for(person: Person, wanted: Wanted | None = None) -> list[PanelRow]:
    return page_for(person, wanted or Wanted()).rows


def counts_for(person: Person) -> dict[Filter, int]:
    return page_for(person, Wanted()).counts


@pytest.fixture
def people(cast: Cast) -> dict[str, Episode]:
    with db.write_transaction() as session:
        return scenes.whole_panel(session, cast)


def test_an_opened_record_is_not_in_ones_care(cast: Cast) -> None:
    before = counts_for(cast.ben)[Filter.ALL]
    with db.write_transaction() as session:
        of = session.get_one(Episode, cast.mia.episode_id)
        factories.break_glass(session, of, session.get_one(Practitioner, cast.ben.practitioner_id))
    assert counts_for(cast.ben)[Filter.ALL] == before
    assert cast.mia.episode_id not in [row.episode_id for row in rows_for(cast.ben)]


def test_a_patient_whose_care_team_names_somebody_twice_stands_once(cast: Cast) -> None:
    before = page_for(cast.ana, Wanted())
    with db.write_transaction() as session:
        of = session.get_one(Episode, cast.mia.episode_id)
        for _ in range(2):
            factories.care_team(
                session, of, session.get_one(Practitioner, cast.ana.practitioner_id)
            )
    after = page_for(cast.ana, Wanted())
    assert (after.found, after.rows) == (before.found, before.rows)


def test_rows_stand_in_the_order_of_their_reasons(cast: Cast, people: dict[str, Episode]) -> None:
    expected = [people[name].id for name in REASONS]
    shown = [row.episode_id for row in rows_for(cast.ana)]
    assert [one for one in shown if one in expected] == expected


@pytest.mark.parametrize(("name", "reason"), REASONS.items())
def test_each_row_knows_why_it_stands_there(
    cast: Cast, people: dict[str, Episode], name: str, reason: Look
) -> None:
    found = {row.episode_id: row.look for row in rows_for(cast.ana)}
    assert found[people[name].id] is reason


def test_somebody_new_has_nothing_waiting(cast: Cast, people: dict[str, Episode]) -> None:
    found = {row.episode_id: row.look for row in rows_for(cast.ana)}
    assert found[people["new"].id] is Look.REST


def test_the_summaries_of_the_scenes_are_true(people: dict[str, Episode]) -> None:
    assert people
    assert verify(db.session()) == []


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        (Filter.FLAGS, {"flag"}),
        (Filter.WORSE, {"worse"}),
        (Filter.TODAY, {"flag", "visit"}),
        (Filter.ASKED, {"flag", "call", "question"}),
        (Filter.NO_RESPONSE, {"call", "worse", "no-response"}),
        (Filter.QUIET, {"quiet"}),
    ],
)
def test_a_filter_shows_its_patients_and_counts_them(
    cast: Cast, people: dict[str, Episode], wanted: Filter, names: set[str]
) -> None:
    shown = {row.episode_id for row in rows_for(cast.ana, Wanted(wanted))}
    assert shown == {people[name].id for name in names}
    assert counts_for(cast.ana)[wanted] == len(names)


def test_search_knows_no_accents(cast: Cast) -> None:
    with db.write_transaction() as session:
        scenes.someone(session, cast, "José Müller")
    assert [row.name for row in rows_for(cast.ana, Wanted(words="MULLER jose"))] == ["José Müller"]


@pytest.mark.parametrize("words", ["%", "_ia", "100%"])
def test_search_takes_marks_as_they_are(cast: Cast, words: str) -> None:
    assert page_for(cast.ana, Wanted(words=words)).found == 0


@pytest.mark.parametrize("wanted", [Wanted(words="mia"), Wanted(Filter.QUIET, "nobody")])
def test_counts_are_of_everybody_whatever_is_searched(
    cast: Cast, people: dict[str, Episode], wanted: Wanted
) -> None:
    assert people
    assert page_for(cast.ana, wanted).counts == counts_for(cast.ana)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [(Wanted(words="mia"), 1), (Wanted(Filter.WORSE, "mia"), 0), (Wanted(Filter.TODAY), 2)],
)
def test_a_search_knows_how_many_it_found(
    cast: Cast, people: dict[str, Episode], wanted: Wanted, found: int
) -> None:
    assert people
    assert page_for(cast.ana, wanted).found == found


def test_a_search_leaves_the_header_as_it_is(
    cast: Cast, people: dict[str, Episode], client_of: ClientOf
) -> None:
    assert people
    client = client_of(cast.ana)
    for path in ("/clinic", "/clinic?q=nobody", "/clinic?show=quiet"):
        assert "2 visits today, 1 patient with an open flag." in client.page(path).main


def test_nobody_elses_patients_are_shown(cast: Cast) -> None:
    assert [row.patient_id for row in rows_for(cast.ana)] == [cast.mia.patient_id]


def test_who_leaves_the_care_team_sees_no_row(cast: Cast) -> None:
    with db.write_transaction() as session:
        of = CareTeam.practitioner_id == cast.ana.practitioner_id
        session.execute(update(CareTeam).where(of).values(until_at=factories.at(MONDAY, 9)))
    assert rows_for(cast.ana) == []


def test_an_ended_episode_leaves_the_panel(cast: Cast) -> None:
    with db.write_transaction() as session:
        session.get_one(Episode, cast.mia.episode_id).ended_on = MONDAY
    assert rows_for(cast.ana) == []


def test_an_ended_episode_with_an_open_flag_stays(cast: Cast) -> None:
    with db.write_transaction() as session:
        of = session.get_one(Episode, cast.mia.episode_id)
        factories.entry(session, of, MONDAY, flags=["RF5"])
        of.ended_on = MONDAY
    assert [row.look for row in rows_for(cast.ana)] == [Look.FLAG]


def test_more_urgent_flags_stand_first(cast: Cast) -> None:
    with db.write_transaction() as session:
        clinic = session.get_one(Episode, cast.mia.episode_id)
        factories.entry(session, clinic, scenes.days_ago(9), flags=["RF10"])
        urgent = scenes.someone(session, cast, "Urgent Person")
        factories.entry(session, urgent, scenes.days_ago(1), flags=["RF2"])
    assert [row.name for row in rows_for(cast.ana)] == ["Urgent Person", "Mia Tremblay"]


def test_pages_are_of_twenty_five(cast: Cast) -> None:
    with db.write_transaction() as session:
        for number in range(30):
            scenes.someone(session, cast, f"Number {number:02}")
    first = {row.episode_id for row in rows_for(cast.ana)}
    second = {row.episode_id for row in rows_for(cast.ana, Wanted(page=2))}
    assert (len(first), len(second), first & second) == (25, 6, set())


def test_today_is_the_patients_own_day(cast: Cast, now: Traveller) -> None:
    """At 00:30 in Guelph it is still 21:30 of the day before in Vancouver."""
    with db.write_transaction() as session:
        of = scenes.someone(session, cast, "West Coast", zone="America/Vancouver")
        factories.visit(session, of, MONDAY, planned=True)
    now.move_to(datetime(2026, 11, 10, 5, 30, tzinfo=UTC))
    assert [(row.today, row.look) for row in rows_for(cast.ana, Wanted(Filter.TODAY))] == [
        (MONDAY, Look.VISIT_TODAY)
    ]


def test_a_verdict_ages_with_the_patients_days(cast: Cast, now: Traveller) -> None:
    with db.write_transaction() as session:
        scenes.treated(session, scenes.someone(session, cast, "Long Ago"), 3, 7)
    assert counts_for(cast.ana)[Filter.WORSE] == 1
    now.move_to(datetime(2026, 11, 22, 12, 0, tzinfo=UTC))
    assert counts_for(cast.ana)[Filter.WORSE] == 0


def test_a_verdict_past_its_days_is_not_enough_days(cast: Cast, now: Traveller) -> None:
    with db.write_transaction() as session:
        scenes.treated(session, scenes.someone(session, cast, "Long Ago"), 3, 7)
    now.move_to(datetime(2027, 1, 22, 12, 0, tzinfo=UTC))
    assert {row.level for row in rows_for(cast.ana)} == {None}


def test_the_panel_says_each_reason_in_words(
    cast: Cast, people: dict[str, Episode], client_of: ClientOf
) -> None:
    assert people
    chips = [chip.text_content() for chip in client_of(cast.ana).page("/clinic").by_class("chip")]
    assert chips == [
        "Open flag: new numbness, tingling or weakness, 7 Nov, and 1 more",
        "Asked for a call, 26 Oct",
        "Worse than before the first visit",
        "Visit today",
        "1 open question",
        "No response after 3 visits",
        "Quiet: no entry for 13 days",
        "Nothing waiting. Wrote today",
        "Nothing waiting. First diary week",
    ]


def test_an_empty_panel_invites(cast: Cast, client_of: ClientOf) -> None:
    assert "Invite your first patient" in client_of(cast.dov).page("/clinic").main


def test_a_search_without_a_hit_says_so(cast: Cast, client_of: ClientOf) -> None:
    page = client_of(cast.ana).page(f"/clinic?q={quote('Zé')}&show=flags")
    assert "Nobody here matches “Zé”" in page.main
    assert page.field("q").value == "Zé"


@pytest.mark.parametrize("query", ["show=bogus", "page=x", "page=0", "page=99999999", "q=%00"])
def test_odd_addresses_show_the_panel(cast: Cast, client_of: ClientOf, query: str) -> None:
    assert client_of(cast.ana).get(f"/clinic?{query}").status_code == 200


def test_the_panel_is_written_down_with_whom_it_showed(cast: Cast, client_of: ClientOf) -> None:
    client_of(cast.ana).get("/clinic")
    found = (
        db.session()
        .scalars(select(AuditEvent.details).where(AuditEvent.act == "panel-shown"))
        .all()
    )
    assert found == [{"patients": [str(cast.mia.patient_id)]}]


def test_nothing_is_shown_that_cannot_be_written_down(
    cast: Cast, client_of: ClientOf, app: Flask
) -> None:
    def fail(_session: Session) -> None:
        raise StorageUnavailable

    client = client_of(cast.ana)
    app.extensions["portal.database"].hooks.seal.insert(0, fail)
    answer = client.get("/clinic")
    assert answer.status_code == 503
    assert "Tremblay" not in answer.get_data(as_text=True)


@pytest.mark.parametrize("count", [5, 500])
def test_statements_do_not_grow_with_the_patients(
    cast: Cast, client_of: ClientOf, app: Flask, count: int
) -> None:
    with db.write_transaction() as session:
        scenes.crowd(session, cast, count)
    client = client_of(cast.ana)
    client.get("/clinic")
    with statements(app) as seen:
        client.get("/clinic")
    assert seen.counted == 2


def test_every_patient_has_a_summary(cast: Cast) -> None:
    with db.write_transaction() as session:
        scenes.crowd(session, cast, 3)
    assert len(db.session().scalars(select(EpisodeSummary.episode_id)).all()) == 6


def test_a_visit_tomorrow_is_not_today(cast: Cast) -> None:
    with db.write_transaction() as session:
        of = session.get_one(Episode, cast.mia.episode_id)
        factories.visit(session, of, MONDAY + timedelta(days=1), planned=True)
    assert counts_for(cast.ana)[Filter.TODAY] == 0


def test_s061_search_puts_no_name_into_an_address(cast: Cast, client_of: ClientOf) -> None:
    ana = client_of(cast.ana)
    answer = ana.post("/clinic", {"q": "Mia", "show": "all"})
    assert answer.headers["Cache-Control"] == "no-store"
    page = pages.page_of(answer)
    assert (page.field("q").value, "Mia Tremblay" in page.main) == ("Mia", True)
    for found in (page, ana.page("/clinic?q=Mia")):
        assert not [link for link in found.find("//a/@href") if "Mia" in str(link)]
        assert found.find("//form[@role='search']/@method") == ["post"]


def test_s061_later_pages_of_a_search_are_buttons(cast: Cast, client_of: ClientOf) -> None:
    with db.write_transaction() as session:
        for number in range(AT_ONCE + 1):
            scenes.someone(session, cast, f"Zed{number} Young")
    ana = client_of(cast.ana)
    first = pages.page_of(ana.post("/clinic", {"q": "zed"}))
    (form,) = first.find("//form[@class='pages']")
    assert [button.get("value") for button in form.iterfind(".//button")] == ["2"]
    second = pages.page_of(ana.post("/clinic", {"q": "zed", "show": "all", "page": "2"}))
    assert len(second.find("//tbody/tr")) == 1
