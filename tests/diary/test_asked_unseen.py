"""What an own phone asks follows from the visits alone (S-027)."""

from datetime import timedelta

import pytest

from portal.diary.schedule import Asked, VisitDay, asked_unseen
from tests.people import MONDAY


def asked(days_after: int, *, is_needling: bool = True) -> Asked:
    """What is asked so many days after a visit."""
    held = MONDAY - timedelta(days=days_after)
    return asked_unseen(MONDAY, [VisitDay(None, held, is_needling)])


@pytest.mark.parametrize(("days", "is_asked"), [(0, True), (3, True), (4, False), (14, False)])
def test_soreness_and_grasp_are_asked_on_days_0_to_3(days: int, *, is_asked: bool) -> None:
    found = asked(days)
    assert (found.soreness, found.grasp) == (is_asked, is_asked)


@pytest.mark.parametrize(("days", "are_open"), [(0, True), (7, True), (8, False), (40, False)])
def test_warning_signs_stand_open_on_days_0_to_7(days: int, *, are_open: bool) -> None:
    assert asked(days).flags_open is are_open


def test_a_visit_without_needling_asks_for_change_alone() -> None:
    found = asked(1, is_needling=False)
    assert (found.soreness, found.grasp, found.flags_open, found.change) == (
        *(False, False, False),
        True,
    )


def test_a_visit_that_is_not_recorded_asks_for_needles() -> None:
    found = asked_unseen(MONDAY, [VisitDay(MONDAY - timedelta(days=1))])
    assert (found.needled, found.soreness, found.grasp, found.flags_open) == (True,) * 4


def test_no_day_is_named_and_no_entry_is_assumed() -> None:
    for found in (asked(1), asked_unseen(MONDAY, [])):
        assert (found.needled_on, found.is_first) == (None, False)
