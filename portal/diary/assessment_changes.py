"""How an instrument's score moved, in words, against its stated marks."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from statistics import mean

from portal.diary.assessment_queries import Assessed, subject_key
from portal.instruments.catalogue import house_catalogue
from portal.instruments.model import ChangeMark, Instrument, Mark, Of
from portal.instruments.scoring import Change, change_between, marks_passed, moved_single
from portal.web.jinja import day, listed, number1
from portal.web.languages import gettext as _
from portal.web.languages import ngettext


@dataclass(frozen=True, slots=True)
class ChangeShown:
    """A change in words: `arrow` is down, up or flat; `marks` what a change of its size is."""

    arrow: str
    words: str
    marks: str


def compared_answers(instrument: Instrument, one: Assessed) -> dict[str, int]:
    """Return the answers as they are compared: by activity, or by item."""
    return one.by_subject if instrument.subjects else dict(one.answers)


def change_shown(instrument: Instrument, first: Assessed, newest: Assessed) -> ChangeShown | None:
    """Say how a score moved between two filling-ins; None where nothing can be compared."""
    if first.id == newest.id:
        return None
    before, after = compared_answers(instrument, first), compared_answers(instrument, newest)
    change = change_between(instrument, before, after)
    if change is None:
        return None
    size = shown_apart(before, after)
    said = [marks_words(instrument, change)]
    said += _moved_words(instrument, change, moved_single(instrument, before, after), newest)
    return ChangeShown(
        _arrow(change),
        _moved(instrument, change, first.about_on, size=size),
        " ".join(filter(None, said)),
    )


def shown_apart(before: Mapping[str, int], after: Mapping[str, int]) -> str:
    """How far two means lie apart as they are shown: 6.7 and 4.3 are 2.4 apart, not 2.3."""
    both = before.keys() & after.keys()
    first, last = (
        Decimal(number1(mean(Decimal(each[code]) for code in both))) for each in (before, after)
    )
    return number1(abs(last - first))


def _arrow(change: Change) -> str:
    return "flat" if change.points == 0 else "up" if change.points > 0 else "down"


def _moved(instrument: Instrument, change: Change, since: date, *, size: str) -> str:
    words = {
        "flat": _("no change since %(day)s"),
        "up": _("%(n)s higher than on %(day)s"),
        "down": _("%(n)s lower than on %(day)s"),
    }
    said = words[_arrow(change)] % {"n": size, "day": day(since)}
    if not instrument.subjects:
        return said
    return ngettext(
        "%(change)s, on %(num)s activity",
        "%(change)s, on %(num)s activities",
        change.n,
        change=said,
    )


def _points(instrument: Instrument, mark: Mark, change: Change) -> str:
    of = Of.SINGLE if instrument.subjects and change.n == 1 else Of.MEAN
    found = [one.points for one in instrument.marks if one.words is mark and one.of is of]
    return str(found[0]) if found else ""


def marks_words(instrument: Instrument, change: Change) -> str:
    """Say what a change of this size is: noticeable, and apart from it beyond noise."""
    passed = marks_passed(instrument, change)
    noticeable = _points(instrument, Mark.NOTICEABLE, change)
    noise = _points(instrument, Mark.BEYOND_NOISE, change)
    said = []
    if noticeable:
        is_passed = Mark.NOTICEABLE in passed
        said.append(
            _("Noticeable (%(n)s).", n=noticeable)
            if is_passed
            else _("Less than noticeable (%(n)s).", n=noticeable)
        )
    if noise:
        is_passed = Mark.BEYOND_NOISE in passed
        said.append(
            _("Beyond measurement noise (%(n)s).", n=noise)
            if is_passed
            else _("Within measurement noise (%(n)s).", n=noise)
        )
    return " ".join(said)


def _moved_words(
    instrument: Instrument, change: Change, moved: Sequence[str], newest: Assessed
) -> list[str]:
    """Name single activities that moved far, where the mean of several does not say it."""
    if not moved or change.n == 1 or marks_passed(instrument, change):
        return []
    words = {subject_key(said): said for said in newest.subjects.values()}
    named = listed([words.get(key, key) for key in moved])
    least = min(mark.points for mark in instrument.marks if mark.of is Of.SINGLE)
    return [_("By %(n)s or more: %(activities)s.", n=least, activities=named)]


def sources_words(codes: Collection[str]) -> str:
    """Say the marks of these instruments and their sources, for the footnote of thresholds."""
    known = (one for one in house_catalogue().current if one.code in codes and one.marks)
    return " ".join(_marks_of(instrument) for instrument in known)


def _marks_of(instrument: Instrument) -> str:
    """Marks of one source share it: PSFS 2, 3 on one activity (Stratford 1995, MDC90)."""
    by_source: dict[str, list[str]] = {}
    for mark in instrument.marks:
        by_source.setdefault(mark.source, []).append(_mark_points(mark))
    marks = ", ".join(
        _("%(points)s (%(source)s)", points=", ".join(points), source=source)
        for source, points in by_source.items()
    )
    return _("%(name)s %(marks)s.", name=instrument.short, marks=marks)


def _mark_points(mark: ChangeMark) -> str:
    is_single = mark.of is Of.SINGLE
    return _("%(n)s on one activity", n=mark.points) if is_single else str(mark.points)
