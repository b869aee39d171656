"""Handing the diaries of somebody who leaves to a colleague."""

from datetime import timedelta

import time_machine
from sqlalchemy import delete, select

from portal import db
from portal.accounts.models import AccountRole, Role
from portal.audit.models import AuditEvent
from portal.care.models import Episode, Practitioner
from portal.care.reading import who_reads
from portal.mail.models import OutboxMail
from tests import factories, pages
from tests.admin.test_people_page import act
from tests.people import Cast, ClientOf, Person


def hand_over(client_of: ClientOf, cast: Cast, whom: Person, to: str) -> tuple[int, pages.Page]:
    """Hand over, and read the page that comes next."""
    ada = client_of(cast.ada)
    answer = ada.post(f"/admin/people/{whom.account_id}/hand-over", {"to": to})
    page = ada.page(answer.location) if answer.location else pages.page_of(answer)
    return answer.status_code, page


def shut_out(patient: Person, colleague: Person) -> None:
    with db.write_transaction() as session:
        of = session.get_one(Episode, patient.episode_id)
        factories.restriction(session, of, session.get_one(Practitioner, colleague.practitioner_id))


def test_refused_closing_offers_to_hand_over(cast: Cast, client_of: ClientOf) -> None:
    page = act(client_of, cast, cast.ana, "deactivate")
    assert page is not None
    assert "Hand all of Ana Costa’s diaries to" in page.main
    offered = [option.get("value") for option in page.field("to").findall("option")]
    assert str(cast.ben.practitioner_id) in offered
    assert str(cast.ana.practitioner_id) not in offered
    assert "Mia" not in page.text


def test_flag_reader_with_diaries_can_hand_them_over_too(cast: Cast, client_of: ClientOf) -> None:
    with db.write_transaction() as session:
        role = AccountRole(
            account_id=cast.ana.account_id,
            clinic_id=cast.clinic_id,
            role=Role.DEPUTY,
            person_id=cast.ana.practitioner_id,
        )
        session.execute(delete(AccountRole).where(AccountRole.role == Role.DEPUTY))
        session.add(role)
    page = act(client_of, cast, cast.ana, "deactivate")
    assert page is not None
    assert "read red flags" in page.main
    assert "Hand all of Ana Costa’s diaries to" in page.main


def test_whoever_reads_no_diary_has_none_to_hand_over(cast: Cast, client_of: ClientOf) -> None:
    page = act(client_of, cast, cast.fay, "deactivate")
    assert page is not None
    assert "Hand all" not in page.main


def test_diaries_are_handed_over_and_access_closes(cast: Cast, client_of: ClientOf) -> None:
    _status, page = hand_over(client_of, cast, cast.ana, str(cast.ben.practitioner_id))
    assert "1 diary is handed to Ben Okafor" in page.main
    assert "Mia" not in page.text
    assert act(client_of, cast, cast.ana, "deactivate") is None
    of = db.session().get_one(Episode, cast.mia.episode_id)
    assert of.lead_practitioner_id == cast.ben.practitioner_id
    assert who_reads(db.session(), of.id) == ("Ben Okafor",)


def test_hand_over_is_audited_for_each_patient_and_mailed_to_nobody(
    cast: Cast, client_of: ClientOf
) -> None:
    hand_over(client_of, cast, cast.ana, str(cast.ben.practitioner_id))
    found = select(AuditEvent).where(AuditEvent.act == "episode-changed")
    event = db.session().scalars(found).one()
    assert (event.patient_id, event.details["what"]) == (cast.mia.patient_id, "handed-over")
    assert db.session().scalars(select(OutboxMail)).all() == []
    told = client_of(cast.mia).page("/me/access").main
    assert "Handed your diary over to Ben Okafor" in told


def test_diary_that_the_patient_closed_stays(cast: Cast, client_of: ClientOf) -> None:
    shut_out(cast.mia, cast.ben)
    _status, page = hand_over(client_of, cast, cast.ana, str(cast.ben.practitioner_id))
    assert "1 diary stays as it is" in page.main
    assert who_reads(db.session(), cast.mia.episode_id) == ("Ana Costa",)


def test_diary_that_the_colleague_reads_already_gets_a_lead(
    cast: Cast, client_of: ClientOf
) -> None:
    with db.write_transaction() as session:
        of = session.get_one(Episode, cast.mia.episode_id)
        for who in (cast.ben, cast.dov):
            factories.care_team(session, of, session.get_one(Practitioner, who.practitioner_id))
    _status, page = hand_over(client_of, cast, cast.ana, str(cast.ben.practitioner_id))
    assert "1 diary is handed" in page.main
    _status, page = hand_over(client_of, cast, cast.dov, str(cast.ben.practitioner_id))
    assert "0 diaries are handed" in page.main


def test_hand_over_needs_a_colleague_of_this_clinic(cast: Cast, client_of: ClientOf) -> None:
    for to in ("", str(cast.olga.practitioner_id), str(cast.ana.practitioner_id)):
        status, page = hand_over(client_of, cast, cast.ana, to)
        assert status == 422
        assert "Choose who reads" in page.by_class("errsum")[0].text_content()
    assert who_reads(db.session(), cast.mia.episode_id) == ("Ana Costa",)


def test_hand_over_is_the_administrators_and_of_this_clinic(
    cast: Cast, client_of: ClientOf
) -> None:
    to = {"to": str(cast.ben.practitioner_id)}
    path = f"/admin/people/{cast.ana.account_id}/hand-over"
    assert client_of(cast.ben).post(path, to).status_code == 404
    for whom in (cast.olga, cast.ada):
        answer = client_of(cast.ada).post(f"/admin/people/{whom.account_id}/hand-over", to)
        assert answer.status_code == 404


def test_s025_old_proof_hands_nothing_over(
    cast: Cast, client_of: ClientOf, now: time_machine.Traveller
) -> None:
    ada = client_of(cast.ada)
    now.shift(timedelta(minutes=6))
    path = f"/admin/people/{cast.ana.account_id}/hand-over"
    answer = ada.post(path, {"to": str(cast.ben.practitioner_id)})
    assert answer.location == "/sign-in?next=/sign-in/kept"
    assert who_reads(db.session(), cast.mia.episode_id) == ("Ana Costa",)
