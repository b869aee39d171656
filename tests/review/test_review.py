"""Reviewing: what is read, what is new again, and what a review never does."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from time_machine import Traveller

from portal import clock, db
from portal.audit.models import AuditEvent
from portal.care.models import Episode, Practitioner
from portal.diary.models import EntryFlag, Question
from portal.review.models import Review
from portal.review.queries import last_read
from tests import factories
from tests.people import MONDAY, Cast, ClientOf, HouseClient
from tests.review.test_brief import address, brief_for
from tests.review.test_panel import reader_of


def written(session: Session, cast: Cast, **more: Any) -> Any:
    of = session.get_one(Episode, cast.mia.episode_id)
    return factories.entry(session, of, MONDAY, entered_at=clock.now(), **more)


def mark(cast: Cast, client: HouseClient) -> Any:
    """Press "Mark reviewed" as the page offers it."""
    page = client.page(address(cast))
    up_to = page.find("//input[@name='up_to']")[0].get("value")
    return client.post(address(cast, "/review"), {"up_to": up_to})


def reviews(cast: Cast) -> list[Review]:
    db.end_read()
    own = Review.practitioner_id == cast.ana.practitioner_id
    return list(db.session().scalars(select(Review).where(own, Review.undone_at.is_(None))))


def labels(cast: Cast) -> list[str]:
    return [one.label for one in brief_for(cast).news.items]


def test_marking_covers_what_the_page_showed(cast: Cast, client_of: ClientOf) -> None:
    with db.write_transaction() as session:
        entry_id = written(session, cast).id
    answer = mark(cast, client_of(cast.ana))
    assert answer.status_code == 303
    assert [one.up_to_entry_id for one in reviews(cast)] == [entry_id]


def test_after_marking_nothing_is_new(cast: Cast, client_of: ClientOf) -> None:
    with db.write_transaction() as session:
        written(session, cast, note="Slept through")
    assert labels(cast) == ["Note"]
    mark(cast, client_of(cast.ana))
    assert [one.words for one in brief_for(cast).news.items] == ["Nothing new."]


def test_the_page_says_when_and_offers_undo(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.ana)
    mark(cast, client)
    page = client.page(address(cast))
    assert "Reviewed today at 20:00." in page.main
    assert page.find("//form[contains(@action, '/review/undo')]")


def test_what_comes_while_reading_stays_new(
    cast: Cast, client_of: ClientOf, now: Traveller
) -> None:
    with db.write_transaction() as session:
        first = written(session, cast).id
    client = client_of(cast.ana)
    client.get(address(cast))
    now.shift(timedelta(minutes=3))
    with db.write_transaction() as session:
        of = session.get_one(Episode, cast.mia.episode_id)
        yesterday = MONDAY - timedelta(days=1)
        factories.entry(session, of, yesterday, entered_at=clock.now(), note="One more thing")
    client.post(address(cast, "/review"), {"up_to": str(first)})
    assert labels(cast) == ["Note"]


def test_the_first_entry_is_not_reviewed_unseen(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.ana)
    client.get(address(cast))
    with db.write_transaction() as session:
        written(session, cast)
    assert client.post(address(cast, "/review"), {"up_to": ""}).status_code == 409
    assert reviews(cast) == []


def test_a_correction_after_the_review_is_new(
    cast: Cast, client_of: ClientOf, now: Traveller
) -> None:
    with db.write_transaction() as session:
        entry = written(session, cast, pain=5)
    mark(cast, client_of(cast.ana))
    now.shift(timedelta(minutes=5))
    with db.write_transaction() as session:
        factories.correction(session, entry, pain_average=3, entered_at=clock.now())
    assert [one.words for one in brief_for(cast).news.items] == [
        "9\N{NO-BREAK SPACE}Nov, pain 5 to 3"
    ]


def test_a_question_after_the_review_is_marked_new(
    cast: Cast, client_of: ClientOf, now: Traveller
) -> None:
    mark(cast, client_of(cast.ana))
    now.shift(timedelta(minutes=5))
    with db.write_transaction() as session:
        factories.question(session, session.get_one(Episode, cast.mia.episode_id), "May I swim?")
    assert [one.is_new for one in brief_for(cast).questions] == [True]


def test_undo_makes_it_new_again(cast: Cast, client_of: ClientOf) -> None:
    with db.write_transaction() as session:
        written(session, cast, note="Slept through")
    client = client_of(cast.ana)
    mark(cast, client)
    assert client.post(address(cast, "/review/undo")).status_code == 303
    assert (reviews(cast), labels(cast)) == ([], ["Note"])


def test_undo_on_a_later_day_of_the_clinic_is_refused(
    cast: Cast, client_of: ClientOf, now: Traveller
) -> None:
    mark(cast, client_of(cast.ana))
    now.move_to(datetime(2026, 11, 10, 5, 1, tzinfo=UTC))  # 00:01 in Guelph
    assert client_of(cast.ana).post(address(cast, "/review/undo")).status_code == 409


def test_undo_before_midnight_is_the_same_day(
    cast: Cast, client_of: ClientOf, now: Traveller
) -> None:
    mark(cast, client_of(cast.ana))
    now.move_to(datetime(2026, 11, 10, 4, 59, tzinfo=UTC))  # 23:59 in Guelph
    assert client_of(cast.ana).post(address(cast, "/review/undo")).status_code == 303


def test_a_colleagues_review_cannot_be_undone(cast: Cast, client_of: ClientOf) -> None:
    with db.write_transaction() as session:
        of = session.get_one(Episode, cast.mia.episode_id)
        ben = session.get_one(Practitioner, cast.ben.practitioner_id)
        factories.care_team(session, of, ben)
        factories.review(session, of, ben)
    assert client_of(cast.ana).post(address(cast, "/review/undo")).status_code == 409


def test_a_colleagues_review_is_named(cast: Cast, client_of: ClientOf) -> None:
    with db.write_transaction() as session:
        of = session.get_one(Episode, cast.mia.episode_id)
        ben = session.get_one(Practitioner, cast.ben.practitioner_id)
        factories.review(session, of, ben, at=factories.at(MONDAY - timedelta(days=2)))
    page = client_of(cast.ana).page(address(cast))
    assert "You have not reviewed this diary yet. Ben Okafor read it on 7 November." in page.main


def test_reviewing_acknowledges_no_flag(cast: Cast, client_of: ClientOf) -> None:
    with db.write_transaction() as session:
        written(session, cast, flags=["RF8"])
    mark(cast, client_of(cast.ana))
    flag = (
        db.session()
        .scalars(select(EntryFlag).where(EntryFlag.episode_id == cast.mia.episode_id))
        .one()
    )
    assert flag.acknowledged_at is None


@pytest.mark.parametrize("up_to", ["noor", "nonsense"])
def test_a_version_of_another_diary_is_refused(cast: Cast, client_of: ClientOf, up_to: str) -> None:
    if up_to == "noor":
        of_noor = EntryFlag.episode_id == cast.noor.episode_id
        up_to = str(db.session().scalars(select(EntryFlag.entry_id).where(of_noor)).first())
    assert client_of(cast.ana).post(address(cast, "/review"), {"up_to": up_to}).status_code == 409


@pytest.mark.parametrize("act", ["/review", "/review/undo"])
@pytest.mark.parametrize("who", ["ben", "fay", "ada", "mia", "olga"])
def test_nobody_else_reviews(cast: Cast, client_of: ClientOf, who: str, act: str) -> None:
    assert client_of(cast.everybody[who]).post(address(cast, act)).status_code == 404


def test_marking_and_undoing_are_written_down(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.ana)
    mark(cast, client)
    client.post(address(cast, "/review/undo"))
    acts = db.session().scalars(
        select(AuditEvent.act).where(AuditEvent.act.like("review-%")).order_by(AuditEvent.seq)
    )
    assert list(acts) == ["review-marked", "review-undone"]


def test_the_patient_can_be_told_who_read_last(cast: Cast, client_of: ClientOf) -> None:
    mark(cast, client_of(cast.ana))
    found = last_read(db.session(), reader_of(cast.ana), cast.mia.episode_id)
    assert found is not None
    assert (found.name, found.on) == ("Ana Costa", MONDAY)


def test_an_undone_review_was_no_reading(cast: Cast) -> None:
    assert last_read(db.session(), reader_of(cast.ana), cast.mia.episode_id) is None


def test_a_question_is_marked_answered(cast: Cast, client_of: ClientOf) -> None:
    with db.write_transaction() as session:
        of = session.get_one(Episode, cast.mia.episode_id)
        asked = factories.question(session, of, "May I swim?").id
    client = client_of(cast.ana)
    for _twice in range(2):
        assert client.post(address(cast, f"/questions/{asked}/answered")).status_code == 303
    assert "No open questions." in client.page(address(cast)).main
    assert db.session().get_one(Question, asked).answered_by_id == cast.ana.practitioner_id


def test_another_patients_question_is_not_found(cast: Cast, client_of: ClientOf) -> None:
    path = address(cast, f"/questions/{cast.ids['noor_question']}/answered")
    assert client_of(cast.ana).post(path).status_code == 404


def answered(cast: Cast, client: HouseClient) -> str:
    """Press "Answered" on a question of Mia's; its address comes back."""
    with db.write_transaction() as session:
        of = session.get_one(Episode, cast.mia.episode_id)
        asked = factories.question(session, of, "May I swim?").id
    path = address(cast, f"/questions/{asked}/answered")
    client.post(path)
    return path


