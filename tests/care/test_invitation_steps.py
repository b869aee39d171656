from datetime import UTC, date, datetime
from unittest.mock import patch

import pytest
import time_machine
from sqlalchemy import select

from portal import db
from portal.accounts.models import Account, AccountRole
from portal.accounts.passwords import hashed
from portal.audit.models import AuditEvent
from portal.care.models import CareTeam, Consent, DiaryPlan, Episode, Patient, Practitioner
from portal.errors import Busy
from tests import pages
from tests.care.inviting import (
    BORN,
    PASSWORD,
    invitations,
    invite,
    take,
    through_consent,
)
from tests.people import Cast, ClientOf, HouseClient


@pytest.fixture
def code(cast: Cast, client_of: ClientOf) -> str:
    """Zoe's code, as Ana's letter brings it."""
    return invite(client_of(cast.ana), cast)


@pytest.fixture
def guest(client_of: ClientOf) -> HouseClient:
    """A browser that nobody has signed in with."""
    return client_of(None)


def test_link_moves_its_token_out_of_the_address(guest: HouseClient, code: str) -> None:
    answer = guest.get(f"/invitation/{code}")
    assert (answer.status_code, answer.location) == (303, "/invitation")
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_whole_way_ends_on_the_patients_own_page(guest: HouseClient, code: str) -> None:
    through_consent(guest, code)
    answer = take(guest, "password", password=PASSWORD)
    assert (answer.status_code, answer.location) == (303, "/me")
    assert guest.get("/me").status_code == 200


def test_accepting_begins_care(guest: HouseClient, code: str, cast: Cast) -> None:
    through_consent(guest, code)
    take(guest, "password", password=PASSWORD)
    read = db.session()
    patient = read.scalars(select(Patient).where(Patient.given_name == "Zoe")).one()
    episode = read.scalars(select(Episode).where(Episode.patient_id == patient.id)).one()
    team = read.scalars(select(CareTeam).where(CareTeam.episode_id == episode.id)).all()
    assert episode.lead_practitioner_id == cast.ana.practitioner_id
    assert episode.history == ["blood-thinners"]
    assert episode.activities == ["Carry groceries"]
    assert {one.practitioner_id for one in team} == {
        cast.ana.practitioner_id,
        cast.ben.practitioner_id,
    }


def test_accepting_notes_consent_and_plan(guest: HouseClient, code: str) -> None:
    through_consent(guest, code)
    take(guest, "password", password=PASSWORD)
    read = db.session()
    episode = read.scalars(select(Episode).where(Episode.complaint == "Neck pain")).one()
    given = read.scalars(select(Consent).where(Consent.episode_id == episode.id)).one()
    plan = read.scalars(select(DiaryPlan).where(DiaryPlan.episode_id == episode.id)).one()
    assert (given.text_version, given.withdrawn_at) == ("2026-11", None)
    assert (plan.starts_on, plan.ends_on) == (date(2026, 11, 9), date(2027, 2, 1))


def test_accepted_invitation_is_wiped_and_works_once(
    guest: HouseClient, code: str, client_of: ClientOf
) -> None:
    through_consent(guest, code)
    take(guest, "password", password=PASSWORD)
    [made] = invitations()
    assert (made.ended_as, made.details) == ("accepted", {})
    other = client_of(None)
    other.get(f"/invitation/{code}")
    assert other.get("/invitation").status_code == 400


def test_enrolment_is_written_down(guest: HouseClient, code: str) -> None:
    through_consent(guest, code)
    take(guest, "password", password=PASSWORD)
    acts = db.session().scalars(select(AuditEvent.act).order_by(AuditEvent.seq)).all()
    assert acts[-4:] == ["consent-given", "enrolled", "invitation-ended", "signed-in"]


@pytest.mark.parametrize("step", ["consent", "password"])
def test_no_step_can_be_skipped(guest: HouseClient, code: str, step: str) -> None:
    guest.get(f"/invitation/{code}")
    fields = {"answer": "agree", "text_version": "2026-11", "password": PASSWORD}
    assert take(guest, step, **fields).location == "/invitation"
    assert guest.page("/invitation").h1 == "Your date of birth"


