"""The visit's form: typed in one go, kept half-written, set with the diary plan, never doubled."""

from datetime import date, timedelta

import pytest
import time_machine
from sqlalchemy import select

from portal import db
from portal.accounts.models import Draft
from portal.audit.models import AuditEvent
from portal.care.models import DiaryPlan, Episode, NeedlingSite, Practitioner, Visit
from portal.care.visit_plans import longer
from tests import factories, pages
from tests.care.test_visits import TODAY, YESTERDAY, only_visit, path_of, sites_of, typed
from tests.people import MONDAY, Cast, ClientOf, proof_of, sign_in

PIRIFORMIS = ("Piriformis", "left", "2")


def plan_end(cast: Cast) -> date:
    newest = select(DiaryPlan.ends_on).where(DiaryPlan.episode_id == cast.mia.episode_id)
    found = db.session().scalars(newest.order_by(DiaryPlan.made_at.desc())).first()
    db.end_read()
    assert found is not None
    return found


def planned(cast: Cast, days: int = 3, source_key: str | None = None) -> str:
    """The address of a visit planned for Mia."""
    with db.write_transaction() as session:
        of = session.get_one(Episode, cast.mia.episode_id)
        made = factories.visit(
            session, of, MONDAY + timedelta(days=days), planned=True, source_key=source_key
        )
        return path_of(cast, str(made.id))


def to_come(cast: Cast) -> list[str]:
    rows = select(Visit.planned_for).where(
        Visit.episode_id == cast.mia.episode_id,
        Visit.held_on.is_(None),
        Visit.cancelled_at.is_(None),
    )
    found = [at.isoformat() for at in db.session().scalars(rows) if at is not None]
    db.end_read()
    return found


def test_a_known_muscle_brings_region_and_segment(cast: Cast, client_of: ClientOf) -> None:
    client_of(cast.ana).post(path_of(cast), typed(("infraspinatus", "right", "1")))
    site = (
        db.session()
        .scalars(select(NeedlingSite).where(NeedlingSite.place == "Infraspinatus"))
        .one()
    )
    assert (site.region, site.segment) == ("shoulder-blade-r", "C5–C6")


@pytest.mark.parametrize(
    ("place", "stored"),
    [
        ("piriformis l 2", ("Piriformis", "left", 2)),
        ("L5 paraspinals B", ("L5 paraspinals", "both", None)),
        ("scar m 0", ("scar", "midline", 0)),
        ("piriformis left 2", ("Piriformis", "left", 2)),
        ("Left piriformis 2", ("Piriformis", "left", 2)),
        ("Rt. soleus", ("Soleus", "right", None)),
        ("soleus bilat 1", ("Soleus", "both", 1)),
        ("L 4 scar rt", ("L 4 scar", "right", None)),
    ],
)
def test_a_site_can_be_typed_in_one_go(
    cast: Cast, client_of: ClientOf, place: str, stored: tuple[str, str, int | None]
) -> None:
    client_of(cast.ana).post(path_of(cast), typed((place, "", "")))
    assert sites_of(only_visit(cast)) == [stored]


@pytest.mark.parametrize("place", ["middle trapezius", "left scar S 1", "left scar right"])
def test_a_site_that_can_be_read_in_two_ways_asks_for_its_side(
    cast: Cast, client_of: ClientOf, place: str
) -> None:
    page = pages.page_of(client_of(cast.ana).post(path_of(cast), typed((place, "", ""))))
    assert f"Choose the side for {place}" in page.main


def test_a_chosen_side_leaves_the_place_as_typed(cast: Cast, client_of: ClientOf) -> None:
    client_of(cast.ana).post(path_of(cast), typed(("Muscle l", "right", "")))
    assert sites_of(only_visit(cast)) == [("Muscle l", "right", None)]


def test_the_same_form_sent_twice_is_one_visit(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.ana)
    for _twice in range(2):
        assert client.post(path_of(cast), typed(PIRIFORMIS)).status_code == 303
    assert only_visit(cast).version == 1


