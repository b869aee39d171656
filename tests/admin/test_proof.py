"""Steps that change who may do what: only just after proof, told to others, and never lost."""

import re
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from portal import db
from portal.accounts.models import AccountRole, Role
from portal.accounts.session import Proof
from portal.care.models import Invitation
from portal.mail.models import OutboxMail
from tests.admin.test_people_page import KAI, share_care_of
from tests.care.inviting import PASSWORD, form_of, mailed_code, take
from tests.people import Cast, ClientOf, HouseClient, Person, proof_of, sign_in

CODE = re.compile(r"(?:[0-9a-z]{4}-){6}[0-9a-z]{4}")
LATER = timedelta(minutes=6)
AGAIN = "/sign-in?next=/sign-in/kept"


def waiting() -> list[Invitation]:
    found = db.session().scalars(select(Invitation).where(Invitation.ended_at.is_(None))).all()
    db.end_read()
    return list(found)


def told() -> set[str]:
    """Whom the newest change of roles was told to."""
    found = select(OutboxMail.to).where(OutboxMail.kind == "roles-changed")
    addresses = set(db.session().scalars(found))
    db.end_read()
    return addresses


def prove(client: HouseClient, person: Person) -> None:
    """Show who one is again, as the sign-in page would."""
    sign_in(client.application, client, person, proof_of(person))


def second_administrator(cast: Cast) -> None:
    with db.write_transaction() as session:
        session.add(
            AccountRole(
                account_id=cast.ben.account_id,
                clinic_id=cast.clinic_id,
                role=Role.ADMINISTRATOR,
            )
        )


def test_s025_old_proof_invites_nobody_and_loses_nothing(
    cast: Cast, client_of: ClientOf, now: time_machine.Traveller
) -> None:
    ada = client_of(cast.ada)
    now.shift(LATER)
    answer = ada.post("/admin/people", KAI)
    assert (answer.status_code, answer.location) == (303, AGAIN)
    assert not waiting()
    assert "show once more" in ada.page(AGAIN).main
    prove(ada, cast.ada)
    kept = ada.page("/sign-in/kept")
    assert KAI["email"] in kept.main
    assert ada.post("/admin/people", {**KAI, "resent_draft": "yes"}).status_code == 303
    assert len(waiting()) == 1
    assert ada.get("/sign-in/kept").status_code == 303


@pytest.mark.parametrize("what", ["deactivate", "reactivate", "end-sign-ins"])
def test_s025_old_proof_changes_nobody(
    cast: Cast, client_of: ClientOf, now: time_machine.Traveller, what: str
) -> None:
    ada = client_of(cast.ada)
    now.shift(LATER)
    ben = client_of(cast.ben)
    answer = ada.post(f"/admin/people/{cast.ben.account_id}", {"what": what})
    assert answer.location == AGAIN
    assert ben.get("/clinic").status_code == 200


def test_s025_old_proof_names_no_flag_reader(
    cast: Cast, client_of: ClientOf, now: time_machine.Traveller
) -> None:
    ada = client_of(cast.ada)
    form = {**ada.page("/admin/clinic").values(), "answer": "save"}
    now.shift(LATER)
    named = {**form, "flag_reader": str(cast.ben.practitioner_id)}
    assert ada.post("/admin/clinic", named).location == AGAIN
    assert ada.post("/admin/clinic", {**form, "phone": "519-555-0100"}).location == "/admin/clinic"


def test_demonstration_has_nothing_more_to_prove(
    cast: Cast, client_of: ClientOf, now: time_machine.Traveller
) -> None:
    ada = client_of(cast.ada, Proof("demo", is_complete=True))
    now.shift(LATER)
    assert ada.post("/admin/people", KAI).location == "/admin/people"


def test_s025_old_proof_prints_no_new_sheet(
    cast: Cast, client_of: ClientOf, now: time_machine.Traveller
) -> None:
    ada = client_of(cast.ada)
    ada.post("/admin/people", KAI)
    before = waiting()[0].hash
    now.shift(LATER)
    path = f"/admin/people/invitations/{waiting()[0].id}/sheet"
    assert ada.post(path).location == f"/sign-in?next={path}"
    assert waiting()[0].hash == before


def test_s037_nobody_invites_themself(cast: Cast, client_of: ClientOf) -> None:
    answer = client_of(cast.ada).post("/admin/people", {**KAI, "email": cast.ada.email.upper()})
    assert answer.status_code == 422
    assert "your own address" in answer.get_data(as_text=True)
    assert not waiting()


def test_s021_flag_reader_signs_in_anew_and_all_concerned_are_told(
    cast: Cast, client_of: ClientOf
) -> None:
    second_administrator(cast)
    ada, fay, dov = (client_of(who) for who in (cast.ada, cast.fay, cast.dov))
    form = {**ada.page("/admin/clinic").values(), "answer": "save"}
    ada.post("/admin/clinic", {**form, "flag_reader": str(cast.ana.practitioner_id)})
    assert fay.get("/clinic/flags").location.startswith("/sign-in")
    assert dov.get("/clinic/flags").status_code == 200
    assert ada.get("/admin/people").status_code == 200
    assert told() == {cast.ben.email, cast.fay.email, cast.ana.email}


