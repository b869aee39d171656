"""The form of a visit's record: rows of sites, with last visit's sites as suggestions."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.datastructures import MultiDict

from portal import clock
from portal.care.models import Side
from portal.care.visits import Site, VisitFacts, instant_of
from portal.web.forms import cleaned, one_line

BLANK_ROWS = 4
MOST_ROWS = 24
LONGEST_NOTE = 2000
LONGEST_PLACE = 120
LONGEST_REASON = 500
FURTHEST_AHEAD = timedelta(days=730)
_STRONGEST_GRASP = 3

SIDES = (
    (Side.LEFT.value, lazy_gettext("Left")),
    (Side.RIGHT.value, lazy_gettext("Right")),
    (Side.BOTH.value, lazy_gettext("Both sides")),
    (Side.MIDLINE.value, lazy_gettext("Middle")),
)
GRASPS = (
    ("0", lazy_gettext("0 none")),
    ("1", lazy_gettext("1 a little")),
    ("2", lazy_gettext("2 clear")),
    ("3", lazy_gettext("3 strong")),
)


@dataclass(slots=True)
class SiteRow:
    """One row of the form: a suggestion counts only when ticked, a blank row when filled."""

    place: str = ""
    side: str = ""
    grasp: str = ""
    is_suggestion: bool = False
    is_kept: bool = False
    error: str = ""

    @property
    def counts(self) -> bool:
        """Whether this row is part of the record."""
        return self.is_kept if self.is_suggestion else bool(self.place)


@dataclass(slots=True)
class VisitForm:
    """What was typed, and what is wrong with it; bound from a request, never from the database."""

    held_on: str = ""
    note: str = ""
    reason: str = ""
    next_on: str = ""
    next_at: str = ""
    base_version: str = "0"
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
    rows = [_row_of(site, is_suggestion=True) for site in suggestions[: MOST_ROWS - BLANK_ROWS]]
    return VisitForm(held_on=today.isoformat(), rows=rows + _blank(BLANK_ROWS))


def correction_form(held_on: date, note: str, sites: Sequence[Site], version: int) -> VisitForm:
    """Return the form of a correction, filled with what stands."""
    rows = [_row_of(site, is_suggestion=False) for site in sites]
    return VisitForm(
        held_on=held_on.isoformat(),
        note=note,
        base_version=str(version),
        rows=rows + _blank(2),
    )


def _row_of(site: Site, *, is_suggestion: bool) -> SiteRow:
    grasp = "" if site.grasp is None or is_suggestion else str(site.grasp)
    return SiteRow(site.place, site.side, grasp, is_suggestion=is_suggestion)


def _blank(count: int) -> list[SiteRow]:
    return [SiteRow() for _count in range(count)]


def bound_form(posted: MultiDict[str, str]) -> VisitForm:
    """Return the form as posted, with nothing judged yet."""
    form = VisitForm(
        held_on=_text(posted, "held_on", 20),
        note=cleaned(posted.get("note")),
        reason=cleaned(posted.get("reason")),
        next_on=_text(posted, "next_on", 20),
        next_at=_text(posted, "next_at", 20),
        base_version=_text(posted, "base_version", 6),
    )
    for at in range(MOST_ROWS):
        if f"place-{at}" not in posted:
            break
        form.rows.append(
            SiteRow(
                place=one_line(posted[f"place-{at}"]),
                side=_text(posted, f"side-{at}", 10),
                grasp=_text(posted, f"grasp-{at}", 2),
                is_suggestion=posted.get(f"suggested-{at}") == "yes",
                is_kept=posted.get(f"keep-{at}") == "yes",
            )
        )
    return form


def _text(posted: MultiDict[str, str], name: str, longest: int) -> str:
    return posted.get(name, "").strip()[:longest]


def with_more_rows(form: VisitForm) -> VisitForm:
    """Return the form with four more rows to fill, up to the most there may be."""
    form.rows += _blank(min(BLANK_ROWS, MOST_ROWS - len(form.rows)))
    return form


def judge(form: VisitForm, *, today: date, earliest: date) -> VisitFacts | None:
    """Check a bound form; return the facts to record, or None with the errors noted in it."""
    held_on = _held_on(form, today, earliest)
    for row in form.rows:
        row.error = _row_error(row) if row.counts else ""
    if len(form.note) > LONGEST_NOTE:
        form.errors["note"] = _("Keep the note to 2,000 characters")
    if len(form.reason) > LONGEST_REASON:
        form.errors["reason"] = _("Keep the reason to 500 characters")
    if not form.is_valid or held_on is None:
        return None
    sites = tuple(
        Site(row.place, row.side, int(row.grasp) if row.grasp else None)
        for row in form.rows
        if row.counts
    )
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


def _row_error(row: SiteRow) -> str:
    if len(row.place) > LONGEST_PLACE:
        return _("Keep the place to 120 characters")
    if row.side not in {code for code, _label in SIDES}:
        return _("Choose the side for %(place)s", place=row.place)
    if row.grasp and (not row.grasp.isascii() or not row.grasp.isdigit()):
        return _("Choose how firmly the needle was held, 0 to 3")
    if row.grasp and int(row.grasp) > _STRONGEST_GRASP:
        return _("Choose how firmly the needle was held, 0 to 3")
    return ""


def next_visit(form: VisitForm, *, now: datetime, zone: str) -> datetime | None:
    """Return when the next visit is to be, if one was typed; errors are noted in the form."""
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
    if on < today or instant_of(on, at, zone) <= now:
        form.errors["next_on"] = _("The next visit must be later than now")
        return None
    return instant_of(on, at, zone)


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
    return found.replace(tzinfo=None, second=0, microsecond=0)
