import re

import pytest

from portal.diary.regions import BY_KEY, REGIONS, in_order, region


def test_there_are_54_places_with_unique_codes() -> None:
    assert (len(REGIONS), len(BY_KEY)) == (54, 54)


def test_24_are_drawn_in_front_and_30_at_the_back() -> None:
    views = [place.view for place in REGIONS]
    assert (views.count("front"), views.count("back")) == (24, 30)


@pytest.mark.parametrize("place", REGIONS, ids=lambda place: place.key)
def test_the_code_tells_the_side(place: object) -> None:
    key, side = vars_of(place)
    told = {"-l": "left", "-r": "right"}.get(key[-2:], "none")
    assert side == told


def vars_of(place: object) -> tuple[str, str]:
    return getattr(place, "key", ""), getattr(place, "side", "")


def test_every_left_place_has_a_right_one() -> None:
    left = {place.key[:-2] for place in REGIONS if place.side == "left"}
    right = {place.key[:-2] for place in REGIONS if place.side == "right"}
    assert left == right


def test_codes_fit_into_their_column() -> None:
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", key) and len(key) <= 40 for key in BY_KEY)


def test_no_two_places_share_a_label() -> None:
    assert len({place.label for place in REGIONS}) == 54


def test_codes_are_put_into_the_figures_order() -> None:
    assert in_order(frozenset({"low-back-r", "face"})) == ("face", "low-back-r")


def test_an_unknown_code_is_no_place() -> None:
    with pytest.raises(KeyError):
        region("left-ear")
