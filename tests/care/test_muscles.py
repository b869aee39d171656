import re
from operator import le

import pytest

from portal.care.models import NeedlingSite, Side
from portal.care.muscles import place_of, region_on, suggestions
from portal.diary.regions import BY_KEY


def test_there_is_enough_to_choose_from() -> None:
    assert len(suggestions()) >= 60


def test_no_name_stands_twice() -> None:
    names = [one.name.casefold() for one in suggestions()]
    assert len(names) == len(set(names))


def test_every_region_is_one_of_the_diarys_on_every_side() -> None:
    found = {
        code
        for one in suggestions()
        for side in Side
        for code in region_on(one.region, side).split()
    }
    assert found <= set(BY_KEY)


def test_every_region_and_segment_fits_its_column() -> None:
    columns = NeedlingSite.__table__.c
    longest = [max(map(len, found)) for found in _stored()]
    room = [vars(columns[name].type)["length"] for name in ("region", "segment")]
    assert all(map(le, longest, room))


def _stored() -> tuple[list[str], list[str]]:
    found = suggestions()
    return [region_on(one.region, "both") for one in found], [one.segments for one in found]


def test_every_segment_is_a_nerve() -> None:
    nerve = r"(CN [IVX]+|[CTLS]\d{1,2}(–[CTLS]\d{1,2})?)"
    assert all(re.fullmatch(f"{nerve}(, {nerve})?", one.segments) for one in suggestions())


@pytest.mark.parametrize(
    ("typed", "side", "found"),
    [
        ("Piriformis", "left", ("Piriformis", "buttock-l", "S1–S2")),
        ("pirIFormis ", "right", ("Piriformis", "buttock-r", "S1–S2")),
        ("ql", "both", ("Quadratus lumborum", "low-back-l low-back-r", "T12–L4")),
        ("Rhomboid major", "left", ("Rhomboid major", "between-blades", "C4–C5")),
        ("l5 paraspinals", "midline", ("L5 paraspinals", "low-back-l low-back-r", "L5")),
        ("C5/6 multifidus", "left", ("C5/6 multifidus", "neck-back-l", "C5–C6")),
        ("L4-L5", "left", ("L4-L5", "low-back-l", "L4–L5")),
        ("T1 to T4 paraspinals", "left", ("T1 to T4 paraspinals", "between-blades", "T1–T4")),
        ("L9", "left", ("L9", None, None)),
        ("The knot below the scar", "left", ("The knot below the scar", None, None)),
        ("Tennis elbow", "left", ("Tennis elbow", None, None)),
    ],
)
def test_a_known_place_brings_region_and_segment(
    typed: str, side: str, found: tuple[str, str | None, str | None]
) -> None:
    place = place_of(typed, side)
    assert (place.name, place.region, place.segment) == found
