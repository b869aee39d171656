"""The zones of the world by region, as people pick them from a list."""

from functools import cache
from zoneinfo import available_timezones

from portal.web.languages import gettext as _

CANADA = (
    "America/St_Johns",
    "America/Halifax",
    "America/Toronto",
    "America/Winnipeg",
    "America/Regina",
    "America/Edmonton",
    "America/Vancouver",
    "America/Whitehorse",
)
_REGIONS = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe")
_OCEANS = ("Indian", "Pacific")


def _place(zone: str) -> str:
    """Name the place of a zone: America/Argentina/Salta is Argentina, Salta."""
    return ", ".join(zone.split("/")[1:]).replace("_", " ")


def zone_words(zone: str) -> str:
    """Name a zone by its place: America/Toronto is Toronto."""
    return _place(zone) or zone


@cache
def known_zones() -> frozenset[str]:
    """Return every zone that can be chosen; old names for the same place are left out."""
    chosen = {
        zone
        for zone in available_timezones()
        if zone.partition("/")[0] in {*_REGIONS, *_OCEANS} and "/" in zone
    }
    return frozenset(chosen | {"UTC"})


@cache
def _by_region() -> dict[str, tuple[tuple[str, str], ...]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for zone in sorted(known_zones() - {"UTC"}, key=_place):
        found.setdefault(zone.partition("/")[0], []).append((zone, _place(zone)))
    return {region: tuple(found.get(region, ())) for region in (*_REGIONS, *_OCEANS)}


def zone_groups(chosen: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the list in groups, Canada first; a zone chosen long ago stays in it."""
    names = {
        "Africa": _("Africa"),
        "America": _("America"),
        "Antarctica": _("Antarctica"),
        "Asia": _("Asia"),
        "Atlantic": _("Atlantic"),
        "Australia": _("Australia"),
        "Europe": _("Europe"),
        "Indian": _("Indian Ocean"),
        "Pacific": _("Pacific"),
    }
    canada = [(zone, _place(zone)) for zone in CANADA]
    others = [
        (names[region], [pair for pair in zones if pair[0] not in CANADA])
        for region, zones in _by_region().items()
    ]
    last = ["UTC"] if chosen in {*known_zones()} else ["UTC", chosen]
    return [(_("Canada"), canada), *others, (_("Other"), [(zone, zone) for zone in last])]
