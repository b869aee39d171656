"""Odd input at the door of an invitation: refused in words, never an error of ours."""

import pytest

from portal.care.history import HISTORY, history_words
from portal.care.invitations import plain_code
from tests.care.inviting import BORN, invite, take
from tests.people import Cast, ClientOf


@pytest.mark.parametrize("token", ["é", "%00", "a" * 2000, "%0d%0aSet-Cookie:x=y", "..", "%25"])
def test_odd_link_opens_nothing(cast: Cast, client_of: ClientOf, token: str) -> None:
    guest = client_of(None)
    opened = guest.get(f"/invitation/{token}")
    assert opened.status_code in {303, 404}
    assert guest.get("/invitation").status_code in {200, 400}
    assert cast.clinic_id


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"step": "birth"},
        {"step": "admin"},
        {"step": "birth", **BORN, "born_on_day": "２７"},
        {"step": "birth", **BORN, "born_on_year": "0000"},
        {"step": "birth", **BORN, "born_on_month": "-3"},
        {"step": "birth", **BORN, "born_on_day": "27" * 500},
    ],
)
def test_odd_step_is_refused_in_words(
    cast: Cast, client_of: ClientOf, fields: dict[str, str]
) -> None:
    guest = client_of(None)
    guest.get(f"/invitation/{invite(client_of(cast.ana), cast)}")
    assert guest.post("/invitation", fields).status_code in {303, 422}


def test_steps_without_an_invitation_open_nothing(cast: Cast, client_of: ClientOf) -> None:
    answer = take(client_of(None), "birth", **BORN)
    assert answer.status_code == 400
    assert cast.clinic_id


def test_unclear_answer_to_consent_is_asked_again(cast: Cast, client_of: ClientOf) -> None:
    guest = client_of(None)
    guest.get(f"/invitation/{invite(client_of(cast.ana), cast)}")
    take(guest, "birth", **BORN)
    assert take(guest, "consent", answer="maybe").status_code == 303
    assert guest.page("/invitation").h1 == "Before you begin"


def test_pages_of_an_invitation_are_kept_nowhere(cast: Cast, client_of: ClientOf) -> None:
    guest = client_of(None)
    opened = guest.get(f"/invitation/{invite(client_of(cast.ana), cast)}")
    shown = guest.get("/invitation")
    assert opened.headers["Cache-Control"] == shown.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "payload", ["<script>alert(1)</script>", "{{ 7*7 }}", "'; DROP TABLE patient; --"]
)
def test_typed_names_are_shown_as_they_are(cast: Cast, client_of: ClientOf, payload: str) -> None:
    ana, guest = client_of(cast.ana), client_of(None)
    code = invite(ana, cast, preferred_name=payload)
    assert payload in ana.page("/clinic/invite").main
    guest.get(f"/invitation/{code}")
    take(guest, "birth", **BORN)
    take(guest, "consent", answer="agree", text_version="2026-11")
    assert payload in guest.page("/invitation").main


def test_codes_of_history_have_short_words() -> None:
    words = history_words([*HISTORY, "Takes aspirin"])
    assert words[0] == "Past cancer"
    assert words[-1] == "Takes aspirin"


@pytest.mark.parametrize(("typed", "plain"), [("OIL0 1abc", "0110-1abc"), ("", ""), ("  -- ", "")])
def test_typed_code_is_read_kindly(typed: str, plain: str) -> None:
    assert plain_code(typed) == plain
