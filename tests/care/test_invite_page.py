import pytest
import time_machine
from sqlalchemy import select

from portal import db
from portal.accounts.models import AccountRole, Role
from portal.audit.models import AuditEvent
from portal.care.models import Patient
from portal.clinics.models import Clinic
from portal.mail.models import OutboxMail
from tests import pages
from tests.care.inviting import form_of, invitations, invite, mailed_code
from tests.people import Cast, ClientOf


def test_form_starts_from_the_clinic_and_the_practitioner(cast: Cast, client_of: ClientOf) -> None:
    values = client_of(cast.ana).page("/clinic/invite").values()
    assert values["zone"] == "America/Toronto"
    assert values["lead"] == str(cast.ana.practitioner_id)
    assert values["plan_ends_on"] == "2027-02-01"


def test_invitation_by_mail_keeps_nothing_but_the_invitation(
    cast: Cast, client_of: ClientOf
) -> None:
    invite(client_of(cast.ana), cast)
    [made] = invitations()
    assert made.details["complaint"] == "Neck pain"
    names = db.session().scalars(select(Patient.given_name)).all()
    assert "Zoe" not in names


def test_mail_names_no_clinic_and_no_health_matter(cast: Cast, client_of: ClientOf) -> None:
    invite(client_of(cast.ana), cast)
    mail = db.session().scalars(select(OutboxMail)).one()
    assert mail.to == "zoe@example.org"
    words = f"{mail.subject} {mail.body}".lower()
    assert not [bad for bad in ("clinic", "ims", "diary", "pain", "zoe") if bad in words.split()]


def test_code_is_stored_hashed_only(cast: Cast, client_of: ClientOf) -> None:
    code = invite(client_of(cast.ana), cast)
    [made] = invitations()
    assert len(code.replace("-", "")) == 28
    assert code not in str(vars(made))
    assert len(made.hash) == 32


def test_known_address_is_answered_like_an_unknown_one(cast: Cast, client_of: ClientOf) -> None:
    ana = client_of(cast.ana)
    known = ana.post("/clinic/invite", form_of(cast, email=cast.mia.email))
    unknown = ana.post("/clinic/invite", form_of(cast))
    assert (known.status_code, known.location) == (unknown.status_code, unknown.location)


def test_new_invitation_voids_the_older_one(
    cast: Cast, client_of: ClientOf, now: time_machine.Traveller
) -> None:
    ana = client_of(cast.ana)
    invite(ana, cast)
    now.shift(1)  # keys are in the order of their moment
    invite(ana, cast, email=" ZOE@example.org ")
    older, newer = invitations()
    assert (older.ended_as, older.details) == ("replaced", {})
    assert newer.ended_at is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"given_name": ""}, "first name"),
        ({"email": "zoe"}, "e-mail address"),
        ({"born_on_year": "2012"}, "16 or over"),
        ({"born_on_month": "13"}, "Enter the date of birth"),
        ({"born_on_year": "2031"}, "Enter the date of birth"),
        ({"complaint": ""}, "what brings the patient"),
        ({"activity_1": ""}, "at least one activity"),
        ({"history": ["horoscope"]}, "Choose from the list"),
        ({"lead": "00000000-0000-0000-0000-000000000000"}, "who leads"),
        ({"zone": "Mars/Base"}, "time zone"),
        ({"language": "tlh"}, "language"),
        ({"way": "pigeon"}, "how the invitation reaches"),
        ({"plan_ends_on": "2026-11-09"}, "between tomorrow and a year"),
        ({"plan_ends_on": "soon"}, "Not a valid date"),
        ({"phone": "5" * 41}, "too long"),
    ],
)
def test_refused_invitation_says_why_and_keeps_what_was_typed(
    cast: Cast, client_of: ClientOf, change: dict[str, object], words: str
) -> None:
    answer = client_of(cast.ana).post("/clinic/invite", form_of(cast, **change))
    page = pages.page_of(answer)
    assert answer.status_code == 422
    assert words in page.by_class("errsum")[0].text_content()
    assert page.field("family_name").get("value") == "Martin"
    assert invitations() == []


def test_sixteenth_birthday_is_old_enough(cast: Cast, client_of: ClientOf) -> None:
    born = {"born_on_day": "9", "born_on_month": "11", "born_on_year": "2010"}
    invite(client_of(cast.ana), cast, **born)
    assert len(invitations()) == 1


def test_practitioner_of_another_clinic_cannot_be_named(cast: Cast, client_of: ClientOf) -> None:
    data = form_of(cast, care_team=[str(cast.olga.practitioner_id)])
    assert client_of(cast.ana).post("/clinic/invite", data).status_code == 422


@pytest.fixture
def numbered(cast: Cast) -> Cast:
    with db.write_transaction() as session:
        session.get_one(Patient, cast.mia.patient_id).clinic_number = "G-17"
    return cast


def test_the_number_of_another_patient_is_refused(numbered: Cast, client_of: ClientOf) -> None:
    answer = client_of(numbered.ana).post("/clinic/invite", form_of(numbered, clinic_number="g-17"))
    page = pages.page_of(answer)
    assert answer.status_code == 422
    assert page.field("clinic_number").get("value") == "g-17"
    assert "Another patient has this number" in page.main
    assert invitations() == []