def test_consent_is_not_skipped_after_the_birth(guest: HouseClient, code: str) -> None:
    guest.get(f"/invitation/{code}")
    take(guest, "birth", **BORN)
    take(guest, "password", password=PASSWORD)
    assert guest.page("/invitation").h1 == "Before you begin"
    assert db.session().scalars(select(Account.email)).all().count("zoe@example.org") == 0


def test_another_browser_begins_at_the_birth(
    guest: HouseClient, code: str, client_of: ClientOf
) -> None:
    through_consent(guest, code)
    other = client_of(None)
    other.get(f"/invitation/{code}")
    assert other.page("/invitation").h1 == "Your date of birth"


@pytest.mark.parametrize(
    "change", [{"born_on_day": "31", "born_on_month": "2"}, {"born_on_year": "68"}]
)
def test_impossible_date_is_no_wrong_answer(
    guest: HouseClient, code: str, change: dict[str, str]
) -> None:
    guest.get(f"/invitation/{code}")
    answer = take(guest, "birth", **{**BORN, **change})
    assert answer.status_code == 422
    assert invitations()[0].wrong_answers == 0


def test_wrong_date_says_how_many_tries_are_left(guest: HouseClient, code: str) -> None:
    guest.get(f"/invitation/{code}")
    answer = take(guest, "birth", **{**BORN, "born_on_day": "28"})
    assert "4 tries are left" in pages.page_of(answer).text
    assert pages.page_of(answer).field("born_on_year").get("value") == "1968"


def test_fifth_wrong_date_ends_the_invitation(guest: HouseClient, code: str) -> None:
    guest.get(f"/invitation/{code}")
    answers = [take(guest, "birth", **{**BORN, "born_on_day": "28"}) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [422, 422, 422, 422, 400]
    [made] = invitations()
    assert (made.ended_as, made.details, made.email) == ("guessed", {}, "")


def test_declining_keeps_nothing(guest: HouseClient, code: str) -> None:
    guest.get(f"/invitation/{code}")
    take(guest, "birth", **BORN)
    answer = take(guest, "consent", answer="decline")
    assert guest.page(answer.location).h1 == "You said no"
    [made] = invitations()
    assert (made.ended_as, made.details, made.email) == ("declined", {}, "")
    assert guest.page("/invitation").h1 == "Open your invitation"


def test_old_consent_text_is_asked_again(guest: HouseClient, code: str) -> None:
    guest.get(f"/invitation/{code}")
    take(guest, "birth", **BORN)
    take(guest, "consent", answer="agree", text_version="2019-01")
    assert guest.page("/invitation").h1 == "Before you begin"


@pytest.mark.parametrize("password", ["short", "passwordpassword", "riverside-ims-clinic-12"])
def test_weak_password_is_refused(guest: HouseClient, code: str, password: str) -> None:
    through_consent(guest, code)
    answer = take(guest, "password", password=password)
    assert answer.status_code == 422
    assert invitations()[0].ended_at is None


@pytest.mark.parametrize("typed", ["nothing", "", "0000-0000-0000-0000-0000-0000-0000"])
def test_wrong_code_says_so(guest: HouseClient, typed: str, cast: Cast) -> None:
    answer = take(guest, "code", code=typed)
    assert (answer.status_code, cast.mia.name in answer.text) == (422, False)


def test_code_may_be_typed_in_any_way(guest: HouseClient, code: str) -> None:
    typed = code.upper().replace("-", " ").replace("0", "O").replace("1", "l")
    assert take(guest, "code", code=typed).location == "/invitation"
    assert guest.page("/invitation").h1 == "Your date of birth"


def test_run_out_code_opens_nothing(guest: HouseClient, code: str) -> None:
    with time_machine.travel(datetime(2026, 11, 17, 1, 1, tzinfo=UTC), tick=False):
        guest.get(f"/invitation/{code}")
        answer = guest.get("/invitation")
    assert answer.status_code == 400
    assert "519-555-0142" in answer.text


def test_known_address_asks_for_its_own_password(
    cast: Cast, client_of: ClientOf, guest: HouseClient
) -> None:
    code = invite(client_of(cast.ana), cast, email=cast.mia.email)
    through_consent(guest, code)
    assert guest.page("/invitation").h1 == "Your password"
    answer = take(guest, "password", password=PASSWORD)
    assert answer.status_code == 422
    assert invitations()[0].ended_at is None


def test_guessing_an_accounts_password_is_slowed_down(
    cast: Cast, client_of: ClientOf, guest: HouseClient
) -> None:
    code = invite(client_of(cast.ana), cast, email=cast.mia.email)
    through_consent(guest, code)
    answers = [take(guest, "password", password=f"guess-{at}-{PASSWORD}") for at in range(6)]
    assert [answer.status_code for answer in answers] == [422, 422, 422, 422, 422, 429]
    assert int(answers[-1].headers["Retry-After"]) > 0


def test_busy_moment_asks_to_try_again(guest: HouseClient, code: str) -> None:
    through_consent(guest, code)
    with patch("portal.care.invitation_views.passwords.hashed", side_effect=Busy):
        answer = take(guest, "password", password=PASSWORD)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "3")
    assert invitations()[0].ended_at is None


