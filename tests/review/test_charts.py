import re
from collections.abc import Iterator
from dataclasses import fields, replace
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.review.charts import (
    COLUMN,
    DESKTOP,
    PHONE,
    PRINT,
    VISITS_DESKTOP,
    VISITS_PHONE,
    VISITS_PRINT,
    Calendar,
    CalendarWords,
    Shape,
    VisitCurves,
    VisitShape,
    VisitWords,
    calendar,
    visit_curves,
)
from portal.review.drawing import Label
from portal.review.trends import Day, Record, Thresholds, VisitMark, record_of, tenth
from tests.review.diaries import after_two_weeks, days, on, record, visits

SHAPES = (PHONE, COLUMN, DESKTOP, PRINT)
VISIT_SHAPES = (VISITS_PHONE, VISITS_DESKTOP, VISITS_PRINT)
NUMBER = re.compile(r"-?\d*\.?\d+")
PART = re.compile(r"([MLHVhvz])([^MLHVhvz]*)")
WORDS = CalendarWords(
    title="Pain by day",
    desc="Numbers",
    worst="worst",
    none="no pain",
    interference="Gets in the way",
    completely="completely",
    not_at_all="not at all",
    written="days written",
    noticeable="change people usually notice (2 points)",
    noticeable_short="noticeable change (2 points)",
    baseline="before first visit",
    recent="last 14 days",
    day=lambda day: f"{day:%d %b}",
    number=lambda value: str(tenth(value)),
)
VISIT_WORDS = VisitWords(
    title="Pain around each visit",
    desc="Numbers",
    worst="worst",
    none="no pain",
    no_soreness="none",
    soreness="Soreness where the needles went",
    counted="visits counted",
    day_zero="day 0",
)


def corners(path: str) -> Iterator[tuple[float, float]]:
    """Every place a path visits; only the commands that the charts write."""
    x = y = 0.0
    start = (x, y)
    for command, rest in PART.findall(path):
        numbers = [float(each) for each in NUMBER.findall(rest)]
        if command in "ML":
            for x, y in zip(numbers[::2], numbers[1::2], strict=True):
                yield x, y
            start = (numbers[0], numbers[1]) if command == "M" else start
            continue
        number = numbers[0] if numbers else 0.0
        match command:
            case "H":
                x = number
            case "V":
                y = number
            case "h":
                x += number
            case "v":
                y += number
            case _:
                x, y = start
        yield x, y


def paths(drawing: Calendar | VisitCurves) -> list[str]:
    named = [getattr(drawing, each.name) for each in fields(drawing)]
    return [each for each in named if isinstance(each, str) and each.startswith("M")]


def is_inside(drawing: Calendar | VisitCurves) -> bool:
    width, height = drawing.shape.width, round(drawing.height)
    places = [place for path in paths(drawing) for place in corners(path)]
    boxes = [label.box(drawing.shape.font) for label in drawing.labels]
    places += [(box.left, box.top) for box in boxes] + [(b.right, b.bottom) for b in boxes]
    return all(-0.05 <= x <= width + 0.05 and -0.05 <= y <= height + 0.05 for x, y in places)


def touching(drawing: Calendar | VisitCurves) -> list[tuple[str, str]]:
    font = drawing.shape.font
    return [
        (one.text, other.text)
        for one, other in combinations(drawing.labels, 2)
        if one.box(font).meets(other.box(font))
    ]


def drawn(found: Record, shape: Shape = DESKTOP) -> Calendar:
    return calendar(found, shape, WORDS)


def texts(labels: tuple[Label, ...]) -> list[str]:
    return [label.text for label in labels]


@st.composite
def records(draw: st.DrawFn) -> Record:
    """Any diary of 90 days, with any visits, also on neighbouring days."""
    score = st.integers(0, 10)
    diary = [
        Day(
            on(number),
            draw(score),
            interference=draw(st.none() | score),
            soreness=draw(st.none() | score),
            is_late=draw(st.booleans()),
        )
        for number in draw(st.sets(st.integers(0, 90), max_size=60))
    ]
    marks = [
        VisitMark(count, on(number), is_needling=draw(st.booleans()))
        for count, number in enumerate(sorted(draw(st.sets(st.integers(0, 90), max_size=14))), 1)
    ]
    return record_of(diary, marks, today=on(90), visit_today=draw(st.booleans()))


@settings(max_examples=40)
@given(records(), st.sampled_from(SHAPES))
def test_a_calendar_stays_inside_its_frame(found: Record, shape: Shape) -> None:
    assert is_inside(drawn(found, shape))


@settings(max_examples=40)
@given(records(), st.sampled_from(SHAPES))
def test_no_two_words_of_a_calendar_touch(found: Record, shape: Shape) -> None:
    assert touching(drawn(found, shape)) == []


@settings(max_examples=40)
@given(records(), st.sampled_from(VISIT_SHAPES))
def test_the_curves_stay_inside_their_frame(found: Record, shape: VisitShape) -> None:
    assert is_inside(visit_curves(found.aligned, shape, VISIT_WORDS))


@settings(max_examples=40)
@given(records(), st.sampled_from(VISIT_SHAPES))
def test_no_two_words_of_the_curves_touch(found: Record, shape: VisitShape) -> None:
    assert touching(visit_curves(found.aligned, shape, VISIT_WORDS)) == []


@settings(max_examples=40)
@given(records())
def test_every_day_of_the_56_has_one_dot(found: Record) -> None:
    drawing = drawn(found)
    dots = {place for path in (drawing.dots, drawing.late_dots) for place in corners(path)}
    last = found.recent.window.last
    assert len(dots) == sum(0 <= (last - day.on).days < 56 for day in found.days)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: str(shape.width))
