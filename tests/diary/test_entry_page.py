import gzip
from datetime import timedelta

import pytest
import time_machine

from portal import clock
from tests import factories, pages
from tests.diary.conftest import MONDAY, TODAY, Diary

NOTICE = "Not for emergencies."
ORDER = [
    "How bad was your pain today, on average?",
    "How much did pain get in the way of your day?",
    "Did you have needles at your visit?",
    "How sore are the places where the needles went?",
    "Did you feel the muscle grab the needle?",
    "How long did the cramp last?",
    "Is any of this new in the last 7 days?",
    "Where was it?",
    "How bad was the worst moment?",
    "How did you sleep last night?",
    "Did you take anything for this pain?",
    "Something you managed today",
    "A note for your practitioner",
    "Ask the clinic to call me (not urgent)",
]


def form(diary: Diary, path: str = TODAY) -> pages.Page:
    return diary.client.page(path)


def days_ago(days: int) -> object:
    return MONDAY - timedelta(days=days)


def test_the_questions_come_in_the_designs_order(diary: Diary) -> None:
    diary.arrange(factories.visit, MONDAY, planned=True)
    said = form(diary).main
    places = [said.index(question) for question in ORDER]
    assert places == sorted(places)


def test_nothing_is_ticked_on_a_first_form(diary: Diary) -> None:
    ticked = form(diary).find("//main//input[@checked][@name!='bodyview']")
    assert ticked == []


@pytest.mark.parametrize("page", ["", "/saved", "/history"])
def test_the_banner_stands_on_every_diary_page(diary: Diary, page: str) -> None:
    diary.save(pain_average="4")
    assert NOTICE in form(diary, TODAY + page).text


def test_the_banner_stands_on_the_list_of_days(diary: Diary) -> None:
    assert NOTICE in form(diary, "/me/diary").text


def test_the_last_entrys_places_are_ticked_and_said_so(diary: Diary) -> None:
    diary.arrange(factories.entry, days_ago(1), places=("low-back-l", "knee-r"))
    page = form(diary)
    ticked = {field.get("value") for field in page.find("//input[@name='places'][@checked]")}
    assert ticked == {"low-back-l", "knee-r"}
    assert "From yesterday:" in page.main


def test_older_places_say_their_day(diary: Diary) -> None:
    diary.arrange(factories.entry, days_ago(9), places=("face",))
    assert "From 31 October:" in form(diary).main


def test_places_of_the_front_show_the_front(diary: Diary) -> None:
    diary.arrange(factories.entry, days_ago(1), places=("face",))
    assert form(diary).find("//input[@id='v-front'][@checked]")


def test_nothing_but_places_is_taken_over(diary: Diary) -> None:
    diary.arrange(factories.entry, days_ago(1), flags=["RF8"], note="yesterday", sleep=3)
    ticked = form(diary).find("//main//input[@checked][@name!='bodyview'][@name!='places']")
    assert ticked == []
    assert form(diary).values()["note"].strip() == ""


def test_a_written_day_opens_as_a_correction_with_its_values(diary: Diary) -> None:
    diary.save(pain_average="4", note="as it was", flags="none", places=["face"])
    page = form(diary)
    kept = page.values()
    assert (kept["pain_average"], kept["note"].strip(), kept["base_version"]) == (
        "4",
        "as it was",
        "1",
    )
    assert page.field("reason") is not None


def test_a_withdrawn_day_opens_empty_and_offers_it_back(diary: Diary) -> None:
    diary.save(pain_average="4")
    diary.client.post(f"{TODAY}/withdraw", {"base_version": "1"})
    page = form(diary)
    assert "pain_average" not in page.values()
    assert f"{TODAY}/history" in page.hrefs()


def test_a_new_form_has_its_own_key(diary: Diary) -> None:
    keys = {form(diary).field("entry_key").get("value") for _ in range(2)}
    assert len(keys) == 2


@pytest.mark.parametrize(("hour", "count"), [(19, 2), (20, 2), (21, 0)])
def test_needles_are_asked_about_once_the_visits_time_has_come(
    diary: Diary, hour: int, count: int
) -> None:
    diary.arrange(factories.visit, MONDAY, planned=True, planned_for=factories.at(MONDAY, hour))
    assert len(form(diary).find("//input[@name='needled']")) == count


