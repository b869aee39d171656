"""A record with something of everything in it, for the tests of exports."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from portal.care.models import Episode, Patient, Practitioner
from portal.diary.models import Assessment, AssessmentAnswer, Prompt
from tests import factories
from tests.conftest import EVENING
from tests.people import MONDAY, Cast

FORMULA = '=HYPERLINK("http://example.org","Mia")'
DAY = [MONDAY - timedelta(days=back) for back in range(9)]
FILES = (
    "record.html",
    "record.json",
    "entries.csv",
    "answers.csv",
    "datapackage.json",
    "redcap.csv",
)


def full_record(session: Session, cast: Cast) -> None:
    """Mia's diary with a correction, a withdrawal, a late entry, a flag and all around it."""
    mia = session.get_one(Patient, cast.mia.patient_id)
    mia.clinic_number, mia.created_at = "G-1042", EVENING - timedelta(days=30)
    of = session.get_one(Episode, cast.mia.episode_id)
    ana = session.get_one(Practitioner, cast.ana.practitioner_id)
    first = factories.entry(
        session,
        of,
        MONDAY - timedelta(days=6),
        pain=7,
        note=FORMULA,
        places=["shoulder-l", "shoulder-r"],
    )
    factories.correction(session, first, pain_average=6, pain_worst=8)
    out = factories.entry(session, of, DAY[5], pain=9, places=())
    factories.correction(session, out, withdrawn_at=EVENING, reason="Wrong day")
    factories.entry(session, of, DAY[4], pain=3, is_late=True, medicine="as-usual")
    flagged = factories.entry(session, of, DAY[1], flags=["RF8"], call_me=True)
    factories.flag_act(session, factories.flag(session, flagged, "RF9"), ana)
    factories.visit(session, of, DAY[8], note="the clinic's own words")
    factories.visit(session, of, MONDAY + timedelta(days=3), planned=True)
    factories.question(session, of, "Mia asks: may I ski?")
    factories.review(session, of, ana, flagged)
    session.add(
        Prompt(episode_id=of.id, patient_id=mia.id, kind="entry", asked_on=MONDAY, made_at=EVENING)
    )
    peg(session, of, (4, 5, 6))


def peg(session: Session, of: Episode, answers: Iterable[int], **more: Any) -> Assessment:
    """A finished PEG."""
    given = list(answers)
    values: dict[str, Any] = {
        "episode_id": of.id,
        "instrument": "peg",
        "version": "1",
        "language": "en",
        "about_on": MONDAY,
        "started_at": EVENING,
        "completed_at": EVENING,
        "entered_by_id": session.get_one(Patient, of.patient_id).account_id,
        "score": sum(given) / len(given),
    }
    made = Assessment(**(values | more))
    session.add(made)
    session.flush()
    session.add_all(
        AssessmentAnswer(assessment_id=made.id, item=item, episode_id=of.id, value=value)
        for item, value in zip(("pain", "enjoyment", "activity"), given, strict=True)
    )
    session.flush()
    return made
