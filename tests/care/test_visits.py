from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from portal import db
from portal.accounts.models import AccountRole, Role
from portal.audit.models import AuditEvent
from portal.care.models import (
    DiaryPlan,
    Episode,
    NeedlingSite,
    Patient,
    Visit,
    VisitRecord,
)
from portal.care.visits import Site, VisitFacts, correct_visit, record_visit
from portal.errors import Conflict, EpisodeEnded, OutOfSight
from tests import factories, pages
from tests.people import MONDAY, Cast, ClientOf, Person

TODAY = MONDAY.isoformat()
YESTERDAY = (MONDAY - timedelta(days=1)).isoformat()


def path_of(cast: Cast, tail: str = "new") -> str:
    return f"/clinic/patients/{cast.mia.patient_id}/visits/{tail}"


def typed(*sites: tuple[str, str, str], **more: str) -> dict[str, str]:
    rows: dict[str, str] = {}
    for at, (place, side, grasp) in enumerate(sites):
        rows |= {f"place-{at}": place, f"side-{at}": side, f"grasp-{at}": grasp}
    return {"held_on": TODAY, "note": "", "base_version": "0", **rows, **more}


def only_visit(cast: Cast) -> Visit:
    rows = select(Visit).where(Visit.episode_id == cast.mia.episode_id)
    return db.session().scalars(rows).one()


def sites_of(visit: Visit) -> list[tuple[str, str, int | None]]:
    rows = select(NeedlingSite).where(
        NeedlingSite.visit_id == visit.id, NeedlingSite.version == visit.version
    )
    found = db.session().scalars(rows.order_by(NeedlingSite.position))
    return [(site.place, site.side, site.grasp) for site in found]


def test_the_first_button_of_the_form_saves(cast: Cast, client_of: ClientOf) -> None:
    buttons = client_of(cast.ana).page(path_of(cast)).find("//main//form//button")
    assert (buttons[0].get("name"), pages.words(buttons[0])) == (None, "Save visit")


def test_visit_is_recorded_with_side_and_grasp(cast: Cast, client_of: ClientOf) -> None:
    sent = typed(("Gluteus medius", "left", "2"), ("Piriformis", "left", ""), note="Went well.")
    answer = client_of(cast.ana).post(path_of(cast), sent)
    assert answer.status_code == 303
    visit = only_visit(cast)
    assert (visit.number, visit.held_on, visit.note) == (1, MONDAY, "Went well.")
    assert sites_of(visit) == [("Gluteus medius", "left", 2), ("Piriformis", "left", None)]


def test_visit_without_sites_is_one_without_needling(cast: Cast, client_of: ClientOf) -> None:
    client_of(cast.ana).post(path_of(cast), typed())
    assert not only_visit(cast).is_needling


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        (typed(("Piriformis", "", "")), "Choose the side for Piriformis"),
        (typed(("Piriformis", "upwards", "")), "Choose the side for Piriformis"),
        (typed(("Piriformis", "left", "4")), "0 to 3"),
        (typed(("Piriformis", "left", "²")), "0 to 3"),
        (typed(held_on="2026-11-10"), "in the future"),
        (typed(held_on="2020-01-01"), "too long ago"),
        (typed(held_on="soon"), "Enter the day of the visit"),
        (typed(note="x" * 2001), "2,000 characters"),
        (typed(next_on="2026-11-20"), "time of the next visit"),
        (typed(next_at="10:40"), "day of the next visit"),
        (typed(next_on="2026-11-01", next_at="10:40"), "later than now"),
    ],
)
def test_wrong_input_is_refused_and_kept(
    cast: Cast, client_of: ClientOf, sent: dict[str, str], sentence: str
) -> None:
    kept = {**sent, "note": sent["note"] or "Not to be lost"}
    answer = client_of(cast.ana).post(path_of(cast), kept)
    assert answer.status_code == 422
    text = answer.get_data(as_text=True)
    assert sentence in text
    assert kept["note"] in text


