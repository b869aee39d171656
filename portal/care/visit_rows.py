"""The rows of sites in the form of a visit's record."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from portal.care.models import Side
from portal.care.muscles import place_of
from portal.care.visits import Site
from portal.web.forms import one_line
from portal.web.languages import gettext as _
from portal.web.languages import lazy_gettext

BLANK_ROWS = 4
MOST_ROWS = 24
LONGEST_PLACE = 120

SIDES = (
    (Side.LEFT.value, lazy_gettext("Left")),
    (Side.RIGHT.value, lazy_gettext("Right")),
    (Side.BOTH.value, lazy_gettext("Both")),
    (Side.MIDLINE.value, lazy_gettext("Middle")),
)
GRASPS = (
    ("", lazy_gettext("not noted")),
    ("0", lazy_gettext("none")),
    ("1", lazy_gettext("a little")),
    ("2", lazy_gettext("clear")),
    ("3", lazy_gettext("strong")),
)
_LETTERS = {side.value[0]: side.value for side in Side}
_WORDS = {
    **{side.value: side.value for side in Side},
    "lt": Side.LEFT.value,
    "rt": Side.RIGHT.value,
    "bil": Side.BOTH.value,
    "bilat": Side.BOTH.value,
    "bilateral": Side.BOTH.value,
}
_ENDS = _LETTERS | _WORDS
# A whole site in one go, for the keyboard: "piriformis l 2" or "left piriformis 2". A single
# letter counts at the end only: in front it may be a level ("L 4").
_IN_ONE_GO = re.compile(
    rf"(?:({'|'.join(_WORDS)})\.?\s+)?(\S.*?)(?:\s+({'|'.join(_ENDS)})\.?)?(?:\s+([0-3]))?",
    re.IGNORECASE,
)
_LEVEL_LETTER = re.compile(r"\b[ctls]$", re.IGNORECASE)


@dataclass(slots=True)
class SiteRow:
    """One row of the form: a suggestion counts only when ticked, a blank row when filled."""

    place: str = ""
    side: str = ""
    grasp: str = ""
    is_suggestion: bool = False
    is_kept: bool = False
    error: str = ""
    segment: str = ""

    @property
    def counts(self) -> bool:
        """Whether this row is part of the record."""
        return self.is_kept if self.is_suggestion else bool(self.place)

    @property
    def site(self) -> Site:
        """What this row records, once it was judged: a known place brings region and segment."""
        place = place_of(self.place, self.side)
        grasp = int(self.grasp) if self.grasp else None
        return Site(place.name, self.side, grasp, place.region, place.segment)


def row_of(site: Site, *, is_suggestion: bool) -> SiteRow:
    """Return a site as a row: with what stands, or as a suggestion that nothing ticks."""
    grasp = "" if site.grasp is None or is_suggestion else str(site.grasp)
    return SiteRow(
        site.place, site.side, grasp, is_suggestion=is_suggestion, segment=site.segment or ""
    )


def blank_rows(count: int) -> list[SiteRow]:
    """Return rows to fill."""
    return [SiteRow() for _count in range(count)]


def bound_rows(posted: MultiDict[str, str]) -> list[SiteRow]:
    """Return the rows as posted, with nothing judged yet."""
    rows: list[SiteRow] = []
    for at in range(MOST_ROWS):
        if f"place-{at}" not in posted:
            break
        row = SiteRow(
            place=one_line(posted[f"place-{at}"]),
            side=_text(posted, f"side-{at}", 10),
            grasp=_text(posted, f"grasp-{at}", 2),
            is_suggestion=posted.get(f"suggested-{at}") == "yes",
            is_kept=posted.get(f"keep-{at}") == "yes",
        )
        rows.append(_taken_apart(row))
    return rows


def _taken_apart(row: SiteRow) -> SiteRow:
    """Read side and grasp from the end of the place, where neither was chosen."""
    if row.side or row.is_suggestion or len(row.place) > LONGEST_PLACE:
        return row
    found = _IN_ONE_GO.fullmatch(row.place)
    if found is None or bool(found[1]) == bool(found[3]):
        return row
    is_level = found[4] and found[1] and _LEVEL_LETTER.search(found[2])
    if not is_level:
        row.place, row.side = found[2], _ENDS[(found[1] or found[3]).lower()]
        row.grasp = row.grasp or found[4] or ""
    return row


def _text(posted: MultiDict[str, str], name: str, longest: int) -> str:
    return posted.get(name, "").strip()[:longest]


def judge_rows(rows: Sequence[SiteRow]) -> None:
    """Note in each row that counts what is wrong with it."""
    for row in rows:
        row.error = _row_error(row) if row.counts else _left_out(row)


def _left_out(row: SiteRow) -> str:
    """What is wrong with a row that is not recorded though something was said in it."""
    if row.is_suggestion:
        said = _("Tick “Again” for %(place)s, or clear its grasp", place=row.place)
        return said if row.grasp else ""
    said = _("Enter the level or muscle, or clear side and grasp")
    return said if row.side or row.grasp else ""


def _row_error(row: SiteRow) -> str:
    if not row.place:
        return _("Enter the level or muscle, or take the tick away")
    if len(row.place) > LONGEST_PLACE:
        return _("Keep the place to 120 characters")
    if row.side not in {code for code, _label in SIDES}:
        return _("Choose the side for %(place)s", place=row.place)
    if row.grasp not in {code for code, _label in GRASPS}:
        return _("Choose how firmly the needle was held, 0 to 3")
    return ""
