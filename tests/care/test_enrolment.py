from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from portal import db
from portal.accounts.models import Account, AccountRole, Role
from portal.audit import Actor
from portal.care import enrolment, invitations
from portal.care.enrolment import AlreadyInCare, AnotherClinic, NewPassword, PatientElsewhere
from portal.care.invitations import InvitationGone, NewInvitation
from portal.care.invited import InvitedColleague, InvitedPatient, Kind, age_on
from portal.care.models import Episode, Patient, Practitioner, Restriction
from portal.errors import Conflict
from tests import factories
from tests.people import Cast, Person

BORN = date(1968, 3, 27)


def zoe(cast: Cast, **more: Any) -> InvitedPatient:
    invited = InvitedPatient(
        given_name="Zoe",
        family_name="Martin",
        date_of_birth=BORN,
        complaint="Neck pain",
        plan_ends_on=date(2027, 2, 1),
        zone="America/Toronto",
        lead_practitioner_id=cast.ana.practitioner_id,
    )
    return replace(invited, **more)


def code_for(cast: Cast, email: str, details: InvitedPatient | InvitedColleague) -> str:
    kind = Kind.PATIENT if isinstance(details, InvitedPatient) else Kind.PRACTITIONER
    new = NewInvitation(cast.clinic_id, kind, email, details, timedelta(days=7))
    with db.write_transaction() as session:
        return invitations.invite(session, Actor(cast.ana.account_id), new).code


def accept(code: str, owner: enrolment.Owner) -> enrolment.Enrolled:
    with db.write_transaction() as session:
        invitation = invitations.waiting(session, code)
        if invitation.kind == Kind.PATIENT:
            return enrolment.accept_as_patient(session, invitation, owner)
        return enrolment.accept_as_colleague(session, invitation, owner)


def end_care_of(person: Person) -> None:
    with db.write_transaction() as session:
        session.get_one(Episode, person.episode_id).ended_on = date(2026, 10, 1)


def born(person: Person) -> date:
    found = db.session().get_one(Patient, person.patient_id).date_of_birth
    db.end_read()
    return found


def test_former_patient_begins_a_new_episode(cast: Cast) -> None:
    end_care_of(cast.mia)
    details = zoe(cast, date_of_birth=born(cast.mia))
    accept(code_for(cast, cast.mia.email, details), cast.mia.account_id)
    found = select(Episode).where(Episode.patient_id == cast.mia.patient_id)
    assert len(db.session().scalars(found).all()) == 2


def test_new_episode_stays_closed_to_whom_the_patient_shut_out_but_the_team_agreed_to(
    cast: Cast,
) -> None:
    with db.write_transaction() as session:
        before = session.get_one(Episode, cast.mia.episode_id)
        for shut_out in (cast.ana, cast.ben):
            who = session.get_one(Practitioner, shut_out.practitioner_id)
            factories.restriction(session, before, who)
    end_care_of(cast.mia)
    details = zoe(cast, date_of_birth=born(cast.mia))  # Ana leads, as the consent text says
    accept(code_for(cast, cast.mia.email, details), cast.mia.account_id)
    found = select(Restriction.practitioner_id).join(Episode, Episode.id == Restriction.episode_id)
    is_standing = Restriction.lifted_at.is_(None)
    kept = db.session().scalars(found.where(Episode.ended_on.is_(None), is_standing))
    assert list(kept) == [cast.ben.practitioner_id]


def test_patient_with_an_open_diary_begins_nothing(cast: Cast) -> None:
    code = code_for(cast, cast.mia.email, zoe(cast, date_of_birth=born(cast.mia)))
    with pytest.raises(AlreadyInCare):
        accept(code, cast.mia.account_id)


@pytest.mark.parametrize(("name", "refusal"), [("mia", PatientElsewhere), ("pim", AnotherClinic)])
def test_account_of_another_patient_is_not_taken(
    cast: Cast, name: str, refusal: type[Exception]
) -> None:
    person = cast.everybody[name]
    end_care_of(person)
    code = code_for(cast, person.email, zoe(cast, date_of_birth=date(1950, 1, 1)))
    with pytest.raises(refusal):
        accept(code, person.account_id)


