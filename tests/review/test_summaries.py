"""The summary rows: kept in the transaction of every change, and the same as made anew."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from bench.statements import statements
from portal import clock, db
from portal.care.models import Episode, Patient
from portal.diary.models import Entry, EntryFlag
from portal.review.models import EpisodeSummary
from portal.review.summaries import rebuild, refresh, verify
from portal.review.summary import folded
from tests import factories
from tests.people import MONDAY, Cast


def days_ago(days: int) -> date:
    return MONDAY - timedelta(days=days)


def summary_of(cast: Cast) -> EpisodeSummary:
    db.end_read()
    return db.session().get_one(EpisodeSummary, cast.mia.episode_id)


def mias(session: Session, cast: Cast) -> Episode:
    return session.get_one(Episode, cast.mia.episode_id)


def fill(session: Session, of: Episode, ago: range, pain: int) -> None:
    for days in ago:
        factories.entry(session, of, days_ago(days), pain=pain)


def improved(cast: Cast) -> None:
    with db.write_transaction() as session:
        of = mias(session, cast)
        fill(session, of, range(44, 30, -1), 8)
        factories.visit(session, of, days_ago(30))
        fill(session, of, range(13, -1, -1), 3)


def test_a_summary_says_better_today(cast: Cast) -> None:
    improved(cast)
    assert summary_of(cast).verdicts[0] == "B"


def test_a_summary_runs_out_of_days(cast: Cast) -> None:
    improved(cast)
    assert summary_of(cast).verdicts[-1] == "N"


def test_a_summary_holds_level_and_change(cast: Cast) -> None:
    improved(cast)
    found = summary_of(cast)
    assert (found.levels[0], found.changes[0], found.baseline) == (3.0, 5.0, 8.0)


def test_a_told_visit_counts_as_needling(cast: Cast) -> None:
    with db.write_transaction() as session:
        of = mias(session, cast)
        factories.visit(session, of, days_ago(2), planned=True)
        factories.entry(session, of, days_ago(1), needled="yes")
    assert summary_of(cast).needled_on == [days_ago(2).toordinal()]


def test_the_most_urgent_flag_is_named(cast: Cast) -> None:
    with db.write_transaction() as session:
        of = mias(session, cast)
        factories.entry(session, of, days_ago(3), flags=["RF10"])
        factories.entry(session, of, days_ago(1), flags=["RF8"], call_me=True)
    found = summary_of(cast)
    assert (found.open_flags, found.flag_code, found.open_calls) == (2, "RF8", 1)


def test_an_acknowledged_flag_no_longer_waits(cast: Cast) -> None:
    with db.write_transaction() as session:
        factories.entry(session, mias(session, cast), days_ago(3), flags=["RF10"])
    with db.write_transaction() as session:
        of_mia = EntryFlag.episode_id == cast.mia.episode_id
        session.execute(update(EntryFlag).where(of_mia).values(acknowledged_at=clock.now()))
        db.touch(session, cast.mia.episode_id)
    assert summary_of(cast).open_flags == 0


def test_quiet_begins_after_the_fourth_unanswered_day(cast: Cast) -> None:
    with db.write_transaction() as session:
        of = mias(session, cast)
        factories.visit(session, of, days_ago(8))
        factories.entry(session, of, days_ago(6))
    assert summary_of(cast).quiet_after == days_ago(2).toordinal()


def reminded(cast: Cast, *offsets: int, mailed: bool = True) -> int | None:
    """When Mia, who last wrote 20 days ago, counts as quiet after reminders on these days."""
    with db.write_transaction() as session:
        of = mias(session, cast)
        session.get_one(Patient, of.patient_id).is_mailed = mailed
        factories.entry(session, of, days_ago(20))
        for offset in offsets:
            factories.prompt(session, of, days_ago(offset))
    return summary_of(cast).quiet_after


def test_the_fourth_reminder_without_an_answer_makes_quiet(cast: Cast) -> None:
    assert reminded(cast, 19, 18, 11, 4) == days_ago(4).toordinal()


def test_three_reminders_without_an_answer_do_not(cast: Cast) -> None:
    assert reminded(cast, 19, 18, 11) is None


def test_reminders_before_the_last_entry_do_not_count(cast: Cast) -> None:
    assert reminded(cast, 23, 22, 21, 20, 11) is None


def test_whoever_gets_no_mail_is_quiet_after_four_asked_days(cast: Cast) -> None:
    assert reminded(cast, 19, 18, mailed=False) == days_ago(16).toordinal()


def test_a_visit_ends_the_quiet(cast: Cast) -> None:
    with db.write_transaction() as session:
        of = mias(session, cast)
        factories.entry(session, of, days_ago(15))
        factories.visit(session, of, days_ago(1))
    after = summary_of(cast).quiet_after
    assert after is not None
    assert after > MONDAY.toordinal()


def test_a_withdrawn_day_leaves_the_figures(cast: Cast) -> None:
    with db.write_transaction() as session:
        entry = factories.entry(session, mias(session, cast), days_ago(1), pain=4)
        factories.correction(session, entry, withdrawn_at=clock.now())
    found = summary_of(cast)
    assert (found.recent, found.last_entry_on, found.last_entered_at) == ([], None, None)


def test_a_name_is_found_without_its_accents() -> None:
    assert folded("José Müller") == "jose muller"


def test_a_refresh_takes_three_statements(app: Flask, cast: Cast) -> None:
    improved(cast)
    with Session(app.extensions["portal.database"].writing) as session:
        with statements(session) as seen:
            refresh(session, frozenset({cast.mia.episode_id, cast.noor.episode_id}))
        assert len(seen.all) == 3


def test_a_change_behind_the_summarys_back_is_found(cast: Cast) -> None:
    improved(cast)
    with db.write_transaction() as session:
        session.execute(
            update(EpisodeSummary)
            .where(EpisodeSummary.episode_id == cast.mia.episode_id)
            .values(open_flags=7)
        )
    assert [found.column for found in verify(db.session())] == ["open_flags"]


def test_a_missing_summary_is_found(cast: Cast) -> None:
    with db.write_transaction() as session:
        session.delete(session.get_one(EpisodeSummary, cast.mia.episode_id))
    assert [found.episode_id for found in verify(db.session())] == [cast.mia.episode_id]


def test_rebuilding_makes_every_summary(cast: Cast) -> None:
    with db.write_transaction() as session:
        session.delete(session.get_one(EpisodeSummary, cast.mia.episode_id))
        assert rebuild(session) == 3


steps = st.lists(
    st.tuples(
        st.sampled_from(["entry", "correct", "withdraw", "visit", "plan", "flag", "ask", "wait"]),
        st.integers(0, 60),
        st.integers(0, 10),
    ),
    max_size=14,
)


def act(session: Session, of: Episode, step: tuple[str, int, int]) -> None:
    """One thing that changes an episode, as services do it."""
    what, days, number = step
    on = days_ago(days)
    newest = session.scalars(
        select(Entry)
        .where(Entry.episode_id == of.id, Entry.about_on == on)
        .order_by(Entry.version.desc())
    ).first()
    if what == "entry" and newest is None:
        factories.entry(session, of, on, pain=number, needled="yes" if number == 3 else None)
    elif what == "correct" and newest is not None:
        factories.correction(session, newest, pain_average=number, interference=number)
    elif what == "withdraw" and newest is not None:
        factories.correction(session, newest, withdrawn_at=clock.now())
    elif what == "visit":
        factories.visit(session, of, on, sites=[("L5", "left", 2)] if number else [])
    elif what == "plan":
        factories.visit(session, of, MONDAY + timedelta(days=number), planned=True)
    elif what == "flag" and newest is not None and newest.version < 3:
        factories.flag(session, newest, "RF8", raised_at=factories.at(on, number % 20, days % 60))
    elif what == "ask":
        factories.question(session, of, "May I swim?")


@contextmanager
def rolled_back(app: Flask) -> Iterator[Session]:
    with Session(app.extensions["portal.database"].writing) as session:
        yield session
        session.rollback()


@given(steps)
@settings(max_examples=25, suppress_health_check=list(HealthCheck))
def test_kept_summaries_are_those_made_anew(app: Flask, cast: Cast, todo: Any) -> None:
    with rolled_back(app) as session:
        of = mias(session, cast)
        for step in todo:
            try:
                with session.begin_nested():
                    act(session, of, step)
            except DBAPIError:
                continue
            session.flush()
            refresh(session, frozenset({of.id}))
        assert verify(session) == []