def test_sites_of_the_last_visit_are_unticked_suggestions(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.ana)
    client.post(path_of(cast), typed(("Piriformis", "right", "3")))
    page = client.page(path_of(cast))
    assert page.field("place-0").get("value") == "Piriformis"
    assert page.field("keep-0").get("checked") is None
    client.post(path_of(cast), {**page.values(), "held_on": YESTERDAY})
    rows = select(Visit.is_needling).where(Visit.episode_id == cast.mia.episode_id)
    assert sorted(db.session().scalars(rows)) == [False, True]


def test_more_rows_come_without_losing_what_was_typed(cast: Cast, client_of: ClientOf) -> None:
    sent = typed(("Piriformis", "left", "1"), more="rows")
    answer = client_of(cast.ana).post(path_of(cast), sent)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "Piriformis" in text
    assert 'name="place-4"' in text


def test_planned_visit_of_the_day_becomes_the_recorded_one(cast: Cast, client_of: ClientOf) -> None:
    with db.write_transaction() as session:
        episode = session.get_one(Episode, cast.mia.episode_id)
        factories.visit(session, episode, MONDAY, planned=True)
    client_of(cast.ana).post(path_of(cast), typed(("Piriformis", "left", "1")))
    assert only_visit(cast).held_on == MONDAY


def test_next_visit_is_planned_in_the_same_form(cast: Cast, client_of: ClientOf) -> None:
    client_of(cast.ana).post(path_of(cast), typed(next_on="2026-11-23", next_at="10:40"))
    rows = select(Visit).where(Visit.episode_id == cast.mia.episode_id, Visit.held_on.is_(None))
    planned = db.session().scalars(rows).one()
    assert planned.planned_for is not None
    assert planned.planned_for.isoformat() == "2026-11-23T15:40:00+00:00"


def test_visits_are_numbered_by_their_days(cast: Cast) -> None:
    with db.write_transaction() as session:
        episode = session.get_one(Episode, cast.mia.episode_id)
        for days in (3, 10):
            record_visit(
                session,
                episode=episode,
                zone=factories.ZONE,
                practitioner_id=cast.ana.practitioner_id,
                facts=VisitFacts(MONDAY - timedelta(days=days), [Site("Piriformis", "left")]),
            )
    rows = select(Visit.held_on, Visit.number).where(Visit.episode_id == cast.mia.episode_id)
    numbers = {number: on for on, number in db.session().execute(rows)}
    assert numbers == {1: MONDAY - timedelta(days=10), 2: MONDAY - timedelta(days=3)}


def test_correction_keeps_every_version(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.ana)
    client.post(path_of(cast), typed(("Piriformis", "left", "1")))
    visit_id = only_visit(cast).id
    sent = typed(("Piriformis", "right", "1"), base_version="1", reason="Wrong side")
    assert client.post(path_of(cast, str(visit_id)), sent).status_code == 303
    assert sites_of(only_visit(cast)) == [("Piriformis", "right", 1)]
    versions = db.session().scalars(
        select(VisitRecord.version).where(VisitRecord.visit_id == visit_id)
    )
    assert sorted(versions) == [1, 2]


def test_second_of_two_corrections_is_shown_what_stands(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.ana)
    client.post(path_of(cast), typed(("Piriformis", "left", "1")))
    path = path_of(cast, str(only_visit(cast).id))
    client.post(path, typed(("Piriformis", "right", "1"), base_version="1"))
    answer = client.post(path, typed(("Gluteus medius", "left", "1"), base_version="1"))
    text = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Piriformis (right)" in text
    assert "Gluteus medius" in text


def test_opening_a_visits_record_is_written_down(cast: Cast, client_of: ClientOf) -> None:
    client_of(cast.ana).page(path_of(cast))
    rows = select(AuditEvent).where(AuditEvent.act == "visit-opened")
    assert db.session().scalars(rows).one().patient_id == cast.mia.patient_id


@pytest.mark.parametrize("name", ["ben", "olga", "ada", "mia"])
def test_record_of_somebody_elses_patient_is_not_there(
    cast: Cast, client_of: ClientOf, name: str
) -> None:
    client = client_of(cast.everybody[name])
    assert client.get(path_of(cast)).status_code == 404
    assert client.post(path_of(cast), typed()).status_code == 404