def test_colleague_may_be_a_patient_too(cast: Cast) -> None:
    enrolled = accept(code_for(cast, cast.ben.email, zoe(cast)), cast.ben.account_id)
    assert enrolled.roles == {Role.PRACTITIONER, Role.PATIENT}


def test_colleague_becomes_a_practitioner(cast: Cast) -> None:
    details = InvitedColleague("Kai Ito", "Physiotherapist", "CPO", "12345", date(2020, 1, 1))
    accept(code_for(cast, "kai@example.org", details), NewPassword("hash"))
    kai = (
        db.session()
        .scalars(select(Practitioner).where(Practitioner.display_name == "Kai Ito"))
        .one()
    )
    assert (kai.profession, kai.registration_number) == ("Physiotherapist", "12345")
    role = (
        db.session()
        .scalars(select(AccountRole).where(AccountRole.account_id == kai.account_id))
        .one()
    )
    assert (role.role, role.person_id) == ("practitioner", kai.id)


def test_administrator_may_become_a_practitioner_too(cast: Cast) -> None:
    details = InvitedColleague("Ada Byrne", "Physiotherapist")
    enrolled = accept(code_for(cast, cast.ada.email, details), cast.ada.account_id)
    assert enrolled.roles == {Role.ADMINISTRATOR, Role.PRACTITIONER}


def test_two_who_accept_at_once_do_not_share_an_account(cast: Cast) -> None:
    codes = [code_for(cast, "zoe@example.org", zoe(cast))]
    codes.append(code_for(cast, "zoe@example.org", InvitedColleague("Zoe Martin", "Nurse")))
    accept(codes[0], NewPassword("hash"))
    with pytest.raises(Conflict):
        accept(codes[1], NewPassword("other"))


def test_refused_acceptance_leaves_the_invitation_waiting(cast: Cast) -> None:
    code = code_for(cast, cast.pim.email, zoe(cast))
    with pytest.raises(AnotherClinic):
        accept(code, cast.pim.account_id)
    assert invitations.waiting(db.session(), code).details["given_name"] == "Zoe"


def test_reissued_code_replaces_the_one_before(cast: Cast) -> None:
    code = code_for(cast, "zoe@example.org", zoe(cast))
    with db.write_transaction() as session:
        found = invitations.waiting(session, code)
        again = invitations.reissue(session, found, timedelta(days=7))
    with pytest.raises(InvitationGone):
        invitations.waiting(db.session(), code)
    assert invitations.waiting(db.session(), again.code).id == again.id


def test_ended_invitation_gets_no_new_code(cast: Cast) -> None:
    code = code_for(cast, "zoe@example.org", zoe(cast))
    with db.write_transaction() as session:
        found = invitations.waiting(session, code)
        invitations.end(session, Actor(), found, invitations.End.WITHDRAWN)
        with pytest.raises(InvitationGone):
            invitations.reissue(session, found, timedelta(days=7))


def test_codes_are_long_and_unlike(cast: Cast) -> None:
    made = {invitations.new_code() for _ in range(200)}
    assert len(made) == 200
    assert all(invitations.plain_code(code.upper()) == code for code in made)
    assert cast.clinic_id


@pytest.mark.parametrize(
    ("born_on", "age"),
    [(date(2010, 11, 9), 16), (date(2010, 11, 10), 15), (date(2008, 2, 29), 18)],
)
def test_age_counts_whole_years(born_on: date, age: int) -> None:
    assert age_on(born_on, date(2026, 11, 9)) == age


def test_account_keeps_the_name_and_address_invited(cast: Cast) -> None:
    details = zoe(cast, preferred_name="Zo")
    enrolled = accept(code_for(cast, "zoe@example.org", details), NewPassword("hash"))
    account = db.session().get_one(Account, enrolled.account_id)
    assert (account.name, account.email) == ("Zo Martin", "zoe@example.org")
