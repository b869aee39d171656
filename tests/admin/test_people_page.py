import pytest
from sqlalchemy import select

from portal import db
from portal.accounts.models import Account, AccountRole, SignIn
from portal.audit.models import AuditEvent
from portal.care.models import CareTeam, Episode, Practitioner
from portal.mail.models import OutboxMail
from tests import factories, pages
from tests.care.inviting import PASSWORD, invitations, mailed_code, take
from tests.people import Cast, ClientOf, Person

KAI = {
    "kind": "practitioner",
    "name": "Kai Ito",
    "email": "kai@example.org",
    "profession": "Physiotherapist",
    "college": "College of Physiotherapists of Ontario",
    "registration_number": "12345",
    "rostered_on": "2020-05-01",
    "way": "mail",
}


def act(client_of: ClientOf, cast: Cast, whom: Person, what: str) -> pages.Page | None:
    """Press one of the buttons beside somebody's name; the page, where it is refused."""
    ada = client_of(cast.ada)
    answer = ada.post(f"/admin/people/{whom.account_id}", {"what": what})
    return None if answer.status_code == 303 else pages.page_of(answer)


def share_care_of(patient: Person, colleague: Person) -> None:
    with db.write_transaction() as session:
        of = session.get_one(Episode, patient.episode_id)
        person = session.get_one(Practitioner, colleague.practitioner_id)
        factories.care_team(session, of, person)


def last_act() -> tuple[str, dict[str, object]]:
    event = db.session().scalars(select(AuditEvent).order_by(AuditEvent.seq.desc())).first()
    assert event is not None
    return event.act, event.details


def test_everybody_who_works_here_is_listed(cast: Cast, client_of: ClientOf) -> None:
    words = client_of(cast.ada).page("/admin/people").main
    assert [name for name in cast.everybody if cast.everybody[name].name in words] == [
        "ana",
        "ben",
        "fay",
        "dov",
        "ada",
    ]


def test_colleague_is_invited_and_sets_up_a_second_step(cast: Cast, client_of: ClientOf) -> None:
    assert client_of(cast.ada).post("/admin/people", KAI).status_code == 303
    guest = client_of(None)
    guest.get(f"/invitation/{mailed_code()}")
    assert guest.page("/invitation").h1 == "Choose a password"
    answer = take(guest, "password", password=PASSWORD)
    assert answer.location == "/sign-in/code"
    assert guest.get("/clinic").location == "/sign-in/code?next=/clinic"
    kai = select(Practitioner).where(Practitioner.display_name == "Kai Ito")
    assert db.session().scalars(kai).one().college.startswith("College of")


def test_colleagues_invitation_lasts_three_days(cast: Cast, client_of: ClientOf) -> None:
    client_of(cast.ada).post("/admin/people", KAI)
    [made] = invitations()
    assert (made.expires_at - made.created_at).total_seconds() == 72 * 3600


def test_administrator_is_invited_without_a_profession(cast: Cast, client_of: ClientOf) -> None:
    data = {"kind": "administrator", "name": "Al", "email": "al@example.org", "way": "mail"}
    assert client_of(cast.ada).post("/admin/people", data).status_code == 303
    guest = client_of(None)
    guest.get(f"/invitation/{mailed_code()}")
    take(guest, "password", password=PASSWORD)
    al = select(AccountRole.role).join(Account).where(Account.email == "al@example.org")
    assert db.session().scalars(al).all() == ["administrator"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"kind": "owner"}, "what the colleague does"),
        ({"name": ""}, "the colleague’s name"),
        ({"email": "kai@"}, "e-mail address"),
        ({"profession": ""}, "Enter the profession"),
        ({"rostered_on": "2027-01-01"}, "in the future"),
        ({"way": ""}, "how the invitation reaches"),
    ],
)
def test_refused_colleague_says_why(
    cast: Cast, client_of: ClientOf, change: dict[str, str], words: str
) -> None:
    answer = client_of(cast.ada).post("/admin/people", {**KAI, **change})
    assert answer.status_code == 422
    assert words in pages.page_of(answer).by_class("errsum")[0].text_content()
    assert invitations() == []


def test_colleagues_sheet_shows_once_and_can_be_made_anew(cast: Cast, client_of: ClientOf) -> None:
    ada = client_of(cast.ada)
    where = ada.post("/admin/people", {**KAI, "way": "sheet"}).location
    first = ada.page(where).find("//code")[1].text
    assert ada.page(where).find("//code") == []
    again = ada.post(where).location
    assert ada.page(again).find("//code")[1].text != first
    assert db.session().scalars(select(OutboxMail)).all() == []


def test_colleagues_invitation_can_be_withdrawn(cast: Cast, client_of: ClientOf) -> None:
    ada = client_of(cast.ada)
    ada.post("/admin/people", KAI)
    assert "Kai Ito" in ada.page("/admin/people").main
    ada.post(f"/admin/people/invitations/{invitations()[0].id}/withdraw")
    assert invitations()[0].ended_as == "withdrawn"


