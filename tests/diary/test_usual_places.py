"""The list of the body begins with the patient's usual places; the same boxes as the figure."""

from datetime import timedelta

from portal import clock
from tests import factories
from tests.diary.conftest import MONDAY, TODAY, Diary
from tests.pages import Page


def write(diary: Diary, ago: int, *places: str, **more: object) -> None:
    diary.arrange(factories.entry, MONDAY - timedelta(days=ago), places=places, **more)


def listed(page: Page) -> list[str]:
    return [str(box.get("value")) for box in page.find("//input[@name='places']")]


def test_places_named_most_often_stand_first(diary: Diary) -> None:
    write(diary, 3, "shin-l", "low-back-l")
    write(diary, 2, "low-back-l")
    assert listed(diary.client.page(TODAY))[:2] == ["low-back-l", "shin-l"]


def test_every_place_stands_once(diary: Diary) -> None:
    write(diary, 2, "low-back-l")
    found = listed(diary.client.page(TODAY))
    assert len(found) == len(set(found)) == 54


def test_usual_places_are_named_as_such(diary: Diary) -> None:
    write(diary, 2, "low-back-l")
    page = diary.client.page(TODAY)
    group = page.find("//*[@role='group'][@aria-labelledby='places-usual']")[0]
    assert "Your usual places" in group.text_content()


def test_a_new_patient_has_no_usual_places(diary: Diary) -> None:
    assert "Your usual places" not in diary.client.page(TODAY).main


def test_withdrawn_days_name_no_usual_place(diary: Diary) -> None:
    write(diary, 2, "shin-l", withdrawn_at=clock.now())
    write(diary, 1, "low-back-l")
    assert listed(diary.client.page(TODAY))[:2] != ["low-back-l", "shin-l"]


def test_places_of_long_ago_are_not_usual(diary: Diary) -> None:
    write(diary, 40, "shin-l")
    write(diary, 1, "low-back-l")
    assert listed(diary.client.page(TODAY))[:2] != ["low-back-l", "shin-l"]


def test_the_usual_places_stand_first_in_a_correction_too(diary: Diary) -> None:
    write(diary, 2, "shin-l")
    diary.save(pain_average="4", places="low-back-l")
    assert listed(diary.client.page(TODAY))[0] == "shin-l"


def test_only_the_last_days_places_are_ticked(diary: Diary) -> None:
    write(diary, 3, "shin-l")
    write(diary, 2, "low-back-l")
    ticked = diary.client.page(TODAY).find("//input[@name='places'][@checked]")
    assert [box.get("value") for box in ticked] == ["low-back-l"]
