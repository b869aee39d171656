from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal import db
from portal.accounts import drafts
from portal.accounts.models import Account, Draft
from portal.accounts.signed_in import PATIENT_IDLE
from portal.accounts.tidying import tidy
from portal.diary.models import Question
from tests.accounts.ways import enter, events, fresh, give_password
from tests.pages import page_of
from tests.people import Cast, ClientOf, HouseClient

FORM = "/me/questions"
ASKED = "May I swim tomorrow?"
JUST_OVER = PATIENT_IDLE + timedelta(seconds=1)


def send(client: HouseClient) -> TestResponse:
    """Send a question that was typed."""
    return client.post(FORM, {"body": ASKED, "password": "hidden"})


def kept() -> list[Draft]:
    db.end_read()
    return list(db.session().scalars(select(Draft)))


@pytest.fixture
def typing(app: Flask, cast: Cast) -> HouseClient:
    """A browser in which Mia types a question."""
    give_password(cast.mia)
    client = enter(app, cast.mia)
    client.form_token()
    return client


def test_s026_words_are_kept_when_the_sign_in_ran_out(
    cast: Cast, typing: HouseClient, now: time_machine.Traveller
) -> None:
    now.shift(JUST_OVER)
    answer = send(typing)
    assert answer.headers["Location"] == "/sign-in?next=/sign-in/kept"
    (draft,) = kept()
    assert (draft.account_id, draft.form, draft.body) == (
        cast.mia.account_id,
        FORM,
        {"body": [ASKED]},
    )


def test_s026_sign_in_page_says_that_words_are_kept(
    typing: HouseClient, now: time_machine.Traveller
) -> None:
    now.shift(JUST_OVER)
    page = typing.page(send(typing).headers["Location"])
    assert "What you typed is kept. Sign in to go on." in page.main


def test_s026_words_come_back_after_sign_in_and_can_be_sent(
    app: Flask, cast: Cast, typing: HouseClient, now: time_machine.Traveller
) -> None:
    now.shift(JUST_OVER)
    send(typing)
    enter(app, cast.mia, typing)
    page = typing.page("/sign-in/kept")
    assert ASKED in page.main
    typing.post(FORM, {"body": ASKED, "resent_draft": "yes"})
    assert ASKED in db.session().scalars(select(Question.body)).all()
    assert kept() == []


def test_s026_words_can_be_thrown_away(
    app: Flask, cast: Cast, typing: HouseClient, now: time_machine.Traveller
) -> None:
    now.shift(JUST_OVER)
    send(typing)
    enter(app, cast.mia, typing)
    answer = typing.post("/sign-in/kept", {"form": FORM})
    assert (answer.headers["Location"], kept()) == ("/sign-in/kept", [])


def test_s026_only_that_account_sees_them(
    cast: Cast, typing: HouseClient, client_of: ClientOf, now: time_machine.Traveller
) -> None:
    now.shift(JUST_OVER)
    send(typing)
    noor = client_of(cast.noor)
    assert noor.get("/sign-in/kept").headers["Location"] == "/me"
    noor.post("/sign-in/kept", {"form": FORM})
    assert len(kept()) == 1


def test_s026_words_are_kept_for_a_sign_in_that_ran_out_within_a_day(
    typing: HouseClient, now: time_machine.Traveller
) -> None:
    now.shift(PATIENT_IDLE + timedelta(hours=23, minutes=59))
    assert (send(typing).status_code, len(kept())) == (303, 1)


def test_s026_after_a_day_the_words_are_shown_and_not_kept(
    typing: HouseClient, now: time_machine.Traveller
) -> None:
    now.shift(PATIENT_IDLE + timedelta(hours=24))
    answer = send(typing)
    assert (answer.status_code, kept()) == (400, [])
    assert ASKED in page_of(answer).main
    assert "hidden" not in page_of(answer).main


def test_s026_nothing_is_kept_after_sign_out(app: Flask, typing: HouseClient) -> None:
    copy = fresh(app)
    with typing.session_transaction() as cookie:
        copied = dict(cookie)
    typing.post("/sign-out")
    with copy.session_transaction() as cookie:
        cookie.update(copied)
    assert (send(copy).status_code, kept()) == (400, [])


def test_s026_nothing_is_kept_for_an_account_switched_off(
    cast: Cast, typing: HouseClient, now: time_machine.Traveller
) -> None:
    now.shift(JUST_OVER)
    with db.write_transaction() as session:
        session.get_one(Account, cast.mia.account_id).is_active = False
    assert (send(typing).status_code, kept()) == (400, [])


