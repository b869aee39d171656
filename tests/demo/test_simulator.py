from datetime import date, timedelta
from itertools import pairwise
from statistics import fmean, stdev

from portal.demo.simulator import Course, SimulatedDay, simulate

FIRST = date(2024, 1, 1)


def year_of(
    course: Course, *, visits: list[date] | None = None, seed: str = "x"
) -> list[SimulatedDay]:
    last = FIRST + timedelta(days=1999)
    return list(simulate(course, first=FIRST, last=last, visits=visits or [], seed=seed))


def test_same_seed_gives_the_same_diary() -> None:
    assert year_of(Course(5.0)) == year_of(Course(5.0))


def test_scores_stay_between_floor_and_ceiling() -> None:
    for level in (0.0, 10.0):
        days = year_of(Course(level, sd=3.0))
        assert {0, 10} & {day.pain_average for day in days}
        assert all(0 <= day.pain_average <= day.pain_worst <= 10 for day in days)


def test_days_hang_together() -> None:
    days = year_of(Course(5.0, completion=1.0, fading=0.0))
    pain = [day.pain_average for day in days]
    mean, spread = fmean(pain), stdev(pain)
    lagged = fmean((a - mean) * (b - mean) for a, b in pairwise(pain))
    assert 0.25 < lagged / spread**2 < 0.5
    assert 1.0 < spread < 1.45


def test_pain_flares_for_two_days_after_needling() -> None:
    visits = [FIRST + timedelta(days=at) for at in range(20, 1980, 20)]
    days = year_of(Course(4.0, completion=1.0, fading=0.0), visits=visits)
    after = {
        since: fmean(day.pain_average for day in days if day.days_after == since)
        for since in (1, 2, 8)
    }
    assert after[1] - after[8] > 1.4
    assert 0.7 < after[2] - after[8] < 1.8


def test_more_days_go_missing_the_longer_it_lasts() -> None:
    days = year_of(Course(5.0, completion=0.9, fading=0.0004))
    early = sum(1 for day in days if (day.on - FIRST).days < 500)
    late = sum(1 for day in days if (day.on - FIRST).days >= 1500)
    assert early > late + 100
