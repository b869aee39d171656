"""A record opened from outside its care team: a reason, an hour, an alert, and the patient told."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from time_machine import Traveller

from portal import db
from portal.audit.models import AuditEvent
from portal.care.models import BreakGlass, Consent, Episode, Patient, Practitioner
from portal.mail.models import OutboxMail
from tests import factories, pages
from tests.people import Cast, ClientOf, HouseClient, Person

ASKS = "/clinic/break-glass"
REASON = "Ben is ill and she comes at ten"
NOBODY = "No record can be opened with these details"


@pytest.fixture(autouse=True)
def _numbers(cast: Cast) -> None:
    """Everybody has a number, and Pim of the other clinic has the same one as Mia."""
    with db.write_transaction() as session:
        for person, number in ((cast.noor, "N-7"), (cast.mia, "M-1"), (cast.pim, "M-1")):
            session.get_one(Patient, person.patient_id).clinic_number = number


def ask(client: HouseClient, number: str = "N-7", **more: str) -> tuple[int, str]:
    """Ask for a record; return the status and the page's words or the address it leads to."""
    answer = client.post(ASKS, {"number": number, "reason": REASON} | more)
    return answer.status_code, answer.location or pages.page_of(answer).main


def glasses() -> list[BreakGlass]:
    rows = list(db.session().scalars(select(BreakGlass).where(BreakGlass.reason == REASON)))
    db.end_read()
    return rows


def brief(person: Person) -> str:
    return f"/clinic/patients/{person.patient_id}"


def test_record_opens_by_the_clinics_number(cast: Cast, client_of: ClientOf) -> None:
    ana = client_of(cast.ana)
    assert ana.get(brief(cast.noor)).status_code == 404
    assert ask(ana) == (303, brief(cast.noor))
    assert ana.page(brief(cast.noor)).h1.startswith("Noor Haddad")


@pytest.mark.parametrize("name", ["Noor Haddad", " noor   HADDAD ", "Nöor Haddad"])
def test_record_opens_by_full_name_and_date_of_birth(
    cast: Cast, client_of: ClientOf, name: str
) -> None:
    by_name = {"number": "", "name": name, "born_on": "1979-03-14"}
    assert ask(client_of(cast.ana), **by_name) == (303, brief(cast.noor))


def test_glass_is_broken_for_sixty_minutes(cast: Cast, client_of: ClientOf, now: Traveller) -> None:
    ask(client_of(cast.ana))
    (broken,) = glasses()
    assert broken.until_at - broken.at == timedelta(minutes=60)
    now.shift(timedelta(minutes=61))
    assert client_of(cast.ana).get(brief(cast.noor)).status_code == 404


@pytest.mark.parametrize("under", ["", "/entries", "/episode"])
def test_every_page_of_the_record_says_until_when_and_why(
    cast: Cast, client_of: ClientOf, under: str
) -> None:
    ana = client_of(cast.ana)
    ask(ana)
    main = ana.page(brief(cast.noor) + under).main
    assert f"You see this record until 21:00 because: {REASON}" in main


def test_care_team_reads_no_such_banner(cast: Cast, client_of: ClientOf) -> None:
    ask(client_of(cast.ana))
    assert "You see this record until" not in client_of(cast.ben).page(brief(cast.noor)).main


def test_patient_reads_who_and_why(cast: Cast, client_of: ClientOf) -> None:
    ask(client_of(cast.ana))
    main = client_of(cast.noor).page("/me/access").main
    assert "Ana Costa" in main
    assert "Opened your record from outside your care team" in main
    assert f"Reason given: {REASON}" in main


def test_administrators_get_a_mail_that_names_nobody(cast: Cast, client_of: ClientOf) -> None:
    ask(client_of(cast.ana))
    mails = db.session().scalars(select(OutboxMail).where(OutboxMail.kind == "glass-broken"))
    told = [(mail.to, mail.subject + mail.body) for mail in mails]
    assert [to for to, _words in told] == [cast.ada.email]
    for word in ("Noor", "Haddad", "Ana", "ill", "N-7", "diary", "patient"):
        assert word not in told[0][1]


def test_administrator_sees_it_marked_in_the_audit(cast: Cast, client_of: ClientOf) -> None:
    ask(client_of(cast.ana))
    page = client_of(cast.ada).page("/admin/audit")
    (row,) = page.find("//tbody/tr[contains(., 'Glass broken')]")
    assert "From outside the care team" in pages.words(row)


def test_act_is_in_the_audit_with_the_keys(cast: Cast, client_of: ClientOf) -> None:
    ask(client_of(cast.ana))
    event = db.session().scalars(select(AuditEvent).where(AuditEvent.act == "glass-broken")).one()
    assert (event.actor_id, event.patient_id) == (cast.ana.account_id, cast.noor.patient_id)
    assert event.details == {"minutes": 60}