def test_answered_is_undone_from_the_confirmation(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.ana)
    path = answered(cast, client)
    page = client.page(address(cast))
    assert page.find(f"//form[@action='{path}']//input[@name='answered'][@value='no']")
    assert client.post(path, {"answered": "no"}).status_code == 303
    assert "May I swim?" in client.page(address(cast)).main
    acts = db.session().scalars(select(AuditEvent.act).where(AuditEvent.act.like("question-%")))
    assert list(acts) == ["question-answered", "question-reopened"]


def test_answered_is_undone_only_that_day(cast: Cast, client_of: ClientOf, now: Traveller) -> None:
    path = answered(cast, client_of(cast.ana))
    now.move_to(datetime(2026, 11, 10, 5, 1, tzinfo=UTC))  # 00:01 in Guelph
    assert client_of(cast.ana).post(path, {"answered": "no"}).status_code == 409


def test_answered_is_undone_only_by_who_answered(cast: Cast, client_of: ClientOf) -> None:
    path = answered(cast, client_of(cast.ana))
    with db.write_transaction() as session:
        of = session.get_one(Episode, cast.mia.episode_id)
        factories.care_team(session, of, session.get_one(Practitioner, cast.ben.practitioner_id))
    assert client_of(cast.ben).post(path, {"answered": "no"}).status_code == 409


def test_undoing_an_open_question_changes_nothing(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.ana)
    path = answered(cast, client)
    for _twice in range(2):
        assert client.post(path, {"answered": "no"}).status_code == 303
