from tests import pages
from tests.care.inviting import BORN, invite, take
from tests.pages import Page
from tests.people import Cast, ClientOf


def consent_page(cast: Cast, client_of: ClientOf) -> Page:
    guest = client_of(None)
    guest.get(f"/invitation/{invite(client_of(cast.ana), cast)}")
    take(guest, "birth", **BORN)
    return guest.page("/invitation")


def test_consent_says_who_reads_and_when(cast: Cast, client_of: ClientOf) -> None:
    words = consent_page(cast, client_of).main
    assert "Ana Costa" in words
    assert "Ben Okafor" in words
    assert "They read it before each visit, not at night" in words


def test_consent_names_who_sees_red_flags(cast: Cast, client_of: ClientOf) -> None:
    words = consent_page(cast, client_of).main
    assert words.index("Fay Lindqvist") < words.index("Dov Katz")


def test_consent_says_what_to_do_meanwhile(cast: Cast, client_of: ClientOf) -> None:
    page = consent_page(cast, client_of)
    assert {"tel:911", "tel:988", "tel:811", "tel:5195550142"} <= set(page.hrefs())
    assert "does not call for help" in page.main


def test_consent_says_what_a_diary_may_cost_and_when_it_ends(
    cast: Cast, client_of: ClientOf
) -> None:
    words = consent_page(cast, client_of).main
    assert "52 of 100 against 79 of 100" in words
    assert "yours on 1 February 2027" in words


def test_consent_has_a_version_and_two_answers(cast: Cast, client_of: ClientOf) -> None:
    page = consent_page(cast, client_of)
    answers = [button.get("value") for button in page.find("//button[@name='answer']")]
    assert answers == ["agree", "decline"]
    assert "Version of this text: 2026-11" in page.main
    assert isinstance(page, pages.Page)


def test_consent_promises_skipping_and_stopping_but_no_pause(
    cast: Cast, client_of: ClientOf
) -> None:
    words = consent_page(cast, client_of).main
    assert "You can skip any day, and you can stop." in words
    assert "pause" not in words