def test_empty_password_is_asked_again(guest: HouseClient, code: str) -> None:
    through_consent(guest, code)
    answer = take(guest, "password", password="")
    assert answer.status_code == 422
    assert "Enter a password" in answer.text


def test_known_account_takes_the_invitation_with_its_password(
    cast: Cast, client_of: ClientOf, guest: HouseClient
) -> None:
    with db.write_transaction() as session:
        session.get_one(Account, cast.mia.account_id).password_hash = hashed(PASSWORD)
        session.get_one(Episode, cast.mia.episode_id).ended_on = date(2026, 10, 1)
        born = session.get_one(Patient, cast.mia.patient_id).date_of_birth
    parts = {"born_on_day": born.day, "born_on_month": born.month, "born_on_year": born.year}
    typed = {key: str(value) for key, value in parts.items()}
    code = invite(client_of(cast.ana), cast, email=cast.mia.email, **typed)
    guest.get(f"/invitation/{code}")
    take(guest, "birth", **typed)
    take(guest, "consent", answer="agree", text_version="2026-11")
    assert take(guest, "password", password=PASSWORD).location == "/me"


@pytest.mark.parametrize(
    ("name", "words"), [("mia", "is open"), ("pim", "belongs to another clinic")]
)
def test_account_that_cannot_take_it_is_told_why(
    cast: Cast, client_of: ClientOf, name: str, words: str
) -> None:
    person, guest = cast.everybody[name], client_of(None)
    with db.write_transaction() as session:
        session.get_one(Account, person.account_id).password_hash = hashed(PASSWORD)
        session.get_one(Patient, person.patient_id).date_of_birth = date(1968, 3, 27)
    through_consent(guest, invite(client_of(cast.ana), cast, email=person.email))
    answer = take(guest, "password", password=PASSWORD)
    assert (answer.status_code, words in answer.text) == (409, True)


def test_colleague_of_the_care_team_who_left_does_not_read(
    cast: Cast, code: str, guest: HouseClient
) -> None:
    with db.write_transaction() as session:
        session.get_one(Practitioner, cast.ben.practitioner_id).is_active = False
    through_consent(guest, code)
    take(guest, "password", password=PASSWORD)
    episode = select(Episode.id).where(Episode.complaint == "Neck pain").scalar_subquery()
    team = db.session().scalars(
        select(CareTeam.practitioner_id).where(CareTeam.episode_id == episode)
    )
    assert team.all() == [cast.ana.practitioner_id]


def test_nothing_begins_when_all_its_readers_have_left(
    cast: Cast, code: str, guest: HouseClient
) -> None:
    with db.write_transaction() as session:
        for who in (cast.ana, cast.ben):
            session.get_one(Practitioner, who.practitioner_id).is_active = False
    through_consent(guest, code)
    answer = take(guest, "password", password=PASSWORD)
    assert answer.status_code == 409
    assert "no longer work here" in answer.text
    roles = db.session().scalars(select(AccountRole.account_id)).all()
    emails = db.session().scalars(select(Account.email).where(Account.id.in_(roles))).all()
    assert "zoe@example.org" not in emails
