import pytest
from flask import Flask

from portal.clinics.regions import region_pack
from portal.diary.flags import (
    ADVICE_VERSION,
    CALL,
    CALL_VERSION,
    CODES,
    FLAGS,
    Advice,
    Tier,
    advice_for,
    plain,
    short_label,
    ticked,
    version_of,
)
from portal.education.facts import ClinicFacts

CLINIC = ClinicFacts(
    name="Riverside IMS Clinic",
    city="Guelph",
    address="1 Example Street",
    phone="519-555-0142",
    hours="Monday to Friday, 9 to 5",
    rhythm="before each visit, not at night",
    region=region_pack("CA-ON"),
)


@pytest.fixture(autouse=True)
def _in_app(app: Flask) -> None:
    assert app


def advice(code: str) -> Advice:
    return advice_for([code], CLINIC)[0]


def test_there_are_twelve_flags_in_their_order() -> None:
    assert [f"RF{number}" for number in range(1, 13)] == list(CODES)


@pytest.mark.parametrize("code", ["RF1", "RF2", "RF3", "RF4", "RF5"])
def test_an_emergency_says_call_911(code: str) -> None:
    assert plain(advice(code).text) == (
        "Call 911 now. Do not drive yourself. Say that you had needling, when, and where on your "
        "body."
    )


def test_thoughts_of_self_harm_lead_to_the_crisis_line() -> None:
    assert plain(advice("RF6").text) == (
        "Thank you for telling us. You do not have to carry this alone. Call or text 9-8-8 now, "
        "any time, free. If you are in danger now, call 911. Nobody here reads this right away, "
        "so please reach someone who can talk with you."
    )


@pytest.mark.parametrize("code", ["RF7", "RF8", "RF9", "RF11", "RF12"])
def test_the_same_day_text_names_the_clinic(code: str) -> None:
    assert plain(advice(code).text) == (
        "Get advice today. Call Riverside IMS Clinic at 519-555-0142, Monday to Friday, 9 to 5. "
        "Closed, or no answer? Call 811 (Health811), or see a doctor. If it gets worse, call 911."
    )


def test_severe_soreness_leads_to_the_clinic() -> None:
    assert plain(advice("RF10").text) == (
        "Call Riverside IMS Clinic at 519-555-0142, Monday to Friday, 9 to 5. If it gets worse, "
        "call 811, or 911 in an emergency."
    )


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("RF7", "Very ill, confused, or a stiff neck? Call 911."),
        (
            "RF8",
            (
                "Getting worse, or you cannot lift your foot or grip? "
                "Go to an emergency department now."
            ),
        ),
        (
            "RF9",
            (
                "Near the chest or spine, growing fast, or on blood thinners? "
                "Go to an emergency department now."
            ),
        ),
        ("RF11", "Heavy bleeding or strong pain? Go to an emergency department now."),
    ],
)
def test_a_tiers_condition_follows_as_a_sentence(code: str, sentence: str) -> None:
    assert [plain(extra) for extra in advice(code).extras] == [sentence]


@pytest.mark.parametrize("code", ["RF1", "RF6", "RF10", "RF12"])
def test_a_tier_without_a_condition_says_no_more(code: str) -> None:
    assert advice(code).extras == ()


def test_the_most_urgent_advice_comes_first() -> None:
    found = advice_for(["RF10", "RF7", "RF6", "RF1"], CLINIC)
    assert [one.tier for one in found] == list(Tier)


def test_numbers_are_links() -> None:
    links = {piece.href for piece in advice("RF7").text if piece.href}
    assert links == {"tel:5195550142", "tel:811", "tel:911"}


def test_none_beside_a_flag_is_dropped() -> None:
    assert ticked(["none", "RF3", "RF1"]) == ("RF1", "RF3")


def test_a_call_is_asked_for_in_words() -> None:
    assert short_label(CALL) == "asked for a call"


@pytest.mark.parametrize("code", [*CODES, CALL])
def test_every_advice_has_its_tiers_version(code: str) -> None:
    assert version_of(code) == (CALL_VERSION if code == CALL else advice(code).version)


def test_every_tier_has_a_version() -> None:
    assert set(ADVICE_VERSION) == set(Tier)


@pytest.mark.parametrize("code", CODES)
def test_a_flag_never_softens(code: str) -> None:
    words = " ".join([str(FLAGS[code].label), plain(advice(code).text)]).lower()
    assert not any(soft in words for soft in ("probably", "do not worry", "usually nothing"))


def test_labels_are_short_enough_for_a_phone() -> None:
    assert all(len(str(flag.label)) <= 175 for flag in FLAGS.values())