def test_s021_administrator_who_names_themself_goes_on_under_a_new_id(
    cast: Cast, client_of: ClientOf
) -> None:
    second_administrator(cast)
    ben, copy = client_of(cast.ben), client_of(None)
    with ben.session_transaction() as cookie, copy.session_transaction() as copied:
        copied.update(cookie)
    form = {**ben.page("/admin/clinic").values(), "answer": "save"}
    ben.post("/admin/clinic", {**form, "flag_reader": str(cast.ben.practitioner_id)})
    assert ben.get("/clinic/flags").status_code == 200
    assert copy.get("/clinic").location.startswith("/sign-in")


def test_other_administrators_are_told_of_a_new_one(cast: Cast, client_of: ClientOf) -> None:
    ada = client_of(cast.ada)
    ada.post("/admin/people", {**KAI, "kind": "administrator"})
    guest = client_of(None)
    guest.get(f"/invitation/{mailed_code()}")
    assert take(guest, "password", password=PASSWORD).status_code == 303
    assert told() == {cast.ada.email}


def test_other_administrators_are_told_who_was_let_go(cast: Cast, client_of: ClientOf) -> None:
    second_administrator(cast)
    client_of(cast.ada).post(f"/admin/people/{cast.dov.account_id}", {"what": "end-sign-ins"})
    assert not told()
    client_of(cast.ada).post(f"/admin/people/{cast.ben.account_id}", {"what": "reactivate"})
    assert told() == {cast.ben.email}


def test_s024_invitations_of_somebody_let_go_are_dead(cast: Cast, client_of: ClientOf) -> None:
    with db.write_transaction() as session:
        session.add(
            AccountRole(
                account_id=cast.ana.account_id,
                clinic_id=cast.clinic_id,
                role=Role.ADMINISTRATOR,
            )
        )
    ana = client_of(cast.ana)
    ana.post("/admin/people", KAI)
    ana.post("/clinic/invite", form_of(cast))
    with db.write_transaction() as session:
        for own in session.scalars(
            select(AccountRole).where(
                AccountRole.account_id == cast.ana.account_id,
                AccountRole.role == Role.PRACTITIONER,
            )
        ):
            session.delete(own)
    share_care_of(cast.mia, cast.ben)
    code = mailed_code()
    answer = client_of(cast.ada).post(
        f"/admin/people/{cast.ana.account_id}", {"what": "deactivate"}
    )
    assert answer.status_code == 303
    assert not waiting()
    guest = client_of(None)
    guest.get(f"/invitation/{code}")
    assert guest.get("/invitation").status_code == 400


def test_every_administrator_sees_and_ends_waiting_invitations(
    cast: Cast, client_of: ClientOf
) -> None:
    second_administrator(cast)
    client_of(cast.ben).post("/admin/people", KAI)
    client_of(cast.ben).post("/clinic/invite", form_of(cast))
    ada = client_of(cast.ada)
    page = ada.page("/admin/people").main
    assert "Kai Ito" in page
    assert "Zoe" not in page
    kai, zoe = sorted(waiting(), key=lambda found: found.kind == "patient")
    assert ada.post(f"/admin/people/invitations/{zoe.id}/withdraw").status_code == 404
    assert client_of(cast.ben).get(f"/clinic/invite/{kai.id}/sheet").status_code == 404
    assert ada.post(f"/admin/people/invitations/{kai.id}/withdraw").status_code == 303
    assert [found.id for found in waiting()] == [zoe.id]


def test_invitations_of_another_clinic_are_out_of_sight(cast: Cast, client_of: ClientOf) -> None:
    client_of(cast.ada).post("/admin/people", KAI)
    with db.write_transaction() as session:
        session.add(
            AccountRole(
                account_id=cast.olga.account_id,
                clinic_id=cast.other_clinic_id,
                role=Role.ADMINISTRATOR,
            )
        )
    olga = client_of(cast.olga)
    assert "Kai" not in olga.page("/admin/people").main
    path = f"/admin/people/invitations/{waiting()[0].id}/withdraw"
    assert olga.post(path).status_code == 404


@pytest.mark.parametrize("who", ["ada", "ana"])
def test_s061_copied_cookie_prints_no_second_sheet(
    cast: Cast, client_of: ClientOf, who: str
) -> None:
    own = client_of(cast.everybody[who])
    sent = {**KAI, "way": "sheet"} if who == "ada" else form_of(cast, way="sheet")
    path = own.post("/admin/people" if who == "ada" else "/clinic/invite", sent).location
    copy = client_of(None)
    with own.session_transaction() as cookie, copy.session_transaction() as copied:
        copied.update(cookie)
        assert not CODE.search(str(dict(cookie)))
    shown = own.page(path).main
    assert CODE.search(shown)
    again = copy.page(path).main
    assert not CODE.search(again)
    assert "known to nobody now" in again
