"""A small run of drills/simulation.py, with bounds as wide as so few people need."""

import pytest

from drills.simulation import ROWS, shares
from portal.review.trends import Verdict


@pytest.mark.parametrize(
    ("row", "verdict", "least", "most"),
    [
        (0, Verdict.BETTER, 0, 4),
        (1, Verdict.WORSE, 0, 8),
        (2, Verdict.WORSE, 0, 4),
        (4, Verdict.BETTER, 42, 62),
        (5, Verdict.BETTER, 78, 94),
    ],
)
def test_the_verdict_is_about_as_right_as_it_is_said_to_be(
    row: int, verdict: Verdict, least: float, most: float
) -> None:
    assert least <= shares(ROWS[row], 400)[verdict] <= most


def test_a_large_true_change_is_never_called_its_opposite() -> None:
    assert shares(ROWS[5], 400)[Verdict.WORSE] == 0