def test_visit_of_another_patient_is_not_there(cast: Cast, client_of: ClientOf) -> None:
    path = path_of(cast, str(cast.ids["noor_visit"]))
    assert client_of(cast.ana).get(path).status_code == 404


def record_today(cast: Cast, *, ended: bool) -> None:
    with db.write_transaction() as session:
        episode = session.get_one(Episode, cast.mia.episode_id)
        episode.ended_on = MONDAY if ended else None
        record_visit(
            session,
            episode=episode,
            zone=factories.ZONE,
            practitioner_id=cast.ana.practitioner_id,
            facts=VisitFacts(MONDAY, []),
        )


def test_ended_episode_takes_no_more_visits(cast: Cast) -> None:
    with pytest.raises(EpisodeEnded):
        record_today(cast, ended=True)


def correct_noors_visit(cast: Cast, owner: Person, version: int) -> None:
    with db.write_transaction() as session:
        correct_visit(
            session,
            episode=session.get_one(Episode, owner.episode_id),
            zone=factories.ZONE,
            visit_id=cast.ids["noor_visit"],
            base_version=version,
            practitioner_id=cast.ana.practitioner_id,
            facts=VisitFacts(MONDAY, []),
        )


def test_correction_of_a_version_that_is_gone_is_a_conflict(cast: Cast) -> None:
    with pytest.raises(Conflict):
        correct_noors_visit(cast, cast.noor, version=9)


def test_visit_of_another_episode_cannot_be_corrected(cast: Cast) -> None:
    with pytest.raises(OutOfSight):
        correct_noors_visit(cast, cast.mia, version=1)


@pytest.mark.parametrize("day", ["9999-12-31", "2028-11-10", "0001-01-01"])
def test_s050_next_visit_is_at_most_two_years_ahead(
    cast: Cast, client_of: ClientOf, day: str
) -> None:
    sent = typed(next_on=day, next_at="23:59")
    answer = client_of(cast.ana).post(path_of(cast), sent)
    assert answer.status_code == 422
    assert pages.page_of(answer).field("next_on").get("value") == day


def test_next_visit_in_two_years_draws_few_ticks(cast: Cast, client_of: ClientOf) -> None:
    sent = typed(next_on="2028-11-08", next_at="10:40")
    assert client_of(cast.ana).post(path_of(cast), sent).status_code == 303
    text = client_of(cast.mia).get("/me").get_data(as_text=True)
    assert text.count("v10") < 100


def test_control_characters_are_not_stored(cast: Cast, client_of: ClientOf) -> None:
    sent = typed(("Piri\x00for\x1bmis\nleft", "left", ""), note="e\u0301 \x00\x1b[31mred\r\nend")
    assert client_of(cast.ana).post(path_of(cast), sent).status_code == 303
    visit = only_visit(cast)
    assert visit.note == "\u00e9 [31mred\nend"
    assert sites_of(visit) == [("Piriformis left", "left", None)]


def openings() -> int:
    found = select(AuditEvent).where(AuditEvent.act == "visit-opened")
    count = len(db.session().scalars(found).all())
    db.end_read()
    return count


@pytest.mark.parametrize(
    ("sent", "status"),
    [({"more": "rows"}, 200), ({"held_on": "soon"}, 422), ({"base_version": "7"}, 409)],
)
def test_s071_record_shown_again_is_written_down(
    cast: Cast, client_of: ClientOf, sent: dict[str, str], status: int
) -> None:
    ana = client_of(cast.ana)
    ana.post(path_of(cast), typed(("Piriformis", "left", "")))
    path = path_of(cast, str(only_visit(cast).id))
    db.end_read()
    assert ana.post(path, typed(**{"base_version": "1", **sent})).status_code == status
    assert openings() == 1


