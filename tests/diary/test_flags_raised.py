from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from flask import Flask
from sqlalchemy import update

from portal import clock, db
from portal.care.models import CareTeam
from portal.diary.flags import CODES
from portal.diary.models import EntryFlag
from portal.errors import StorageUnavailable
from tests import factories, pages
from tests.diary.conftest import MONDAY, TODAY, Diary
from tests.people import Cast, ClientOf

NO_ONE = "No one is watching this page. Your answer has not called for help."


@pytest.mark.parametrize("code", CODES)
def test_a_flag_alone_leads_to_its_advice(diary: Diary, code: str) -> None:
    answer = diary.save(flags=code)
    assert answer.status_code == 303
    assert code not in answer.location
    assert f"{NO_ONE} Your entry is saved." in diary.client.page(answer.location).main
    assert [flag.code for flag in diary.flags()] == [code]


@pytest.mark.parametrize(
    ("code", "h1"),
    [
        ("RF1", "Call 911 now"),
        ("RF6", "Call or text 9-8-8 now"),
        ("RF7", "Get advice today"),
        ("RF10", "Call the clinic"),
    ],
)
def test_the_advice_page_is_named_by_what_to_do(diary: Diary, code: str, h1: str) -> None:
    diary.save(flags=code)
    assert diary.client.page(f"{TODAY}/saved").h1 == h1


def test_the_most_urgent_advice_is_the_first_heading(diary: Diary) -> None:
    diary.save(flags=["RF10", "RF12", "RF6", "RF2"])
    page = diary.client.page(f"{TODAY}/saved")
    headings = [pages.words(one) for one in page.find("//section[contains(@class,'advice')]//h2")]
    assert page.h1 == "Call 911 now"
    assert headings[:3] == ["Call or text 9-8-8 now", "Get advice today", "Call the clinic"]


def test_numbers_on_the_advice_page_are_links(diary: Diary) -> None:
    diary.save(flags=["RF6", "RF7"])
    found = set(diary.client.page(f"{TODAY}/saved").hrefs())
    assert {"tel:988", "sms:988", "tel:911", "tel:811", "tel:5195550142"} <= found


def test_the_advice_page_says_that_no_practitioner_has_checked_it(diary: Diary) -> None:
    diary.save(flags="RF1")
    page = diary.client.page(f"{TODAY}/saved")
    assert "version 1. Shown 9 November, 20:00. Not yet checked by a practitioner." in page.main


def test_the_advice_page_says_when_it_may_be_read(diary: Diary) -> None:
    diary.arrange(factories.visit, MONDAY + timedelta(days=7), planned=True)
    diary.save(flags="RF1")
    said = diary.client.page(f"{TODAY}/saved").main
    assert "It may not be read until your visit on Monday 16 November." in said


def test_the_advice_page_says_when_nobody_reads(diary: Diary) -> None:
    with db.write_transaction() as session:
        session.execute(
            update(CareTeam)
            .where(CareTeam.episode_id == diary.person.episode_id)
            .values(until_at=clock.now())
        )
    diary.save(flags="RF1")
    assert "Nobody reads this diary now." in diary.client.page(f"{TODAY}/saved").main


def test_the_same_advice_for_everybody(diary: Diary, cast: Cast, client_of: ClientOf) -> None:
    diary.save(flags="RF9")
    noor = client_of(cast.noor)
    noor.post(TODAY, {"flags": "RF9"})
    texts = [
        pages.words(client.page(f"{TODAY}/saved").by_class("advice__card")[0])
        for client in (diary.client, noor)
    ]
    assert texts[0] == texts[1]


def test_a_flag_is_saved_although_other_fields_are_wrong(diary: Diary) -> None:
    answer = diary.save(flags="RF3", pain_average="99", interference="4")
    entry = diary.newest()
    assert answer.status_code == 422
    assert (entry.flags, entry.pain_average, entry.interference) == (["RF3"], None, 4)


@pytest.mark.parametrize("wrong", [{"pain_average": "12"}, {"pain_worst": "4"}, {"places": "x"}])
def test_what_is_wrong_beside_a_flag_changes_nothing_written(
    diary: Diary, wrong: dict[str, str]
) -> None:
    stands = {"pain_average": "5", "pain_worst": "6", "sleep": "3", "places": "face"}
    diary.save(**stands)
    diary.save(**{**stands, "sleep": "4", "flags": "RF7", **wrong}, base_version="1")
    entry = diary.newest()
    assert (entry.version, entry.flags, entry.sleep) == (2, ["RF7"], 4)
    assert (entry.pain_average, entry.pain_worst, diary.places(entry)) == (5, 6, {"face"})


def test_average_and_worst_pain_stay_together_beside_a_flag(diary: Diary) -> None:
    diary.save(pain_average="5", pain_worst="6")
    diary.save(flags="RF7", pain_average="12", pain_worst="2", base_version="1")
    assert (diary.newest().pain_average, diary.newest().pain_worst) == (5, 6)


