"""Open flags stand above every staff page of a patient, and nothing but a note takes one away."""

from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import db
from portal.care.models import Episode, Practitioner
from portal.clinics.models import Clinic
from portal.diary.models import EntryFlag
from portal.mail.models import OutboxMail
from portal.review.models import EpisodeSummary
from tests import factories
from tests.people import MONDAY, Cast, ClientOf

TITLE = "Not yet acknowledged: new numbness, tingling or weakness"
ANSWER = {"how": "called", "note": "Seen by the family doctor"}


@pytest.fixture
def flag_id(cast: Cast) -> UUID:
    with db.write_transaction() as session:
        of = session.get_one(Episode, cast.mia.episode_id)
        factories.visit(session, of, MONDAY - timedelta(days=3))
        entry = factories.entry(session, of, MONDAY - timedelta(days=1), note="Numb toes")
        return factories.flag(session, entry, "RF8").id


def pages_of(app: Flask, cast: Cast) -> list[str]:
    """Every page of one patient that staff open and that needs no further key."""
    addresses = app.url_map.bind("localhost")
    return [
        addresses.build(rule.endpoint, {"patient_id": cast.mia.patient_id}, method="GET")
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ())
        and rule.arguments == {"patient_id"}
        and rule.rule.startswith("/clinic/patients/")
    ]


def own_clinic(session: Session, cast: Cast) -> Clinic:
    return session.get_one(Clinic, cast.clinic_id)


@pytest.mark.usefixtures("flag_id")
def test_open_flag_tops_every_page_of_the_patient(
    app: Flask, cast: Cast, client_of: ClientOf
) -> None:
    client = client_of(cast.ana)
    silent = []
    for path in pages_of(app, cast):
        answer = client.get(path)
        if answer.mimetype == "text/html" and answer.status_code == 200:
            main = answer.get_data(as_text=True).partition("<main")[2]
            if "new numbness, tingling or weakness" not in main and "record.html" not in path:
                silent.append(path)
    assert not silent


@pytest.mark.usefixtures("flag_id")
def test_banner_tells_age_words_and_where_to_answer(cast: Cast, client_of: ClientOf) -> None:
    page = client_of(cast.ana).page(f"/clinic/patients/{cast.mia.patient_id}/entries")
    [banner] = page.by_class("flags-here")
    assert TITLE in banner.text_content()
    assert "yesterday" in banner.text_content()
    assert "Numb toes" in banner.text_content()
    assert f"/clinic/patients/{cast.mia.patient_id}" in page.hrefs()


def test_acknowledged_flag_leaves_every_page(
    app: Flask, cast: Cast, client_of: ClientOf, flag_id: UUID
) -> None:
    client = client_of(cast.ana)
    client.post(f"/clinic/patients/{cast.mia.patient_id}/flags/{flag_id}", ANSWER)
    for path in pages_of(app, cast):
        answer = client.get(path)
        assert b"flags-here" not in answer.data


def test_flag_of_an_earlier_episode_still_tops_the_page(
    cast: Cast, client_of: ClientOf, flag_id: UUID
) -> None:
    with db.write_transaction() as session:
        session.get_one(Episode, cast.mia.episode_id).ended_on = MONDAY
    assert flag_id
    page = client_of(cast.ana).page(f"/clinic/patients/{cast.mia.patient_id}/entries")
    assert page.by_class("flags-here")


def test_brief_says_how_old_a_flag_is(
    cast: Cast, client_of: ClientOf, flag_id: UUID, now: time_machine.Traveller
) -> None:
    assert flag_id
    now.shift(timedelta(hours=13))
    page = client_of(cast.ana).page(f"/clinic/patients/{cast.mia.patient_id}")
    assert "2 days ago" in page.main


