"""Diaries as they come: patients of Ana's, each with a reason to stand on the panel."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from portal import db
from portal.accounts.models import Account
from portal.care.models import CareTeam, Consent, Episode, Patient, Practitioner
from portal.clinics.models import Clinic
from portal.diary.models import Entry
from tests import factories
from tests.people import MONDAY, Cast


def days_ago(days: int) -> date:
    return MONDAY - timedelta(days=days)


def someone(session: Session, cast: Cast, name: str, **more: Any) -> Episode:
    """Another patient of Ana's, in care for ten weeks."""
    here = session.get_one(Clinic, cast.clinic_id)
    ana = session.get_one(Practitioner, cast.ana.practitioner_id)
    values: dict[str, Any] = {"started_on": days_ago(70), "complaint": "Left knee"} | more
    zone = values.pop("zone", factories.ZONE)
    return factories.episode(
        session, factories.patient(session, here, name, zone=zone), ana, **values
    )


def write(session: Session, of: Episode, ago: Sequence[int], pain: int, **more: Any) -> list[Entry]:
    """An entry for each of these days."""
    return [factories.entry(session, of, days_ago(n), pain=pain, **more) for n in ago]


def treated(session: Session, of: Episode, before: int, after: int) -> None:
    """Two weeks before the first visit, three visits, and the last two weeks."""
    write(session, of, range(58, 44, -1), before)
    for n in (44, 37, 30):
        factories.visit(session, of, days_ago(n))
    write(session, of, range(13, -1, -1), after)


# One character a day; "-" is a day without an entry.
PAIN = "767867-6757677787656-67655-556-55455654-45445-4-3455-434"


def busiest(session: Session, cast: Cast) -> Episode:
    """Mia's diary of eight weeks: four visits, two flags, a call, questions, corrections, notes."""
    of = session.get_one(Episode, cast.mia.episode_id)
    of.started_on = days_ago(60)
    of.history = ["past-cancer", "blood-thinners"]
    ana = session.get_one(Practitioner, cast.ana.practitioner_id)
    sites = [("L4 to S1 paraspinals", "left", 2), ("Gluteus medius", "left", 3)]
    held = [days_ago(n) for n in (42, 35, 21, 7)]
    for on in held:
        factories.visit(session, of, on, sites=sites)
    factories.visit(session, of, MONDAY, planned=True)
    reviewed = None
    for n, value in enumerate(PAIN):
        on = days_ago(len(PAIN) - n)
        if value == "-":
            continue
        since = min((on - one).days for one in held if one <= on) if on >= held[0] else 99
        entry = _entry(session, of, on, pain=int(value), since=since)
        reviewed = entry if on == held[3] - timedelta(days=1) else reviewed
        if on == days_ago(12):
            factories.correction(
                session,
                entry,
                pain_average=4,
                interference=3,
                entered_at=factories.at(days_ago(5), 20),
            )
    factories.review(session, of, ana, reviewed, at=factories.at(held[3], 10, 36))
    factories.question(session, of, "Is the numbness from the needles?")
    factories.question(session, of, "Can I go back to the pool?")
    session.get_one(Patient, of.patient_id)
    return of


def _entry(session: Session, of: Episode, on: date, *, pain: int, since: int) -> Entry:
    """A day as this patient writes it; `since` counts from the last visit."""
    more: dict[str, Any] = {"interference": max(0, pain - 1), "pain_worst": min(10, pain + 2)}
    if since <= 3:
        more["soreness"] = (3, 5, 2, 1)[since]
    if on.day % 11 == 0:
        more["is_late"] = True
    if on == days_ago(2):
        more |= {
            "flags": ["RF8", "RF10"],
            "note": "Outer toes have felt asleep since yesterday.",
            "call_me": True,
        }
    if on == days_ago(1):
        more |= {"note": "Could sit through supper. Stairs are slow.", "change": "better"}
    if on == days_ago(3):
        more["managed"] = "Walked to the library and back."
    places = ["low-back-l", "buttock-l"] + (["heel-l"] if on >= days_ago(2) else [])
    return factories.entry(session, of, on, pain=pain, places=places, **more)


def whole_panel(session: Session, cast: Cast) -> dict[str, Episode]:
    """One patient for each reason, named after it; Mia is the busiest."""
    people = {"flag": busiest(session, cast)}
    for name in ("call", "worse", "visit", "question", "no-response", "quiet", "rest"):
        people[name] = someone(session, cast, f"{name.title()} Person")
    people["new"] = someone(session, cast, "New Person", started_on=days_ago(3))
    treated(session, people["call"], 5, 5)
    factories.entry(session, people["call"], days_ago(14), call_me=True)
    treated(session, people["worse"], 3, 7)
    treated(session, people["visit"], 8, 3)
    factories.visit(session, people["visit"], MONDAY, planned=True)
    factories.question(session, people["question"], "May I swim?")
    write(session, people["question"], range(20, 2, -1), 4)
    treated(session, people["no-response"], 5, 5)
    write(session, people["quiet"], range(30, 12, -1), 4)
    factories.visit(session, people["quiet"], days_ago(14))
    write(session, people["rest"], range(6, -1, -1), 4)
    return people


