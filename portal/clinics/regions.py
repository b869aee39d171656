"""Region packs: the numbers and words of help for the part of the world a clinic is in."""

from portal.education.facts import RegionFacts
from portal.errors import BadSettings

PACKS = {
    "CA-ON": RegionFacts(
        code="CA-ON",
        emergency="911",
        health_line_name="Health811",
        health_line="811",
        crisis_line_name="Suicide Crisis Helpline",
        crisis_line="9-8-8",
    ),
}


def region_pack(code: str) -> RegionFacts:
    """Return the pack of a region.

    Raises BadSettings when there is none: without emergency numbers nothing may start.
    """
    pack = PACKS.get(code)
    if pack is None or not pack.emergency:
        known = ", ".join(PACKS)
        raise BadSettings(f"region {code}: no emergency numbers are known for it; known: {known}")
    return pack
