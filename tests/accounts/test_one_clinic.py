"""Roles never reach from one clinic into another, and new roles begin with a new sign-in."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from portal import db
from portal.accounts.models import AccountRole, Role, SignIn
from portal.accounts.session import Proof
from portal.audit import Actor
from portal.care import invitations
from portal.care.invitations import NewInvitation
from portal.care.invited import InvitedColleague, Kind
from portal.db import ClinicId
from tests.accounts import ways
from tests.care.inviting import take
from tests.people import Cast, ClientOf, Person

KAI = InvitedColleague("Kai Ito", profession="Physiotherapist")


def invited(clinic_id: ClinicId, email: str, kind: Kind) -> str:
    new = NewInvitation(clinic_id, kind, email, KAI, timedelta(days=1))
    with db.write_transaction() as session:
        return invitations.invite(session, Actor(None, clinic_id=clinic_id), new).code


def hold(person: Person, clinic_id: ClinicId, role: Role) -> None:
    """Write a role straight into the table, as no page of the portal would."""
    with db.write_transaction() as session:
        own = AccountRole(account_id=person.account_id, clinic_id=clinic_id, role=role)
        session.add(own)


def open_sign_ins(person: Person) -> int:
    found = db.session().scalars(
        select(SignIn).where(SignIn.account_id == person.account_id, SignIn.ended_at.is_(None))
    )
    count = len(found.all())
    db.end_read()
    return count


def test_s031_roles_of_two_clinics_never_meet_in_one_sign_in(
    cast: Cast, client_of: ClientOf
) -> None:
    hold(cast.ana, cast.other_clinic_id, Role.ADMINISTRATOR)
    ana = client_of(cast.ana)
    answers = {ana.get(path).status_code for path in ("/admin/people", "/clinic")}
    assert answers == {200, 404}


def test_s031_way_in_counts_the_roles_of_one_clinic(app: Flask, cast: Cast) -> None:
    hold(cast.mia, cast.other_clinic_id, Role.ADMINISTRATOR)
    ways.give_password(cast.mia)
    answer = ways.try_in(ways.fresh(app), cast.mia.email)
    assert answer.location.startswith("/sign-in/code")  # the strictest clinic decides


@pytest.mark.parametrize("kind", [Kind.PRACTITIONER, Kind.ADMINISTRATOR])
def test_s031_account_of_another_clinic_is_not_taken_on(app: Flask, cast: Cast, kind: Kind) -> None:
    ways.give_password(cast.pim)
    guest = ways.fresh(app)
    guest.get(f"/invitation/{invited(cast.clinic_id, cast.pim.email, kind)}")
    answer = take(guest, "password", password=ways.PASSWORD)
    assert answer.status_code == 409
    assert "belongs to another clinic; use another address" in answer.get_data(as_text=True)
    held = select(AccountRole.clinic_id).where(AccountRole.account_id == cast.pim.account_id)
    assert set(db.session().scalars(held)) == {cast.other_clinic_id}


@pytest.mark.parametrize("what", ["deactivate", "reactivate", "end-sign-ins"])
def test_s024_administrator_touches_nobody_who_works_elsewhere_too(
    cast: Cast, client_of: ClientOf, what: str
) -> None:
    ben = client_of(cast.ben)
    hold(cast.ben, cast.other_clinic_id, Role.ADMINISTRATOR)
    answer = client_of(cast.ada).post(f"/admin/people/{cast.ben.account_id}", {"what": what})
    assert answer.status_code == 404
    assert ben.get("/clinic").status_code in {200, 404}
    assert open_sign_ins(cast.ben) == 1


def test_s021_new_role_ends_every_sign_in(cast: Cast, client_of: ClientOf) -> None:
    ways.give_password(cast.mia)
    before = client_of(cast.mia)
    guest = client_of(cast.mia)
    guest.get(f"/invitation/{invited(cast.clinic_id, cast.mia.email, Kind.ADMINISTRATOR)}")
    answer = take(guest, "password", password=ways.PASSWORD)
    assert answer.location.endswith("/sign-in/code")
    assert before.get("/me").location.startswith("/sign-in")
    assert guest.get("/admin/people").location.startswith("/sign-in/code")


def test_s008_password_alone_opens_no_staff_page(cast: Cast, client_of: ClientOf) -> None:
    mia = client_of(cast.mia, Proof("password", is_complete=True))
    assert mia.get("/me").status_code == 200
    hold(cast.mia, cast.clinic_id, Role.ADMINISTRATOR)
    for path in ("/admin/people", "/me", "/account"):
        assert mia.get(path).location.startswith("/sign-in/code")
    with db.write_transaction() as session:
        session.execute(update(SignIn).values(factor="totp"))
    assert mia.get("/admin/people").status_code == 200
