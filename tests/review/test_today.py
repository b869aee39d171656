"""The day's visits, in order, and their briefs on paper."""

from datetime import timedelta

from sqlalchemy import select

from portal import db
from portal.audit.models import AuditEvent
from portal.care.models import Episode, Practitioner
from portal.review.queries import visits_today
from tests import factories
from tests.people import MONDAY, Cast, ClientOf
from tests.review import scenes
from tests.review.test_panel import reader_of


def plan(cast: Cast) -> None:
    """Two visits today, the later one first in the diary; one tomorrow; one of Ben's today."""
    with db.write_transaction() as session:
        of = session.get_one(Episode, cast.mia.episode_id)
        factories.visit(session, of, MONDAY, planned=True, planned_for=factories.at(MONDAY, 14))
        early = scenes.someone(session, cast, "Early Bird")
        factories.visit(session, early, MONDAY, planned=True, planned_for=factories.at(MONDAY, 8))
        later = scenes.someone(session, cast, "Later Person")
        factories.visit(session, later, MONDAY + timedelta(days=1), planned=True)
        noors = session.get_one(Episode, cast.noor.episode_id)
        factories.visit(session, noors, MONDAY, planned=True)


def test_visits_stand_in_order_of_time(cast: Cast) -> None:
    plan(cast)
    found = visits_today(db.session(), reader_of(cast.ana), factories.ZONE)
    assert [one.name for one in found] == ["Early Bird", "Mia Tremblay"]


def test_an_opened_record_has_no_visit_of_ones_own_day(cast: Cast) -> None:
    plan(cast)
    with db.write_transaction() as session:
        of = session.get_one(Episode, cast.mia.episode_id)
        factories.break_glass(session, of, session.get_one(Practitioner, cast.ben.practitioner_id))
    found = visits_today(db.session(), reader_of(cast.ben), factories.ZONE)
    assert "Mia Tremblay" not in [one.name for one in found]


def test_a_visit_held_today_is_recorded(cast: Cast, client_of: ClientOf) -> None:
    with db.write_transaction() as session:
        factories.visit(session, session.get_one(Episode, cast.mia.episode_id), MONDAY)
    assert "10:00 Mia Tremblay" in client_of(cast.ana).page("/clinic/today").main
    assert "Recorded" in client_of(cast.ana).page("/clinic/today").main


def test_each_visit_leads_to_its_brief(cast: Cast, client_of: ClientOf) -> None:
    plan(cast)
    hrefs = client_of(cast.ana).page("/clinic/today").hrefs()
    assert f"/clinic/patients/{cast.mia.patient_id}" in hrefs


def test_a_day_without_visits_says_so(cast: Cast, client_of: ClientOf) -> None:
    assert "No visits of your patients today." in client_of(cast.ana).page("/clinic/today").main
    assert "No visits" in client_of(cast.ana).page("/clinic/today/briefs").main


def test_all_briefs_stand_on_one_page(cast: Cast, client_of: ClientOf) -> None:
    plan(cast)
    page = client_of(cast.ana).page("/clinic/today/briefs")
    assert page.find("//article//h2")[0].text_content() == "Early Bird"
    assert len(page.by_class("sheet-of-paper")) == 2
    assert not page.find("//article//form")


def test_each_brief_on_paper_is_written_down(cast: Cast, client_of: ClientOf) -> None:
    plan(cast)
    client_of(cast.ana).get("/clinic/today/briefs")
    opened = db.session().scalars(
        select(AuditEvent.patient_id).where(AuditEvent.act == "brief-opened")
    )
    assert len(set(opened)) == 2


def test_the_list_is_written_down(cast: Cast, client_of: ClientOf) -> None:
    client_of(cast.ben).get("/clinic/today")
    shown = db.session().scalars(select(AuditEvent.details).where(AuditEvent.act == "today-shown"))
    assert list(shown) == [{"patients": []}]
