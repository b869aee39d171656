"""One builder per model: each takes the session, shows what matters, and fills in the rest.

Inside `with db.write_transaction() as session`, `factories.entry(session, episode, day, pain=4)`
keeps the summaries as the portal does. Every builder adds, flushes and returns the new row.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal import clock, db
from portal.accounts.models import Account, AccountRole, Role
from portal.care.consent import TEXT_VERSION
from portal.care.models import (
    BreakGlass,
    CareTeam,
    Consent,
    DiaryPlan,
    Episode,
    NeedlingSite,
    Patient,
    Practitioner,
    Restriction,
    Visit,
    VisitRecord,
)
from portal.clinics.models import Clinic
from portal.db import AccountId, Base, ClinicId
from portal.diary.models import Entry, EntryFlag, EntryPlace, FlagAct, Prompt, Question
from portal.review.models import Review

ZONE = "America/Toronto"
_numbers = count(1)
Row = TypeVar("Row", bound=Base)


def _add(session: Session, row: Row) -> Row:
    session.add(row)
    session.flush()
    return row


def _touch(session: Session, episode: Episode) -> None:
    db.touch(session, episode.id)


def at(on: date, hour: int = 20, minute: int = 0, zone: str = ZONE) -> datetime:
    """The instant at which the clock on the wall shows this."""
    return datetime.combine(on, time(hour, minute), ZoneInfo(zone)).astimezone(UTC)


def clinic(session: Session, name: str = "Riverside IMS Clinic", **more: Any) -> Clinic:
    values: dict[str, Any] = {
        "slug": f"{name.partition(' ')[0].lower()}-{next(_numbers)}",
        "name": name,
        "city": "Guelph",
        "address": "12 Mill Street, Guelph, Ontario",
        "phone": "519-555-0142",
        "hours": "Monday to Friday, 8:00 to 18:00",
        "review_rhythm": "before each visit, not at night",
        "created_at": clock.now(),
    }
    return _add(session, Clinic(**(values | more)))


def account(session: Session, name: str, **more: Any) -> Account:
    email = f"{name.partition(' ')[0].lower()}.{next(_numbers)}@example.org"
    values: dict[str, Any] = {"email": email, "name": name, "created_at": clock.now()}
    return _add(session, Account(**(values | more)))


def role(
    session: Session,
    account_id: AccountId,
    clinic_id: ClinicId,
    which: Role,
    *,
    person_id: UUID | None = None,
) -> AccountRole:
    held = AccountRole(
        account_id=account_id, clinic_id=clinic_id, role=which.value, person_id=person_id
    )
    return _add(session, held)


def practitioner(
    session: Session, of: Clinic, name: str, *roles: Role, **more: Any
) -> Practitioner:
    """A practitioner with an account; `roles` are held besides that of practitioner."""
    own = account(session, name)
    values: dict[str, Any] = {
        "clinic_id": of.id,
        "account_id": own.id,
        "display_name": name,
        "profession": "Physiotherapist",
        "college": "College of Physiotherapists of Ontario",
        "registration_number": f"{10000 + next(_numbers)}",
        "rostered_on": date(2019, 5, 1),
    }
    made = _add(session, Practitioner(**(values | more)))
    for which in (Role.PRACTITIONER, *roles):
        role(session, own.id, of.id, which, person_id=made.id)
    return made


def administrator(session: Session, of: Clinic, name: str) -> Account:
    own = account(session, name)
    role(session, own.id, of.id, Role.ADMINISTRATOR)
    return own


def patient(session: Session, of: Clinic, name: str, **more: Any) -> Patient:
    """A patient with an account, and no episode yet."""
    own = account(session, name)
    given, _, family = name.partition(" ")
    values: dict[str, Any] = {
        "clinic_id": of.id,
        "account_id": own.id,
        "given_name": given,
        "family_name": family,
        "date_of_birth": date(1979, 3, 14),
        "phone": "519-555-0167",
        "zone": ZONE,
        "created_at": clock.now(),
    }
    made = _add(session, Patient(**(values | more)))
    role(session, own.id, of.id, Role.PATIENT, person_id=made.id)
    return made


def episode(
    session: Session, of: Patient, lead: Practitioner, *, consented: bool = True, **more: Any
) -> Episode:
    """An open episode with its lead in the care team, consent, and a plan of twelve weeks."""
    started = more.get("started_on") or clock.today(of.zone) - timedelta(days=20)
    values: dict[str, Any] = {
        "clinic_id": of.clinic_id,
        "patient_id": of.id,
        "lead_practitioner_id": lead.id,
        "complaint": "Low back pain with pain into the left leg",
        "activities": ["Walking the dog for half an hour", "Sitting through a meeting"],
        "history": [],
        "started_on": started,
    }
    made = _add(session, Episode(**(values | more)))
    care_team(session, made, lead)
    if consented:
        consent(session, made)
    plan(session, made, of)
    return made


def care_team(session: Session, of: Episode, who: Practitioner, **more: Any) -> CareTeam:
    values: dict[str, Any] = {
        "episode_id": of.id,
        "practitioner_id": who.id,
        "from_at": at(of.started_on, 9),
    }
    return _add(session, CareTeam(**(values | more)))


def consent(session: Session, of: Episode, **more: Any) -> Consent:
    values: dict[str, Any] = {
        "episode_id": of.id,
        "text_version": TEXT_VERSION,
        "given_at": at(of.started_on, 9),
    }
    return _add(session, Consent(**(values | more)))


def plan(session: Session, of: Episode, who: Patient, **more: Any) -> DiaryPlan:
    values: dict[str, Any] = {
        "episode_id": of.id,
        "made_at": at(of.started_on, 9),
        "made_by_id": who.account_id,
        "starts_on": of.started_on,
        "ends_on": of.started_on + timedelta(weeks=12),
    }
    _touch(session, of)
    return _add(session, DiaryPlan(**(values | more)))


def restriction(session: Session, of: Episode, who: Practitioner, **more: Any) -> Restriction:
    values: dict[str, Any] = {
        "episode_id": of.id,
        "practitioner_id": who.id,
        "from_at": clock.now(),
    }
    return _add(session, Restriction(**(values | more)))


def break_glass(session: Session, of: Episode, who: Practitioner, **more: Any) -> BreakGlass:
    now = clock.now()
    values: dict[str, Any] = {
        "episode_id": of.id,
        "practitioner_id": who.id,
        "reason": "Covering for a colleague who is ill",
        "at": now,
        "until_at": now + timedelta(minutes=60),
    }
    return _add(session, BreakGlass(**(values | more)))


def visit(
    session: Session,
    of: Episode,
    on: date,
    *,
    sites: Sequence[tuple[str, str, int | None]] = (("L4–L5", "left", 2),),
    planned: bool = False,
    **more: Any,
) -> Visit:
    """A visit held on a day with its sites (place, side, grasp), or one only `planned` for it."""
    values: dict[str, Any] = {
        "episode_id": of.id,
        "practitioner_id": of.lead_practitioner_id,
        "planned_for": at(on, 10),
        "planned_on": on,
    }
    if not planned:
        held = select(func.count()).where(Visit.episode_id == of.id, Visit.held_at.is_not(None))
        values |= {
            "held_at": at(on, 10),
            "held_on": on,
            "number": (session.scalar(held) or 0) + 1,
            "is_needling": bool(sites),
            "version": 1,
        }
    made = _add(session, Visit(**(values | more)))
    if not planned:
        visit_record(session, made, sites)
    _touch(session, of)
    return made


def visit_record(
    session: Session, of: Visit, sites: Iterable[tuple[str, str, int | None]], **more: Any
) -> VisitRecord:
    """What the practitioner recorded of a visit, as its present version, with the sites."""
    values: dict[str, Any] = {
        "visit_id": of.id,
        "episode_id": of.episode_id,
        "version": of.version,
        "held_on": of.held_on,
        "note": of.note,
        "recorded_at": of.held_at,
        "recorded_by_id": of.practitioner_id,
    }
    for position, (place, side, grasp) in enumerate(sites):
        site = NeedlingSite(
            visit_id=of.id,
            episode_id=of.episode_id,
            version=of.version,
            position=position,
            place=place,
            side=side,
            grasp=grasp,
        )
        session.add(site)
    return _add(session, VisitRecord(**(values | more)))


def _author(session: Session, of: Episode) -> AccountId:
    found = session.scalar(select(Patient.account_id).where(Patient.id == of.patient_id))
    assert found is not None
    return found


def entry(
    session: Session,
    of: Episode,
    on: date,
    *,
    pain: int | None = 4,
    places: Iterable[str] = ("low-back-l",),
    flags: Sequence[str] = (),
    **more: Any,
) -> Entry:
    """The first version of a day, written that evening; `flags` (and `call_me`) stay open."""
    values: dict[str, Any] = {
        "episode_id": of.id,
        "about_on": on,
        "version": 1,
        "entry_key": db.new_id(),
        "entered_at": at(on, 19, 42),
        "entered_by_id": _author(session, of),
        "scale_layout": "one-row",
        "pain_average": pain,
        "interference": pain,
        "flags": list(flags) or ["none"],
    }
    made = _add(session, Entry(**(values | more)))
    session.add_all(
        EntryPlace(entry_id=made.id, region=region, episode_id=of.id) for region in places
    )
    for code in (*flags, *(["CALL"] if made.call_me else [])):
        if code != "none":
            flag(session, made, code)
    _touch(session, of)
    return made


def correction(session: Session, of: Entry, **changed: Any) -> Entry:
    """The next version of an entry, a minute later, with some answers changed."""
    names = {column.key for column in Entry.__table__.columns} - {"id", "supersedes_id"}
    values = {name: getattr(of, name) for name in names}
    values |= {
        "version": of.version + 1,
        "supersedes_id": of.id,
        "entered_at": of.entered_at + timedelta(minutes=1),
        "reason": "Ticked the wrong number",
    }
    db.touch(session, of.episode_id)
    return _add(session, Entry(**(values | changed)))


def flag(session: Session, of: Entry, code: str = "RF5", **more: Any) -> EntryFlag:
    values: dict[str, Any] = {
        "episode_id": of.episode_id,
        "entry_id": of.id,
        "about_on": of.about_on,
        "code": code,
        "advice_version": 1,
        "raised_at": of.entered_at,
    }
    db.touch(session, of.episode_id)
    return _add(session, EntryFlag(**(values | more)))


def flag_act(session: Session, of: EntryFlag, who: Practitioner, **more: Any) -> FlagAct:
    values: dict[str, Any] = {
        "episode_id": of.episode_id,
        "flag_id": of.id,
        "practitioner_id": who.id,
        "at": clock.now(),
        "how": "called",
        "note": "Seen by the family doctor this morning",
    }
    db.touch(session, of.episode_id)
    return _add(session, FlagAct(**(values | more)))


def question(session: Session, of: Episode, body: str, **more: Any) -> Question:
    values: dict[str, Any] = {
        "episode_id": of.id,
        "body": body,
        "position": next(_numbers),
        "asked_at": clock.now(),
    }
    _touch(session, of)
    return _add(session, Question(**(values | more)))


def prompt(session: Session, of: Episode, on: date, **more: Any) -> Prompt:
    """A reminder to write about a day, made that evening."""
    values: dict[str, Any] = {
        "episode_id": of.id,
        "patient_id": of.patient_id,
        "kind": "diary",
        "asked_on": on,
        "made_at": at(on),
    }
    _touch(session, of)
    return _add(session, Prompt(**(values | more)))


def review(
    session: Session, of: Episode, who: Practitioner, up_to: Entry | None = None, **more: Any
) -> Review:
    values: dict[str, Any] = {
        "episode_id": of.id,
        "practitioner_id": who.id,
        "at": clock.now(),
        "up_to_entry_id": up_to.id if up_to else None,
    }
    _touch(session, of)
    return _add(session, Review(**(values | more)))
