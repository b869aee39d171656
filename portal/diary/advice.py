"""The advice page: what a ticked flag leads to, with numbers as large as buttons."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from portal.diary.flags import Advice, Tier, advice_for
from portal.diary.queries import Appointment, Care
from portal.education.facts import ClinicFacts
from portal.web.jinja import clock_time, lower_first, weekday
from portal.web.jinja import day as written_day
from portal.web.languages import gettext as _


@dataclass(frozen=True, slots=True)
class Call:
    """A number to call or text, as large as a button."""

    label: str
    small: str
    href: str
    is_first: bool = False


@dataclass(frozen=True, slots=True)
class AdviceCard:
    """One tier's advice with its numbers."""

    advice: Advice
    told: tuple[str, ...]
    calls: tuple[Call, ...]

    @property
    def is_calm(self) -> bool:
        """Whether the card is drawn without the colour of danger."""
        return self.advice.tier is Tier.CLINIC


@dataclass(frozen=True, slots=True)
class AdvicePage:
    """What to do now, most urgent first; `saved` says whether the entry is."""

    cards: tuple[AdviceCard, ...]
    others: tuple[Call, ...]
    saved: str
    where_it_goes: str
    stamp: str

    @property
    def title(self) -> str:
        """The most urgent advice in a few words."""
        return self.cards[0].advice.title


def _emergency(clinic: ClinicFacts, *, is_first: bool = False) -> Call:
    region = clinic.region
    label = _("Call %(number)s", number=region.emergency)
    return Call(label, _("Emergency, any time"), region.emergency_href, is_first)


def _health_line(clinic: ClinicFacts) -> Call:
    region = clinic.region
    small = _("A nurse at %(name)s, any time. Not for emergencies.", name=region.health_line_name)
    return Call(_("Call %(number)s", number=region.health_line), small, region.health_line_href)


def _clinic(clinic: ClinicFacts, *, is_first: bool = False) -> Call:
    small = _("%(clinic)s, %(hours)s", clinic=clinic.name, hours=clinic.hours)
    return Call(_("Call %(number)s", number=clinic.phone), small, clinic.phone_href, is_first)


def _crisis(clinic: ClinicFacts) -> tuple[Call, ...]:
    region = clinic.region
    name = region.crisis_line_name
    return (
        Call(
            _("Call %(number)s", number=region.crisis_line),
            _("%(name)s, any time, free", name=name),
            region.crisis_line_href,
            is_first=True,
        ),
        Call(
            _("Text %(number)s", number=region.crisis_line),
            _("The same people, by text message"),
            region.crisis_line_href.replace("tel:", "sms:"),
        ),
        _emergency(clinic),
    )


def _calls(tier: Tier, clinic: ClinicFacts) -> tuple[Call, ...]:
    if tier is Tier.EMERGENCY:
        return (_emergency(clinic, is_first=True),)
    if tier is Tier.CRISIS:
        return _crisis(clinic)
    own = (_clinic(clinic, is_first=True),) if clinic.phone else ()
    return (*own, _health_line(clinic), _emergency(clinic))


def _unlike(calls: Sequence[Call], shown: Sequence[Call]) -> tuple[Call, ...]:
    """Leave out numbers that stand on the page already."""
    known = {call.href for call in shown}
    return tuple(call for call in calls if call.href not in known)


def _cards(advice: Sequence[Advice], clinic: ClinicFacts) -> tuple[AdviceCard, ...]:
    shown: list[Call] = []
    cards = []
    for one in advice:
        calls = _unlike(_calls(one.tier, clinic), shown)
        shown += calls
        told = tuple(lower_first(str(flag.label)) for flag in one.flags)
        cards.append(AdviceCard(one, told, calls))
    return tuple(cards)


def _tier_name(tier: Tier) -> str:
    return {
        Tier.EMERGENCY: _("emergency"),
        Tier.CRISIS: _("crisis line"),
        Tier.SAME_DAY: _("same day"),
        Tier.CLINIC: _("call the clinic"),
    }[tier]


def _stamp(advice: Sequence[Advice], clinic: ClinicFacts, at: datetime | None) -> str:
    versions = "; ".join(
        _("%(tier)s, version %(number)s", tier=_tier_name(one.tier), number=one.version)
        for one in advice
    )
    shown = _("Advice: %(versions)s.", versions=versions)
    if at is not None:
        day, time = written_day(at.date()), clock_time(at)
        shown = _("%(advice)s Shown %(day)s, %(time)s.", advice=shown, day=day, time=time)
    if clinic.signed:
        return shown
    return _("%(shown)s Not yet checked by a practitioner.", shown=shown)


def advice_page(
    codes: Sequence[str],
    clinic: ClinicFacts,
    at: datetime | None,
    *,
    saved: str,
    where_it_goes: str = "",
) -> AdvicePage | None:
    """Return the advice that ticked flags lead to; None when none was ticked.

    `at` is the patient's local time, where it is known; `saved` says what became of the entry.
    """
    advice = advice_for(codes, clinic)
    if not advice:
        return None
    cards = _cards(advice, clinic)
    own = (_clinic(clinic),) if clinic.phone else ()
    others = (_health_line(clinic), *own)
    shown = [call for card in cards for call in card.calls]
    return AdvicePage(
        cards, _unlike(others, shown), saved, where_it_goes, _stamp(advice, clinic, at)
    )


def goes_to(care: Care, clinic: ClinicFacts, visits: Sequence[Appointment]) -> str:
    """Say who will see a ticked flag, and when at the latest."""
    if not care.is_read:
        return _("Nobody reads this diary now.")
    ahead = [visit.on for visit in visits if not visit.is_held and visit.on >= care.today]
    first = _("Your answer stands first on your practitioner’s list.")
    if ahead:
        return _(
            "%(first)s It may not be read until your visit on %(day)s.",
            first=first,
            day=weekday(min(ahead)),
        )
    if not clinic.rhythm:
        return first
    return _("%(first)s Diaries are read %(rhythm)s.", first=first, rhythm=clinic.rhythm)
