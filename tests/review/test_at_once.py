"""Two people acting at the same moment: one result, and each of them is told."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import func, select
from time_machine import Traveller

from portal import db
from portal.care.models import Practitioner
from portal.diary.models import EntryFlag, FlagAct
from portal.review.models import Review
from tests import factories
from tests.people import MONDAY, Cast, ClientOf, HouseClient
from tests.review.test_brief import address, mias


@pytest.fixture
def shared(cast: Cast) -> dict[str, Any]:
    """Mia's diary, which Ana and Ben both look after, with an entry, a flag and a question."""
    with db.write_transaction() as session:
        of = mias(session, cast)
        factories.care_team(session, of, session.get_one(Practitioner, cast.ben.practitioner_id))
        entry = factories.entry(session, of, MONDAY)
        flag = factories.flag(session, entry, "RF8")
        return {"entry": entry.id, "flag": flag.id}


def at_once(*sends: Callable[[], int]) -> list[int]:
    """Send all of these in the same moment, each from a thread of its own."""
    barrier = Barrier(len(sends))

    def send(one: Callable[[], int]) -> int:
        barrier.wait(timeout=10)
        return one()

    db.end_read()
    with ThreadPoolExecutor(len(sends)) as pool:
        running = [pool.submit(copy_context().run, send, one) for one in sends]
        return sorted(one.result(timeout=30) for one in running)


def sender(client: HouseClient, path: str, form: dict[str, str]) -> Callable[[], int]:
    filled = {**form, "csrf_token": client.form_token()}
    return lambda: client.post(path, filled, token=False).status_code


def standing(cast: Cast) -> list[Review]:
    db.end_read()
    of_mia = Review.episode_id == cast.mia.episode_id
    return list(db.session().scalars(select(Review).where(of_mia, Review.undone_at.is_(None))))


@pytest.mark.parametrize("how", ["called", "sent-to-doctor"])
def test_of_two_who_settle_one_flag_one_is_told(
    cast: Cast, client_of: ClientOf, shared: dict[str, Any], how: str
) -> None:
    path = address(cast, f"/flags/{shared['flag']}")
    forms = ({"how": how, "note": "By Ana"}, {"how": how, "note": "By Ben"})
    clients = (client_of(cast.ana), client_of(cast.ben))
    answers = at_once(*(sender(*one) for one in zip(clients, (path, path), forms, strict=True)))
    db.end_read()
    flag = db.session().get_one(EntryFlag, shared["flag"])
    acts = db.session().scalar(select(func.count()).select_from(FlagAct))
    assert (answers, acts, flag.acknowledged_at is not None) == ([303, 409], 1, True)


def test_two_who_review_at_once_both_have_read(
    cast: Cast, client_of: ClientOf, shared: dict[str, Any]
) -> None:
    form = {"up_to": str(shared["entry"])}
    clients = (client_of(cast.ana), client_of(cast.ben))
    answers = at_once(*(sender(one, address(cast, "/review"), form) for one in clients))
    who = Counter(one.practitioner_id for one in standing(cast))
    assert answers == [303, 303]
    assert who == {cast.ana.practitioner_id: 1, cast.ben.practitioner_id: 1}


def test_each_is_told_that_the_other_read_it(
    cast: Cast, client_of: ClientOf, shared: dict[str, Any], now: Traveller
) -> None:
    form = {"up_to": str(shared["entry"])}
    for person in (cast.ana, cast.ben):
        client_of(person).post(address(cast, "/review"), form)
        now.shift(60)
    pages = [client_of(one).page(address(cast)).main for one in (cast.ana, cast.ben)]
    assert ["Reviewed today" in each for each in pages] == [True, True]
    assert "Ben Okafor read it on 9 November." in pages[0]


def test_one_press_sent_twice_is_one_review(
    cast: Cast, client_of: ClientOf, shared: dict[str, Any]
) -> None:
    form, path = {"up_to": str(shared["entry"])}, address(cast, "/review")
    clients = (client_of(cast.ana), client_of(cast.ana))
    assert at_once(*(sender(one, path, form) for one in clients)) == [303, 303]
    assert len(standing(cast)) == 1


def test_of_two_who_undo_one_review_one_is_told(
    cast: Cast, client_of: ClientOf, shared: dict[str, Any]
) -> None:
    client_of(cast.ana).post(address(cast, "/review"), {"up_to": str(shared["entry"])})
    clients = (client_of(cast.ana), client_of(cast.ana))
    answers = at_once(*(sender(one, address(cast, "/review/undo"), {}) for one in clients))
    assert (answers, standing(cast)) == ([303, 409], [])
