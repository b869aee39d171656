"""What the clinic counts as a change: five numbers with their bounds, usual values and sources."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from flask_babel import LazyString
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.care.models import Episode
from portal.db import ClinicId
from portal.review import summaries
from portal.review.summary import thresholds_from
from portal.review.thresholds import USUAL
from portal.web.languages import gettext as _
from portal.web.languages import lazy_gettext as lazy

_LONGEST = 8


@dataclass(frozen=True, slots=True)
class Rule:
    """One number of the review that a clinic may set; `step` is the finest it may be told in."""

    name: str
    label: LazyString
    unit: LazyString
    low: Decimal
    high: Decimal
    step: Decimal

    @property
    def usual(self) -> str:
        """The number that holds unless a clinic sets another."""
        return str(getattr(USUAL, self.name))

    @property
    def source(self) -> str:
        """Where the usual number comes from."""
        return USUAL.source_of(self.name)


_HALF, _WHOLE = Decimal("0.5"), Decimal(1)
RULES = (
    Rule(
        "points",
        lazy("A change counts from"),
        lazy("points of 0 to 10"),
        Decimal(1),
        Decimal(5),
        _HALF,
    ),
    Rule(
        "points_with_percent",
        lazy("Or, with the share below, from"),
        lazy("points of 0 to 10"),
        Decimal("0.5"),
        Decimal(5),
        _HALF,
    ),
    Rule(
        "percent",
        lazy("Share of the level before"),
        lazy("per cent"),
        Decimal(10),
        Decimal(90),
        _WHOLE,
    ),
    Rule(
        "window_days",
        lazy("Days compared"),
        lazy("days"),
        Decimal(7),
        Decimal(28),
        _WHOLE,
    ),
    Rule(
        "settled_days",
        lazy("Settled days with an entry, at least"),
        lazy("days"),
        Decimal(3),
        Decimal(14),
        _WHOLE,
    ),
)


def in_force(stored: Mapping[str, float] | None) -> dict[str, str]:
    """Return the numbers that hold for a clinic, as the form shows them."""
    held = thresholds_from(stored)
    return {rule.name: _plain(Decimal(getattr(held, rule.name))) for rule in RULES}


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


def refusals(typed: Mapping[str, str]) -> dict[str, str]:
    """Return what is wrong, by the name of the number; nothing when all are in order."""
    wrong = {rule.name: _refusal(rule) for rule in RULES if _number(rule, typed) is None}
    if wrong:
        return wrong
    numbers = {rule.name: _number(rule, typed) or _WHOLE for rule in RULES}
    if numbers["points_with_percent"] > numbers["points"]:
        wrong["points_with_percent"] = _("With the share it cannot be more than without")
    if numbers["settled_days"] > numbers["window_days"]:
        wrong["settled_days"] = _("There cannot be more settled days than days compared")
    return wrong


def _refusal(rule: Rule) -> str:
    said = {"label": rule.label, "low": rule.low, "high": rule.high}
    if rule.step == _HALF:
        return _("%(label)s: enter %(low)s to %(high)s, in halves", **said)
    return _("%(label)s: enter a whole number, %(low)s to %(high)s", **said)


def _number(rule: Rule, typed: Mapping[str, str]) -> Decimal | None:
    said = typed.get(rule.name, "").replace(",", ".")
    if len(said) > _LONGEST or not said.isascii():
        return None
    try:
        found = Decimal(said)
    except InvalidOperation:
        return None
    is_in_order = found.is_finite() and rule.low <= found <= rule.high and not found % rule.step
    return found if is_in_order else None


def to_store(typed: Mapping[str, str]) -> dict[str, float] | None:
    """Return what a clinic has set otherwise than usual, once `refusals` finds nothing wrong."""
    numbers = {rule.name: _number(rule, typed) for rule in RULES}
    own = {
        name: float(number)
        for name, number in numbers.items()
        if number is not None and number != Decimal(getattr(USUAL, name))
    }
    return own or None


def remake_summaries(session: Session, clinic_id: ClinicId) -> None:
    """Make the panel's summaries of a clinic anew, as its numbers are others now."""
    ids = session.scalars(
        select(Episode.id).where(Episode.clinic_id == clinic_id).order_by(Episode.id)
    ).all()
    for start in range(0, len(ids), summaries.AT_ONCE):
        summaries.refresh(session, ids[start : start + summaries.AT_ONCE])
