"""The clinic's own figures in words, beside the rates of published studies."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from portal.review.rates import FEWEST, Rate, What
from portal.review.wording import number
from portal.web.jinja import day_year
from portal.web.languages import gettext as _
from portal.web.languages import lazy_gettext as lazy


@dataclass(frozen=True, slots=True, kw_only=True)
class RateShown:
    """One row: how many of how many visits, the share with its range, and where to draw them.

    Shares are in percent; `hidden` says why nothing is shown, else it is empty.
    """

    label: str
    counted: str
    share: str
    low: float
    middle: float
    high: float
    hidden: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A published rate: who counted, what, and how often in percent of treatments."""

    study: str
    who: str
    found: str
    serious: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FiguresShown:
    """The whole page."""

    period: str
    after: tuple[RateShown, ...]
    read: RateShown
    published: tuple[Published, ...]


_LABELS = {
    What.SORE: lazy("Sore at all where the needles went, days 0 to 3"),
    What.STRONGLY_SORE: lazy("Strongly sore (7 or more of 10), days 0 to 3"),
    What.STILL_SORE: lazy("Still sore on day 3 or later"),
    What.EMERGENCY: lazy("Ticked an emergency sign within 7 days"),
    What.SAME_DAY: lazy("Ticked a sign for a doctor the same day, within 7 days"),
    What.CLINIC: lazy("Ticked a sign for the clinic, within 7 days"),
    What.READ: lazy("Diary read before the visit"),
}

_PUBMED = "https://pubmed.ncbi.nlm.nih.gov/"


def figures_shown(rates: Mapping[What, Rate], period: tuple[date, date]) -> FiguresShown:
    """Say everything that the clinic's figures say."""
    first, last = period
    return FiguresShown(
        period=_(
            "Visits held from %(first)s to %(last)s.", first=day_year(first), last=day_year(last)
        ),
        after=tuple(_shown(rate) for what, rate in rates.items() if what is not What.READ),
        read=_shown(rates[What.READ]),
        published=_studies(),
    )


def _shown(rate: Rate) -> RateShown:
    label = str(_LABELS[rate.what])
    if rate.is_hidden:
        why = _("Not shown: fewer than %(n)s people or visits.", n=FEWEST)
        return RateShown(label=label, counted="", share="", low=0, middle=0, high=0, hidden=why)
    low, high = rate.interval
    return RateShown(
        label=label,
        counted=_("%(n)s of %(of)s", n=rate.count, of=rate.of),
        share=_(
            "%(share)s %% (%(low)s to %(high)s)",
            share=number(Fraction(100 * rate.count, rate.of)),
            low=number(100 * low),
            high=number(100 * high),
        ),
        low=round(100 * low, 1),
        middle=round(100 * rate.share, 1),
        high=round(100 * high, 1),
        hidden="",
    )


def _studies() -> tuple[Published, ...]:
    """The rates of the clinical reference, section 1.8, as they were published."""
    return (
        Published(
            study=_("Brady 2014, Ireland"),
            who=_("39 physiotherapists, 7,629 dry needling treatments"),
            found=_("19.2 % of treatments with a minor event; bruise 7.6 %, pain after 2.2 %"),
            serious=_("none seen; at most 0.04 %"),
            href=f"{_PUBMED}25125935/",
        ),
        Published(
            study=_("Boyce 2020, USA"),
            who=_("420 physical therapists, 20,464 sessions"),
            found=_("36.7 % with a minor event; bleeding 16 %, bruise 7.7 %, pain 5.9 %"),
            serious=_("20 events, 1 in 1,024"),
            href=f"{_PUBMED}32089962/",
        ),
        Published(
            study=_("Gattie 2020, USA"),
            who=_("a survey of 865 physical therapists, 461 of whom needle"),
            found=_("minor events in an estimated 39.6 % of treatments"),
            serious=_("rare, usually without need of emergency care"),
            href="https://doi.org/10.1016/j.msksp.2020.102255",
        ),
        Published(
            study=_("Trials of soreness after needling"),
            who=_("patients in several trials, collected in one review"),
            found=_("29 to 91 % sore afterwards, usually gone in 24 to 48 hours"),
            serious=_("not counted"),
            href="https://www.ncbi.nlm.nih.gov/pmc/articles/PMC7602246/",
        ),
    )
