"""The forms of the administrator's pages."""

from collections.abc import Collection
from datetime import date
from uuid import UUID
from zoneinfo import available_timezones

from wtforms import DateField, IntegerField, StringField
from wtforms.validators import Optional

from portal.admin import thresholds
from portal.admin.clinic import Wanted
from portal.admin.queries import ClinicSettings
from portal.care.invite_forms import email_or_none
from portal.care.invited import InvitedColleague, Kind, Way
from portal.clinics.regions import PACKS
from portal.web.forms import HouseForm, Problem, one_line, text_field
from portal.web.languages import gettext as _
from portal.web.languages import lazy_gettext as lazy

NAME = 120
SHORT = 40
STAFF_KINDS = (Kind.PRACTITIONER, Kind.ADMINISTRATOR)


class InviteColleagueForm(HouseForm):
    """A colleague to invite: as the college's roster names them, or an administrator by name."""

    kind = StringField()
    name = text_field(lazy("Name"), limit=NAME, required=lazy("Enter the colleague’s name"))
    email = text_field(
        lazy("E-mail"), limit=254, required=lazy("Enter the colleague’s e-mail address")
    )
    profession = text_field(lazy("Profession, as the college names it"), limit=80)
    college = text_field(lazy("College"), limit=NAME)
    registration_number = text_field(lazy("Registration number"), limit=SHORT)
    rostered_on = DateField(
        lazy("On the college’s roster for needling since (if so)"), validators=[Optional()]
    )
    way = StringField()

    def problems(self) -> list[Problem]:
        """Return what is wrong, each with the first control to go to."""
        first = {"kind": f"kind-{Kind.PRACTITIONER}", "way": f"way-{Way.MAIL}"}
        return [(first.get(name, name), sentence) for name, sentence in super().problems()]

    def judge(self, today: date, *, own_email: str) -> bool:
        """Check everything; problems are noted in the form."""
        in_order = self.validate()
        if self.email.data and email_or_none(self.email.data) == own_email:
            self.refuse("email", _("This is your own address; invite somebody else"))
        if self.kind.data not in set(STAFF_KINDS):
            self.refuse("kind", _("Choose what the colleague does here"))
        if self.email.data and email_or_none(self.email.data) is None:
            self.refuse("email", _("This does not look like an e-mail address"))
        if self.kind.data == Kind.PRACTITIONER and not self.profession.data:
            self.refuse("profession", _("Enter the profession, such as physiotherapist"))
        if self.rostered_on.data is not None and self.rostered_on.data > today:
            self.refuse("rostered_on", _("This day is in the future"))
        if self.way.data not in set(Way):
            self.refuse("way", _("Choose how the invitation reaches the colleague"))
        return in_order and not self.problems()

    def facts(self) -> InvitedColleague:
        """Return what was typed, once `judge` has found it in order."""
        return InvitedColleague(
            name=self.name.data or "",
            profession=self.profession.data or "",
            college=self.college.data or "",
            registration_number=self.registration_number.data or "",
            rostered_on=self.rostered_on.data,
        )


