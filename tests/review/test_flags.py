"""Flags and calls: who sees them, and that only an acknowledgement with a note settles them."""

from typing import Any

import pytest
from sqlalchemy import func, select, update

from portal import db
from portal.audit.models import AuditEvent
from portal.care.models import Consent, Episode, Patient, Practitioner
from portal.diary.models import EntryFlag, FlagAct
from portal.review.models import EpisodeSummary
from portal.review.queries import waiting_flags
from tests import factories
from tests.people import MONDAY, Cast, ClientOf
from tests.review.test_panel import reader_of

SETTLED = {"how": "called", "note": "Seen by the family doctor"}


@pytest.fixture
def flag_id(cast: Cast) -> Any:
    with db.write_transaction() as session:
        of = session.get_one(Episode, cast.mia.episode_id)
        entry = factories.entry(session, of, MONDAY, note="Numb toes")
        return factories.flag(session, entry, "RF8").id


def act(cast: Cast, flag_id: Any) -> str:
    return f"/clinic/patients/{cast.mia.patient_id}/flags/{flag_id}"


def stored(flag_id: Any) -> EntryFlag:
    db.end_read()
    return db.session().get_one(EntryFlag, flag_id)


@pytest.mark.usefixtures("flag_id")
def test_without_a_number_the_flag_reader_sees_the_address(cast: Cast, client_of: ClientOf) -> None:
    fay = client_of(cast.fay)
    assert cast.mia.email not in fay.page("/clinic/flags").main
    with db.write_transaction() as session:
        session.execute(update(Patient).where(Patient.id == cast.mia.patient_id).values(phone=""))
    assert f"mailto:{cast.mia.email}" in fay.page("/clinic/flags").hrefs()


def test_a_note_settles_a_flag(cast: Cast, client_of: ClientOf, flag_id: Any) -> None:
    answer = client_of(cast.ana).post(act(cast, flag_id), SETTLED)
    assert (answer.status_code, answer.location) == (
        303,
        f"/clinic/patients/{cast.mia.patient_id}",
    )
    assert stored(flag_id).acknowledged_at == factories.at(MONDAY, 20)


def test_settling_leaves_the_panel(cast: Cast, client_of: ClientOf, flag_id: Any) -> None:
    client_of(cast.ana).post(act(cast, flag_id), SETTLED)
    assert db.session().get_one(EpisodeSummary, cast.mia.episode_id).open_flags == 0


def test_no_answer_is_kept_and_leaves_it_open(
    cast: Cast, client_of: ClientOf, flag_id: Any
) -> None:
    client = client_of(cast.ana)
    client.post(act(cast, flag_id), {"how": "no-answer", "note": ""})
    assert stored(flag_id).acknowledged_at is None
    page = client.page(f"/clinic/patients/{cast.mia.patient_id}")
    assert "Called, no answer today at 20:00 (Ana Costa)" in page.main


@pytest.mark.parametrize(
    "case",
    [
        ({"how": "called", "note": "  "}, "Write a note"),
        ({"how": "", "note": "kept words"}, "Choose what was done"),
        ({"how": "telepathy", "note": "kept words"}, "Choose what was done"),
        ({"how": "called", "note": "x" * 1001}, "too long"),
    ],
)
def test_what_is_missing_is_said_and_nothing_lost(
    cast: Cast, client_of: ClientOf, flag_id: Any, case: tuple[dict[str, str], str]
) -> None:
    typed, sentence = case
    answer = client_of(cast.ana).post(act(cast, flag_id), typed)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert sentence in text
    assert typed["note"].strip() in text
    assert stored(flag_id).acknowledged_at is None


def test_a_double_click_is_one_act(cast: Cast, client_of: ClientOf, flag_id: Any) -> None:
    client = client_of(cast.ana)
    for _twice in range(2):
        assert client.post(act(cast, flag_id), SETTLED).status_code == 303
    assert db.session().scalar(select(func.count()).select_from(FlagAct)) == 1