def test_no_answer_ends_hides_or_lowers_a_flag(
    cast: Cast, client_of: ClientOf, flag_id: UUID
) -> None:
    client, of = client_of(cast.ana), f"/clinic/patients/{cast.mia.patient_id}"
    client.post(f"{of}/flags/{flag_id}", {"how": "no-answer", "note": "Rang twice"})
    client.post(f"{of}/review", {"up_to": ""})
    client.post(f"{of}/flags/{flag_id}", {"how": "called", "note": ""})
    end = {"act": "end", "episode": str(cast.mia.episode_id), "reason": "Well", "answer": "yes"}
    assert client.post(f"{of}/episode", end).status_code == 303
    assert TITLE in client.page(of).main
    assert db.session().get_one(EpisodeSummary, cast.mia.episode_id).flag_code == "RF8"


def test_correcting_a_day_leaves_its_flag_open(cast: Cast, client_of: ClientOf) -> None:
    mia, day = client_of(cast.mia), f"/me/diary/{MONDAY}"
    sent = {"entry_key": str(db.new_id()), "base_version": "0", "flags": "RF8", "pain_average": "3"}
    assert mia.post(day, sent).status_code == 303
    mia.post(day, {**sent, "flags": "none"})
    mia.post(f"{day}/withdraw", {"base_version": "2"})
    [flag] = db.session().scalars(
        select(EntryFlag).where(EntryFlag.episode_id == cast.mia.episode_id)
    )
    assert flag.acknowledged_at is None
    assert flag.unticked_at is not None


def mailed(cast: Cast) -> set[str]:
    names = {who.email: name for name, who in cast.everybody.items()}
    found = db.session().scalars(select(OutboxMail).where(OutboxMail.kind == "entry-needs-review"))
    return {names[mail.to] for mail in found}


@pytest.mark.parametrize(
    ("sent", "told"), [({"flags": "RF8"}, {"fay", "dov"}), ({"call_me": "yes"}, {"fay"})]
)
def test_mail_about_a_flag_goes_to_whoever_reads_flags_here(
    cast: Cast, client_of: ClientOf, sent: dict[str, str], told: set[str]
) -> None:
    form = {"entry_key": str(db.new_id()), "base_version": "0", "pain_average": "3", **sent}
    client_of(cast.mia).post(f"/me/diary/{MONDAY}", form)
    assert mailed(cast) == told


def test_mail_about_a_flag_says_nothing_of_it(cast: Cast, client_of: ClientOf) -> None:
    form = {"entry_key": str(db.new_id()), "base_version": "0", "flags": "RF6", "note": "In pain"}
    client_of(cast.mia).post(f"/me/diary/{MONDAY}", form)
    mail = db.session().scalars(select(OutboxMail).where(OutboxMail.kind == "entry-needs-review"))
    for one in mail:
        said = f"{one.subject} {one.body}".casefold()
        assert not [word for word in ("mia", "tremblay", "rf6", "pain", "harm") if word in said]
        assert str(cast.mia.patient_id) not in said


def test_calls_stand_second_on_the_panel(cast: Cast, client_of: ClientOf) -> None:
    with db.write_transaction() as session:
        ana = session.get_one(Practitioner, cast.ana.practitioner_id)
        for name, more in (("Cora Call", {"call_me": True}), ("Flo Flag", {"flags": ["RF10"]})):
            made = factories.patient(session, own_clinic(session, cast), name)
            of = factories.episode(session, made, ana)
            factories.entry(session, of, MONDAY, **more)
    words = client_of(cast.ana).page("/clinic").main
    assert words.index("Flo Flag") < words.index("Cora Call") < words.index("Mia Tremblay")


@pytest.mark.usefixtures("flag_id")
def test_todays_visits_say_whose_flag_waits(cast: Cast, client_of: ClientOf) -> None:
    with db.write_transaction() as session:
        of = session.get_one(Episode, cast.mia.episode_id)
        factories.visit(session, of, MONDAY, planned=True)
    ana = client_of(cast.ana)
    assert "Red flag not yet acknowledged" in ana.page("/clinic/today").main
    [flag] = db.session().scalars(select(EntryFlag).where(EntryFlag.episode_id == of.id))
    ana.post(f"/clinic/patients/{cast.mia.patient_id}/flags/{flag.id}", ANSWER)
    assert "Red flag" not in ana.page("/clinic/today").main
