"""The forms of a diary plan's page: how long it asks, a pause, its end."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from werkzeug.datastructures import MultiDict

from portal.care.plans import LONGEST_DAYS, USUAL_PAUSE, USUAL_WEEKS
from portal.diary.plan_queries import PlanRecord
from portal.web.languages import gettext as _

MOST_WEEKS = LONGEST_DAYS // 7
_LONGEST_VALUE = 40


class PlanAct(StrEnum):
    """What can be done to a diary plan."""

    SET = "set"
    PAUSE = "pause"
    RESUME = "resume"
    END = "end"


@dataclass(slots=True)
class PlanForm:
    """What was typed, and what is wrong with it; bound from a request."""

    act: str = ""
    base: str = ""
    weeks: str = ""
    ends_on: str = ""
    until: str = ""
    day: date = date.min
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def summary(self) -> list[tuple[str, str]]:
        """The errors in page order: the control's id, and the sentence."""
        return list(self.errors.items())


def filled_form(shown: PlanRecord) -> PlanForm:
    """Return the forms as a page first shows them: the end that stands, or the usual weeks."""
    form = PlanForm(until=(shown.today + USUAL_PAUSE).isoformat())
    if shown.plan is not None and shown.is_on:
        form.ends_on = shown.plan.ends_on.isoformat()
    else:
        form.weeks = str(USUAL_WEEKS)
    return form


def bound_form(posted: MultiDict[str, str], shown: PlanRecord) -> PlanForm:
    """Return the forms as sent, the others as they were shown; nothing is judged yet."""
    form = filled_form(shown)
    form.act, form.base = _text(posted, "act"), _text(posted, "plan")
    if form.act == PlanAct.SET:
        form.weeks, form.ends_on = _text(posted, "weeks"), _text(posted, "ends_on")
    elif form.act == PlanAct.PAUSE:
        form.until = _text(posted, "until")
    return form


def _text(posted: MultiDict[str, str], name: str) -> str:
    return posted.get(name, "").strip()[:_LONGEST_VALUE]


def judge(form: PlanForm, shown: PlanRecord) -> bool:
    """Check what was sent; problems are noted in the form, `day` is the day meant."""
    if form.act == PlanAct.SET and form.weeks:
        _judge_weeks(form, shown.today)
    elif form.act == PlanAct.SET:
        last = shown.today + timedelta(days=LONGEST_DAYS)
        _judge_day(form, "ends_on", shown.today, last)
    elif form.act == PlanAct.PAUSE:
        end = shown.plan.ends_on if shown.plan else shown.today
        _judge_day(form, "until", shown.today + timedelta(days=1), end + timedelta(days=1))
    elif form.act not in set(PlanAct):
        form.errors["ends_on"] = _("Choose what to change")
    return not form.errors


def _judge_weeks(form: PlanForm, today: date) -> None:
    weeks = int(form.weeks) if form.weeks.isascii() and form.weeks.isdigit() else 0
    if not 0 < weeks <= MOST_WEEKS:
        form.errors["weeks"] = _("Enter a number of weeks, 1 to %(most)s", most=MOST_WEEKS)
        return
    form.day = today + timedelta(weeks=weeks)


def _judge_day(form: PlanForm, name: str, first: date, last: date) -> None:
    try:
        form.day = date.fromisoformat(getattr(form, name))
    except ValueError:
        form.errors[name] = (
            _("Enter a day, or a number of weeks")
            if name == "ends_on"
            else _("Enter the day from which the diary asks again")
        )
        return
    if form.day < first:
        form.errors[name] = _("This day is over; choose a later one")
    elif form.day > last:
        form.errors[name] = (
            _("Choose a day within a year from now")
            if name == "ends_on"
            else _("Choose a day before the plan ends")
        )