def test_s033_own_diary_is_no_patient_of_oneself(cast: Cast, client_of: ClientOf) -> None:
    with db.write_transaction() as session:
        role = AccountRole(
            account_id=cast.ben.account_id,
            clinic_id=cast.clinic_id,
            role=Role.PATIENT,
            person_id=cast.mia.patient_id,
        )
        session.execute(delete(AccountRole).where(AccountRole.account_id == cast.mia.account_id))
        session.add(role)
    ben = client_of(cast.ben)
    assert ben.get("/me").status_code == 200
    assert ben.get(path_of(cast)).status_code == 404
    assert ben.post(path_of(cast), typed()).status_code == 404
    assert ben.get(f"/clinic/patients/{cast.mia.patient_id}").status_code == 404


def planned_for(cast: Cast) -> list[str]:
    db.end_read()
    rows = select(Visit.planned_for).where(
        Visit.episode_id == cast.mia.episode_id,
        Visit.held_on.is_(None),
        Visit.cancelled_at.is_(None),
    )
    return [str(at) for at in db.session().scalars(rows)]


def plan_ends(cast: Cast) -> list[str]:
    db.end_read()
    rows = select(DiaryPlan.ends_on).where(DiaryPlan.episode_id == cast.mia.episode_id)
    return [str(on) for on in db.session().scalars(rows.order_by(DiaryPlan.made_at))]


def test_what_is_added_to_a_saved_visit_is_done_and_once(cast: Cast, client_of: ClientOf) -> None:
    client, before = client_of(cast.ana), plan_ends(cast)
    site = ("Piriformis", "left", "1")
    client.post(path_of(cast), typed(site))
    more = typed(site, next_on="2026-12-20", next_at="10:40", plan="longer", weeks="6")
    for _press in range(2):
        client.post(path_of(cast), more)
    assert planned_for(cast) == ["2026-12-20 15:40:00+00:00"]
    assert len(plan_ends(cast)) == len(before) + 1


def test_next_visit_is_on_the_clinics_clock(cast: Cast, client_of: ClientOf) -> None:
    with db.write_transaction() as session:
        session.get_one(Patient, cast.mia.patient_id).zone = "America/Vancouver"
    client = client_of(cast.ana)
    client.post(path_of(cast), typed(next_on="2026-11-23", next_at="10:40"))
    assert planned_for(cast) == ["2026-11-23 15:40:00+00:00"]
    assert "Monday 23 November, 10:40" in client.page(path_of(cast)).main


@pytest.mark.parametrize(
    ("meant", "sentence"),
    [
        ("2027-03-14 02:30", "The clock is changed then"),
        ("2027-11-07 01:30", "The clock is changed then"),
        ("2026-11-23 10:40+05:00", "time of the next visit"),
    ],
)
def test_a_time_that_is_no_one_moment_is_refused(
    cast: Cast, client_of: ClientOf, meant: str, sentence: str
) -> None:
    on, at = meant.split()
    answer = client_of(cast.ana).post(path_of(cast), typed(next_on=on, next_at=at))
    assert answer.status_code == 422
    assert sentence in answer.get_data(as_text=True)


def test_a_row_half_filled_is_not_left_out_unsaid(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.ana)
    answer = client.post(path_of(cast), typed(("", "right", "2")))
    assert answer.status_code == 422
    assert "Enter the level or muscle, or clear side and grasp" in answer.get_data(as_text=True)


def test_grasp_in_an_unticked_suggestion_is_asked_about(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.ana)
    client.post(path_of(cast), typed(("Piriformis", "right", "3")))
    sent = {**client.page(path_of(cast)).values(), "held_on": YESTERDAY, "grasp-0": "3"}
    answer = client.post(path_of(cast), sent)
    assert answer.status_code == 422
    assert "Tick “Again” for Piriformis" in answer.get_data(as_text=True)


def test_where_care_has_ended_no_visit_is_begun(cast: Cast, client_of: ClientOf) -> None:
    with db.write_transaction() as session:
        session.get_one(Episode, cast.mia.episode_id).ended_on = MONDAY
    client = client_of(cast.ana)
    for answer in (client.get(path_of(cast)), client.post(path_of(cast), typed())):
        assert answer.status_code == 409
        assert "This care has ended" in answer.get_data(as_text=True)
