from portal import db
from portal.care.models import Episode, Practitioner
from portal.care.reading import left_unread_without, who_reads
from tests import factories
from tests.people import MONDAY, Cast


def test_care_team_reads(cast: Cast) -> None:
    assert who_reads(db.session(), cast.mia.episode_id) == ("Ana Costa",)


def test_nobody_reads_an_ended_episode(cast: Cast) -> None:
    with db.write_transaction() as session:
        session.get_one(Episode, cast.mia.episode_id).ended_on = MONDAY
    assert who_reads(db.session(), cast.mia.episode_id) == ()


def test_restricted_or_inactive_practitioner_does_not_read(cast: Cast) -> None:
    with db.write_transaction() as session:
        of = session.get_one(Episode, cast.mia.episode_id)
        ben = session.get_one(Practitioner, cast.ben.practitioner_id)
        factories.care_team(session, of, ben)
        factories.restriction(session, of, session.get_one(Practitioner, cast.ana.practitioner_id))
    assert who_reads(db.session(), cast.mia.episode_id) == ("Ben Okafor",)


def test_diary_of_one_reader_would_be_left_unread(cast: Cast) -> None:
    assert left_unread_without(db.session(), cast.ana.practitioner_id) == {cast.mia.episode_id}


def test_diary_of_two_readers_would_still_be_read(cast: Cast) -> None:
    with db.write_transaction() as session:
        of = session.get_one(Episode, cast.mia.episode_id)
        factories.care_team(session, of, session.get_one(Practitioner, cast.ben.practitioner_id))
    assert left_unread_without(db.session(), cast.ana.practitioner_id) == frozenset()
