"""Reminders in the database: who gets one, what it says, and that it comes once."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from portal import clock, db
from portal.accounts.models import Account
from portal.care.models import CareTeam, Consent, DiaryPlan, Episode, Patient, Practitioner
from portal.clinics.models import Clinic
from portal.diary.models import Prompt
from portal.diary.prompts import remind_due
from portal.diary.reminder_letters import letter_for
from portal.mail.models import OutboxMail
from portal.review.models import EpisodeSummary
from portal.review.summaries import verify
from tests import factories
from tests.people import MONDAY, Cast, Person
from tests.processes import run_two_at_once

HEALTH = ("ims", "pain", "needle", "clinic", "riverside", "mia", "tremblay", "sore", "ana")


def change(model: type[Any], condition: Any, **values: Any) -> None:
    with db.write_transaction() as session:
        session.execute(update(model).where(condition).values(**values))
        for episode_id in session.scalars(select(Episode.id)):
            db.touch(session, episode_id)


@pytest.fixture(autouse=True)
def asked(cast: Cast) -> Iterator[Cast]:
    """Mia's plan asks every evening; nobody else gets mail."""
    mias = DiaryPlan.episode_id == cast.mia.episode_id
    change(DiaryPlan, mias, starts_on=MONDAY, ends_on=MONDAY + timedelta(days=30))
    change(Patient, Patient.id == cast.noor.patient_id, is_mailed=False)
    change(Patient, Patient.id == cast.pim.patient_id, is_mailed=False)
    yield cast
    assert verify(db.session()) == []


def remind() -> int:
    db.end_read()
    done = remind_due(letter_for)
    db.end_read()
    return done


def mails() -> list[OutboxMail]:
    return list(db.session().scalars(select(OutboxMail)))


def arrange(builder: Any, person: Person, *args: Any, **more: Any) -> None:
    with db.write_transaction() as session:
        builder(session, session.get_one(Episode, person.episode_id), *args, **more)


def test_a_reminder_is_written_down_with_its_mail(cast: Cast) -> None:
    assert remind() == 1
    (prompt,) = db.session().scalars(select(Prompt))
    assert (prompt.patient_id, prompt.kind, prompt.asked_on) == (
        cast.mia.patient_id,
        "diary",
        MONDAY,
    )
    assert [mail.to for mail in mails()] == [cast.mia.email]


def test_a_second_run_reminds_nobody_again() -> None:
    assert [remind(), remind()] == [1, 0]


def test_the_mail_names_neither_care_nor_clinic_nor_patient() -> None:
    remind()
    (mail,) = mails()
    words = f"{mail.subject} {mail.body}".lower().replace("/", " ").replace(".", " ").split()
    assert [word for word in HEALTH if word in words] == []
    assert mail.subject == "Your diary is ready"


def test_the_mail_links_to_the_diary_and_to_its_own_end() -> None:
    remind()
    (mail,) = mails()
    assert "http://localhost/me\n" in mail.body
    assert mail.unsubscribe_url in mail.body
    assert mail.unsubscribe_url.startswith("http://localhost/unsubscribe/")


def test_each_day_that_is_asked_is_reminded_of(now: time_machine.Traveller) -> None:
    counts = [remind()]
    now.shift(timedelta(days=1))
    assert [*counts, remind()] == [1, 1]


def test_two_without_an_answer_make_it_weekly_and_four_stop_it(
    cast: Cast, now: time_machine.Traveller
) -> None:
    days = [day for day in range(30) if _lived(now, day)]
    assert days[:3] == [0, 1, 8]
    assert len(days) == 4
    summary = db.session().get_one(EpisodeSummary, cast.mia.episode_id)
    assert summary.quiet_after == MONDAY.toordinal() + days[-1]


def _lived(now: time_machine.Traveller, day: int) -> int:
    now.move_to(factories.at(MONDAY + timedelta(days=day)))
    return remind()


def test_an_entry_answers(cast: Cast, now: time_machine.Traveller) -> None:
    for day in (2, 1):
        arrange(factories.prompt, cast.mia, MONDAY - timedelta(days=day))
    assert remind() == 0
    arrange(factories.entry, cast.mia, MONDAY)
    now.shift(timedelta(days=1))
    assert remind() == 1