def test_the_second_of_two_people_is_told(cast: Cast, client_of: ClientOf, flag_id: Any) -> None:
    client_of(cast.ana).post(act(cast, flag_id), SETTLED)
    assert client_of(cast.fay).post(act(cast, flag_id), SETTLED).status_code == 409


def test_settling_is_written_down_without_the_code(
    cast: Cast, client_of: ClientOf, flag_id: Any
) -> None:
    client_of(cast.ana).post(act(cast, flag_id), SETTLED)
    event = db.session().scalars(select(AuditEvent).where(AuditEvent.act == "flag-acted-on")).one()
    assert (event.patient_id, event.subject, event.details) == (
        cast.mia.patient_id,
        str(flag_id),
        {},
    )


@pytest.mark.parametrize("who", ["fay", "dov"])
def test_flag_reader_and_deputy_settle_for_the_whole_clinic(
    cast: Cast, client_of: ClientOf, flag_id: Any, who: str
) -> None:
    answer = client_of(cast.everybody[who]).post(act(cast, flag_id), SETTLED | {"back": "flags"})
    assert (answer.status_code, answer.location) == (303, "/clinic/flags")
    assert stored(flag_id).acknowledged_at is not None


def test_a_mistake_of_the_flag_reader_returns_to_the_flags(
    cast: Cast, client_of: ClientOf, flag_id: Any
) -> None:
    answer = client_of(cast.fay).post(act(cast, flag_id), {"how": "called", "back": "flags"})
    assert answer.status_code == 422
    assert "<h1>Flags and calls</h1>" in answer.get_data(as_text=True)


@pytest.mark.parametrize("who", ["ben", "olga", "ada", "mia", "noor"])
def test_nobody_else_may_settle(cast: Cast, client_of: ClientOf, flag_id: Any, who: str) -> None:
    assert client_of(cast.everybody[who]).post(act(cast, flag_id), SETTLED).status_code == 404
    assert stored(flag_id).acknowledged_at is None


def test_a_flag_under_another_patients_address_is_not_found(
    cast: Cast, client_of: ClientOf, flag_id: Any
) -> None:
    path = f"/clinic/patients/{cast.noor.patient_id}/flags/{flag_id}"
    assert client_of(cast.fay).post(path, SETTLED).status_code == 404


def test_flags_page_names_whom_to_call(cast: Cast, client_of: ClientOf, flag_id: Any) -> None:
    assert flag_id
    page = client_of(cast.fay).page("/clinic/flags")
    for words in ("Noor Haddad", "519-555-0188", "Mia Tremblay", "Numb toes"):
        assert words in page.main
    assert "Pim Visser" not in page.main


def test_flags_page_says_how_long_it_waits(cast: Cast, client_of: ClientOf) -> None:
    assert "yesterday" in client_of(cast.fay).page("/clinic/flags").main


def test_flags_page_is_written_down_each_time(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.fay)
    for _twice in range(2):
        client.get("/clinic/flags")
    shown = (
        db.session()
        .scalars(select(AuditEvent.details).where(AuditEvent.act == "flags-shown"))
        .all()
    )
    assert shown == [{"patients": [str(cast.noor.patient_id)]}] * 2


@pytest.mark.parametrize("who", ["ana", "ada", "mia"])
def test_flags_page_is_only_the_flag_readers(cast: Cast, client_of: ClientOf, who: str) -> None:
    assert client_of(cast.everybody[who]).get("/clinic/flags").status_code == 404


def test_a_practitioner_without_that_role_sees_flags_in_care_alone(cast: Cast) -> None:
    found = waiting_flags(db.session(), reader_of(cast.ben))
    assert [one.patient_id for one in found] == [cast.noor.patient_id]


def test_no_waiting_flags_says_so(cast: Cast, client_of: ClientOf) -> None:
    with db.write_transaction() as session:
        for flag in session.scalars(select(EntryFlag)):
            flag.acknowledged_at = factories.at(MONDAY, 9)
    assert "No flags and no calls wait." in client_of(cast.fay).page("/clinic/flags").main