def test_s026_nothing_is_kept_of_a_form_without_its_token(
    typing: HouseClient, now: time_machine.Traveller
) -> None:
    now.shift(JUST_OVER)
    answer = typing.post(FORM, {"body": ASKED}, token=False)
    assert (answer.status_code, kept()) == (400, [])


@pytest.mark.usefixtures("cast")
def test_s026_nothing_is_kept_for_somebody_never_signed_in(app: Flask) -> None:
    assert (send(fresh(app)).status_code, kept()) == (400, [])


def test_s026_account_pages_keep_nothing(typing: HouseClient, now: time_machine.Traveller) -> None:
    now.shift(JUST_OVER)
    answer = typing.post("/account", {"act": "theme", "theme": "dark"})
    assert (answer.status_code, kept()) == (400, [])


@pytest.mark.parametrize(("length", "count"), [(64 * 1024 - 20, 1), (64 * 1024, 0)])
@pytest.mark.usefixtures("app")
def test_s026_at_most_64_kib_are_kept(cast: Cast, length: int, *, count: int) -> None:
    with db.write_transaction() as session:
        drafts.keep(
            session, account_id=cast.mia.account_id, form=FORM, fields={"body": ["x" * length]}
        )
    assert len(kept()) == count


def test_s026_newer_words_take_the_place_of_older_ones(
    typing: HouseClient, now: time_machine.Traveller
) -> None:
    now.shift(JUST_OVER)
    send(typing)
    typing.post(FORM, {"body": "Second thought"})
    assert [draft.body for draft in kept()] == [{"body": ["Second thought"]}]


def test_s026_sign_out_forgets_what_was_kept(
    app: Flask, cast: Cast, typing: HouseClient, now: time_machine.Traveller
) -> None:
    now.shift(JUST_OVER)
    send(typing)
    enter(app, cast.mia, typing).post("/sign-out")
    assert kept() == []


def test_s026_words_are_gone_after_a_day(
    app: Flask, cast: Cast, typing: HouseClient, now: time_machine.Traveller
) -> None:
    now.shift(JUST_OVER)
    send(typing)
    now.shift(timedelta(hours=24))
    enter(app, cast.mia, typing)
    assert typing.get("/sign-in/kept").headers["Location"] == "/me"
    with db.write_transaction() as session:
        tidy(session)
    assert kept() == []


def test_keeping_words_is_written_down_without_them(
    cast: Cast, typing: HouseClient, now: time_machine.Traveller
) -> None:
    now.shift(JUST_OVER)
    send(typing)
    last = events(cast.mia)[-1]
    assert (last.act, last.details) == ("draft-kept", {})


def test_words_that_are_refused_when_sent_again_stay_kept(
    app: Flask, cast: Cast, typing: HouseClient, now: time_machine.Traveller
) -> None:
    now.shift(JUST_OVER)
    send(typing)
    enter(app, cast.mia, typing)
    answer = typing.post(FORM, {"body": "", "resent_draft": "yes"})
    assert (answer.status_code, len(kept())) == (422, 1)


def test_words_of_the_diary_are_left_to_the_diary(
    app: Flask, cast: Cast, typing: HouseClient, now: time_machine.Traveller
) -> None:
    now.shift(JUST_OVER)
    send(typing)
    typing.post("/me/diary/2026-11-09", {"pain_average": "4", "note": "Walked far"})
    enter(app, cast.mia, typing)
    main = typing.page("/sign-in/kept").main
    assert (ASKED in main, "Walked far" in main) == (True, False)


def test_words_for_a_form_that_is_no_more_can_still_be_read(
    cast: Cast, typing: HouseClient
) -> None:
    with db.write_transaction() as session:
        drafts.keep(
            session, account_id=cast.mia.account_id, form="/gone", fields={"a_word": [ASKED]}
        )
    main = typing.page("/sign-in/kept").main
    assert ("A word" in main, ASKED in main) == (True, True)


def test_half_signed_in_person_keeps_nothing(half: HouseClient) -> None:
    answer = send(half)
    assert (answer.headers["Location"], kept()) == ("/sign-in/code?next=/me/questions", [])


def test_diary_shows_its_own_words_again(typing: HouseClient, now: time_machine.Traveller) -> None:
    now.shift(JUST_OVER)
    answer = typing.post("/me/diary/2026-11-09", {"pain_average": "4", "note": "Walked far"})
    assert answer.headers["Location"] == "/sign-in?next=/me/diary/2026-11-09"