def test_what_is_written_in_the_night_answers_no_reminder_of_the_next_evening(
    cast: Cast, now: time_machine.Traveller
) -> None:
    in_the_night = factories.at(MONDAY + timedelta(days=1), 0, 30)
    arrange(factories.entry, cast.mia, MONDAY, entered_at=in_the_night)
    reminded = []
    for _day in range(3):
        now.shift(timedelta(days=1))
        reminded.append(remind())
    assert reminded == [1, 1, 0]


def test_a_written_day_is_not_reminded_of(cast: Cast) -> None:
    arrange(factories.entry, cast.mia, MONDAY)
    assert remind() == 0


def test_a_withdrawn_day_is_asked_for_again(cast: Cast) -> None:
    arrange(factories.entry, cast.mia, MONDAY, withdrawn_at=clock.now())
    assert remind() == 1


def test_before_a_visit_the_questions_are_asked_for(cast: Cast) -> None:
    arrange(factories.entry, cast.mia, MONDAY)
    arrange(factories.visit, cast.mia, MONDAY + timedelta(days=3), planned=True)
    assert remind() == 1
    assert [(mail.kind, mail.subject) for mail in mails()] == [
        ("reminder-questions", "A reminder for you")
    ]


def test_whoever_has_a_question_is_not_asked_for_one(cast: Cast) -> None:
    arrange(factories.entry, cast.mia, MONDAY)
    arrange(factories.visit, cast.mia, MONDAY + timedelta(days=3), planned=True)
    arrange(factories.question, cast.mia, "May I swim?")
    assert remind() == 0


@pytest.mark.parametrize(
    ("model", "values"),
    [
        (Patient, {"is_mailed": False}),
        (Account, {"is_active": False}),
        (Episode, {"ended_on": MONDAY}),
        (Consent, {"withdrawn_at": datetime(2026, 11, 9, tzinfo=UTC)}),
        (Consent, {"text_version": "0"}),
        (CareTeam, {"until_at": datetime(2026, 11, 9, tzinfo=UTC)}),
        (DiaryPlan, {"paused_until": MONDAY + timedelta(days=3), "made_at": factories.at(MONDAY)}),
        (DiaryPlan, {"ends_on": MONDAY - timedelta(days=1)}),
        (DiaryPlan, {"prompt_at": time(20, 1)}),
    ],
)
def test_nobody_is_reminded_without_mail_care_consent_reader_or_plan(
    cast: Cast, model: type[Any], values: dict[str, Any]
) -> None:
    mine = {
        Patient: Patient.id == cast.mia.patient_id,
        Account: Account.id == cast.mia.account_id,
        Episode: Episode.id == cast.mia.episode_id,
    }
    change(
        model, mine.get(model, getattr(model, "episode_id", None) == cast.mia.episode_id), **values
    )
    assert remind() == 0


def test_each_patients_own_clock_counts(cast: Cast, now: time_machine.Traveller) -> None:
    change(Patient, Patient.id == cast.mia.patient_id, zone="America/St_Johns")
    now.move_to(datetime(2026, 11, 9, 23, 29, tzinfo=UTC))
    early = remind()
    now.move_to(datetime(2026, 11, 9, 23, 30, tzinfo=UTC))
    assert [early, remind()] == [0, 1]


def crowd(cast: Cast, count: int) -> None:
    """So many more patients of Ana's whom the plan asks today."""
    with db.write_transaction() as session:
        here = session.get_one(Clinic, cast.clinic_id)
        ana = session.get_one(Practitioner, cast.ana.practitioner_id)
        for number in range(count):
            one = factories.patient(session, here, f"Pat{number} Reed")
            factories.episode(session, one, ana, started_on=MONDAY)


def test_more_than_one_batch_is_reminded(cast: Cast) -> None:
    crowd(cast, 60)
    assert remind() == 61
    assert len({mail.to for mail in mails()}) == 61


@pytest.mark.sqlite
def test_two_runs_at_once_remind_each_patient_once(app: Flask, cast: Cast) -> None:
    crowd(cast, 140)
    run_two_at_once(
        Path(app.instance_path),
        "remind",
        PORTAL_BASE_URL="http://localhost",
        PORTAL_ENV="test",
        PORTAL_TEST_NOW="2026-11-10T01:00:00Z",
    )
    db.end_read()
    counts = Counter(mail.to for mail in mails())
    assert sorted(counts.values()) == [1] * 141
    assert len(list(db.session().scalars(select(Prompt.id)))) == 141
