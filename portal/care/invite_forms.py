"""The forms of inviting and of accepting."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID
from zoneinfo import available_timezones

from wtforms import DateField, SelectMultipleField, StringField

from portal.accounts.addresses import email_or_none
from portal.care.history import HISTORY
from portal.care.invited import YOUNGEST, InvitedPatient, Way, age_on
from portal.web.forms import HouseForm, Problem, Required, secret_field, text_field
from portal.web.languages import gettext as _
from portal.web.languages import lazy_gettext as lazy

NAME = 80
FEW_WORDS = 120
NUMBER = 40
PLAN_DAYS = 84
LONGEST_PLAN_DAYS = 366
OLDEST = 120
LANGUAGES = (("en", lazy("English")),)
ZONES = (
    "America/Toronto",
    "America/St_Johns",
    "America/Halifax",
    "America/Winnipeg",
    "America/Regina",
    "America/Edmonton",
    "America/Vancouver",
    "America/Whitehorse",
)
__all__ = ["email_or_none"]


def date_of_parts(day: str, month: str, year: str) -> date | None:
    """Return a date typed in three parts; None when there is no such day."""
    parts = [part.strip() for part in (year, month, day)]
    if not all(part.isascii() and part.isdigit() for part in parts) or len(parts[0]) != len("1968"):
        return None
    try:
        return date(*(int(part) for part in parts))
    except ValueError:
        return None


class BirthForm(HouseForm):
    """The date of birth, typed as people remember it."""

    born_on_day = text_field("", limit=2)
    born_on_month = text_field("", limit=2)
    born_on_year = text_field("", limit=4)

    @property
    def born_on(self) -> date | None:
        """The date typed; None when there is no such day."""
        day, month, year = self.born_on_day, self.born_on_month, self.born_on_year
        return date_of_parts(day.data or "", month.data or "", year.data or "")

    @property
    def born_on_error(self) -> str:
        """What is wrong with the date, in the words of the first part that complains."""
        parts = (self.born_on_day, self.born_on_month, self.born_on_year)
        return next((str(part.errors[0]) for part in parts if part.errors), "")


_ASKED = (
    *("given_name", "family_name", "preferred_name"),
    *("born_on_day", "born_on_month", "born_on_year"),
    *("email", "phone", "clinic_number", "complaint"),
    *("activity_1", "activity_2", "activity_3", "history"),
    *("plan_ends_on", "lead", "care_team", "language", "zone", "way"),
)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What an invitation may name: who could read, which day it is in the clinic, what is taken."""

    practitioners: Collection[UUID]
    today: date
    is_number_taken: bool = False


