"""Every page was read and scored twice, and not before its last change."""

from dataclasses import replace
from pathlib import Path

import pytest

from portal.education.article import Article
from portal.education.keeper import house_keeper
from portal.education.pemat import (
    ACTING,
    FOLDER,
    LEAST,
    UNDERSTANDING,
    PematReading,
    mark_of,
    pemat_findings,
    sheet_of,
)

LIBRARY = house_keeper().library
each_page = pytest.mark.parametrize("page", LIBRARY.articles, ids=lambda page: page.slug)


def reading(*, disagree: tuple[int, ...] = (), left_out: tuple[int, ...] = ()) -> PematReading:
    return PematReading.model_validate(
        {
            "by": "A reader",
            "day": "2026-11-22",
            "disagree": disagree,
            "not_applicable": left_out,
            "note": "Why.",
        }
    )


@each_page
def test_page_reaches_eighty_of_hundred_in_both_parts_in_both_readings(page: Article) -> None:
    sheet = sheet_of(page, LIBRARY)
    assert sheet is not None
    assert len(sheet.readings) == 2
    assert min(sheet.understanding, sheet.acting) >= LEAST


@each_page
def test_sheet_is_not_older_than_the_text(page: Article) -> None:
    sheet = sheet_of(page, LIBRARY)
    assert sheet is not None
    assert (sheet.page, sheet.text) == (page.slug, mark_of(page))


def test_items_left_out_do_not_count() -> None:
    one = reading(disagree=(26,), left_out=(24, 25))
    assert one.score(ACTING) == 80
    assert one.score(UNDERSTANDING) == 100


@pytest.mark.parametrize(("disagree", "left_out"), [((13,), ()), ((1,), (1,)), ((27,), ())])
def test_item_that_does_not_exist_is_refused(
    disagree: tuple[int, ...], left_out: tuple[int, ...]
) -> None:
    with pytest.raises(ValueError, match="does not exist"):
        reading(disagree=disagree, left_out=left_out)


def test_changed_sentence_asks_for_a_new_score() -> None:
    first = LIBRARY.articles[0]
    changed = replace(first, front=first.front.model_copy(update={"summary": "Another one."}))
    told = list(pemat_findings(replace(LIBRARY, articles=(changed,))))
    assert ["Score it again" in one.sentence for one in told] == [True]


def test_page_without_a_sheet_is_told(tmp_path: Path) -> None:
    (tmp_path / FOLDER).mkdir()
    told = list(pemat_findings(replace(LIBRARY, folder=tmp_path)))
    assert len(told) == len(LIBRARY.articles)


def test_folder_without_sheets_is_left_alone(tmp_path: Path) -> None:
    assert list(pemat_findings(replace(LIBRARY, folder=tmp_path))) == []


def test_broken_sheet_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / FOLDER).mkdir()
    file = tmp_path / FOLDER / f"{LIBRARY.articles[0].slug}.yaml"
    file.write_text("page: what-is-ims\ntext: x\nreadings: []\n", encoding="utf-8")
    [told] = pemat_findings(replace(LIBRARY, folder=tmp_path, articles=LIBRARY.articles[:1]))
    assert "two readings" in told.sentence