def test_second_record_of_a_day_is_shown_the_first(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.ana)
    client.post(path_of(cast), typed(PIRIFORMIS, note="By Ana"))
    answer = client.post(path_of(cast), typed(("Soleus", "left", "1"), note="Typed meanwhile"))
    words = pages.page_of(answer).main
    assert answer.status_code == 409
    assert "What stands now" in words
    assert "Piriformis (left), grasp 2, clear" in words
    assert "By Ana" in words
    assert only_visit(cast).note == "By Ana"


def test_second_record_of_a_day_can_be_another_visit(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.ana)
    client.post(path_of(cast), typed(PIRIFORMIS))
    page = pages.page_of(client.post(path_of(cast), typed(("Soleus", "left", "1"))))
    assert client.post(path_of(cast), page.values()).status_code == 303
    rows = select(Visit.number).where(Visit.episode_id == cast.mia.episode_id)
    assert sorted(filter(None, db.session().scalars(rows))) == [1, 2]


def test_conflict_shows_what_stands_beside_what_was_typed(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.ana)
    client.post(path_of(cast), typed(PIRIFORMIS))
    path = path_of(cast, str(only_visit(cast).id))
    client.post(path, typed(("Soleus", "left", "3"), base_version="1", note="The first"))
    answer = client.post(path, typed(("Sartorius", "left", "1"), base_version="1", note="Mine"))
    page = pages.page_of(answer)
    assert "Soleus (left), grasp 3, strong" in page.main
    assert page.field("note").text_content().strip() == "Mine"
    assert client.post(path, page.values()).status_code == 303
    assert sites_of(only_visit(cast)) == [("Sartorius", "left", 1)]


def test_corrected_day_moves_the_visit_itself(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.ana)
    client.post(path_of(cast), typed(PIRIFORMIS))
    sent = typed(PIRIFORMIS, base_version="1", held_on=YESTERDAY)
    client.post(path_of(cast, str(only_visit(cast).id)), sent)
    visit = only_visit(cast)
    assert visit.held_at is not None
    assert (visit.held_on, visit.held_at) == (
        MONDAY - timedelta(days=1),
        factories.at(MONDAY - timedelta(days=1), 12),
    )


def test_a_day_corrected_to_one_with_a_record_is_asked_about(
    cast: Cast, client_of: ClientOf
) -> None:
    client = client_of(cast.ana)
    client.post(path_of(cast), typed(PIRIFORMIS, held_on=YESTERDAY, note="Went well"))
    earlier = only_visit(cast).id
    client.post(path_of(cast), typed(("Soleus", "left", "1")))
    path = path_of(cast, str(earlier))
    answer = client.post(path, typed(PIRIFORMIS, base_version="1", note="Mine"))
    page = pages.page_of(answer)
    assert answer.status_code == 409
    assert "Soleus (left), grasp 1, a little" in page.main
    assert "Correct that one" in page.main
    assert days_held(cast) == [MONDAY - timedelta(days=1), MONDAY]
    assert client.post(path, page.values()).status_code == 303
    assert days_held(cast) == [MONDAY, MONDAY]


def days_held(cast: Cast) -> list[date | None]:
    db.end_read()
    rows = select(Visit.held_on).where(Visit.episode_id == cast.mia.episode_id)
    return sorted(db.session().scalars(rows), key=str)


@pytest.mark.parametrize(
    ("choice", "days"),
    [
        ({"plan": "keep"}, 64),
        ({"plan": "longer", "weeks": "4"}, 64 + 28),
        ({"plan": "end"}, -1),
        ({}, 64),
    ],
)
def test_diary_plan_is_set_in_the_same_form(
    cast: Cast, client_of: ClientOf, choice: dict[str, str], days: int
) -> None:
    assert client_of(cast.ana).post(path_of(cast), typed(PIRIFORMIS, **choice)).status_code == 303
    assert plan_end(cast) == MONDAY + timedelta(days=days)


