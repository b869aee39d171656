"""What a patient agreed to: asked again when the text changes, and leaving the diary for good."""

from datetime import date

import pytest
import time_machine
from flask import Flask
from sqlalchemy import update

from portal import clock, db
from portal.care import consent
from portal.care.models import Consent, Episode
from tests.accounts.ways import PASSWORD, enter, give_password
from tests.diary.conftest import TODAY, Diary
from tests.home.test_settings import PATH, acts, change, mia
from tests.house import sources
from tests.pages import page_of
from tests.people import Cast, ClientOf, HouseClient

__all__ = ["mia"]


@pytest.fixture
def changed_text(diary: Diary) -> Diary:
    """Mia agreed to an older text than the one asked today; she has written once."""
    diary.save(pain_average="4")
    with db.write_transaction() as session:
        session.execute(
            update(Consent)
            .where(Consent.episode_id == diary.person.episode_id)
            .values(text_version="2025-01")
        )
    return diary


def test_a_changed_text_is_asked_once_at_the_next_sign_in(
    changed_text: Diary, now: time_machine.Traveller
) -> None:
    first = changed_text.client.get("/me")
    assert first.location == f"{PATH}?part=agreement"
    assert changed_text.client.page("/me").h1 == "Today"
    changed_text.later(now, clock.now())
    assert changed_text.client.get("/me").status_code == 303


def test_until_a_changed_text_is_answered_nothing_new_is_taken(changed_text: Diary) -> None:
    answer = changed_text.save(pain_average="9", base_version="1", note="keep me")
    assert answer.status_code == 409
    assert "keep me" in page_of(answer).main
    assert len(changed_text.versions()) == 1
    assert page_of(answer).h1 == "Your diary waits for your answer"


@pytest.mark.parametrize("path", ["/me", "/me/diary", "/me/questions", "/me/reading"])
def test_pages_meanwhile_say_why_and_lead_to_the_text(changed_text: Diary, path: str) -> None:
    changed_text.client.get("/me")
    assert f"{PATH}?part=agreement" in changed_text.client.page(path).hrefs()


def test_agreeing_to_a_changed_text_opens_the_diary_again(changed_text: Diary) -> None:
    change(changed_text.client, "agree", text_version=consent.TEXT_VERSION)
    assert changed_text.save(pain_average="9", base_version="1").status_code == 303
    assert len(changed_text.versions()) == 2
    assert "You agreed on 9 November 2026" in changed_text.client.page(PATH).main


def test_declining_a_changed_text_loses_nothing(
    changed_text: Diary, cast: Cast, client_of: ClientOf
) -> None:
    change(changed_text.client, "decline", text_version=consent.TEXT_VERSION)
    assert acts(cast)[-1] == "consent-declined"
    assert changed_text.client.page(TODAY).h1 == "Your diary waits for your answer"
    assert "4" in changed_text.client.page(f"{TODAY}/history").main
    assert client_of(cast.ana).get(f"/clinic/patients/{cast.mia.patient_id}").status_code == 200


@pytest.mark.parametrize("act", ["agree", "decline"])
@pytest.mark.parametrize("version", ["", "2025-01", "2026-12", consent.TEXT_VERSION])
def test_what_is_not_asked_cannot_be_answered(diary: Diary, version: str, act: str) -> None:
    assert change(diary.client, act, text_version=version).status_code == 409


def test_an_older_text_says_where_to_read_it(changed_text: Diary) -> None:
    page = changed_text.client.page(f"{PATH}?part=agreement&text=2025-01")
    assert "Ask the clinic for its copy" in page.main


def test_every_version_of_the_text_stays_readable() -> None:
    texts = (sources.ROOT / "portal/templates/care/consent_texts.html").read_text()
    assert f'version == "{consent.TEXT_VERSION}"' in texts


def test_the_page_of_leaving_says_who_no_longer_sees_it(mia: HouseClient, cast: Cast) -> None:
    page = mia.page(f"{PATH}?part=leave")
    words = page.main
    assert f"{cast.ana.name} (Physiotherapist), and everybody else" in words
    assert "What is kept, and why" in words
    assert "Ask the clinic for a new invitation" in words


def test_leaving_ends_the_diary_and_hides_it(
    mia: HouseClient, cast: Cast, client_of: ClientOf
) -> None:
    assert change(mia, "leave").status_code == 303
    assert client_of(cast.ana).get(f"/clinic/patients/{cast.mia.patient_id}").status_code == 404
    assert mia.page(TODAY).h1 == "Your diary is closed"
    db.end_read()
    assert db.session().get_one(Episode, cast.mia.episode_id).ended_on == date(2026, 11, 9)
    assert "Your diary is closed. You can still read it." in mia.page(PATH).main


def test_leaving_long_after_signing_in_asks_for_the_password(
    app: Flask, cast: Cast, now: time_machine.Traveller
) -> None:
    give_password(cast.mia)
    mia = enter(app, cast.mia)
    now.shift(6 * 60)
    assert mia.page(f"{PATH}?part=leave").field("password") is not None
    wrong = [change(mia, "leave", password=one) for one in ("", "not the right one")]
    assert [answer.status_code for answer in wrong] == [422, 422]
    assert "This is not your password." in page_of(wrong[1]).main
    assert change(mia, "leave", password=PASSWORD).status_code == 303


def test_guessing_the_password_of_leaving_is_slowed(
    app: Flask, cast: Cast, now: time_machine.Traveller
) -> None:
    give_password(cast.mia)
    mia = enter(app, cast.mia)
    now.shift(6 * 60)
    answers = [change(mia, "leave", password="not the right one") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [422] * 5 + [429]


def test_leaving_twice_changes_nothing_more(mia: HouseClient) -> None:
    change(mia, "leave")
    assert change(mia, "leave").status_code == 409


def test_after_leaving_nothing_can_be_agreed_to(mia: HouseClient) -> None:
    change(mia, "leave")
    assert change(mia, "agree", text_version=consent.TEXT_VERSION).status_code == 409


def test_after_leaving_a_pause_changes_nothing(mia: HouseClient) -> None:
    change(mia, "leave")
    assert change(mia, "pause").status_code == 409
