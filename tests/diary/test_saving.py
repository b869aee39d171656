from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import update

from bench.statements import statements
from portal import db
from portal.accounts.reader import Reader
from portal.care.models import Consent, Episode
from portal.db import EpisodeId
from portal.diary import queries, service
from portal.diary.answers import Answers
from portal.errors import Conflict
from tests import factories, pages
from tests.diary.conftest import MONDAY, TODAY, Diary, fields_of
from tests.people import Cast, ClientOf


def test_a_pain_score_of_0_saves(diary: Diary) -> None:
    assert diary.save(pain_average="0").status_code == 303
    assert diary.newest().pain_average == 0


def test_saving_leads_to_the_saved_page(diary: Diary) -> None:
    assert diary.save(pain_average="4").location == f"{TODAY}/saved"
    assert diary.client.page(f"{TODAY}/saved").h1 == "Saved"


def test_the_saved_page_gives_no_praise(diary: Diary) -> None:
    diary.save(pain_average="4")
    said = diary.client.page(f"{TODAY}/saved").main.lower()
    assert not any(word in said for word in ("great", "well done", "streak", "!"))


def test_every_answer_is_kept(diary: Diary) -> None:
    diary.save(
        pain_average="4",
        interference="5",
        needled="yes",
        soreness="3",
        grasp_felt="a-little",
        grasp_lasted="under-a-minute",
        flags="none",
        places=["low-back-l", "knee-r"],
        pain_worst="7",
        change="better",
        sleep="2",
        medicine="as-usual",
        managed="Walked the dog",
        note="Two\r\nlines",
        call_me="yes",
        scale_layout="two-rows",
    )
    entry = diary.newest()
    assert (entry.interference, entry.soreness, entry.sleep, entry.pain_worst) == (5, 3, 2, 7)
    assert (entry.needled, entry.grasp_felt, entry.grasp_lasted) == (
        "yes",
        "a-little",
        "under-a-minute",
    )
    assert (entry.change, entry.medicine, entry.flags) == ("better", "as-usual", ["none"])
    assert (entry.managed, entry.note, entry.call_me) == ("Walked the dog", "Two\nlines", True)
    assert (entry.scale_layout, diary.places(entry)) == ("two-rows", {"low-back-l", "knee-r"})


def test_a_double_click_makes_one_entry(diary: Diary) -> None:
    key = str(uuid4())
    answers = [diary.save(entry_key=key, pain_average="4", places=["face"]) for _ in range(2)]
    assert [answer.location for answer in answers] == [f"{TODAY}/saved"] * 2
    assert len(diary.versions()) == 1


def test_back_change_save_makes_a_correction(diary: Diary) -> None:
    key = str(uuid4())
    diary.save(entry_key=key, pain_average="4")
    diary.save(entry_key=key, pain_average="5")
    first, second = diary.versions()
    assert (second.version, second.supersedes_id, second.pain_average) == (2, first.id, 5)


def test_a_second_tab_is_shown_both_versions(diary: Diary) -> None:
    diary.save(pain_average="4", note="first tab")
    answer = diary.save(pain_average="6", note="second tab")
    page = pages.page_of(answer)
    assert answer.status_code == 409
    assert "first tab" in page.main
    assert "second tab" in page.main
    assert [pages.words(one) for one in page.find("//main//button")] == ["Save as correction"]
    assert len(diary.versions()) == 1


def test_two_versions_are_named_and_the_heading_comes_first(diary: Diary) -> None:
    diary.save(pain_average="4")
    page = pages.page_of(diary.save(pain_average="6"))
    [focus] = page.find("//main//*[@data-focus]")
    assert (focus.tag, pages.words(focus)) == ("h1", "This day was changed in between")
    assert page.main.startswith("This day was changed in between")
    titles = [pages.words(title) for title in page.find("//main//h2")]
    assert titles == ["Saved earlier at 20:00", "What you just typed"]
    assert not page.by_class("savebar")


def test_with_a_flag_the_advice_stands_before_the_two_versions(diary: Diary) -> None:
    diary.save(pain_average="4")
    page = pages.page_of(diary.save(pain_average="6", flags="RF2"))
    assert page.main.index("Call 911 now") < page.main.index("This day was changed in between")
    assert page.find("//main//*[@data-focus]")[0].tag == "section"


def test_the_second_tab_saves_as_a_correction_and_loses_nothing(diary: Diary) -> None:
    diary.save(pain_average="4", note="first tab")
    answer = diary.save(
        pain_average="6", note="second\ntab", places=["face", "knee-l"], flags="none"
    )
    page = pages.page_of(answer)
    again = diary.client.post(TODAY, fields_of(page))
    newest = diary.newest()
    assert again.status_code == 303
    assert (newest.version, newest.pain_average, newest.note) == (2, 6, "second\ntab")
    assert diary.places(newest) == {"face", "knee-l"}