def test_last_reader_is_not_let_go(cast: Cast, client_of: ClientOf) -> None:
    page = act(client_of, cast, cast.ana, "deactivate")
    assert page is not None
    assert "1 open diary is read by nobody else" in page.main
    assert db.session().get_one(Practitioner, cast.ana.practitioner_id).is_active


def test_colleague_who_is_let_go_reads_nothing_more(cast: Cast, client_of: ClientOf) -> None:
    share_care_of(cast.noor, cast.ana)
    ben = client_of(cast.ben)
    assert act(client_of, cast, cast.ben, "deactivate") is None
    assert ben.get("/clinic").location.startswith("/sign-in")
    team = select(CareTeam).where(
        CareTeam.practitioner_id == cast.ben.practitioner_id, CareTeam.until_at.is_(None)
    )
    assert db.session().scalars(team).all() == []
    assert last_act() == ("person-changed", {"what": "deactivated"})


def test_colleague_who_is_a_patient_too_keeps_that_side(cast: Cast, client_of: ClientOf) -> None:
    share_care_of(cast.noor, cast.ana)
    with db.write_transaction() as session:
        role = session.scalars(
            select(AccountRole).where(AccountRole.account_id == cast.mia.account_id)
        ).one()
        session.add(
            AccountRole(
                account_id=cast.ben.account_id,
                clinic_id=cast.clinic_id,
                role="patient",
                person_id=role.person_id,
            )
        )
    assert act(client_of, cast, cast.ben, "deactivate") is None
    held = select(AccountRole.role).where(AccountRole.account_id == cast.ben.account_id)
    assert db.session().scalars(held).all() == ["patient"]
    assert db.session().get_one(Account, cast.ben.account_id).is_active


def test_colleague_can_be_let_back_in(cast: Cast, client_of: ClientOf) -> None:
    share_care_of(cast.noor, cast.ana)
    act(client_of, cast, cast.ben, "deactivate")
    assert act(client_of, cast, cast.ben, "reactivate") is None
    assert db.session().get_one(Account, cast.ben.account_id).is_active
    assert db.session().get_one(Practitioner, cast.ben.practitioner_id).is_active


@pytest.mark.parametrize(
    ("name", "words"), [("ada", "cannot close your own access"), ("fay", "read red flags")]
)
def test_somebody_still_needed_is_not_let_go(
    cast: Cast, client_of: ClientOf, name: str, words: str
) -> None:
    page = act(client_of, cast, cast.everybody[name], "deactivate")
    assert page is not None
    assert words in page.main


def test_last_administrator_is_not_let_go(cast: Cast, client_of: ClientOf) -> None:
    with db.write_transaction() as session:
        role = AccountRole(
            account_id=cast.ana.account_id, clinic_id=cast.clinic_id, role="administrator"
        )
        session.add(role)
    ada = client_of(cast.ada)
    with db.write_transaction() as session:
        session.get_one(Account, cast.ana.account_id).is_active = False
    answer = ada.post(f"/admin/people/{cast.ana.account_id}", {"what": "deactivate"})
    assert "only administrator" in answer.text


def test_sign_ins_can_be_ended(cast: Cast, client_of: ClientOf) -> None:
    ana = client_of(cast.ana)
    assert act(client_of, cast, cast.ana, "end-sign-ins") is None
    assert ana.get("/clinic").location.startswith("/sign-in")
    open_ones = select(SignIn).where(
        SignIn.account_id == cast.ana.account_id, SignIn.ended_at.is_(None)
    )
    assert db.session().scalars(open_ones).all() == []


@pytest.mark.parametrize("what", ["deactivate", "end-sign-ins", "reactivate"])
@pytest.mark.parametrize("name", ["olga", "mia"])
def test_nobody_outside_the_clinics_staff_is_changed(
    cast: Cast, client_of: ClientOf, name: str, what: str
) -> None:
    answer = client_of(cast.ada).post(
        f"/admin/people/{cast.everybody[name].account_id}", {"what": what}
    )
    assert answer.status_code == 404


def test_unknown_act_changes_nothing(cast: Cast, client_of: ClientOf) -> None:
    assert act(client_of, cast, cast.ben, "promote") is None
    assert db.session().get_one(Account, cast.ben.account_id).is_active


def test_restrictions_are_counted_and_name_no_patient(cast: Cast, client_of: ClientOf) -> None:
    with db.write_transaction() as session:
        of = session.get_one(Episode, cast.mia.episode_id)
        factories.restriction(session, of, session.get_one(Practitioner, cast.ben.practitioner_id))
    words = client_of(cast.ada).page("/admin/people").main
    assert words.count("1 patient keeps the diary closed to them") == 1
    assert "Mia" not in words
