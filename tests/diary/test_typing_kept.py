"""What is typed into a day's form is kept until it is saved, for its patient alone."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from bench.statements import statements
from portal import db
from portal.accounts.models import Draft
from portal.accounts.signed_in import PATIENT_IDLE
from portal.care.models import Consent
from tests import factories, pages
from tests.accounts.ways import enter, give_password
from tests.diary.conftest import MONDAY, TODAY, Diary
from tests.own_phones import own_phone_of
from tests.people import Cast, ClientOf

KEEP = f"{TODAY}/draft"
TYPED: dict[str, Any] = {
    "pain_average": "6",
    "note": "Walked far",
    "places": ["low-back-l"],
    "base_version": "0",
}


def kept() -> list[Draft]:
    db.end_read()
    return list(db.session().scalars(select(Draft)))


def test_what_is_typed_comes_back_after_a_reload(diary: Diary) -> None:
    key = str(uuid4())
    assert diary.client.post(KEEP, {**TYPED, "entry_key": key}).status_code == 204
    page = diary.client.page(TODAY)
    assert "This is what you typed before. It is not saved yet." in page.main
    assert (page.values()["pain_average"], page.values()["entry_key"]) == ("6", key)
    assert "Walked far" in str(page.field("note").text)


def test_saving_forgets_what_was_kept(diary: Diary) -> None:
    diary.client.post(KEEP, TYPED)
    diary.save(**TYPED)
    assert kept() == []


def test_what_arrives_after_the_saving_is_no_draft(diary: Diary) -> None:
    diary.save(**TYPED)
    assert diary.client.post(KEEP, TYPED).status_code == 204
    assert kept() == []


def test_a_change_of_a_saved_day_is_kept(diary: Diary) -> None:
    diary.save(**TYPED)
    diary.client.post(KEEP, {**TYPED, "pain_average": "3", "base_version": "1"})
    page = diary.client.page(TODAY)
    assert (page.values()["pain_average"], page.values()["base_version"]) == ("3", "1")


def test_nothing_typed_is_nothing_kept(diary: Diary) -> None:
    diary.client.post(KEEP, TYPED)
    empty = {"entry_key": str(uuid4()), "places": "neck-l", "prefilled": "neck-l", "note": ""}
    assert diary.client.post(KEEP, empty).status_code == 204
    assert kept() == []


def test_only_the_forms_own_fields_are_kept(diary: Diary) -> None:
    diary.client.post(KEEP, {**TYPED, "password": "x", "junk": "y" * 100})
    (draft,) = kept()
    assert set(draft.body) == set(TYPED)


@pytest.mark.parametrize(("length", "status"), [(60_000, 204), (70_000, 413), (1_100_000, 413)])
def test_at_most_64_kib_are_kept(diary: Diary, length: int, status: int) -> None:
    assert diary.client.post(KEEP, {"note": "x" * length}).status_code == status


def test_it_can_be_thrown_away(diary: Diary) -> None:
    diary.client.post(KEEP, TYPED)
    page = diary.client.page(TODAY)
    assert page.find("//form//button[@name='throw_away']")
    answer = diary.client.post(KEEP, {"throw_away": "yes"})
    assert (answer.headers["Location"], kept()) == (TODAY, [])


def test_it_is_gone_after_signing_out(diary: Diary) -> None:
    diary.client.post(KEEP, TYPED)
    diary.client.post("/sign-out")
    assert kept() == []


def test_after_signing_out_nothing_more_is_kept(diary: Diary) -> None:
    with diary.client.session_transaction() as cookie:
        before = dict(cookie)
    diary.client.post("/sign-out")
    with diary.client.session_transaction() as cookie:
        cookie.update(before)
    assert diary.client.post(KEEP, TYPED).status_code == 400
    assert kept() == []


def test_nobody_else_sees_it(cast: Cast, diary: Diary, client_of: ClientOf) -> None:
    diary.client.post(KEEP, TYPED)
    assert "Walked far" not in client_of(cast.noor).page(TODAY).source


@pytest.mark.parametrize("is_own_phone", [False, True])
def test_a_form_left_open_never_lands_with_whoever_signs_in_next(
    app: Flask, cast: Cast, diary: Diary, *, is_own_phone: bool
) -> None:
    client = own_phone_of(app, cast.mia) if is_own_phone else diary.client
    token = client.form_token()
    give_password(cast.noor)
    enter(app, cast.noor, client)
    for path in (KEEP, TODAY):
        answer = client.post(path, {**TYPED, "csrf_token": token}, token=False)
        assert (path, answer.status_code) == (path, 400)
    assert (kept(), diary.versions()) == ([], [])


def test_typing_keeps_the_sign_in_awake(diary: Diary, now: time_machine.Traveller) -> None:
    for _ in range(3):
        now.shift(PATIENT_IDLE - timedelta(minutes=1))
        assert diary.client.post(KEEP, TYPED).status_code == 204


def test_what_is_typed_after_the_sign_in_ran_out_waits_in_its_form(
    app: Flask, cast: Cast, diary: Diary, now: time_machine.Traveller
) -> None:
    give_password(cast.mia)
    now.shift(PATIENT_IDLE + timedelta(minutes=1))
    assert diary.client.post(KEEP, TYPED).status_code == 303
    assert [draft.form for draft in kept()] == [TODAY]
    enter(app, cast.mia, diary.client)
    assert diary.client.page(TODAY).values()["pain_average"] == "6"


@pytest.mark.parametrize("back", [-1, 3])
def test_a_day_that_cannot_be_written_keeps_nothing(diary: Diary, back: int) -> None:
    path = f"/me/diary/{MONDAY - timedelta(days=back)}/draft"
    assert (diary.client.post(path, TYPED).status_code, kept()) == (409, [])


@pytest.mark.parametrize(
    ("back", "why"),
    [(-1, "This day is still to come"), (3, "This day can no longer be written")],
)
def test_a_day_that_cannot_be_written_says_why_and_shows_what_was_typed(
    diary: Diary, back: int, why: str
) -> None:
    page = pages.page_of(
        diary.client.post(f"/me/diary/{MONDAY - timedelta(days=back)}/draft", TYPED)
    )
    assert page.h1 == why
    assert str(TYPED["note"]) in page.main
    assert "ended" not in page.main


def test_a_diary_that_waits_for_an_agreement_says_so_of_what_is_typed(diary: Diary) -> None:
    with db.write_transaction() as session:
        session.execute(update(Consent).values(text_version="before"))
    page = pages.page_of(diary.client.post(KEEP, TYPED))
    assert page.h1 == "Your diary waits for your answer"


def test_an_older_day_that_was_written_can_be_kept(diary: Diary) -> None:
    on = MONDAY - timedelta(days=9)
    diary.arrange(factories.entry, on)
    assert diary.client.post(f"/me/diary/{on}/draft", TYPED).status_code == 204


def test_an_ended_diary_keeps_nothing(diary: Diary) -> None:
    diary.arrange(lambda _session, of: setattr(of, "ended_on", MONDAY))
    assert (diary.client.post(KEEP, TYPED).status_code, kept()) == (409, [])


def test_a_form_of_another_site_keeps_nothing(diary: Diary) -> None:
    assert diary.client.post(KEEP, TYPED, token=False).status_code == 400
    assert kept() == []


def test_s027_what_is_typed_on_an_own_phone_is_kept_and_not_shown_there(
    app: Flask, cast: Cast, diary: Diary
) -> None:
    phone = own_phone_of(app, cast.mia)
    assert phone.post(KEEP, TYPED).status_code == 204
    page = phone.page(TODAY)
    assert "Walked far" not in page.source
    assert page.find("//input[@checked and not(@name='bodyview')]") == []
    assert "What you typed before is kept." in page.main
    assert "Walked far" in diary.client.page(TODAY).source


def test_s027_an_own_phone_throws_nothing_away(app: Flask, cast: Cast, diary: Diary) -> None:
    diary.client.post(KEEP, TYPED)
    phone = own_phone_of(app, cast.mia)
    assert phone.post(KEEP, {"throw_away": "yes"}).status_code == 404
    assert len(kept()) == 1


@pytest.mark.parametrize(("typed", "expected"), [({"note": "Sat"}, 409), ({"note": ""}, 204)])
def test_s027_an_own_phone_replaces_nothing_typed_after_signing_in(
    app: Flask, cast: Cast, diary: Diary, *, typed: dict[str, str], expected: int
) -> None:
    diary.client.post(KEEP, {**TYPED, "entry_key": str(uuid4())})
    phone = own_phone_of(app, cast.mia)
    answer = phone.post(KEEP, {**typed, "entry_key": str(uuid4())})
    assert answer.status_code == expected
    assert [draft.body["note"] for draft in kept()] == [["Walked far"]]


def test_s027_saving_on_an_own_phone_leaves_what_was_typed_after_signing_in(
    app: Flask, cast: Cast, diary: Diary
) -> None:
    diary.client.post(KEEP, {**TYPED, "entry_key": str(uuid4())})
    phone = own_phone_of(app, cast.mia)
    answer = phone.post(TODAY, {"entry_key": str(uuid4()), "pain_average": "1"})
    assert (answer.location, len(kept())) == (f"{TODAY}/saved", 1)


def test_s027_a_written_day_keeps_what_was_typed_after_signing_in(
    app: Flask, cast: Cast, diary: Diary
) -> None:
    diary.save(pain_average="4")
    diary.client.post(KEEP, {**TYPED, "entry_key": str(uuid4())})
    phone = own_phone_of(app, cast.mia)
    answer = phone.post(TODAY, {"entry_key": str(uuid4()), "pain_average": "1", "note": "Sat"})
    assert (answer.status_code, "What you just typed is not saved." in answer.text) == (409, True)
    assert [draft.body["note"] for draft in kept()] == [["Walked far"]]


def test_an_own_phone_may_start_again(app: Flask, cast: Cast) -> None:
    phone = own_phone_of(app, cast.mia)
    for note in ("Walked far", "Sat"):
        sent = {**TYPED, "note": note, "entry_key": str(uuid4())}
        assert phone.post(KEEP, sent).status_code == 204
    assert [draft.body["note"] for draft in kept()] == [["Sat"]]


def test_a_form_opened_after_signing_in_goes_on_without(
    app: Flask, cast: Cast, diary: Diary
) -> None:
    sent = {**TYPED, "entry_key": str(uuid4())}
    diary.client.post(KEEP, sent)
    phone = own_phone_of(app, cast.mia)
    assert phone.post(KEEP, {**sent, "note": "Walked further"}).status_code == 204
    assert [draft.body["note"] for draft in kept()] == [["Walked further"]]


def test_s027_what_waits_is_offered_where_the_password_is_asked(
    app: Flask, cast: Cast, diary: Diary
) -> None:
    phone = own_phone_of(app, cast.mia)
    phone.post(KEEP, TYPED)
    assert "What you typed is kept." in phone.page(f"/sign-in?next={TODAY}").main
    enter(app, cast.mia, phone)
    assert phone.page(TODAY).values()["pain_average"] == "6"
    assert diary.versions() == []


def test_nothing_below_me_is_ever_stored_by_a_browser(app: Flask, diary: Diary) -> None:
    diary.save(**TYPED)
    for rule in app.url_map.iter_rules():
        if (
            rule.rule.startswith("/me")
            and "GET" in (rule.methods or ())
            and rule.arguments <= {"on"}
        ):
            path = app.url_map.bind("localhost").build(rule.endpoint, {"on": MONDAY})
            answer = diary.client.get(path)
            assert (path, answer.headers["Cache-Control"]) == (path, "no-store")


def test_saving_what_was_kept_stays_within_the_limit(app: Flask, diary: Diary) -> None:
    diary.client.post(KEEP, TYPED)
    with statements(app) as seen:
        assert diary.save(**TYPED).status_code == 303
    assert seen.counted <= 10, seen.all


def test_keeping_costs_few_statements(app: Flask, diary: Diary) -> None:
    diary.client.post(KEEP, TYPED)
    with statements(app) as seen:
        diary.client.post(KEEP, TYPED | {"pain_average": "7"})
    assert seen.counted <= 5, seen.all