def test_a_correction_keeps_the_reason_and_the_version_before(diary: Diary) -> None:
    diary.save(pain_average="4")
    diary.save(pain_average="5", base_version="1", reason="wrong number")
    first, second = diary.versions()
    assert (first.pain_average, second.pain_average, second.reason) == (4, 5, "wrong number")


def test_a_correction_without_a_change_makes_no_version(diary: Diary) -> None:
    diary.save(pain_average="4", places=["face"])
    assert diary.save(pain_average="4", places=["face"], base_version="1").status_code == 303
    assert len(diary.versions()) == 1


def test_a_place_more_is_a_change(diary: Diary) -> None:
    diary.save(pain_average="4", places=["face"])
    diary.save(pain_average="4", places=["face", "abdomen"], base_version="1")
    assert len(diary.versions()) == 2


def test_an_old_correction_does_not_overwrite_a_newer_one(diary: Diary) -> None:
    diary.save(pain_average="4")
    diary.save(pain_average="5", base_version="1")
    assert diary.save(pain_average="6", base_version="1").status_code == 409


def test_a_key_of_another_day_is_no_hindrance(diary: Diary) -> None:
    key = str(uuid4())
    diary.save(entry_key=key, pain_average="4")
    assert diary.save("/me/diary/2026-11-08", entry_key=key, pain_average="5").status_code == 303


def test_a_key_of_somebody_else_is_no_hindrance(
    diary: Diary, cast: Cast, client_of: ClientOf
) -> None:
    key = str(uuid4())
    diary.save(entry_key=key, pain_average="4")
    answer = client_of(cast.noor).post(TODAY, {"entry_key": key, "pain_average": "5"})
    assert answer.status_code == 303
    assert diary.newest().pain_average == 4


@pytest.mark.parametrize("key", ["", "nonsense", "0"])
def test_a_form_without_a_good_key_saves(diary: Diary, key: str) -> None:
    assert diary.save(entry_key=key, pain_average="4").status_code == 303


def test_an_old_written_day_can_be_corrected(diary: Diary) -> None:
    on = MONDAY - timedelta(days=30)
    diary.arrange(factories.entry, on, pain=4)
    assert diary.save(f"/me/diary/{on}", pain_average="5", base_version="1").status_code == 303
    assert diary.newest(on).pain_average == 5


def test_a_form_without_a_number_is_refused_with_a_summary(diary: Diary) -> None:
    answer = diary.save(note="still here", places=["face"])
    page = pages.page_of(answer)
    assert answer.status_code == 422
    assert page.find("//div[@role='alert']//a[@href='#pain_average-0']")
    assert page.title.startswith("Error: ")
    assert diary.versions() == []


def test_a_refused_form_keeps_everything_typed(diary: Diary) -> None:
    sent = {
        "interference": "3",
        "pain_worst": "9",
        "medicine": "less",
        "managed": "a & b <i>",
        "note": "x" * 2001,
        "call_me": "",
    }
    page = pages.page_of(diary.save(**sent, places=["face", "knee-l"], flags="none"))
    kept = page.values()
    assert kept["note"].strip() == "x" * 2001
    assert kept["managed"].strip() == "a & b <i>"
    assert (kept["interference"], kept["pain_worst"], kept["medicine"]) == ("3", "9", "less")
    assert len(page.find("//input[@name='places'][@checked]")) == 2


def test_a_refused_form_returns_with_its_key(diary: Diary) -> None:
    key = str(uuid4())
    page = pages.page_of(diary.save(entry_key=key))
    assert page.field("entry_key").get("value") == key


def test_worst_below_average_is_said_at_the_field(diary: Diary) -> None:
    page = pages.page_of(diary.save(pain_average="6", pain_worst="2"))
    assert "cannot be lower than your average" in pages.words(
        page.find("//p[@id='pain_worst-error']")[0]
    )


def _end(diary: Diary) -> None:
    with db.write_transaction() as session:
        session.execute(
            update(Episode).where(Episode.id == diary.person.episode_id).values(ended_on=MONDAY)
        )


def test_an_ended_episode_is_read_only_and_names_the_phone(diary: Diary) -> None:
    _end(diary)
    answer = diary.save(pain_average="4", note="keep me")
    page = pages.page_of(answer)
    assert answer.status_code == 409
    assert "Nobody reads new entries; call 519-555-0142." in page.main
    assert "keep me" in page.main
    assert diary.versions() == []


