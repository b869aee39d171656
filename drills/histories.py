"""Ten thousand random writes, after which every summary equals one made anew from the diary.

Entries, corrections, withdrawals, visits, plans, flags, acts, questions and reviews of twenty
patients, each in a transaction of its own through the portal's own write path, fixed seed.

    python -m drills histories
"""

import tempfile
from pathlib import Path
from random import Random

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bench import data
from drills.house import free_port
from drills.visitor import Missed
from portal import clock, db
from portal.care.models import Episode, Practitioner
from portal.db import EpisodeId
from portal.diary.models import Entry, EntryFlag, Question
from portal.review.summaries import verify
from tests import factories
from tests.review.test_summaries import act

WRITES, PEOPLE, SEED = 10_000, 20, 20261109
LOOK_EVERY = 1_000
STEPS = (
    "entry",
    "entry",
    "correct",
    "withdraw",
    "visit",
    "plan",
    "flag",
    "ask",
    "settle",
    "answer",
)


def settle(session: Session, of: Episode, number: int) -> None:
    """Somebody of the clinic acknowledges a flag, or says that nobody answered."""
    waits = (EntryFlag.episode_id == of.id, EntryFlag.acknowledged_at.is_(None))
    flag = session.scalars(select(EntryFlag).where(*waits)).first()
    if flag is None:
        return
    who = session.get_one(Practitioner, of.lead_practitioner_id)
    how = "no-answer" if number % 3 == 0 else "called"
    factories.flag_act(session, flag, who, how=how, note="By telephone")
    if how == "called":
        flag.acknowledged_at = clock.now()
    db.touch(session, of.id)


def answer(session: Session, of: Episode) -> None:
    """The oldest open question is marked as answered."""
    waits = (Question.episode_id == of.id, Question.answered_at.is_(None))
    question = session.scalars(select(Question).where(*waits)).first()
    if question is not None:
        question.answered_at = clock.now()
        db.touch(session, of.id)


def one_write(episode_id: EpisodeId, random: Random) -> bool:
    """One random thing that happens; False where the database refused it, as it should."""
    step = (random.choice(STEPS), random.randrange(60), random.randrange(11))
    try:
        with db.write_transaction() as session:
            of = session.get_one(Episode, episode_id)
            if step[0] == "settle":
                settle(session, of, step[2])
            elif step[0] == "answer":
                answer(session, of)
            else:
                act(session, of, step)
    except IntegrityError:
        return False
    return True


def people(app: Flask) -> list[EpisodeId]:
    """Twenty patients of one practitioner."""
    with app.app_context(), db.write_transaction() as session:
        clinic = factories.clinic(session)
        lead = factories.practitioner(session, clinic, "Ana Costa")
        return [
            factories.episode(session, factories.patient(session, clinic, f"P{n} Person"), lead).id
            for n in range(PEOPLE)
        ]


def main() -> int:
    """Write, look every thousand writes, and say what was written; raises Missed."""
    random, refused = Random(SEED), 0
    with tempfile.TemporaryDirectory(prefix="portal-histories-") as name:
        app = data.application(Path(name) / "instance", free_port())
        ids = people(app)
        with app.app_context():
            for number in range(1, WRITES + 1):
                refused += not one_write(random.choice(ids), random)
                if number % LOOK_EVERY == 0:
                    _look(number)
            written = db.session().scalar(select(func.count()).select_from(Entry))
        app.extensions["portal.database"].engine.dispose()
    print(f"  ✓ {WRITES:,} writes ({refused} refused, {written:,} versions): no summary differs")
    return 0


def _look(number: int) -> None:
    db.end_read()
    differences = verify(db.session())
    if differences:
        raise Missed(f"after {number:,} writes {differences[0]} and {len(differences) - 1} more")
