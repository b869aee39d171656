"""A patient, two tabs and a practitioner, doing anything in any order, against a simple model.

Write, correct, withdraw, restore, pause, change the plan, hold a visit, acknowledge, sign out, run
out: each step goes through the real HTTP client, and after each the rows are what the model says.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import select

from portal import clock, db
from portal.care.models import DiaryPlan
from portal.diary.models import Entry, EntryFlag
from portal.review import summaries, written
from tests.diary.fuzzing import digest_of_others
from tests.diary.model import A_DAY, Book, Outcome, Said, writable
from tests.diary.world import World
from tests.pages import Page, page_of
from tests.people import HouseClient, proof_of, sign_in

IDLE, LONGEST, WORDS_KEPT = timedelta(minutes=30), timedelta(hours=24), timedelta(hours=24)
SEEN_EVERY = timedelta(minutes=1)
SORE_DAYS = 3
STATUS = {
    Outcome.SAVED: 303,
    Outcome.SAME: 303,
    Outcome.CONFLICT: 409,
    Outcome.CLOSED: 422,
    Outcome.NOT_ENOUGH: 422,
}
said = st.builds(
    Said,
    pain=st.integers(0, 10) | st.integers(0, 10) | st.none(),
    flags=st.sets(st.sampled_from(("RF1", "RF5", "RF9")), max_size=2).map(frozenset),
    calls=st.sampled_from((False, False, False, True)),
    note=st.sampled_from(("", "Stairs are slow.", "Slept badly.")),
)
tabs = st.integers(0, 1)
days_ago = st.sampled_from((0, 0, 0, 1, 1, 2, 3, 9))
choices = st.integers(0, 9)
TURNS = ("withdraw", "withdraw", "restore")


@dataclass(frozen=True, slots=True)
class Opened:
    """A form that stands open in a tab."""

    on: date
    key: str
    base: int


class Diary(RuleBasedStateMachine):
    """Mia's diary, on the portal and in the model."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        self.world.begin_again()
        self.cast, self.mia = self.world.cast, self.world.cast.mia
        self.book = Book()
        self.open: dict[int, Opened] = {}
        self.kept: set[date] = set()
        self.visits: set[date] = set()
        self.client = self.world.browser()
        self.signed_at: datetime | None = None
        self.seen_at = clock.now()
        self.others = digest_of_others(self.mia, "sign_in")
        self.plans = 1
        self._enter()

    # Where things stand

    @property
    def local(self) -> datetime:
        return clock.local(clock.now(), "America/Toronto")

    @property
    def today(self) -> date:
        return self.local.date()

    @property
    def is_live(self) -> bool:
        return self.signed_at is not None and clock.now() < self._runs_out_at()

    def _runs_out_at(self) -> datetime:
        assert self.signed_at is not None
        return min(self.seen_at + IDLE, self.signed_at + LONGEST)

    @property
    def words_are_kept(self) -> bool:
        return self.signed_at is not None and clock.now() < self._runs_out_at() + WORDS_KEPT

    def _tick(self) -> None:
        """Let a second go by, so that no two steps are at one instant."""
        self.world.now.shift(1)

    def _asked(self, ask: Callable[[], Any]) -> Any:
        """Send a request; a live sign-in notes at most once a minute that it is in use."""
        self._tick()
        if self.is_live and clock.now() - self.seen_at >= SEEN_EVERY:
            self.seen_at = clock.now()
        return ask()

    def get(self, path: str) -> Any:
        return self._asked(lambda: self.client.get(path))

    def post(self, path: str, **fields: Any) -> Any:
        return self._asked(lambda: self.client.post(path, fields))

    def _enter(self) -> None:
        sign_in(self.world.app, self.client, self.mia, proof_of(self.mia))
        self.signed_at = self.seen_at = clock.now()

    def _practitioner(self) -> HouseClient:
        ana = self.world.browser()
        return sign_in(self.world.app, ana, self.cast.ana, proof_of(self.cast.ana))

    @staticmethod
    def path(on: date) -> str:
        return f"/me/diary/{on.isoformat()}"

    # Time, and coming and going

    @rule(minutes=st.sampled_from((1, 5, 20, 31, 60, 5 * 60, 23 * 60, 25 * 60)))
    def time_goes_by(self, minutes: int) -> None:
        self.world.now.shift(minutes * 60)

    def _come_in(self) -> None:
        """Sign in where the sign-in ran out or was ended; until then nothing is shown."""
        if not self.is_live:
            assert self.get("/me/diary").headers["Location"].startswith("/sign-in")
            self._tick()
            self._enter()

    @rule()
    def sign_out(self) -> None:
        self._come_in()
        assert self.post("/sign-out").status_code == 303
        self.signed_at, self.kept = None, set()

    # The form, in two tabs

    @rule(tab=tabs, ago=days_ago)
    def open_a_day(self, tab: int, ago: int) -> None:
        self._come_in()
        on = self.today - ago * A_DAY
        page = page_of(self.get(self.path(on)))
        can_be_written = bool(self.book.version(on)) or on in writable(self.today)
        fields = page.find("//main//input[@name='entry_key']")
        assert bool(fields) == can_be_written
        if fields:
            self.open[tab] = self._opened(page, on)

    @rule(tab=tabs, ago=days_ago, says=said)
    def write(self, tab: int, ago: int, says: Said) -> None:
        self.open_a_day(tab, ago)
        if tab in self.open:
            self.send(tab, says)

    def _opened(self, page: Page, on: date) -> Opened:
        base = int(page.field("base_version").get("value") or 0)
        if on not in self.kept:
            assert base == self.book.version(on)
            self._shows_what_stands(page, on)
        return Opened(on, page.field("entry_key").get("value") or "", base)

    def _shows_what_stands(self, page: Page, on: date) -> None:
        chosen = page.find("//input[@name='pain_average'][@checked]")
        newest = self.book.newest(on)
        pain = newest.said.pain if newest is not None and not newest.is_withdrawn else None
        assert [one.get("value") for one in chosen] == ([str(pain)] if pain is not None else [])
        is_asked = bool(page.find("//input[@name='soreness']"))
        assert is_asked == any(0 <= (on - day).days <= SORE_DAYS for day in self.visits)

    @rule(ago=days_ago, first=said, second=said)
    def write_in_two_tabs(self, ago: int, first: Said, second: Said) -> None:
        """Both tabs stand open before either is sent: the second meets the first."""
        self.open_a_day(0, ago)
        self.open_a_day(1, ago)
        if self.open.keys() >= {0, 1}:
            self.send(0, first)
            self.send(1, second)

    @precondition(lambda self: self.open)
    @rule(tab=tabs, says=said)
    def send_what_stands_open(self, tab: int, says: Said) -> None:
        self.send(tab if tab in self.open else next(iter(self.open)), says)

    def send(self, tab: int, says: Said) -> None:
        form = self.open[tab]
        is_live, is_kept = self.is_live, self.words_are_kept
        key = {"entry_key": form.key, "base_version": str(form.base), "scale_layout": "one-row"}
        answer = self.post(self.path(form.on), **key, **says.fields())
        if is_live:
            self._was_answered(answer, form, says)
        elif is_kept:
            self.kept.add(form.on)
            assert answer.status_code == (400 if says.flags else 303)
        else:
            assert answer.status_code == 400

    def _was_answered(self, answer: Any, form: Opened, says: Said) -> None:
        outcome = self.book.send(form.on, self.local, key=form.key, base=form.base, said=says)
        assert answer.status_code == STATUS[outcome]
        if outcome in {Outcome.SAVED, Outcome.SAME}:
            assert answer.location == f"{self.path(form.on)}/saved"
            self.kept.discard(form.on)
        elif says.note:
            assert says.note in page_of(answer).main

    # Taking out and putting back

    @rule(choice=choices, stale=st.sampled_from((0, 0, 1)), what=st.sampled_from(TURNS))
    def withdraw_or_restore(self, choice: int, stale: int, what: str) -> None:
        self._come_in()
        days = [*sorted(self.book.days, reverse=True), self.today - 9 * A_DAY]
        self._turn(days[choice % len(days)], stale, what)

    @precondition(lambda self: self.book.days)
    @rule(choice=choices)
    def take_out_and_put_back(self, choice: int) -> None:
        self._come_in()
        on = sorted(self.book.days)[choice % len(self.book.days)]
        self._turn(on, 0, "withdraw")
        self._turn(on, 0, "restore")

    def _turn(self, on: date, stale: int, what: str) -> None:
        base = self.book.version(on) - stale
        answer = self.post(f"{self.path(on)}/{what}", base_version=base)
        if on not in self.book.days:
            assert answer.status_code == 404
            return
        outcome = self.book.turn(on, base=base, is_withdrawn=what == "withdraw")
        assert answer.status_code == STATUS[outcome]
        self._figures_agree()

    # The plan

    @rule()
    def pause(self) -> None:
        self._come_in()
        before = self._plan()
        assert self.post("/me/settings", act="pause").status_code == 303
        if before.ends_on >= self.today:
            until = min(self.today + 7 * A_DAY, before.ends_on + A_DAY)
            assert self._plan().paused_until == until

    @rule(hour=st.integers(0, 23))
    def resume_at_another_time(self, hour: int) -> None:
        self._come_in()
        assert self.post("/me/settings", act="resume").status_code == 303
        typed = {"act": "reminders", "prompt_at": f"{hour:02d}:15", "mail": "yes"}
        assert self.post("/me/settings", **typed).status_code == 303
        plan = self._plan()
        assert plan.prompt_at.hour == hour
        assert plan.paused_until is None or plan.paused_until <= self.today

    def _plan(self) -> DiaryPlan:
        db.end_read()
        found = db.session().scalars(
            select(DiaryPlan)
            .where(DiaryPlan.episode_id == self.mia.episode_id)
            .order_by(DiaryPlan.made_at.desc(), DiaryPlan.id.desc())
        )
        return found.all()[0]

    # The practitioner

    @rule(ago=st.integers(0, 3), plan=st.sampled_from(("keep", "keep", "longer", "end")))
    def hold_a_visit(self, ago: int, plan: str) -> None:
        on = self.today - ago * A_DAY
        if on in self.visits:
            return
        self._tick()
        typed = {"held_on": on.isoformat(), "plan": plan, "weeks": "4", "base_version": "0"}
        site = {"place-0": "Trapezius", "side-0": "left", "grasp-0": "2"}
        path = f"/clinic/patients/{self.mia.patient_id}/visits/new"
        answer: Any = self._practitioner().post(path, typed | site)
        assert answer.status_code == 303
        self.visits.add(on)

    @rule(choice=choices, how=st.sampled_from(("called", "sent-to-doctor", "no-answer")))
    def act_on_a_flag(self, choice: int, how: str) -> None:
        rows = [row for row in self._flag_rows() if row.acknowledged_at is None]
        if not rows:
            return
        row = rows[choice % len(rows)]
        self._tick()
        path = f"/clinic/patients/{self.mia.patient_id}/flags/{row.id}"
        typed = {"how": how, "note": "Spoke with her."}
        answer: Any = self._practitioner().post(path, typed)
        assert answer.status_code == 303
        if how != "no-answer":
            self._model_of(row).is_acknowledged = True

    def _model_of(self, row: EntryFlag) -> Any:
        return next(
            flag
            for flag in self.book.flags[row.about_on]
            if flag.code == row.code and not flag.is_acknowledged
        )

    # What must be true after every step

    @invariant()
    def the_rows_are_what_the_model_says(self) -> None:
        rows: dict[date, list[Entry]] = {}
        for row in self._rows(Entry, Entry.about_on, Entry.version):
            rows.setdefault(row.about_on, []).append(row)
        assert rows.keys() == self.book.days.keys()
        for on, versions in self.book.days.items():
            assert [row.version for row in rows[on]] == list(range(1, len(versions) + 1))
            for row, version in zip(rows[on], versions, strict=True):
                assert (row.pain_average, row.note) == (version.said.pain, version.said.note)
                assert (frozenset(row.flags), row.call_me) == (
                    version.said.flags,
                    version.said.calls,
                )
                assert row.is_late == version.is_late
                assert (row.withdrawn_at is not None) == version.is_withdrawn

    @invariant()
    def flags_stay_open_until_acknowledged(self) -> None:
        rows = sorted(
            (row.about_on, row.code, row.unticked_at is not None, row.acknowledged_at is not None)
            for row in self._flag_rows()
        )
        assert rows == sorted(
            (on, flag.code, flag.is_unticked, flag.is_acknowledged)
            for on, flags in self.book.flags.items()
            for flag in flags
        )

    @invariant()
    def plans_are_only_added_to(self) -> None:
        many = len(self._rows(DiaryPlan, DiaryPlan.made_at))
        assert many >= self.plans
        self.plans = many

    def _flag_rows(self) -> list[EntryFlag]:
        return self._rows(EntryFlag, EntryFlag.about_on, EntryFlag.code, EntryFlag.raised_at)

    def _rows(self, model: Any, *order: Any) -> list[Any]:
        db.end_read()
        mine = model.episode_id == self.mia.episode_id
        return list(db.session().scalars(select(model).where(mine).order_by(*order)))

    def _figures_agree(self) -> None:
        db.end_read()
        found = written.written_days(db.session(), [self.mia.episode_id])
        days = found.get(self.mia.episode_id, ())
        counted = {one.day.on: one.day.pain_average for one in days}
        assert counted == self.book.figures()

    def teardown(self) -> None:
        """At the end: the figures are those of what stands, and nobody else was touched."""
        self._figures_agree()
        assert summaries.verify(db.session()) == []
        db.end_read()
        assert digest_of_others(self.mia, "sign_in") == self.others


def diary_in(world: World) -> type[Diary]:
    """The machine, playing in this world."""
    return type("DiaryInWorld", (Diary,), {"world": world})