@pytest.mark.parametrize("weeks", ["", "0", "27", "-1", "²", "1e3"])
def test_odd_number_of_weeks_is_refused(cast: Cast, client_of: ClientOf, weeks: str) -> None:
    sent = typed(PIRIFORMIS, plan="longer", weeks=weeks, note="Kept")
    answer = client_of(cast.ana).post(path_of(cast), sent)
    assert answer.status_code == 422
    assert "1 to 26" in pages.page_of(answer).main


def test_unknown_choice_of_plan_is_refused(cast: Cast, client_of: ClientOf) -> None:
    answer = client_of(cast.ana).post(path_of(cast), typed(PIRIFORMIS, plan="for-ever"))
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("ends_on", "weeks", "days"), [(None, 2, 14), (-3, 2, 14), (10, 2, 24), (360, 26, 366)]
)
def test_longer_plan_counts_from_its_end_or_today(
    ends_on: int | None, weeks: int, days: int
) -> None:
    end = None if ends_on is None else MONDAY + timedelta(days=ends_on)
    assert longer(end, MONDAY, weeks=weeks) == MONDAY + timedelta(days=days)


def test_half_written_record_comes_back(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.ana)
    assert (
        client.post(path_of(cast), typed(PIRIFORMIS, note="Half", more="keep")).status_code == 204
    )
    page = client.page(path_of(cast))
    assert "did not save" in page.main
    assert page.field("place-0").get("value") == "Piriformis"
    assert page.field("note").text_content().strip() == "Half"


def test_finish_later_keeps_without_script(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.ana)
    answer = client.post(path_of(cast), typed(PIRIFORMIS, more="later"))
    assert answer.location == f"/clinic/patients/{cast.mia.patient_id}"
    assert client.page(path_of(cast)).field("place-0").get("value") == "Piriformis"


def test_half_written_record_is_its_writers_alone(cast: Cast, client_of: ClientOf) -> None:
    client_of(cast.ana).post(path_of(cast), typed(PIRIFORMIS, more="keep"))
    with db.write_transaction() as session:
        of = session.get_one(Episode, cast.mia.episode_id)
        factories.care_team(session, of, session.get_one(Practitioner, cast.ben.practitioner_id))
    assert "Piriformis" not in client_of(cast.ben).page(path_of(cast)).values().values()


def test_saving_forgets_the_half_written_record(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.ana)
    client.post(path_of(cast), typed(PIRIFORMIS, more="keep"))
    client.post(path_of(cast), typed(PIRIFORMIS))
    assert not db.session().scalars(select(Draft)).all()


def test_half_written_record_can_be_thrown_away(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.ana)
    client.post(path_of(cast), typed(PIRIFORMIS, more="keep"))
    client.post(path_of(cast), {"more": "afresh"})
    assert "did not save" not in client.page(path_of(cast)).main


def test_half_written_correction_comes_back(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.ana)
    client.post(path_of(cast), typed(PIRIFORMIS))
    path = path_of(cast, str(only_visit(cast).id))
    client.post(path, typed(("Soleus", "left", "1"), base_version="1", more="keep"))
    page = client.page(path)
    assert page.field("place-0").get("value") == "Soleus"
    client.post(path, {"more": "afresh"})
    assert client.page(path).field("place-0").get("value") == "Piriformis"


def test_half_written_record_comes_back_with_rows_to_fill(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.ana)
    client.post(path_of(cast), typed(PIRIFORMIS, more="later"))
    page = client.page(path_of(cast))
    assert [page.field(f"place-{n}").value for n in (0, 1)] == ["Piriformis", None]


def test_nothing_is_kept_of_a_stranger(cast: Cast, client_of: ClientOf) -> None:
    answer = client_of(cast.ben).post(path_of(cast), typed(PIRIFORMIS, more="keep"))
    assert answer.status_code == 404
    assert not db.session().scalars(select(Draft)).all()