def test_who_comes_back_keeps_the_number(numbered: Cast, client_of: ClientOf) -> None:
    born = (
        db.session()
        .scalars(select(Patient.date_of_birth).where(Patient.id == numbered.mia.patient_id))
        .one()
    )
    parts = {"born_on_day": born.day, "born_on_month": born.month, "born_on_year": born.year}
    typed = {name: str(part) for name, part in parts.items()}
    invite(client_of(numbered.ana), numbered, clinic_number="G-17", **typed)
    assert len(invitations()) == 1


@pytest.mark.parametrize("missing", ["phone", "hours", "review_rhythm"])
def test_clinic_that_is_not_ready_sees_a_checklist(
    cast: Cast, client_of: ClientOf, missing: str
) -> None:
    with db.write_transaction() as session:
        setattr(session.get_one(Clinic, cast.clinic_id), missing, "")
    ana = client_of(cast.ana)
    for answer in (ana.get("/clinic/invite"), ana.post("/clinic/invite", form_of(cast))):
        assert answer.status_code == 409
        assert pages.page_of(answer).main.count("still to be set") == 1
    assert invitations() == []


@pytest.mark.parametrize("role", [Role.FLAG_READER, Role.DEPUTY])
def test_clinic_without_somebody_for_flags_cannot_invite(
    cast: Cast, client_of: ClientOf, role: Role
) -> None:
    with db.write_transaction() as session:
        held = select(AccountRole).where(
            AccountRole.clinic_id == cast.clinic_id, AccountRole.role == role
        )
        session.delete(session.scalars(held).one())
    assert client_of(cast.ana).get("/clinic/invite").status_code == 409


def test_sheet_shows_its_code_once(cast: Cast, client_of: ClientOf) -> None:
    ana = client_of(cast.ana)
    where = ana.post("/clinic/invite", form_of(cast, way="sheet")).location
    first, second = ana.page(where), ana.page(where)
    assert len(first.find("//code")) == 2
    assert first.find("//*[name()='path']")
    assert "already" in second.h1
    assert db.session().scalars(select(OutboxMail)).all() == []


def test_sheet_leads_to_the_configured_address(cast: Cast, client_of: ClientOf) -> None:
    ana = client_of(cast.ana)
    where = ana.post("/clinic/invite", form_of(cast, way="sheet")).location
    shown = [code.text for code in ana.page(where).find("//code")]
    assert shown[0] == "http://localhost/invitation"
    assert client_of(None).get(f"/invitation/{shown[1]}").status_code == 303


def test_printing_again_kills_the_code_before(cast: Cast, client_of: ClientOf) -> None:
    ana, guest = client_of(cast.ana), client_of(None)
    code = invite(ana, cast)
    [made] = invitations()
    where = ana.post(f"/clinic/invite/{made.id}/sheet").location
    assert ana.page(where).find("//code")
    guest.get(f"/invitation/{code}")
    assert guest.get("/invitation").status_code == 400


def test_withdrawn_invitation_is_wiped(cast: Cast, client_of: ClientOf) -> None:
    ana = client_of(cast.ana)
    invite(ana, cast)
    [made] = invitations()
    assert ana.post(f"/clinic/invite/{made.id}/withdraw").status_code == 303
    [made] = invitations()
    assert (made.ended_as, made.details, made.email) == ("withdrawn", {}, "")


@pytest.mark.parametrize("name", ["ben", "olga"])
@pytest.mark.parametrize("path", ["sheet", "withdraw"])
def test_nobody_else_touches_an_invitation(
    cast: Cast, client_of: ClientOf, name: str, path: str
) -> None:
    invite(client_of(cast.ana), cast)
    [made] = invitations()
    other = client_of(cast.everybody[name])
    assert other.post(f"/clinic/invite/{made.id}/{path}").status_code == 404
    assert invitations()[0].ended_at is None


def test_waiting_invitations_are_listed(cast: Cast, client_of: ClientOf) -> None:
    ana = client_of(cast.ana)
    invite(ana, cast)
    assert "Zoe Martin" in ana.page("/clinic/invite").main
    assert "Zoe Martin" not in client_of(cast.ben).page("/clinic/invite").main


def test_inviting_is_written_down_without_names(cast: Cast, client_of: ClientOf) -> None:
    invite(client_of(cast.ana), cast)
    found = select(AuditEvent).where(AuditEvent.act == "invited")
    event = db.session().scalars(found).one()
    assert event.actor_id == cast.ana.account_id
    assert event.details == {"kind": "patient"}


def test_run_out_invitations_are_wiped_by_the_next(
    cast: Cast, client_of: ClientOf, now: time_machine.Traveller
) -> None:
    invite(client_of(cast.ana), cast)
    now.shift(8 * 24 * 3600)
    invite(client_of(cast.ana), cast, email="yan@example.org")
    older, _newer = invitations()
    assert (older.ended_as, older.details, older.email) == ("ran-out", {}, "")
    assert mailed_code()


def test_only_languages_that_exist_are_offered(cast: Cast, client_of: ClientOf) -> None:
    options = client_of(cast.ana).page("/clinic/invite").find("//select[@name='language']/option")
    assert {option.get("value") for option in options} - {""} == {"en"}


def test_the_sheet_can_be_printed_from_a_button(cast: Cast, client_of: ClientOf) -> None:
    ana = client_of(cast.ana)
    sheet = ana.page(str(ana.post("/clinic/invite", form_of(cast, way="sheet")).location))
    assert [pages.words(button) for button in sheet.find("//button[@data-print]")] == ["Print"]
