"""What a patient sees of their own diary over time, and in which words; every empty state."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import update
from time_machine import Traveller

from portal import clock, db
from portal.care.models import Episode
from portal.clinics.models import Clinic
from tests import assessing, factories
from tests.conftest import EVENING
from tests.diary.conftest import MONDAY, Diary
from tests.people import Cast, ClientOf

PATH = "/me/trends"


def days_ago(days: int) -> date:
    return MONDAY - timedelta(days=days)


def write(diary: Diary, ago: Iterable[int], pain: int | None, **more: Any) -> None:
    with db.write_transaction() as session:
        of = diary.episode(session)
        of.started_on = days_ago(200)
        for days in ago:
            factories.entry(session, of, days_ago(days), pain=pain, **more)


def main(diary: Diary, path: str = PATH) -> str:
    return diary.client.page(path).main


@pytest.fixture
def better(diary: Diary) -> Diary:
    """Pain of 7 on ten days before the only visit, and of 3 on the last ten days."""
    write(diary, range(41, 31, -1), 7, interference=6)
    diary.arrange(factories.visit, days_ago(30), number=1)
    write(diary, range(10, 0, -1), 3, interference=2)
    return diary


def test_the_headline_says_now_and_before(better: Diary) -> None:
    said = main(better)
    assert "In the last two weeks your pain averaged about 3.0." in said
    assert "Before your first visit it was about 7.0." in said


def test_the_verdict_comes_in_words_with_its_range_and_days(better: Diary) -> None:
    said = main(better)
    assert "Better" in said
    assert "about 4.0 points lower (3.0 to 5.0)" in said
    assert "10 days now against 10 before." in said


def test_no_change_is_said_without_the_fixed_line(better: Diary) -> None:
    assert "Before and after, not proof that the needling did it." in main(better)


def test_worse_is_said_as_plainly(diary: Diary) -> None:
    write(diary, range(41, 31, -1), 3)
    diary.arrange(factories.visit, days_ago(30))
    write(diary, range(10, 0, -1), 7)
    said = main(diary)
    assert "Worse" in said
    assert "about 4.0 points higher" in said


def test_days_that_go_up_and_down_are_not_clear_yet(diary: Diary) -> None:
    for ago in range(41, 34, -1):
        write(diary, [ago], 3 + ago % 3 * 3)
    diary.arrange(factories.visit, days_ago(30))
    for ago in range(8, 1, -1):
        write(diary, [ago], 1 + ago % 3 * 3)
    said = main(diary)
    assert "Not clear yet" in said
    assert "Your days go up and down too much to say more." in said


def test_steady_days_are_about_the_same(diary: Diary) -> None:
    write(diary, range(43, 30, -1), 5)
    diary.arrange(factories.visit, days_ago(30))
    write(diary, range(13, -1, -1), 5)
    said = main(diary)
    assert "About the same" in said
    assert "Less than the 2 points that people usually notice." in said


def test_an_empty_diary_says_what_will_stand_here(diary: Diary) -> None:
    said = main(diary)
    assert "Nothing to show yet." in said
    assert "Your first day will be drawn here." in said


def test_one_day_is_drawn_and_not_averaged(diary: Diary) -> None:
    diary.arrange(factories.entry, MONDAY, pain=4)
    page = diary.client.page(PATH)
    assert "One day is written so far." in page.main
    assert page.by_class("chart")


def test_only_day_with_a_visit_is_promised_for_tomorrow(diary: Diary) -> None:
    diary.arrange(factories.entry, MONDAY, pain=4)
    assert "It is drawn below." in main(diary)
    diary.arrange(factories.visit, MONDAY, planned=True)
    assert "It will be drawn here tomorrow." in main(diary)


def test_only_day_of_an_ended_diary_is_promised_for_no_tomorrow(
    diary: Diary, now: Traveller
) -> None:
    diary.arrange(factories.entry, MONDAY, pain=4)
    diary.arrange(factories.visit, MONDAY, planned=True)
    end(diary, MONDAY)
    diary.later(now, EVENING + timedelta(days=40))
    said = main(diary)
    assert "One day is written so far. It stands in your diary." in said
    assert "tomorrow" not in said


def test_too_few_days_are_drawn_and_not_averaged(diary: Diary) -> None:
    write(diary, (3, 2, 1), 4)
    page = diary.client.page(PATH)
    assert "3 days are written in the last two weeks." in page.main
    assert "An average takes 5. The days are drawn below." in page.main
    assert page.by_class("chart")


def test_days_left_out_after_a_visit_are_explained(diary: Diary) -> None:
    write(diary, (6, 5, 4, 3, 2), 4)
    diary.arrange(factories.visit, days_ago(4))
    said = main(diary)
    assert "5 days are written in the last two weeks." in said
    assert "3 of them count" in said


def test_a_pause_of_two_weeks_is_said_without_a_reproach(diary: Diary) -> None:
    write(diary, range(40, 30, -1), 4)
    assert "There is no entry from the last two weeks." in main(diary)


def test_without_needling_there_is_nothing_to_compare_with(diary: Diary) -> None:
    write(diary, range(10, 0, -1), 4)
    said = main(diary)
    assert "averaged about 4.0." in said
    assert "There was no visit with needling yet to compare with." in said


def test_before_and_now_that_overlap_are_not_compared(diary: Diary) -> None:
    write(diary, range(14, -1, -1), 4)
    diary.arrange(factories.visit, days_ago(5))
    assert "the last two weeks overlap" in main(diary)


def test_too_few_days_before_the_visit_are_counted(diary: Diary) -> None:
    write(diary, (60, 59), 6)
    diary.arrange(factories.visit, days_ago(55))
    write(diary, range(9, 0, -1), 4)
    said = main(diary)
    assert "Only 2 days of the first two weeks of your diary count; 5 are needed." in said


def test_days_written_from_memory_only_are_named(diary: Diary) -> None:
    write(diary, (4, 3), 5, is_late=True)
    assert "All of them were written on a later day, from memory" in main(diary)


def test_entries_without_a_number_are_not_called_none(diary: Diary) -> None:
    write(diary, (4, 3), None, call_me=True)
    assert "No number for your pain is written yet." in main(diary)


def end(diary: Diary, on: date) -> None:
    with db.write_transaction() as session:
        session.execute(
            update(Episode).where(Episode.id == diary.person.episode_id).values(ended_on=on)
        )


def test_an_ended_diary_is_shown_as_it_was_at_its_end(better: Diary) -> None:
    end(better, days_ago(1))
    said = main(better)
    assert "Your diary ended on 8 November." in said
    assert "In the last two weeks of your diary your pain averaged about 3.0." in said


def test_an_ended_diary_asks_for_no_question(better: Diary) -> None:
    end(better, days_ago(1))
    assert "Add a question" not in main(better)


def test_a_diary_that_ended_empty_says_so(diary: Diary) -> None:
    end(diary, MONDAY)
    assert "Your diary ended before a day was written." in main(diary)


def test_places_are_counted_in_words(diary: Diary) -> None:
    write(diary, (3, 2, 1), 4, places=["low-back-l"])
    write(diary, (5,), 4, places=["low-back-l", "buttock-l"])
    assert "Of 4 days written: left low back 4, left buttock 1." in main(diary)


def test_no_place_is_said(diary: Diary) -> None:
    write(diary, (2,), 4, places=[])
    assert "No place was picked in these four weeks." in main(diary)


def test_things_managed_are_shown_with_their_day(diary: Diary) -> None:
    write(diary, (2,), 4, managed="Walked to the library")
    assert "Walked to the library 7 Nov" in main(diary)


def test_nothing_managed_is_no_gap(diary: Diary) -> None:
    write(diary, (2,), 4)
    assert "large or small" in main(diary)


def test_more_than_two_things_managed_fold_under_their_number(diary: Diary) -> None:
    write(diary, (4, 3, 2), 4, managed="Slept through")
    assert "1 more, earlier" in main(diary)


def test_whatever_is_folded_is_printed(better: Diary) -> None:
    write(better, (29,), 5, soreness=6)
    with db.write_transaction() as session:
        assessing.peg(session, better.episode(session), MONDAY, (3, 4, 5))
    page = better.client.page(PATH)
    folded = page.find("//main//details")
    assert len(folded) > 2
    assert all("printed" in (part.get("class") or "") for part in folded)


def test_a_folded_assessment_says_its_newest_answer(diary: Diary) -> None:
    with db.write_transaction() as session:
        assessing.peg(session, diary.episode(session), MONDAY, (3, 4, 5))
    assert "Your weeks (PEG) 9 November: 4.0" in main(diary)


def test_soreness_has_its_own_panel(better: Diary) -> None:
    write(better, (29,), 5, soreness=6)
    write(better, (28,), 5, soreness=0)
    said = main(better)
    assert "Soreness after needling" in said
    assert "Visit 1, 10 October Highest 6 of 10, last sore on day 1." in said


def test_without_soreness_there_is_no_panel_for_it(better: Diary) -> None:
    assert "Soreness after needling" not in main(better)


def test_blank_days_are_fine(diary: Diary) -> None:
    write(diary, (2,), 4)
    said = main(diary)
    assert "that your plan asked for" in said
    assert "and that is fine" in said


def test_own_words_stand_beside_the_numbers(better: Diary) -> None:
    write(better, (0,), 3, change="better")
    assert "Your own word on 9 November: better than before your last visit." in main(better)


def test_the_numbers_stand_in_a_table(better: Diary) -> None:
    page = better.client.page(PATH)
    heads = [cell.text for cell in page.find("//details//th[@scope='col']")]
    assert "Average pain" in heads


def test_earlier_weeks_are_drawn_on_request(diary: Diary) -> None:
    write(diary, range(100, 90, -1), 4)
    write(diary, range(10, 0, -1), 4)
    page = diary.client.page(PATH)
    earlier = next(link for link in page.hrefs() if "until=" in link)
    assert "21 July to 14 September" in main(diary, earlier)


@pytest.mark.parametrize("until", ["2099-01-01", "yesterday", "0001-01-01", "2026-02-30"])
def test_nonsense_in_the_address_shows_the_latest_weeks(better: Diary, until: str) -> None:
    assert "15 September to 9 November" in main(better, f"{PATH}?until={until}")


def test_a_clinics_own_threshold_is_said(better: Diary, cast: Cast) -> None:
    with db.write_transaction() as session:
        session.get_one(Clinic, cast.clinic_id).thresholds = {"points": 3}
    assert "the 3 points your clinic looks for" in main(better)


def test_a_clinics_own_days_are_named_on_the_whole_page(better: Diary, cast: Cast) -> None:
    with db.write_transaction() as session:
        own: dict[str, float] = {"window_days": 28, "points": 1}
        session.get_one(Clinic, cast.clinic_id).thresholds = own
    said = main(better)
    assert "average of 28 days" in said
    assert "the 1 point your clinic looks for" in said
    assert [each for each in ("14 days", "two weeks", "1 points") if each in said] == []


def test_a_band_that_is_not_drawn_is_not_explained(diary: Diary) -> None:
    write(diary, range(10, 0, -1), 4)
    assert "The pale band" not in main(diary)


def test_withdrawn_days_are_not_drawn(diary: Diary) -> None:
    write(diary, (2,), 4, withdrawn_at=clock.now())
    assert "Nothing to show yet." in main(diary)


def test_nothing_of_another_patient_is_drawn(diary: Diary) -> None:
    assert "noor" not in diary.client.page(PATH).source.lower()


def test_the_title_names_no_clinic(diary: Diary) -> None:
    assert diary.client.page(PATH).title == "Trends"


def test_the_tab_bar_leads_here(diary: Diary) -> None:
    assert PATH in diary.client.page("/me").hrefs()


def test_practitioners_have_no_trends_of_their_own(cast: Cast, client_of: ClientOf) -> None:
    assert client_of(cast.ana).get(PATH).status_code == 404
