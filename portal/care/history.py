"""What a patient is asked once, at enrolment, before a needle is picked up.

The list follows clinical-reference 1.9; sources differ on "never" and "take care", so it only says
what to tell. The codes stand in `Episode.history`; the brief shows the short words.
"""

from dataclasses import dataclass
from types import MappingProxyType

from flask_babel import LazyString

from portal.web.languages import lazy_gettext as _


@dataclass(frozen=True, slots=True)
class HistoryItem:
    """One thing to tell before treatment: in a few words, and as it is asked."""

    short: LazyString
    asked: LazyString


HISTORY = MappingProxyType(
    {
        "past-cancer": HistoryItem(_("Past cancer"), _("Cancer, now or in the past")),
        "blood-thinners": HistoryItem(
            _("Blood thinners"), _("Takes blood thinners, or has a bleeding disorder")
        ),
        "pregnant": HistoryItem(_("Pregnancy"), _("Pregnant, or maybe pregnant")),
        "weak-immunity": HistoryItem(
            _("Weak immunity or diabetes"), _("Weak immune system, diabetes or cancer treatment")
        ),
        "implants": HistoryItem(
            _("Pacemaker or implant"),
            _("Pacemaker, artificial heart valve, implants or recent joint surgery"),
        ),
        "faints-or-fits": HistoryItem(
            _("Fainting, epilepsy or heart rhythm"),
            _("Epilepsy, fainting or heart rhythm problems"),
        ),
        "lymph": HistoryItem(_("Lymphedema"), _("Lymphedema, or lymph nodes removed")),
        "infection": HistoryItem(
            _("Infection"), _("Skin infection, open skin, fever, or infection elsewhere")
        ),
        "lungs": HistoryItem(
            _("Lung disease or slim build"), _("Lung disease, or very slim build")
        ),
        "vessels": HistoryItem(_("Blood vessels"), _("Blood-vessel disease or varicose veins")),
        "metal-allergy": HistoryItem(
            _("Metal allergy"), _("Allergy to metal, such as nickel or chromium")
        ),
        "needle-fear": HistoryItem(_("Fear of needles"), _("Fear of needles")),
        "frail": HistoryItem(_("Frail"), _("Frail")),
    }
)


def history_words(codes: list[str]) -> list[str]:
    """Return the short words of what was ticked; a code of an older list is shown as it is."""
    return [str(HISTORY[code].short) if code in HISTORY else code for code in codes]
