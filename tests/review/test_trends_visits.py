from fractions import Fraction

import pytest

from portal.review.responses import responses_to
from portal.review.trends import Aligned, Day, Flare, Response, VisitMark
from tests.review.diaries import days, on, record, visits


def responses(scores: str, *held: int) -> tuple[Response, ...]:
    return record(days(scores), visits(*held), today=len(scores) - 1).responses


def first(scores: str, *held: int) -> Response:
    return responses(scores, *held)[0]


def aligned(scores: str, *held: int) -> Aligned:
    return record(days(scores), visits(*held), today=len(scores) - 1).aligned


def sore(scores: str, soreness: str) -> list[Day]:
    """Soreness of the days from day 3 on, which is the day of the visit."""
    diary = {day.on: day for day in days(scores)}
    for number, mark in enumerate(soreness, 3):
        if mark != ".":
            diary[on(number)] = diary[on(number)]._replace(soreness=int(mark))
    return list(diary.values())


def test_flare_is_the_rise_over_the_three_days_before() -> None:
    found = first("4565785", 3).flare
    assert found is not None
    assert (found.rise, found.peak_day) == (Fraction(3), 2)


def test_flare_takes_the_earliest_peak() -> None:
    found = first("5557775", 3).flare
    assert found is not None
    assert found.peak_day == 0


def test_back_is_the_first_day_at_or_under_the_level_before() -> None:
    found = first("555578765", 3).flare
    assert found is not None
    assert found.back_on_day == 5


def test_back_skips_days_without_an_entry() -> None:
    found = first("55557..8.6.4", 3).flare
    assert found is not None
    assert found.back_on_day == 8


def test_back_needs_a_day_at_or_under_a_level_between_numbers() -> None:
    found = first("455576554", 3).flare
    assert found is not None
    assert found.back_on_day == 5


def test_pain_that_stays_up_is_not_back_yet() -> None:
    found = first("5555787777", 3).flare
    assert found is not None
    assert found.back_on_day is None


def test_pain_that_is_back_only_after_the_next_visit_is_not_back() -> None:
    found = first("555578777555", 3, 8).flare
    assert found is not None
    assert found.back_on_day is None


def test_pain_that_does_not_rise_is_no_flare() -> None:
    found = first("5555544", 3)
    assert (found.is_known, found.flare) == (True, None)


@pytest.mark.parametrize("scores", ["..55555", "555...5", "5555..5", "...5555"])
def test_too_few_days_around_a_visit_say_nothing(scores: str) -> None:
    assert first(scores, 3) == Response(VisitMark(1, on(3)), is_written=True)


def test_two_of_three_days_on_either_side_are_enough() -> None:
    assert first("5.55.5", 3).is_known


def test_best_is_the_lowest_mean_of_three_days_running() -> None:
    assert first("55566654345555", 3).best == Fraction(11, 3)


def test_best_starts_on_day_three() -> None:
    assert first("555511155555", 3).best == Fraction(11, 3)


def test_best_ends_on_day_ten() -> None:
    assert first("555" + "55555555555" + "1111", 3).best == Fraction(5)


def test_best_needs_three_calendar_days_running() -> None:
    assert first("555666.44.44.4", 3).best is None


def test_best_ends_before_the_next_visit() -> None:
    assert first("555555" + "443" + "1111", 3, 9).best == Fraction(11, 3)


def test_no_best_where_the_next_visit_comes_first() -> None:
    assert first("55555544111", 3, 8).best is None


def test_soreness_is_the_highest_and_the_last_day_above_none() -> None:
    found = record(sore("5" * 10, "46210"), visits(3), today=9).responses[0]
    assert (found.soreness, found.sore_until) == (6, 3)


def test_soreness_of_none_has_no_last_day() -> None:
    found = record(sore("5" * 10, "000"), visits(3), today=9).responses[0]
    assert (found.soreness, found.sore_until) == (0, None)


def test_soreness_never_asked_is_unknown() -> None:
    found = record(days("5" * 10), visits(3), today=9).responses[0]
    assert (found.soreness, found.sore_until) == (None, None)


def test_soreness_after_the_next_visit_belongs_to_that_visit() -> None:
    found = record(sore("5" * 12, "2110.98"), visits(3, 8), today=11).responses
    assert [each.soreness for each in found] == [2, 9]


def test_visits_on_neighbouring_days_each_answer() -> None:
    found = responses("5555755555", 3, 4)
    assert [each.flare for each in found] == [
        Flare(Fraction(2), 1, None),
        Flare(Fraction(2), 0, 1),
    ]


def test_soreness_of_a_day_without_pain_is_a_line_of_its_own() -> None:
    _, found = responses_to([Day(on(3), soreness=2)], visits(3))
    assert (found.lines[0].pain[3], found.lines[0].soreness[3]) == (None, 2)


def test_a_visit_without_needling_has_no_response() -> None:
    talk = VisitMark(1, on(3), is_needling=False)
    assert record(days("5" * 10), [talk], today=9).responses == ()


def test_a_line_runs_from_three_days_before_to_fourteen_after() -> None:
    line = aligned("12345678901234567890", 4).lines[0]
    assert line.pain == tuple(int(mark) for mark in "234567890123456789")


def test_a_line_leaves_gaps() -> None:
    assert aligned("..3.5", 3).lines[0].pain[:5] == (None, None, 3, None, 5)


def test_a_line_ends_the_day_before_the_next_visit() -> None:
    lines = aligned("123456789", 3, 5).lines
    assert lines[0].pain == (1, 2, 3, 4, 5) + (None,) * 13


def test_the_next_visits_days_before_use_the_same_days_again() -> None:
    lines = aligned("123456789", 3, 5).lines
    assert lines[1].pain[:7] == (3, 4, 5, 6, 7, 8, 9)


def test_lines_of_neighbouring_visits_keep_one_day_each() -> None:
    lines = aligned("123456789", 3, 4).lines
    assert lines[0].pain[:5] == (1, 2, 3, 4, None)


def test_two_visits_have_no_median() -> None:
    found = aligned("5" * 30, 5, 12)
    assert not found.has_median


def test_the_median_needs_three_visits_with_a_value_that_day() -> None:
    found = aligned(".55.555.555.5", 1, 5, 9)
    assert [value is not None for value in found.medians[2:6]] == [False, True, True, False]


def test_the_median_is_the_middle_of_the_visits() -> None:
    found = aligned("555155595558555", 3, 7, 11)
    assert found.medians[3] == 8.0


def test_counts_say_how_many_visits_have_a_value() -> None:
    found = aligned(".55.555.555.5", 1, 5, 9)
    assert found.counts[2:6] == (2, 3, 3, 0)


def test_soreness_of_the_visit_before_is_not_drawn_before_this_one() -> None:
    lines = record(sore("5" * 12, "21122"), visits(3, 5), today=11).aligned.lines
    assert lines[1].soreness[:5] == (None, None, None, 1, 2)


def test_no_day_after_the_recent_window_counts_around_a_visit() -> None:
    diary = days("5556549")
    found = record(diary, visits(3), today=6, visit_today=True)
    without = record(diary[:-1], visits(3), today=6, visit_today=True)
    assert (found.responses, found.aligned) == (without.responses, without.aligned)


def test_few_entries_around_a_visit_are_still_entries() -> None:
    assert (first("5..5..", 3).is_known, first("5..5..", 3).is_written) == (False, True)
