"""Writing a simulated diary: entries, corrections, a withdrawal, a flag, a call."""

from datetime import date, datetime, time, timedelta
from uuid import uuid4

from sqlalchemy.orm import Session

from portal import clock
from portal.care.models import Episode
from portal.care.visits import instant_of
from portal.db import AccountId, EntryId, new_id
from portal.demo.people import Person
from portal.demo.simulator import SimulatedDay, simulate
from portal.diary.models import Entry, EntryFlag, EntryPlace

ZONE = "America/Toronto"
_FEW = 3


def write_diary(
    session: Session, person: Person, episode: Episode, author: AccountId, *, today: date
) -> None:
    """Write what this person would have written from enrolment until `silent` days ago."""
    if person.days == 0:
        return
    visits = sorted(today - timedelta(days=ago) for ago in person.held)
    days = simulate(
        person.course,
        first=episode.started_on,
        last=today - timedelta(days=max(1, person.silent)),
        visits=visits,
        seed=person.name,
    )
    for day in days:
        ago = (today - day.on).days
        entry = _entry(person, episode, author, day, ago=ago)
        session.add(entry)
        session.flush()
        _more(session, person, entry, ago=ago)


def _entry(
    person: Person, episode: Episode, author: AccountId, day: SimulatedDay, *, ago: int
) -> Entry:
    late = day.days_late if ago >= day.days_late else 0
    written = instant_of(day.on + timedelta(days=late), time(19, 10 + ago % 45), ZONE)
    entry = Entry(
        id=EntryId(new_id()),
        episode_id=episode.id,
        about_on=day.on,
        version=1,
        entry_key=uuid4(),
        entered_at=min(written, clock.now()),
        entered_by_id=author,
        scale_layout="two-rows",
        is_late=late > 0,
        pain_average=day.pain_average,
        pain_worst=day.pain_worst,
        interference=day.interference,
        sleep=day.sleep,
        soreness=day.soreness,
        flags=["none"],
        note=dict(person.notes).get(ago, ""),
        managed=dict(person.managed).get(ago, ""),
        call_me=person.call == ago,
    )
    if day.days_after == 1:
        entry.grasp_felt, entry.grasp_lasted = "clearly", "minutes"
    if person.change and day.visit and ago % 5 == 1:
        entry.change = person.change
    if person.flag and person.flag[0] == ago:
        entry.flags = [person.flag[1]]
    return entry


def _more(session: Session, person: Person, entry: Entry, *, ago: int) -> None:
    _places(session, person, entry, ago)
    for code in _codes(person, ago):
        session.add(
            EntryFlag(
                episode_id=entry.episode_id,
                entry_id=entry.id,
                about_on=entry.about_on,
                code=code,
                advice_version=1,
                raised_at=entry.entered_at,
            )
        )
    if ago == person.corrected:
        _version(session, person, entry, reason="I had counted the wrong day.")
    if ago == person.withdrawn:
        _version(session, person, entry, withdrawn_at=entry.entered_at + timedelta(hours=13))
    session.flush()


def _codes(person: Person, ago: int) -> list[str]:
    flag = [person.flag[1]] if person.flag and person.flag[0] == ago else []
    return [*flag, *(["CALL"] if person.call == ago else [])]


def _places(session: Session, person: Person, entry: Entry, ago: int) -> None:
    places = person.places[: 1 + (entry.pain_average or 0) * len(person.places) // 8]
    if person.flag and ago < _FEW and person.flag[1] == "RF8":
        places = (*places, "foot-l")
    for region in places:
        session.add(EntryPlace(entry_id=entry.id, region=region, episode_id=entry.episode_id))


def _version(
    session: Session,
    person: Person,
    first: Entry,
    *,
    reason: str = "",
    withdrawn_at: datetime | None = None,
) -> None:
    copied = {
        column.key: getattr(first, column.key)
        for column in Entry.__table__.columns
        if column.key != "id"
    }
    pain = first.pain_average or 0
    copied |= {
        "version": 2,
        "supersedes_id": first.id,
        "entered_at": first.entered_at + timedelta(hours=13),
        "reason": reason,
        "withdrawn_at": withdrawn_at,
        "pain_average": pain if withdrawn_at else max(0, pain - 1),
    }
    second = Entry(id=EntryId(new_id()), **copied)
    session.add(second)
    session.flush()
    _places(session, person, second, _FEW)