class ClinicForm(HouseForm):
    """Everything a clinic sets about itself."""

    name = text_field(lazy("Name"), limit=NAME, required=lazy("Enter the clinic’s name"))
    city = text_field(lazy("Town"), limit=80)
    address = text_field(lazy("Address"), limit=300)
    phone = text_field(lazy("Phone"), limit=SHORT, hint=lazy("The number that patients call."))
    hours = text_field(
        lazy("Hours"),
        limit=200,
        hint=lazy("When somebody answers, such as “Monday to Friday, 8:00 to 18:00”."),
    )
    zone = StringField()
    region = StringField()
    review_rhythm = text_field(
        lazy("When diaries are read"),
        limit=120,
        hint=lazy(
            "It completes “Your diary is read …”, such as “before each visit, not at night”."
        ),
    )
    flag_reader = StringField()
    deputy = StringField()
    advice_checked_by = text_field(lazy("Checked by"), limit=NAME)
    advice_checked_on = DateField(lazy("Checked on"), validators=[Optional()])
    points = StringField(filters=[one_line])
    points_with_percent = StringField(filters=[one_line])
    percent = StringField(filters=[one_line])
    window_days = StringField(filters=[one_line])
    settled_days = StringField(filters=[one_line])
    version = IntegerField()

    def judge(self, *, practitioners: Collection[str], today: date) -> bool:
        """Check everything; problems are noted in the form."""
        in_order = self.validate()
        if self.phone.data and not any(mark.isdigit() for mark in self.phone.data):
            self.refuse("phone", _("A phone number has digits"))
        if self.zone.data not in available_timezones():
            self.refuse("zone", _("Choose a time zone"))
        if self.region.data not in PACKS:
            self.refuse("region", _("Choose a region whose emergency numbers are known"))
        self._judge_readers({"", *practitioners})
        self._judge_advice(today)
        for name, sentence in thresholds.refusals(self.numbers()).items():
            self.refuse(name, sentence)
        return in_order and not self.problems()

    def numbers(self) -> dict[str, str]:
        """Return what was typed for each number that the review rests on."""
        return {rule.name: self[rule.name].data or "" for rule in thresholds.RULES}

    def _judge_readers(self, known: set[str]) -> None:
        first, second = self.flag_reader.data or "", self.deputy.data or ""
        if first not in known:
            self.refuse("flag_reader", _("Choose somebody of this clinic"))
        if second not in known:
            self.refuse("deputy", _("Choose somebody of this clinic"))
        elif first and first == second:
            self.refuse("deputy", _("The deputy reads while the flag reader is away: choose two"))

    def _judge_advice(self, today: date) -> None:
        by, on = self.advice_checked_by.data, self.advice_checked_on.data
        if self.advice_checked_on.errors:
            return
        if bool(by) != (on is not None):
            self.refuse("advice_checked_by", _("Say who checked the advice and when, or neither"))
        elif on is not None and on > today:
            self.refuse("advice_checked_on", _("This day is in the future"))

    def wanted(self) -> Wanted:
        """Return what was typed, once `judge` has found it in order."""
        return Wanted(
            name=self.name.data or "",
            city=self.city.data or "",
            address=self.address.data or "",
            phone=self.phone.data or "",
            hours=self.hours.data or "",
            zone=self.zone.data or "",
            region=self.region.data or "",
            review_rhythm=self.review_rhythm.data or "",
            flag_reader=UUID(self.flag_reader.data) if self.flag_reader.data else None,
            deputy=UUID(self.deputy.data) if self.deputy.data else None,
            advice_checked_by=self.advice_checked_by.data or "",
            advice_checked_on=self.advice_checked_on.data,
            thresholds=thresholds.to_store(self.numbers()),
        )


def changes(
    before: ClinicSettings, wanted: Wanted, names: dict[str, str]
) -> list[tuple[str, str, str]]:
    """Return what would change, as (label, before, after); `names` are the practitioners'."""
    labels = {
        "name": _("Name"),
        "city": _("Town"),
        "address": _("Address"),
        "phone": _("Phone"),
        "hours": _("Hours"),
        "zone": _("Time zone"),
        "region": _("Region"),
        "review_rhythm": _("When diaries are read"),
        "flag_reader": _("Who reads red flags"),
        "deputy": _("Deputy"),
        "advice_checked_by": _("Help advice checked by"),
        "advice_checked_on": _("Help advice checked on"),
    }
    pairs = (
        (label, _said(getattr(before, key), names), _said(getattr(wanted, key), names))
        for key, label in labels.items()
    )
    old, new = thresholds.in_force(before.thresholds), thresholds.in_force(wanted.thresholds)
    numbers = (
        (f"{rule.label} ({rule.unit})", old[rule.name], new[rule.name]) for rule in thresholds.RULES
    )
    return [found for found in (*pairs, *numbers) if found[1] != found[2]]


def _said(value: object, names: dict[str, str]) -> str:
    said = "" if value is None else str(value)
    return names.get(said, said)