def test_an_episode_that_ends_while_typing_takes_nothing(
    diary: Diary, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = db.write_transaction

    def ends_first() -> object:
        with real() as session:
            session.execute(update(Episode).values(ended_on=MONDAY))
        return real()

    monkeypatch.setattr(db, "write_transaction", ends_first)
    assert diary.save(pain_average="4").status_code == 409


def test_without_consent_nothing_is_kept(diary: Diary) -> None:
    with db.write_transaction() as session:
        session.execute(
            update(Consent)
            .where(Consent.episode_id == diary.person.episode_id)
            .values(withdrawn_at=datetime(2026, 11, 1, tzinfo=UTC))
        )
    assert diary.save(pain_average="4").status_code == 409
    assert diary.versions() == []


def test_ids_in_the_form_change_nothing(diary: Diary, cast: Cast) -> None:
    diary.save(
        pain_average="4",
        episode_id=str(cast.noor.episode_id),
        patient_id=str(cast.noor.patient_id),
        entered_by_id=str(cast.noor.account_id),
        entered_at="2020-01-01",
        version="9",
        is_late="1",
        method="offline",
    )
    entry = diary.newest()
    assert (entry.episode_id, entry.entered_by_id) == (cast.mia.episode_id, cast.mia.account_id)
    assert (entry.version, entry.is_late, entry.method) == (1, False, "web")


def test_a_patient_without_an_episode_gets_a_calm_page(diary: Diary, cast: Cast) -> None:
    with db.write_transaction() as session:
        session.execute(
            update(Episode)
            .where(Episode.id == cast.mia.episode_id)
            .values(patient_id=cast.noor.patient_id, ended_on=MONDAY)
        )
    assert diary.client.page(TODAY).h1 == "Your diary is not open yet"
    assert diary.save(pain_average="4").status_code == 404


@pytest.mark.parametrize("who", ["ana", "fay", "ada"])
def test_staff_cannot_write_a_diary(
    diary: Diary, cast: Cast, client_of: ClientOf, who: str
) -> None:
    client = client_of(getattr(cast, who))
    assert client.get(TODAY).status_code == 404
    assert client.post(TODAY, {"pain_average": "4"}).status_code == 404
    assert diary.versions() == []


def test_an_entry_takes_at_most_10_statements(app: Flask, diary: Diary) -> None:
    diary.client.get(TODAY)
    with statements(app) as seen:
        diary.save(pain_average="4", places=["face", "knee-l"], flags="none")
    assert seen.counted <= 10, seen.all


def test_a_flagged_entry_takes_at_most_10_statements(app: Flask, diary: Diary) -> None:
    diary.client.get(TODAY)
    with statements(app) as seen:
        diary.save(pain_average="4", places=["face"], flags=["RF1", "RF8"], call_me="yes")
    assert seen.counted <= 10, seen.all


def test_a_correction_takes_at_most_10_statements(app: Flask, diary: Diary) -> None:
    diary.save(pain_average="4", places=["face"])
    with statements(app) as seen:
        diary.save(pain_average="5", places=["face"], base_version="1")
    assert seen.counted <= 10, seen.all


def test_the_number_of_statements_does_not_grow_with_the_diary(app: Flask, diary: Diary) -> None:
    diary.client.get(TODAY)
    with statements(app) as before:
        diary.save("/me/diary/2026-11-08", pain_average="4")
    for back in range(3, 40):
        diary.arrange(factories.entry, MONDAY - timedelta(days=back))
    with statements(app) as after:
        diary.save(pain_average="4")
    assert len(after.all) == len(before.all)


def test_nothing_of_an_entry_stands_in_an_address(diary: Diary) -> None:
    answer = diary.save(pain_average="4", flags="RF6", note="secret")
    assert answer.location == f"{TODAY}/saved"


def test_an_entry_is_audited_without_its_answers(app: Flask, diary: Diary) -> None:
    with statements(app) as seen:
        diary.save(pain_average="4", note="secret")
    assert any("INSERT INTO audit_event" in one for one in seen.all)


def test_another_patients_day_stays_untouched(
    diary: Diary, cast: Cast, client_of: ClientOf
) -> None:
    diary.save("/me/diary/2026-11-08", pain_average="1")
    noor = Diary(diary.app, client_of, cast.noor)
    assert noor.newest(MONDAY - timedelta(days=1)).pain_average != 1
    assert EpisodeId(diary.newest(MONDAY - timedelta(days=1)).episode_id) == cast.mia.episode_id


def test_two_saves_at_once_end_as_one_after_the_other(
    diary: Diary, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, calls = service.save, count()

    def meets_another(*args: Any, **kwargs: Any) -> Any:
        if next(calls) == 0:
            raise Conflict
        return real(*args, **kwargs)

    monkeypatch.setattr(service, "save", meets_another)
    assert diary.save(pain_average="4").status_code == 303


def test_a_version_written_in_between_is_a_conflict_not_a_fault(diary: Diary) -> None:
    diary.save(pain_average="4")
    stored = diary.newest()
    reader = Reader(
        diary.person.account_id,
        diary.person.name,
        diary.person.clinic_id,
        diary.person.roles,
        diary.person.patient_id,
    )
    care = queries.own_care(db.session(), reader)
    assert care is not None
    with pytest.raises(Conflict), db.write_transaction() as session:
        service._add(
            session,
            care,
            Answers(pain_average=5),
            about_on=stored.about_on,
            version=stored.version,
            entry_key=uuid4(),
            entered_by_id=diary.person.account_id,
        )
