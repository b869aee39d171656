from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from portal.review.change import Verdict, change_between, non_overlap, verdict_on
from portal.review.trends import Day, Record, VisitMark, record_of, verdicts_ahead
from tests.review.diaries import START, on

scores = st.integers(0, 10)
windows = st.lists(scores, min_size=5, max_size=14)
diaries = st.dictionaries(st.integers(0, 80), scores, max_size=70)
held = st.sets(st.integers(0, 80), max_size=8)
quick = settings(max_examples=60, deadline=None)


def the_days(diary: dict[int, int]) -> list[Day]:
    return [Day(on(number), score) for number, score in diary.items()]


def the_visits(numbers: set[int]) -> list[VisitMark]:
    return [VisitMark(count, on(number)) for count, number in enumerate(sorted(numbers), 1)]


def record(diary: Sequence[Day], visits: set[int], *, today: int = 80) -> Record:
    return record_of(diary, the_visits(visits), today=on(today), visit_today=False)


@quick
@given(windows, windows, st.integers(-5, 5))
def test_a_constant_on_every_day_leaves_the_change_alone(
    before: list[int], recent: list[int], shift: int
) -> None:
    moved = change_between([x + shift for x in before], [x + shift for x in recent])
    assert moved == change_between(before, recent)


@quick
@given(windows, windows)
def test_swapping_the_windows_negates_the_change(before: list[int], recent: list[int]) -> None:
    there, back = change_between(before, recent), change_between(recent, before)
    assert (back.drop, back.low, back.high) == (-there.drop, -there.high, -there.low)


@quick
@given(windows, windows)
def test_swapping_the_windows_never_keeps_a_direction(before: list[int], recent: list[int]) -> None:
    change = change_between(before, recent)
    found = verdict_on(change, before=Fraction(sum(before), len(before)))
    assert found is not (Verdict.WORSE if change.drop > 0 else Verdict.BETTER)


@quick
@given(windows, windows)
def test_non_overlap_of_a_decrease_mirrors_that_of_an_increase(
    before: list[int], recent: list[int]
) -> None:
    upwards = non_overlap(before, recent, higher_is_better=True)
    assert non_overlap(before, recent) == 1 - upwards


@quick
@given(diaries, held, st.data())
def test_entries_in_any_order_give_one_record(
    diary: dict[int, int], visits: set[int], data: st.DataObject
) -> None:
    days = the_days(diary)
    shuffled = data.draw(st.permutations(days))
    assert record(shuffled, visits) == record(days, visits)


@quick
@given(st.lists(scores, min_size=14, max_size=14), diaries, scores, st.integers(28, 66))
def test_a_day_outside_both_windows_changes_no_verdict(
    before: list[int], diary: dict[int, int], score: int, number: int
) -> None:
    start = dict(enumerate(before))
    without = {n: value for n, value in diary.items() if n > 14 and n != number} | start
    there, here = record(the_days(without), {14}), record(the_days(without | {number: score}), {14})
    assert (here.verdict, here.change, here.recent) == (there.verdict, there.change, there.recent)


@quick
@given(diaries, held, st.integers(0, 20))
def test_verdicts_ahead_are_those_of_the_days_to_come(
    diary: dict[int, int], visits: set[int], today: int
) -> None:
    days = [day for day in the_days(diary) if day.on <= on(60 + today)]
    past = {number for number in visits if number <= 60 + today}
    ahead = verdicts_ahead(days, the_visits(past), today=on(60 + today))
    each = (record(days, past, today=60 + today + n).verdict for n in range(15))
    assert ahead == tuple(each)


@quick
@given(diaries, held)
def test_a_verdict_never_stands_on_fewer_than_five_days(
    diary: dict[int, int], visits: set[int]
) -> None:
    found = record(the_days(diary), visits)
    assert (found.change is None) == (found.verdict is Verdict.NOT_ENOUGH_DAYS)
    if found.change is not None:
        assert min(found.change.days_before, found.change.days_recent) >= 5


@quick
@given(diaries, held)
def test_a_flare_is_a_rise_and_ends_after_its_peak(diary: dict[int, int], visits: set[int]) -> None:
    for response in record(the_days(diary), visits).responses:
        flare = response.flare
        assert flare is None or flare.rise > 0
        assert flare is None or flare.back_on_day is None or flare.back_on_day > flare.peak_day


@quick
@given(diaries, held, st.integers(-400, 400))
def test_moving_the_whole_diary_in_time_moves_nothing_else(
    diary: dict[int, int], visits: set[int], shift: int
) -> None:
    days = the_days(diary)
    moved = [day._replace(on=day.on + timedelta(days=shift)) for day in days]
    marks = [replace(each, on=each.on + timedelta(days=shift)) for each in the_visits(visits)]
    today = START + timedelta(days=80 + shift)
    there = record_of(moved, marks, today=today, visit_today=False)
    here = record(days, visits)
    assert (there.verdict, there.change, there.aligned.counts) == (
        here.verdict,
        here.change,
        here.aligned.counts,
    )