def test_a_call_is_settled_like_a_flag(cast: Cast, client_of: ClientOf) -> None:
    with db.write_transaction() as session:
        of = session.get_one(Episode, cast.mia.episode_id)
        factories.entry(session, of, MONDAY, call_me=True)
        call = session.scalars(select(EntryFlag).where(EntryFlag.episode_id == of.id)).one().id
    client = client_of(cast.ana)
    assert "Asked for a call" in client.page(f"/clinic/patients/{cast.mia.patient_id}").main
    client.post(act(cast, call), SETTLED)
    assert stored(call).acknowledged_at is not None


def test_an_unticked_flag_stays_open_and_says_so(
    cast: Cast, client_of: ClientOf, flag_id: Any
) -> None:
    with db.write_transaction() as session:
        session.get_one(EntryFlag, flag_id).unticked_at = factories.at(MONDAY, 19)
    page = client_of(cast.ana).page(f"/clinic/patients/{cast.mia.patient_id}")
    assert "Later unticked by the patient." in page.main


def _shut_out(cast: Cast, *names: str) -> None:
    with db.write_transaction() as session:
        of = session.get_one(Episode, cast.mia.episode_id)
        for name in names:
            who = session.get_one(Practitioner, cast.everybody[name].practitioner_id)
            factories.restriction(session, of, who)


def test_s034_flag_reader_who_is_shut_out_sees_no_flag(
    cast: Cast, client_of: ClientOf, flag_id: Any
) -> None:
    _shut_out(cast, "fay")
    fay = client_of(cast.fay)
    assert "Mia" not in fay.page("/clinic/flags").main
    assert fay.post(act(cast, flag_id), SETTLED).status_code == 404
    assert "Mia" in client_of(cast.dov).page("/clinic/flags").main


def test_s034_care_team_sees_flags_that_both_flag_readers_may_not(
    cast: Cast, client_of: ClientOf, flag_id: Any
) -> None:
    _shut_out(cast, "fay", "dov")
    for name in ("fay", "dov"):
        assert "Mia" not in client_of(cast.everybody[name]).page("/clinic/flags").main
    assert client_of(cast.ana).post(act(cast, flag_id), SETTLED).status_code == 303


def test_s034_flag_stays_with_the_flag_readers_when_consent_ends(
    cast: Cast, client_of: ClientOf, flag_id: Any
) -> None:
    with db.write_transaction() as session:
        session.execute(
            update(Consent)
            .where(Consent.episode_id == cast.mia.episode_id)
            .values(withdrawn_at=factories.at(MONDAY, 20))
        )
    assert client_of(cast.ana).get(f"/clinic/patients/{cast.mia.patient_id}").status_code == 404
    assert "Mia" in client_of(cast.fay).page("/clinic/flags").main
    assert client_of(cast.fay).post(act(cast, flag_id), SETTLED).status_code == 303


def test_an_acknowledgement_is_confirmed_and_read_back(
    cast: Cast, client_of: ClientOf, flag_id: Any
) -> None:
    client = client_of(cast.ana)
    client.post(act(cast, flag_id), {"how": "no-answer", "note": "Will try again"})
    client.post(act(cast, flag_id), SETTLED)
    brief = f"/clinic/patients/{cast.mia.patient_id}"
    told = "Acknowledged today at 20:00, Ana Costa, called: Seen by the family doctor."
    page = client.page(brief)
    assert "Acknowledged and written down." in page.main
    assert told in page.main
    assert told[1:] in client.get(f"{brief}/brief.txt").get_data(as_text=True)
    entries = client.page(f"{brief}/entries").main
    assert "Called, no answer today at 20:00 (Ana Costa): Will try again." in entries
    assert "Called today at 20:00 (Ana Costa): Seen by the family doctor." in entries


def test_a_call_nobody_answered_is_confirmed_as_open(
    cast: Cast, client_of: ClientOf, flag_id: Any
) -> None:
    client = client_of(cast.fay)
    client.post(act(cast, flag_id), {"how": "no-answer", "note": ""})
    assert "Written down: called, no answer. It stays open." in client.page("/clinic/flags").main