class InviteForm(BirthForm):
    """Everything asked once about a patient to be."""

    given_name = text_field(
        lazy("First name"), limit=NAME, required=lazy("Enter the patient’s first name")
    )
    family_name = text_field(
        lazy("Family name"), limit=NAME, required=lazy("Enter the patient’s family name")
    )
    preferred_name = text_field(lazy("Called (optional)"), limit=NAME)
    email = text_field(
        lazy("E-mail"), limit=254, required=lazy("Enter the patient’s e-mail address")
    )
    phone = text_field(lazy("Phone (optional)"), limit=NUMBER)
    clinic_number = text_field(lazy("Your own patient number (optional)"), limit=NUMBER)
    complaint = text_field(
        lazy("What brings them, in a few words"),
        limit=FEW_WORDS,
        required=lazy("Say in a few words what brings the patient, such as low back pain"),
    )
    activity_1 = text_field(
        lazy("First activity"),
        limit=FEW_WORDS,
        required=lazy("Name at least one activity that matters to the patient"),
    )
    activity_2 = text_field(lazy("Second activity (optional)"), limit=FEW_WORDS)
    activity_3 = text_field(lazy("Third activity (optional)"), limit=FEW_WORDS)
    history = SelectMultipleField(choices=[], validate_choice=False)
    language = StringField()
    zone = StringField()
    plan_ends_on = DateField(
        lazy("The diary ends on"),
        validators=[Required(lazy("Enter the day on which the diary ends"))],
    )
    lead = StringField()
    care_team = SelectMultipleField(choices=[], validate_choice=False)
    way = StringField()

    def problems(self) -> list[Problem]:
        """Return what is wrong in the order of the page, each with the control to go to."""
        first = {
            "history": f"history-{next(iter(HISTORY))}",
            "way": f"way-{Way.MAIL}",
            "care_team": "lead",
        }
        found = sorted(super().problems(), key=lambda problem: _ASKED.index(problem[0]))
        return [(first.get(name, name), sentence) for name, sentence in found]

    def judge(self, bounds: Bounds) -> bool:
        """Check everything, field by field and together; problems are noted in the form."""
        in_order = self.validate()
        self._judge_birth(bounds.today)
        if self.email.data and email_or_none(self.email.data) is None:
            self.refuse("email", _("This does not look like an e-mail address"))
        if bounds.is_number_taken:
            self.refuse(
                "clinic_number",
                _("Another patient has this number; look it up, or leave it empty for now"),
            )
        self._judge_plan(bounds.today)
        self._judge_choices(bounds)
        return in_order and not self.problems()

    def _judge_birth(self, today: date) -> None:
        born_on = self.born_on
        if self.born_on_error:
            return
        if born_on is None or not born_on <= today or age_on(born_on, today) > OLDEST:
            self.refuse("born_on_day", _("Enter the date of birth, for example 27 3 1968"))
        elif age_on(born_on, today) < YOUNGEST:
            self.refuse(
                "born_on_day",
                _(
                    "Patients must be 16 or over and write for themselves: the portal has no "
                    "way yet for somebody to write or consent on behalf of a child"
                ),
            )

    def _judge_plan(self, today: date) -> None:
        ends_on = self.plan_ends_on.data
        if ends_on is None or self.plan_ends_on.errors:
            return
        if not today < ends_on <= today + timedelta(days=LONGEST_PLAN_DAYS):
            self.refuse("plan_ends_on", _("Choose a day between tomorrow and a year from now"))

    def _judge_choices(self, bounds: Bounds) -> None:
        known = {str(key) for key in bounds.practitioners}
        if self.lead.data not in known:
            self.refuse("lead", _("Choose who leads the care"))
        if not set(self.care_team.data or ()) <= known:
            self.refuse("care_team", _("Choose people of this clinic"))
        if not set(self.history.data or ()) <= set(HISTORY):
            self.refuse("history", _("Choose from the list"))
        if self.language.data not in {code for code, _label in LANGUAGES}:
            self.refuse("language", _("Choose a language"))
        if self.zone.data not in available_timezones():
            self.refuse("zone", _("Choose a time zone"))
        if self.way.data not in set(Way):
            self.refuse("way", _("Choose how the invitation reaches the patient"))

    def facts(self) -> InvitedPatient:
        """Return what was typed, once `judge` has found it in order."""
        born_on, ends_on = self.born_on, self.plan_ends_on.data
        assert born_on is not None  # noqa: S101 - judge() refuses it
        assert ends_on is not None  # noqa: S101 - judge() refuses it
        activities = (self.activity_1.data, self.activity_2.data, self.activity_3.data)
        return InvitedPatient(
            given_name=self.given_name.data or "",
            family_name=self.family_name.data or "",
            preferred_name=self.preferred_name.data or "",
            date_of_birth=born_on,
            phone=self.phone.data or "",
            clinic_number=self.clinic_number.data or "",
            complaint=self.complaint.data or "",
            activities=tuple(activity for activity in activities if activity),
            history=tuple(code for code in HISTORY if code in (self.history.data or ())),
            language=self.language.data or "",
            zone=self.zone.data or "",
            plan_ends_on=ends_on,
            lead_practitioner_id=UUID(self.lead.data),
            care_team=tuple(UUID(key) for key in self.care_team.data or ()),
        )


class CodeForm(HouseForm):
    """The code from a printed sheet."""

    code = text_field(
        lazy("Code"), limit=80, required=lazy("Type the code that stands on your sheet")
    )


class AcceptForm(HouseForm):
    """The password of the account: a new one, or the one it has."""

    password = secret_field(lazy("Password"), required=lazy("Enter a password"))
