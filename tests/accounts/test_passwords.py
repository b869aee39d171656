import threading
import unicodedata
from collections.abc import Iterator

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from portal import db
from portal.accounts import passwords
from portal.accounts.models import Account
from portal.accounts.passwords import Keeper, Weakness, Whose, keeper, suggestion, weakness
from portal.config import Settings
from portal.errors import Busy
from tests.accounts.ways import PASSWORD, fresh, give_password, try_in
from tests.pages import page_of
from tests.people import Cast

MIA = Whose("mia.tremblay@example.org", "Riverside IMS Clinic")
STAFF = Whose("ana.costa@example.org", "Riverside IMS Clinic", has_second_factor=True)


@pytest.mark.parametrize(
    ("whose", "length", "expected"),
    [
        (MIA, 14, Weakness.TOO_SHORT),
        (MIA, 15, None),
        (STAFF, 11, Weakness.TOO_SHORT),
        (STAFF, 12, None),
        (MIA, 1024, None),
        (MIA, 1025, Weakness.TOO_LONG),
    ],
)
def test_s005_length(whose: Whose, length: int, expected: Weakness | None) -> None:
    assert weakness(("xk4! q9z-" * 120)[:length], whose) is expected


@pytest.mark.parametrize(
    ("password", "expected"),
    [
        ("qwertyuiop123456", Weakness.COMMON),
        ("aaaaaaaaaaaaaaaaaaaa", Weakness.COMMON),
        ("my RiversideIMSClinic 26", Weakness.CLINIC_NAME),
        ("riverside ims clinic, yes", Weakness.CLINIC_NAME),
        ("I am mia.tremblay here", Weakness.OWN_EMAIL),
        ("MIATREMBLAY and a cat", Weakness.OWN_EMAIL),
        ("seven quiet herons by the mill", None),
        ("日本語のとても長い合い言葉をここに", None),
    ],
)
def test_s006_reason_for_refusal(password: str, expected: Weakness | None) -> None:
    assert weakness(password, MIA) is expected


@pytest.mark.parametrize("password", ["pia@hill.example", "PIA@Hill.Example 26"])
def test_s006_own_address_with_a_short_name_is_refused(password: str) -> None:
    pia = Whose("pia@hill.example", has_second_factor=True)
    assert weakness(password, pia) is Weakness.OWN_EMAIL


def test_s006_common_password_in_capitals_is_common() -> None:
    assert weakness("QWERTYUIOP123456", MIA) is Weakness.COMMON


def test_suggestion_is_good_enough_and_never_the_same() -> None:
    made = {suggestion() for _ in range(20)}
    assert len(made) == 20
    assert {weakness(one, MIA) for one in made} == {None}


@pytest.mark.usefixtures("app")
def test_s005_character_73_and_129_matter() -> None:
    long = "a" * 72 + "b" + "c" * 55 + "d"
    stored = keeper().hashed(long)
    others = [long[:72] + "x" + long[73:], long[:128] + "x", long[:128], long[:72]]
    assert [keeper().is_right(stored, one) for one in [long, *others]] == [True] + [False] * 4


@given(st.text(min_size=1, max_size=40))
def test_s005_composed_and_decomposed_letters_are_the_same(text: str) -> None:
    cheap = Keeper(Settings.model_construct(argon2_passes=1, argon2_memory_kib=8), b"p" * 32)
    stored = cheap.hashed(unicodedata.normalize("NFC", text))
    assert cheap.is_right(stored, unicodedata.normalize("NFD", text))


@pytest.mark.usefixtures("app")
def test_blanks_and_capitals_count() -> None:
    stored = keeper().hashed("Seven quiet herons ")
    wrong = ["seven quiet herons ", "Seven quiet herons", "Sevenquietherons"]
    assert not [one for one in wrong if keeper().is_right(stored, one)]


@pytest.mark.usefixtures("app")
def test_s007_pepper_of_another_installation_opens_nothing(portal_settings: Settings) -> None:
    stored = keeper().hashed(PASSWORD)
    assert not Keeper(portal_settings, b"another pepper").is_right(stored, PASSWORD)


def test_s007_hash_is_argon2id_with_the_costs_set(portal_settings: Settings) -> None:
    dear = portal_settings.model_copy(update={"argon2_memory_kib": 64, "argon2_passes": 2})
    stored = Keeper(dear, b"p").hashed(PASSWORD)
    assert stored.startswith("$argon2id$v=19$m=64,t=2,p=1$")


def test_s007_password_is_stored_anew_at_sign_in_when_costs_change(app: Flask, cast: Cast) -> None:
    give_password(cast.mia)
    dear = app.extensions["portal.settings"].model_copy(update={"argon2_memory_kib": 16})
    app.extensions["portal.passwords"] = Keeper(dear, app.config["PORTAL_PEPPER"])
    answers = [try_in(fresh(app), cast.mia.email).status_code for _ in range(2)]
    stored = db.session().get_one(Account, cast.mia.account_id).password_hash or ""
    assert (answers, "m=16," in stored) == ([303, 303], True)


@pytest.mark.usefixtures("app")
def test_unreadable_hash_is_no_way_in() -> None:
    assert not keeper().is_right("not a hash", PASSWORD)


@pytest.fixture
def taken(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Somebody else's password is being checked, for as long as the test lasts."""
    keeper()
    turn = threading.BoundedSemaphore(1)
    monkeypatch.setattr(passwords, "WAIT_SECONDS", 0.01)
    with monkeypatch.context() as patch:
        patch.setattr(passwords, "_one_at_a_time", turn)
        with turn:
            yield
    assert app


@pytest.mark.usefixtures("taken")
def test_s007_one_password_is_checked_at_a_time() -> None:
    with pytest.raises(Busy), passwords._turn():
        pass


@pytest.mark.usefixtures("taken")
def test_s007_who_comes_in_a_storm_is_asked_to_come_back(app: Flask, cast: Cast) -> None:
    answer = try_in(fresh(app), cast.mia.email)
    page = page_of(answer)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "3")
    assert page.field("email").get("value") == cast.mia.email


@pytest.mark.usefixtures("taken")
def test_s007_try_in_a_storm_is_no_failure(app: Flask, cast: Cast) -> None:
    assert {try_in(fresh(app), cast.mia.email).status_code for _ in range(9)} == {503}
