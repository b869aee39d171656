"""Reminders that are due: found in the database, written down once, and put into the outbox."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, aliased

from portal import clock, db
from portal.accounts.models import Account
from portal.care.consent import is_agreed
from portal.care.models import DiaryPlan, Episode, Patient, Visit
from portal.db import AccountId, EpisodeId, PatientId, new_id
from portal.diary.models import Entry, Prompt, Question
from portal.diary.queries import newest, plan_of, somebody_reads
from portal.diary.reminders import Asking, Kind, Prompted, due_prompt, heard_on, open_day
from portal.diary.schedule import VisitDay, offered_day
from portal.mail.outbox import Letter, queue

AT_ONCE = 50
LOOKS_BACK = timedelta(days=120)
LettersOf = Callable[[Session, "Reminded", Kind], Letter]


@dataclass(frozen=True, slots=True)
class Reminded:
    """Somebody who may be reminded now, and where the mail goes."""

    episode_id: EpisodeId
    patient_id: PatientId
    account_id: AccountId
    email: str
    language: str
    plan: DiaryPlan
    zone: str


def remind_due(letter_of: LettersOf) -> int:
    """Write down every reminder that is due now, with its mail; returns how many there were.

    Each batch is one transaction that looks everything up anew, so that a reminder and its mail
    stand together or not at all, and two runs at once never remind twice.
    """
    now, done = clock.now(), 0
    due = _due(db.session(), reachable(db.session(), now), now)
    for some in _in_parts([who.episode_id for who, _prompt in due]):
        with db.write_transaction() as session:
            _take_turns(session, some)
            still = _due(session, reachable(session, now, only=some), now)
            done += sum(_remind(session, who, prompt, letter_of) for who, prompt in still)
    return done


def reachable(
    session: Session, now: datetime, *, only: Collection[EpisodeId] | None = None
) -> list[Reminded]:
    """Return who gets reminders by mail and whose hour it is.

    Only an open diary counts that the patient has agreed to and somebody reads, whose plan is on.
    """
    later = aliased(DiaryPlan)
    is_newest = ~exists().where(
        later.episode_id == Episode.id,
        (later.made_at > DiaryPlan.made_at)
        | ((later.made_at == DiaryPlan.made_at) & (later.id > DiaryPlan.id)),
    )
    wanted = (
        select(Episode.id, Patient, Account.email, DiaryPlan)
        .join(Patient, Patient.id == Episode.patient_id)
        .join(Account, Account.id == Patient.account_id)
        .join(DiaryPlan, DiaryPlan.episode_id == Episode.id)
        .where(
            Episode.ended_on.is_(None),
            Account.is_active,
            Patient.is_mailed,
            DiaryPlan.ends_on >= now.date() - timedelta(days=2),
            is_newest,
            is_agreed(),
            somebody_reads(),
        )
        .order_by(Episode.id)
    )
    if only is not None:
        wanted = wanted.where(Episode.id.in_(only))
    return [
        Reminded(episode_id, who.id, who.account_id, email, who.language, plan, who.zone)
        for episode_id, who, email, plan in session.execute(wanted)
        if open_day(now, who.zone, plan.prompt_at) is not None
    ]


def _due(
    session: Session, people: Sequence[Reminded], now: datetime
) -> list[tuple[Reminded, Prompted]]:
    found: list[tuple[Reminded, Prompted]] = []
    for start in range(0, len(people), AT_ONCE):
        some = people[start : start + AT_ONCE]
        known = _known(session, some, now)
        for who in some:
            prompt = due_prompt(known[who.episode_id], now)
            if prompt is not None:
                found.append((who, prompt))
    return found


def _known(session: Session, people: Sequence[Reminded], now: datetime) -> dict[EpisodeId, Asking]:
    """Everything that decides about these people: four statements."""
    ids = [who.episode_id for who in people]
    since = now.date() - LOOKS_BACK
    visits, wrote = _visits(session, ids), _wrote(session, ids, since)
    prompts, asks = _prompts(session, ids, since), _asks(session, ids)
    return {
        who.episode_id: _asking(
            who,
            visits=visits[who.episode_id],
            wrote=wrote[who.episode_id],
            prompts=prompts[who.episode_id],
            has_questions=who.episode_id in asks,
        )
        for who in people
    }


def _asking(
    who: Reminded,
    *,
    visits: list[VisitDay],
    wrote: dict[date, datetime],
    prompts: list[Prompted],
    has_questions: bool,
) -> Asking:
    plan = plan_of(who.plan, who.zone)
    assert plan is not None  # noqa: S101 - the query asks for it
    last = max(wrote, default=None)
    entered_on = offered_day(clock.local(wrote[last], who.zone)) if last else None
    return Asking(
        plan=plan,
        visits=tuple(visits),
        zone=who.zone,
        prompt_at=who.plan.prompt_at,
        written=frozenset(wrote),
        heard_on=heard_on(visits, last, entered_on),
        prompts=tuple(prompts),
        has_questions=has_questions,
    )


def _visits(session: Session, ids: list[EpisodeId]) -> dict[EpisodeId, list[VisitDay]]:
    found: dict[EpisodeId, list[VisitDay]] = defaultdict(list)
    rows = session.execute(
        select(Visit.episode_id, Visit.planned_on, Visit.held_on).where(
            Visit.episode_id.in_(ids), Visit.cancelled_at.is_(None)
        )
    )
    for key, planned_on, held_on in rows:
        if planned_on is not None or held_on is not None:
            found[key].append(VisitDay(planned_on, held_on))
    return found


def _wrote(
    session: Session, ids: list[EpisodeId], since: date
) -> dict[EpisodeId, dict[date, datetime]]:
    """When each day was written, for days whose newest version is not withdrawn."""
    found: dict[EpisodeId, dict[date, datetime]] = defaultdict(dict)
    rows = session.execute(
        select(Entry.episode_id, Entry.about_on, Entry.entered_at).where(
            Entry.episode_id.in_(ids),
            Entry.about_on >= since,
            Entry.withdrawn_at.is_(None),
            newest(),
        )
    )
    for key, about_on, entered_at in rows:
        found[key][about_on] = entered_at
    return found


def _prompts(
    session: Session, ids: list[EpisodeId], since: date
) -> dict[EpisodeId, list[Prompted]]:
    found: dict[EpisodeId, list[Prompted]] = defaultdict(list)
    rows = session.execute(
        select(Prompt.episode_id, Prompt.kind, Prompt.asked_on).where(
            Prompt.episode_id.in_(ids), Prompt.asked_on >= since
        )
    )
    for key, kind, asked_on in rows:
        found[key].append(Prompted(Kind(kind), asked_on))
    return found


def _asks(session: Session, ids: list[EpisodeId]) -> frozenset[EpisodeId]:
    """The diaries in which a question waits for the next visit."""
    waiting = select(Question.episode_id).where(
        Question.episode_id.in_(ids),
        Question.answered_at.is_(None),
        Question.withdrawn_at.is_(None),
    )
    return frozenset(session.scalars(waiting))


def _take_turns(session: Session, ids: list[EpisodeId]) -> None:
    """Let two runs at once come one after the other, also where the database has no one queue."""
    mine = select(Episode.id).where(Episode.id.in_(ids)).order_by(Episode.id)
    session.execute(mine.with_for_update()).all()


def _remind(session: Session, who: Reminded, prompt: Prompted, letter_of: LettersOf) -> bool:
    """Write a reminder down and mail it; False where another run was faster."""
    values = {
        "id": new_id(),
        "episode_id": who.episode_id,
        "patient_id": who.patient_id,
        "kind": prompt.kind.value,
        "asked_on": prompt.on,
        "made_at": clock.now(),
    }
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    once = insert(Prompt).values(values).on_conflict_do_nothing().returning(Prompt.id)
    if session.execute(once).first() is None:
        return False
    queue(session, to=who.email, letter=letter_of(session, who, prompt.kind))
    db.touch(session, who.episode_id)
    return True


def _in_parts(ids: list[EpisodeId]) -> Iterator[list[EpisodeId]]:
    return (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))