def test_soreness_says_why_it_is_asked_and_that_it_is_apart(diary: Diary) -> None:
    diary.arrange(factories.visit, days_ago(1))
    said = form(diary).main
    assert "Asked because you had needles yesterday. This is kept apart from your pain." in said


def test_without_needling_nothing_about_needles_is_asked(diary: Diary) -> None:
    diary.arrange(factories.entry, days_ago(1))
    page = form(diary)
    for name in ("needled", "soreness", "grasp_felt", "grasp_lasted", "change"):
        assert not page.find(f"//input[@name='{name}']")


def test_the_grasp_question_links_to_its_explainer(diary: Diary) -> None:
    diary.arrange(factories.visit, days_ago(1))
    assert "/learn/the-grasp" in form(diary).hrefs()


def test_flags_stand_folded_under_their_main_signs_later(diary: Diary) -> None:
    diary.arrange(factories.entry, days_ago(1))
    folded = form(diary).find("//details[.//input[@name='flags']]/summary")
    said = pages.words(folded[0])
    for sign in ("reathing", "numbness or weakness", "bladder", "fever", "bleeding", "harming"):
        assert sign in said


def test_flags_stand_open_after_needling(diary: Diary) -> None:
    diary.arrange(factories.entry, days_ago(9))
    diary.arrange(factories.visit, days_ago(7))
    assert not form(diary).find("//details[.//input[@name='flags']]")


def test_an_answer_no_longer_asked_is_shown_in_its_correction(diary: Diary) -> None:
    diary.save(pain_average="4", soreness="3", needled="yes")
    assert form(diary).values()["soreness"] == "3"


def test_the_note_says_that_it_is_not_for_urgent_needs(diary: Diary) -> None:
    page = form(diary)
    assert "Do not use this box for urgent needs." in page.main
    assert "tel:988" in page.hrefs()


def test_every_scale_has_eleven_targets(diary: Diary) -> None:
    diary.arrange(factories.visit, days_ago(0))
    page = form(diary)
    for name in ("pain_average", "interference", "soreness", "pain_worst", "sleep"):
        assert len(page.find(f"//input[@type='radio'][@name='{name}']")) == 11


def test_figure_and_list_are_one_set_of_54_checkboxes(diary: Diary) -> None:
    assert len(form(diary).find("//input[@type='checkbox'][@name='places']")) == 54


def test_a_past_day_is_asked_about_that_day(diary: Diary) -> None:
    page = form(diary, "/me/diary/2026-11-08")
    assert page.h1 == "Yesterday’s diary"
    assert "How bad was your pain that day, on average?" in page.main


def test_the_form_leads_to_the_other_days(diary: Diary) -> None:
    assert {"/me/diary/2026-11-08", "/me/diary/2026-11-07"} <= set(form(diary).hrefs())


@pytest.mark.parametrize("day", ["2026-11-06", "2026-11-10"])
def test_a_day_out_of_reach_says_what_to_do(diary: Diary, day: str) -> None:
    page = form(diary, f"/me/diary/{day}")
    assert "one of these days instead" in page.main
    assert TODAY in page.hrefs()


def test_the_form_is_small(diary: Diary) -> None:
    diary.arrange(factories.visit, MONDAY, planned=True)
    html = diary.client.get(TODAY).data
    assert len(html) < 60_000
    assert len(gzip.compress(html)) < 12_000


def test_private_pages_are_never_stored(diary: Diary) -> None:
    assert diary.client.get(TODAY).headers["Cache-Control"] == "no-store"


def test_at_night_yesterday_is_written_without_a_word_about_late(
    diary: Diary, now: time_machine.Traveller
) -> None:
    diary.later(now, clock.now() + timedelta(hours=5))
    diary.save(TODAY, pain_average="4")
    assert "written later" not in form(diary, f"{TODAY}/history").main


def test_typed_words_are_text_and_nothing_else(diary: Diary) -> None:
    diary.save(pain_average="4", note="<script>alert(1)</script>", managed="{{ 7 * 7 }}")
    source = form(diary, f"{TODAY}/history").source
    assert "<script>alert" not in source
    assert "{{ 7 * 7 }}" in source