MISSES = {
    "unknown number": {"number": "X-9"},
    "part of a number": {"number": "N"},
    "name without its date": {"number": "", "name": "Noor Haddad", "born_on": "1979-03-15"},
    "part of a name": {"number": "", "name": "Noor", "born_on": "1979-03-14"},
    "another clinic’s patient": {"number": "", "name": "Pim Visser", "born_on": "1979-03-14"},
}


@pytest.mark.parametrize("typed", MISSES.values(), ids=MISSES)
def test_miss_opens_nothing_and_is_answered_alike(
    cast: Cast, client_of: ClientOf, typed: dict[str, str]
) -> None:
    status, words = ask(client_of(cast.ana), **typed)
    assert (status, NOBODY in words, glasses()) == (422, True, [])


def test_number_of_another_clinic_opens_nothing_there(cast: Cast, client_of: ClientOf) -> None:
    status, words = ask(client_of(cast.olga), number="N-7")
    assert (status, NOBODY in words) == (422, True)


def test_miss_is_written_down_without_what_was_typed(cast: Cast, client_of: ClientOf) -> None:
    ask(client_of(cast.ana), number="X-9")
    about = AuditEvent.act == "glass-not-broken"
    event = db.session().scalars(select(AuditEvent).where(about)).one()
    assert (event.actor_id, event.patient_id, event.details) == (cast.ana.account_id, None, {})


def test_guessing_numbers_has_to_wait(cast: Cast, client_of: ClientOf) -> None:
    ana = client_of(cast.ana)
    for guess in range(5):
        assert ask(ana, number=f"N-{guess + 20}")[0] == 422
    assert ask(ana)[0] == 429
    assert glasses() == []


def test_who_was_shut_out_stays_out(cast: Cast, client_of: ClientOf) -> None:
    with db.write_transaction() as session:
        of = session.get_one(Episode, cast.noor.episode_id)
        ana = session.get_one(Practitioner, cast.ana.practitioner_id)
        factories.restriction(session, of, ana)
    status, words = ask(client_of(cast.ana))
    assert (status, NOBODY in words, glasses()) == (422, True, [])


def test_restriction_ends_a_broken_glass(cast: Cast, client_of: ClientOf) -> None:
    ana = client_of(cast.ana)
    ask(ana)
    with db.write_transaction() as session:
        of = session.get_one(Episode, cast.noor.episode_id)
        factories.restriction(session, of, session.get_one(Practitioner, cast.ana.practitioner_id))
    assert ana.get(brief(cast.noor)).status_code == 404


def test_withdrawn_consent_keeps_the_record_closed(cast: Cast, client_of: ClientOf) -> None:
    with db.write_transaction() as session:
        of = Consent.episode_id == cast.noor.episode_id
        for consent in session.scalars(select(Consent).where(of)):
            consent.withdrawn_at = consent.given_at + timedelta(days=1)
    assert NOBODY in ask(client_of(cast.ana))[1]


def test_own_patient_needs_no_glass(cast: Cast, client_of: ClientOf) -> None:
    assert ask(client_of(cast.ben)) == (303, brief(cast.noor))
    assert glasses() == []


def test_two_who_fit_are_nobody(cast: Cast, client_of: ClientOf) -> None:
    with db.write_transaction() as session:
        session.get_one(Patient, cast.mia.patient_id).clinic_number = "N-7"
    assert NOBODY in ask(client_of(cast.fay))[1]


BAD = {
    "nobody": ({"number": ""}, "Enter the patient’s number"),
    "no date": ({"number": "", "name": "Noor Haddad"}, "Enter the date of birth too"),
    "odd date": ({"number": "", "name": "N H", "born_on": "soon"}, "Enter the date of birth too"),
    "no reason": ({"reason": ""}, "Give a reason of at least 10 characters"),
    "short reason": ({"reason": " because  "}, "Give a reason of at least 10 characters"),
    "long reason": ({"reason": "x" * 501}, "Keep the reason to 500 characters"),
}


@pytest.mark.parametrize(("typed", "words"), BAD.values(), ids=BAD)
def test_form_that_lacks_something_comes_back_with_everything_typed(
    cast: Cast, client_of: ClientOf, typed: dict[str, str], words: str
) -> None:
    answer = client_of(cast.ana).post(ASKS, {"number": "N-7", "reason": REASON} | typed)
    page = pages.page_of(answer)
    assert answer.status_code == 422
    assert words in page.main
    kept = page.values()
    assert kept["name"] == typed.get("name", "")
    assert kept["reason"].strip() == typed.get("reason", REASON).strip()


def test_form_lists_nobody(cast: Cast, client_of: ClientOf) -> None:
    main = client_of(cast.ana).page(ASKS).main
    assert not any(name in main for name in ("Noor", "Mia", "Pim"))