def test_s026_record_sent_after_the_sign_in_ran_out_comes_back_in_its_form(
    cast: Cast, client_of: ClientOf, now: time_machine.Traveller
) -> None:
    client = client_of(cast.ana)
    client.page(path_of(cast))
    now.shift(timedelta(minutes=20))
    answer = client.post(path_of(cast), typed(PIRIFORMIS, note="Typed over lunch"))
    assert answer.location == f"/sign-in?next={path_of(cast)}"
    sign_in(client.application, client, cast.ana, proof_of(cast.ana))
    page = client.page(path_of(cast))
    assert page.field("note").text_content().strip() == "Typed over lunch"
    assert client.post(path_of(cast), page.values()).status_code == 303
    assert sites_of(only_visit(cast)) == [("Piriformis", "left", 2)]


def test_planned_visit_is_moved(cast: Cast, client_of: ClientOf) -> None:
    path = planned(cast)
    sent = {"what": "move", "next_on": "2026-11-20", "next_at": "09:15"}
    assert client_of(cast.ana).post(path, sent).status_code == 303
    assert to_come(cast) == ["2026-11-20T14:15:00+00:00"]


def test_planned_visit_is_cancelled_and_told_in_the_audit(cast: Cast, client_of: ClientOf) -> None:
    path = planned(cast)
    assert client_of(cast.ana).post(path, {"what": "cancel"}).status_code == 303
    assert not to_come(cast)
    acts = db.session().scalars(select(AuditEvent.act).order_by(AuditEvent.seq.desc())).all()
    assert acts[0] == "visit-cancelled"


@pytest.mark.parametrize(
    "sent", [{}, {"next_on": "soon"}, {"next_on": "2026-11-01", "next_at": "10:00"}]
)
def test_move_without_a_time_to_come_is_refused(
    cast: Cast, client_of: ClientOf, sent: dict[str, str]
) -> None:
    path = planned(cast)
    assert client_of(cast.ana).post(path, {"what": "move", **sent}).status_code == 422
    assert to_come(cast) == ["2026-11-12T15:00:00+00:00"]


def test_planned_visit_that_is_gone_is_a_conflict(cast: Cast, client_of: ClientOf) -> None:
    path, client = planned(cast), client_of(cast.ana)
    client.post(path, {"what": "cancel"})
    assert client.post(path, {"what": "cancel"}).status_code == 409


def test_planned_visit_of_somebody_elses_patient_is_not_there(
    cast: Cast, client_of: ClientOf
) -> None:
    path = planned(cast)
    for name in ("ben", "olga", "ada", "mia"):
        assert client_of(cast.everybody[name]).get(path).status_code == 404
        assert client_of(cast.everybody[name]).post(path, {"what": "cancel"}).status_code == 404
    other = path_of(cast, str(cast.ids["noor_planned"]))
    assert client_of(cast.ana).post(other, {"what": "cancel"}).status_code == 404


def test_planned_visit_can_be_moved_from_its_page(cast: Cast, client_of: ClientOf) -> None:
    path, client = planned(cast), client_of(cast.ana)
    assert path in client.page(path_of(cast)).hrefs()
    page = client.page(path)
    assert "Thursday 12 November, 10:00" in page.main
    assert (page.field("next_on").get("value"), page.field("next_at").get("value")) == (
        "2026-11-12",
        "10:00",
    )


def test_new_plan_replaces_what_was_typed_and_leaves_the_calendars(
    cast: Cast, client_of: ClientOf
) -> None:
    planned(cast, 5)
    planned(cast, 8, source_key="calendar-1")
    client_of(cast.ana).post(path_of(cast), typed(next_on="2026-11-30", next_at="10:00"))
    assert sorted(to_come(cast)) == ["2026-11-17T15:00:00+00:00", "2026-11-30T15:00:00+00:00"]


@pytest.mark.parametrize("act", ["end", "withdraw-consent"])
def test_end_of_an_episode_cancels_its_planned_visits(
    cast: Cast, client_of: ClientOf, act: str
) -> None:
    planned(cast)
    sent = {
        "act": act,
        "episode": str(cast.mia.episode_id),
        "reason": "Well again",
        "withdrawn_on": TODAY,
        "answer": "yes",
    }
    path = f"/clinic/patients/{cast.mia.patient_id}/episode"
    assert client_of(cast.ana).post(path, sent).status_code == 303
    assert not to_come(cast)