def test_many_visits_on_neighbouring_days_keep_their_numbers_apart(shape: Shape) -> None:
    found = record(days("5" * 60), visits(*range(4, 60)), today=59)
    assert touching(drawn(found, shape)) == []


def test_neighbouring_visits_share_a_number_on_a_phone() -> None:
    found = record(days("5" * 60), visits(20, 21, 40), today=59)
    assert {"1–2", "3"} <= set(texts(drawn(found, PHONE).labels))


def test_neighbouring_visits_have_their_own_number_where_there_is_room() -> None:
    found = record(days("5" * 60), visits(20, 22, 40), today=59)
    assert {"1", "2", "3"} <= set(texts(drawn(found, DESKTOP).labels))


def test_shading_of_neighbouring_visits_is_joined() -> None:
    found = record(days("5" * 60), visits(20, 21), today=59)
    assert drawn(found).after.count("M") == 2


def test_a_visit_without_needling_has_a_line_but_no_needle() -> None:
    found = record(days("5" * 60), [VisitMark(1, on(30), is_needling=False)], today=59)
    drawing = drawn(found)
    assert (drawing.needles != "", drawing.handles, drawing.after) == (True, "", "")


def test_late_days_are_drawn_apart() -> None:
    found = record([Day(on(50), 5, is_late=True), Day(on(51), 5)], [], today=59)
    drawing = drawn(found)
    assert (len(set(corners(drawing.late_dots))), len(set(corners(drawing.dots)))) == (1, 1)


def test_a_fortnight_with_too_few_days_leaves_a_gap() -> None:
    found = record(days("5" * 14 + "." * 14 + "4" * 28), [], today=55)
    assert drawn(found).steps.count("M") == 2


def test_days_before_the_diary_are_not_missing() -> None:
    assert drawn(record(days("5.5", first=50), [], today=52)).missing.count("M") == 1


def test_the_band_ends_at_the_scale() -> None:
    found = after_two_weeks("9" * 14, "5" * 14)
    tops = [y for _, y in corners(drawn(found).band)]
    assert min(tops) == 36


def test_without_a_baseline_there_is_no_band() -> None:
    drawing = drawn(record(days("5" * 60), [], today=59))
    assert (drawing.band, drawing.baseline) == ("", "")


def test_both_levels_are_named_with_their_numbers() -> None:
    found = after_two_weeks("7" * 14, "4" * 14)
    assert {"7.0", "before first visit", "4.0", "last 14 days"} <= set(texts(drawn(found).labels))


def test_a_phone_names_both_levels_among_the_days() -> None:
    found = after_two_weeks("7" * 14, "4" * 14)
    labels = texts(drawn(found, PHONE).labels)
    assert {"before first visit 7.0", "last 14 days 4.0"} <= set(labels)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: str(shape.width))
@pytest.mark.parametrize("score", range(11))
def test_the_band_is_labelled_wherever_pain_started(shape: Shape, score: int) -> None:
    mark = "x" if score == 10 else str(score)
    found = after_two_weeks(mark * 14, mark * 14)
    assert any("notice" in text for text in texts(drawn(found, shape).labels))


def test_short_ends_stand_beside_the_lower_panels_name_on_a_phone() -> None:
    found = record(days("5" * 60), [], today=59)
    words = replace(WORDS, interference="Limits", not_at_all="no", completely="all")
    drawing = calendar(found, PHONE, words)
    assert touching(drawing) == []
    assert drawing.height < drawn(found, PHONE).height


def test_an_empty_diary_has_only_its_scales() -> None:
    drawing = drawn(record([], [], today=59))
    assert (drawing.dots, drawing.steps, drawing.missing, drawing.needles) == ("", "", "", "")


def test_earlier_days_can_be_drawn() -> None:
    found = record(days("3" * 56 + "6" * 56), [], today=111)
    earlier = calendar(found, DESKTOP, WORDS, last=on(55))
    assert next(corners(earlier.dots))[1] == pytest.approx(36 + 0.7 * DESKTOP.pain, abs=0.1)


def test_the_last_label_of_earlier_days_is_not_the_recent_level() -> None:
    found = record(days("3" * 56 + "6" * 56), [], today=111)
    assert "last 14 days" not in texts(calendar(found, DESKTOP, WORDS, last=on(55)).labels)


def test_a_clinics_longer_windows_stay_inside_the_drawing() -> None:
    longer = Thresholds(window_days=21)
    found = record_of(
        days("5" * 90), visits(25), today=on(89), visit_today=False, thresholds=longer
    )
    assert is_inside(drawn(found, PHONE))


def test_counts_of_many_visits_stand_in_two_rows_on_a_phone() -> None:
    found = record(days("5" * 90), visits(*range(3, 90, 5)), today=89)
    curves = visit_curves(found.aligned, VISITS_PHONE, VISIT_WORDS)
    assert touching(curves) == []


def test_a_day_without_neighbours_is_a_point() -> None:
    found = record(days("5.....5"), visits(0), today=6)
    assert len(visit_curves(found.aligned, VISITS_DESKTOP, VISIT_WORDS).singles) == 2


def test_a_median_day_without_neighbours_is_a_dash() -> None:
    found = record(days(".5...5...5"), visits(1, 5, 9), today=10)
    median = visit_curves(found.aligned, VISITS_DESKTOP, VISIT_WORDS).median
    assert median.endswith("h-3h6")


def test_the_band_is_named_beside_it_where_dots_fill_it() -> None:
    found = after_two_weeks("5656" * 3 + "56", "5656" * 3 + "56")
    label = next(one for one in drawn(found).labels if one.text.startswith("change people"))
    assert label.css == "t-halo"
