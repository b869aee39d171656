"""The forms of the patient's settings, and their sentences."""

from datetime import date, time

from wtforms import StringField

from portal.home.zones import known_zones
from portal.web.forms import HouseForm, secret_field, text_field
from portal.web.jinja import clock_time
from portal.web.languages import gettext as _
from portal.web.languages import lazy_gettext as lazy

LONGEST_NAME = 80
THEMES = ("system", "light", "dark")
SIZES = ("usual", "large")


class SettingsForm(HouseForm):
    """The parent of every form on the settings page."""

    def judge(self) -> bool:
        """Check what was typed; problems are noted at their fields."""
        return bool(self.validate())


class CalledForm(SettingsForm):
    """What the patient wants to be called."""

    called = text_field(
        lazy("What people call you (optional)"),
        limit=LONGEST_NAME,
        hint=lazy("Leave it empty to go by your first name."),
    )


class ZoneForm(SettingsForm):
    """The zone that decides which day it is."""

    zone = StringField(lazy("Time zone"))

    def judge(self) -> bool:
        """Check that the zone is one of the list."""
        if self.validate() and self.zone.data not in known_zones():
            self.refuse("zone", _("Choose a place from the list"))
        return not self.errors


class LookForm(SettingsForm):
    """Light or dark, and how large things are."""

    theme = StringField()
    size = StringField()

    def judge(self) -> bool:
        """Check that both are answers of the page."""
        self.validate()
        if self.theme.data not in THEMES:
            self.refuse("theme", _("Choose light, dark or as the device"))
        if self.size.data not in SIZES:
            self.refuse("size", _("Choose how large things are"))
        return not self.errors

    def problems(self) -> list[tuple[str, str]]:
        """Return what is wrong, each with the control to go to."""
        first = {"theme": "theme-system", "size": "size-usual"}
        return [(first[name], sentence) for name, sentence in super().problems()]


class RemindersForm(SettingsForm):
    """When the diary is asked for, and whether a mail says so."""

    prompt_at = text_field(
        lazy("Ask me at"), limit=20, hint=lazy("On your own clock, such as 20:00.")
    )
    mail = StringField()

    @property
    def is_mailed(self) -> bool:
        """Whether the box for mail is ticked."""
        return self.mail.data == "yes"

    @property
    def time(self) -> time | None:
        """The time typed; None when it is no time of day."""
        return time_of(self.prompt_at.data or "")

    def judge(self) -> bool:
        """Check that the time is one."""
        if self.validate() and self.time is None:
            self.refuse("prompt_at", _("Enter a time of day, such as 20:00"))
        return not self.errors


class PauseForm(SettingsForm):
    """The day from which the diary asks again; without one, in a week."""

    until = text_field(lazy("Ask me again from"), limit=20)

    def judge(self) -> bool:
        """Check that what was typed, if anything, is a day."""
        if self.validate() and self.until.data and self.day is None:
            self.refuse("until", _("Enter the day from which your diary asks again"))
        return not self.errors

    @property
    def day(self) -> date | None:
        """The day typed; None when it is no day."""
        return day_of(self.until.data or "")


class LeaveForm(SettingsForm):
    """The password, asked once more before the diary ends for good."""

    password = secret_field(lazy("Your password"), required=lazy("Enter your password."))


def time_of(typed: str) -> time | None:
    """Return a time of day to the minute; None for text that is none."""
    try:
        found = time.fromisoformat(typed)
    except ValueError:
        return None
    is_plain = found.tzinfo is None and clock_time(found) == typed[:5]
    return found.replace(second=0, microsecond=0) if is_plain else None


def day_of(typed: str) -> date | None:
    """Return a day in its ISO form; None for text that is none."""
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None