def crowd(session: Session, cast: Cast, count: int) -> None:
    """So many more patients of Ana's, written table by table, each with one entry."""
    rows = [_of_crowd(cast, number) for number in range(count)]
    for model in (Account, Patient, Episode, CareTeam, Consent, Entry):
        session.execute(insert(model), [row[model] for row in rows])
    for row in rows:
        db.touch(session, row[Episode]["id"])


def _of_crowd(cast: Cast, number: int) -> dict[type, dict[str, Any]]:
    account, patient, episode = db.new_id(), db.new_id(), db.new_id()
    name, now, ana = f"C{number:03}", factories.at(MONDAY, 9), cast.ana.practitioner_id
    return {
        Account: {"id": account, "email": f"{name}@example.org", "name": name, "created_at": now},
        Patient: {
            "id": patient,
            "clinic_id": cast.clinic_id,
            "account_id": account,
            "given_name": name,
            "family_name": "Crowd",
            "date_of_birth": date(1980, 1, 1),
            "zone": factories.ZONE,
            "created_at": now,
        },
        Episode: {
            "id": episode,
            "clinic_id": cast.clinic_id,
            "patient_id": patient,
            "lead_practitioner_id": ana,
            "complaint": "Neck",
            "started_on": days_ago(20),
        },
        CareTeam: {"episode_id": episode, "practitioner_id": ana, "from_at": now},
        Consent: {"episode_id": episode, "text_version": "1", "given_at": now},
        Entry: _entry_of_crowd(account, episode, number),
    }


def _entry_of_crowd(account: Any, episode: Any, number: int) -> dict[str, Any]:
    return {
        "episode_id": episode,
        "about_on": days_ago(number % 14),
        "version": 1,
        "entry_key": db.new_id(),
        "entered_at": factories.at(MONDAY, 9),
        "entered_by_id": account,
        "pain_average": number % 10,
    }


LONG_NAME = ("Maximiliane-Wilhelmina", "Featherstonehaugh-Vandenberghe-Castel")  # 60 with its space
TWELVE_VISITS = range(84, 0, -7)


def fullest(session: Session, cast: Cast) -> Episode:
    """Mia's diary of fourteen weeks with everything at once: twelve visits, five flags.

    A long name, three long questions, notes and a visit today; nothing of it may be cut off.
    """
    of = session.get_one(Episode, cast.mia.episode_id)
    of.started_on = days_ago(98)
    of.complaint = "Low back pain with pain into the left leg and the outer foot, 14 months"
    of.history = ["past-cancer", "blood-thinners", "faints-or-fits"]
    patient = session.get_one(Patient, of.patient_id)
    patient.given_name, patient.family_name = LONG_NAME
    sites = [("L4 to S1 paraspinals", "left", 2), ("Gluteus medius", "left", 3)]
    for n in TWELVE_VISITS:
        factories.visit(session, of, days_ago(n), sites=sites)
    factories.visit(session, of, MONDAY, planned=True)
    for n in range(97, 0, -1):
        if n % 9:
            _full_entry(session, of, n)
    for words in (
        "Is the numb feeling in my foot from the needles, or from my back as it was before?",
        "Can I go back to the pool, and how long after a visit should I wait with that?",
        "My sister asks whether it is safe for her as well, since she takes blood thinners.",
    ):
        factories.question(session, of, words)
    return of


def _full_entry(session: Session, of: Episode, n: int) -> None:
    since = next((visit - n for visit in reversed(TWELVE_VISITS) if visit >= n), 99)
    more: dict[str, Any] = {
        "interference": 4 + n % 3,
        "pain_worst": 7 + n % 4,
        "is_late": n % 11 == 0,
    }
    if since <= 4:
        more["soreness"] = (3, 5, 3, 2, 1)[since]
    if n <= 6:
        more["note"] = f"Day {n} back: sat through a whole supper, stairs are slow, one pillow."
    if n <= 5:
        more["managed"] = "Walked to the library and back with one rest on the bench by the river."
    if n == 2:
        more |= {"flags": ["RF2", "RF5", "RF8", "RF10"], "call_me": True}
        more["note"] = "Outer toes have felt asleep since yesterday evening, and the leg is heavy."
    if n == 1:
        more["change"] = "better"
    places = ["low-back-l", "buttock-l", "low-back-r", "thigh-back-l"]
    places += ["heel-l", "calf-l"] if n <= 3 else []
    factories.entry(session, of, days_ago(n), pain=4 + n % 3, places=places, **more)
