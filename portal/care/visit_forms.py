"""The form of a visit's record: the day, the sites, a note, the next visit and the diary plan."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from werkzeug.datastructures import MultiDict

from portal import clock
from portal.care import visit_rows
from portal.care.appointments import Problem, instant
from portal.care.visit_plans import PlanChoice
from portal.care.visit_rows import BLANK_ROWS, GRASPS, MOST_ROWS, SIDES, SiteRow
from portal.care.visits import Site, VisitFacts
from portal.web.forms import cleaned
from portal.web.languages import gettext as _

LONGEST_NOTE = 2000
LONGEST_REASON = 500
MOST_WEEKS = 26
FURTHEST_AHEAD = timedelta(days=730)

__all__ = ["GRASPS", "SIDES", "PlanChoice", "SiteRow"]


@dataclass(slots=True)
class VisitForm:
    """What was typed, and what is wrong with it; bound from a request, never from the database."""

    held_on: str = ""
    note: str = ""
    reason: str = ""
    next_on: str = ""
    next_at: str = ""
    plan: str = PlanChoice.KEEP
    weeks: str = ""
    base_version: str = "0"
    is_another: bool = False
    rows: list[SiteRow] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def summary(self) -> list[tuple[str, str]]:
        """The errors in page order: the first control's id, and the sentence."""
        rows = [(f"place-{at}", row.error) for at, row in enumerate(self.rows) if row.error]
        return [*self.errors.items(), *rows]

    @property
    def is_valid(self) -> bool:
        """Whether nothing is wrong."""
        return not self.summary


def blank_form(today: date, suggestions: Sequence[Site]) -> VisitForm:
    """Return the form of a new record: today, last visit's sites unticked, rows to fill."""
    rows = [
        visit_rows.row_of(site, is_suggestion=True)
        for site in suggestions[: MOST_ROWS - BLANK_ROWS]
    ]
    return VisitForm(held_on=today.isoformat(), rows=rows + visit_rows.blank_rows(BLANK_ROWS))


def correction_form(held_on: date, note: str, sites: Sequence[Site], version: int) -> VisitForm:
    """Return the form of a correction, filled with what stands."""
    rows = [visit_rows.row_of(site, is_suggestion=False) for site in sites]
    return VisitForm(
        held_on=held_on.isoformat(),
        note=note,
        base_version=str(version),
        rows=rows + visit_rows.blank_rows(2),
    )


def bound_form(posted: MultiDict[str, str]) -> VisitForm:
    """Return the form as posted, with nothing judged yet."""
    return VisitForm(
        held_on=_text(posted, "held_on", 20),
        note=cleaned(posted.get("note")),
        reason=cleaned(posted.get("reason")),
        next_on=_text(posted, "next_on", 20),
        next_at=_text(posted, "next_at", 20),
        plan=_text(posted, "plan", 10) or PlanChoice.KEEP,
        weeks=_text(posted, "weeks", 3),
        base_version=_text(posted, "base_version", 6),
        is_another=posted.get("another") == "yes",
        rows=visit_rows.bound_rows(posted),
    )


def _text(posted: MultiDict[str, str], name: str, longest: int) -> str:
    return posted.get(name, "").strip()[:longest]


def with_more_rows(form: VisitForm) -> VisitForm:
    """Return the form with four more rows to fill, up to the most there may be."""
    form.rows += visit_rows.blank_rows(min(BLANK_ROWS, MOST_ROWS - len(form.rows)))
    return form


def judge(form: VisitForm, *, today: date, earliest: date) -> VisitFacts | None:
    """Check a bound form; return the facts to record, or None with the errors noted in it."""
    held_on = _held_on(form, today, earliest)
    visit_rows.judge_rows(form.rows)
    if len(form.note) > LONGEST_NOTE:
        form.errors["note"] = _("Keep the note to 2,000 characters")
    if len(form.reason) > LONGEST_REASON:
        form.errors["reason"] = _("Keep the reason to 500 characters")
    if not form.is_valid or held_on is None:
        return None
    sites = tuple(row.site for row in form.rows if row.counts)
    return VisitFacts(held_on, sites, note=form.note, reason=form.reason)


def _held_on(form: VisitForm, today: date, earliest: date) -> date | None:
    held_on = _date(form.held_on)
    if held_on is None:
        form.errors["held_on"] = _("Enter the day of the visit")
    elif held_on > today:
        form.errors["held_on"] = _("The day of the visit is in the future; plan it below instead")
    elif held_on < earliest:
        form.errors["held_on"] = _("The day of the visit is too long ago")
    return held_on


def next_visit(form: VisitForm, *, now: datetime, zone: str) -> datetime | None:
    """Return when the next visit is to be on the clinic's clock, if one was typed.

    Errors are noted in the form.
    """
    if not form.next_on and not form.next_at:
        return None
    on, at = _date(form.next_on), _time(form.next_at)
    if on is None:
        form.errors["next_on"] = _("Enter the day of the next visit, or leave day and time empty")
        return None
    if at is None:
        form.errors["next_at"] = _("Enter the time of the next visit, such as 10:40")
        return None
    today = clock.local(now, zone).date()
    if on > today + FURTHEST_AHEAD:
        form.errors["next_on"] = _("The next visit can be at most two years from now")
        return None
    return _moment(form, instant(on, at, zone), now)


def _moment(form: VisitForm, meant: datetime | Problem, now: datetime) -> datetime | None:
    if isinstance(meant, Problem):
        form.errors["next_at"] = _("The clock is changed then; choose a time before or after")
        return None
    if meant <= now:
        form.errors["next_on"] = _("The next visit must be later than now")
        return None
    return meant


def judge_plan(form: VisitForm) -> PlanChoice:
    """Return what is to become of the diary plan; errors are noted in the form."""
    try:
        choice = PlanChoice(form.plan)
    except ValueError:
        form.errors["plan-keep"] = _("Choose what becomes of the diary plan")
        return PlanChoice.KEEP
    if choice is PlanChoice.LONGER and weeks_of(form) is None:
        form.errors["weeks"] = _("Enter how many weeks more, 1 to 26")
    return choice


def weeks_of(form: VisitForm) -> int | None:
    """Return the weeks typed, 1 to 26; None for anything else."""
    if not form.weeks.isascii() or not form.weeks.isdigit():
        return None
    return int(form.weeks) if 1 <= int(form.weeks) <= MOST_WEEKS else None


def _date(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


def _time(typed: str) -> time | None:
    try:
        found = time.fromisoformat(typed)
    except ValueError:
        return None
    return found.replace(second=0, microsecond=0) if found.tzinfo is None else None