def test_a_day_taken_out_lends_nothing_to_a_form_with_a_flag(diary: Diary) -> None:
    diary.save(pain_average="5")
    diary.client.post(f"{TODAY}/withdraw", {"base_version": "1"})
    diary.save(flags="RF7", pain_average="12", base_version="2")
    assert (diary.newest().version, diary.newest().pain_average) == (3, None)


def test_advice_stands_above_the_errors(diary: Diary) -> None:
    page = pages.page_of(diary.save(flags="RF3", pain_average="99"))
    assert page.main.index(NO_ONE) < page.main.index("One thing to put right")


def test_the_form_comes_back_with_its_key_and_the_new_base_version(diary: Diary) -> None:
    key = str(uuid4())
    page = pages.page_of(diary.save(entry_key=key, flags="RF3", pain_worst="x", note="typed"))
    kept = page.values()
    assert (kept["entry_key"], kept["base_version"], kept["note"].strip()) == (key, "1", "typed")


def test_the_mended_form_becomes_a_correction(diary: Diary) -> None:
    key = str(uuid4())
    diary.save(entry_key=key, flags="RF3", pain_average="99")
    diary.save(entry_key=key, flags="RF3", pain_average="9", base_version="1")
    assert (diary.newest().version, diary.newest().pain_average) == (2, 9)
    assert len(diary.flags()) == 1


def test_a_flag_is_raised_once_per_day(diary: Diary) -> None:
    diary.save(flags="RF8", pain_average="4")
    diary.save(flags="RF8", pain_average="5", base_version="1")
    assert len(diary.flags()) == 1


def test_the_same_flag_on_another_day_is_another(diary: Diary) -> None:
    diary.save(flags="RF8")
    diary.save("/me/diary/2026-11-08", flags="RF8")
    assert len(diary.flags()) == 2


def test_a_flag_that_is_unticked_stays_open_and_says_so(diary: Diary) -> None:
    diary.save(flags="RF8", pain_average="4")
    diary.save(flags="none", pain_average="4", base_version="1")
    (flag,) = diary.flags()
    assert flag.unticked_at is not None
    assert flag.acknowledged_at is None


def test_a_flag_ticked_again_is_open_as_before(diary: Diary) -> None:
    for version, flags in enumerate(["RF8", "none", "RF8"]):
        diary.save(flags=flags, pain_average="4", base_version=str(version))
    (flag,) = diary.flags()
    assert flag.unticked_at is None


def _acknowledge(diary: Diary) -> None:
    with db.write_transaction() as session:
        session.execute(
            update(EntryFlag)
            .where(EntryFlag.episode_id == diary.person.episode_id)
            .values(acknowledged_at=clock.now())
        )


def test_an_acknowledged_flag_is_not_raised_by_a_correction(diary: Diary) -> None:
    diary.save(flags="RF8", pain_average="4")
    _acknowledge(diary)
    diary.save(flags="RF8", pain_average="5", base_version="1")
    assert len(diary.flags()) == 1


def test_an_acknowledged_flag_ticked_anew_is_raised_again(
    diary: Diary, now: time_machine.Traveller
) -> None:
    diary.save(flags="RF8", pain_average="4")
    _acknowledge(diary)
    now.shift(60)
    diary.save(flags="none", pain_average="4", base_version="1")
    diary.save(flags="RF8", pain_average="4", base_version="2")
    assert [flag.acknowledged_at is None for flag in diary.flags()].count(True) == 1


def test_withdrawing_a_day_leaves_its_flag(diary: Diary) -> None:
    diary.save(flags="RF8")
    diary.client.post(f"{TODAY}/withdraw", {"base_version": "1"})
    (flag,) = diary.flags()
    assert flag.acknowledged_at is None


def test_a_flag_in_a_conflicting_tab_is_saved_and_advised(diary: Diary) -> None:
    diary.save(pain_average="4")
    page = pages.page_of(diary.save(pain_average="5", flags="RF1"))
    assert [flag.code for flag in diary.flags()] == ["RF1"]
    assert f"{NO_ONE} Your tick is saved." in page.main
    assert len(diary.versions()) == 1


def test_a_conflicting_tab_without_the_tick_unticks_nothing(diary: Diary) -> None:
    diary.save(flags="RF8", pain_average="4")
    diary.save(pain_average="5")
    (flag,) = diary.flags()
    assert flag.unticked_at is None


def test_a_flag_beside_errors_in_a_conflicting_tab_is_advised_too(diary: Diary) -> None:
    diary.save(pain_average="4")
    answer = diary.save(pain_average="99", flags="RF1", note="keep me")
    page = pages.page_of(answer)
    assert answer.status_code == 422
    assert f"{NO_ONE} Your tick is saved." in page.main
    assert page.values()["note"].strip() == "keep me"


