"""The forms of an episode's page: one act from a list, and what it needs."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from uuid import UUID

from werkzeug.datastructures import MultiDict

from portal.care.episode_queries import EpisodeRecord
from portal.db import PractitionerId
from portal.web.forms import one_line
from portal.web.languages import gettext as _

LONGEST_REASON = 200
_LONGEST_VALUE = 40


class EpisodeAct(StrEnum):
    """What can be done to an episode of care."""

    JOIN = "join"
    LEAVE = "leave"
    LEAD = "lead"
    END = "end"
    WITHDRAW = "withdraw-consent"


_TO_CONFIRM = frozenset({EpisodeAct.END, EpisodeAct.WITHDRAW})


@dataclass(slots=True)
class EpisodeForm:
    """What was sent, and what is wrong with it; bound from a request."""

    act: str = ""
    episode: str = ""
    joins: str = ""
    leaves: str = ""
    leads: str = ""
    reason: str = ""
    withdrawn_on: str = ""
    answer: str = ""
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def summary(self) -> list[tuple[str, str]]:
        """The errors in page order: the control's id, and the sentence."""
        return list(self.errors.items())

    @property
    def is_to_confirm(self) -> bool:
        """Whether this act is asked about once more before it is done."""
        return self.act in _TO_CONFIRM and self.answer != "yes"

    @property
    def practitioner_id(self) -> PractitionerId:
        """Whom the act is about, once `judge` has found it in order."""
        return PractitionerId(UUID(self.joins or self.leaves or self.leads))

    @property
    def withdrawal(self) -> date:
        """The day of the withdrawal, once `judge` has found it in order."""
        return date.fromisoformat(self.withdrawn_on)


def bound_form(posted: MultiDict[str, str]) -> EpisodeForm:
    """Return the form as sent, with nothing judged yet; of the people only the act's own."""
    act = _text(posted, "act")
    people = {"join": "joins", "leave": "leaves", "lead": "leads"}
    form = EpisodeForm(
        act=act,
        episode=_text(posted, "episode"),
        reason=one_line(posted.get("reason")),
        withdrawn_on=_text(posted, "withdrawn_on"),
        answer=_text(posted, "answer"),
    )
    if act in people:
        setattr(form, people[act], _text(posted, people[act]))
    return form


def _text(posted: MultiDict[str, str], name: str) -> str:
    return posted.get(name, "").strip()[:_LONGEST_VALUE]


def judge(form: EpisodeForm, shown: EpisodeRecord) -> bool:
    """Check a bound form against the page it came from; problems are noted in it."""
    members = {str(one.practitioner_id) for one in shown.team}
    if form.act not in set(EpisodeAct):
        form.errors["team"] = _("Choose what to change")
    elif form.act == EpisodeAct.JOIN and form.joins not in {key for key, _name in shown.others}:
        refuse(form, shown, "joins", _("Choose a colleague of this clinic"))
    elif form.act == EpisodeAct.LEAVE and form.leaves not in members:
        refuse(form, shown, "leaves", _("Choose somebody of the care team"))
    elif form.act == EpisodeAct.LEAD and form.leads not in members:
        refuse(form, shown, "leads", _("Choose somebody of the care team"))
    elif form.act == EpisodeAct.END:
        _judge_reason(form)
    elif form.act == EpisodeAct.WITHDRAW:
        _judge_day(form, shown)
    return not form.errors


def refuse(form: EpisodeForm, shown: EpisodeRecord, name: str, sentence: str) -> None:
    """Say what is wrong at a list of people, or at the care team where there is no such list."""
    listed = {"joins": shown.others, "leaves": shown.may_leave, "leads": shown.may_lead}
    form.errors[name if listed[name] else "team"] = sentence


def _judge_reason(form: EpisodeForm) -> None:
    if not form.reason:
        form.errors["reason"] = _("Say in a few words why the episode ends")
    elif len(form.reason) > LONGEST_REASON:
        form.errors["reason"] = _("Keep the reason to 200 characters")


def _judge_day(form: EpisodeForm, shown: EpisodeRecord) -> None:
    try:
        on = form.withdrawal
    except ValueError:
        form.errors["withdrawn_on"] = _("Enter the day on which the patient told you")
        return
    if on > shown.today:
        form.errors["withdrawn_on"] = _("This day is in the future")
    elif on < shown.consent_on:
        form.errors["withdrawn_on"] = _("This day is before the patient agreed")