def test_a_flag_on_a_closed_day_is_advised(diary: Diary) -> None:
    page = pages.page_of(diary.save("/me/diary/2026-11-01", flags="RF1"))
    assert f"{NO_ONE} Your entry is not saved." in page.main


def test_a_flag_is_advised_although_nothing_can_be_saved(
    diary: Diary, now: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise StorageUnavailable

    now.shift(120)  # long enough for the sign-in to be noted as seen again
    monkeypatch.setattr(db, "write_transaction", broken)
    answer = diary.save(flags="RF1", note="keep me")
    page = pages.page_of(answer)
    assert answer.status_code == 503
    assert f"{NO_ONE} Your entry is not saved." in page.main
    assert "keep me" in page.main


def test_a_flag_is_mailed_to_flag_reader_and_deputy_without_its_content(diary: Diary) -> None:
    diary.save(flags="RF6", note="secret")
    mails = diary.mails()
    assert [mail.subject for mail in mails] == ["A diary entry needs review"] * 2
    assert all(mail.body.endswith("/clinic/flags") for mail in mails)


def test_a_flag_is_mailed_once(diary: Diary) -> None:
    key = str(uuid4())
    diary.save(entry_key=key, flags="RF6")
    diary.save(entry_key=key, flags="RF6")
    assert len(diary.mails()) == 2


def test_an_entry_without_a_flag_mails_nobody(diary: Diary) -> None:
    diary.save(pain_average="10", flags="none")
    assert diary.mails() == []


def test_asking_for_a_call_waits_and_says_so(diary: Diary) -> None:
    diary.save(call_me="yes")
    said = diary.client.page(f"{TODAY}/saved").main
    assert "Nobody sees this before" in said
    assert "Sooner: 519-555-0142." in said
    assert [flag.code for flag in diary.flags()] == ["CALL"]


def test_asking_for_a_call_is_mailed_to_the_flag_reader_only(diary: Diary, cast: Cast) -> None:
    diary.save(call_me="yes")
    assert [mail.to for mail in diary.mails()] == [cast.fay.email]


def _idle(now: time_machine.Traveller) -> None:
    now.shift(timedelta(minutes=31))


def test_a_flag_is_advised_when_the_sign_in_ran_out(
    diary: Diary, now: time_machine.Traveller
) -> None:
    _idle(now)
    answer = diary.save(flags="RF2")
    page = pages.page_of(answer)
    assert (answer.status_code, page.h1) == (400, "Call 911 now")
    assert f"{NO_ONE} Your entry is not saved yet. Sign in to save it." in page.main


def test_a_flag_is_advised_when_the_form_token_ran_out(diary: Diary) -> None:
    answer = diary.client.post(TODAY, {"flags": "RF2"}, token=False)
    page = pages.page_of(answer)
    assert answer.status_code == 400
    assert "Your entry is not saved yet. Sign in to save it." in page.main


def test_a_flag_of_somebody_never_signed_in_is_advised(app: Flask, client_of: ClientOf) -> None:
    assert app.testing
    answer = client_of(None).post(TODAY, {"flags": "RF2"})
    assert answer.status_code == 400


def test_the_words_of_a_flagged_form_wait_for_the_sign_in(
    diary: Diary, now: time_machine.Traveller
) -> None:
    _idle(now)
    diary.save(flags="RF2", note="typed at night")
    diary.later(now, clock.now())
    kept = diary.client.page(TODAY).values()
    assert (kept["flags"], kept["note"].strip()) == ("RF2", "typed at night")


def test_a_sign_in_that_ran_out_while_typing_loses_nothing(
    diary: Diary, now: time_machine.Traveller
) -> None:
    _idle(now)
    answer = diary.save(pain_average="4", note="typed at night", places=["face"])
    assert answer.status_code == 303
    assert answer.location.startswith("/sign-in")
    diary.later(now, clock.now())
    page = diary.client.page(TODAY)
    assert "not saved yet" in page.main
    assert page.values()["note"].strip() == "typed at night"
    assert diary.versions() == []


def test_a_saved_draft_is_gone(diary: Diary, now: time_machine.Traveller) -> None:
    _idle(now)
    diary.save(pain_average="4", note="typed at night")
    diary.later(now, clock.now())
    diary.save(pain_average="4", note="typed at night")
    assert "not saved yet" not in diary.client.page(TODAY).main


def test_a_flag_is_advised_when_neither_sign_in_nor_storage_holds(
    diary: Diary, now: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise StorageUnavailable

    token = diary.client.form_token()
    _idle(now)
    monkeypatch.setattr(db, "write_transaction", broken)
    fields = {"flags": "RF2", "csrf_token": token}
    answer = diary.client.post(TODAY, data=fields, token=False)
    assert (answer.status_code, pages.page_of(answer).h1) == (400, "Call 911 now")
