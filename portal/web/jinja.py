"""How templates speak: strict names, escaped text, and one way to write a day or a number."""

from collections.abc import MutableMapping, Sequence
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from flask import Flask
from flask.templating import Environment
from jinja2 import StrictUndefined

from portal.web.assets import house_assets
from portal.web.languages import gettext as _
from portal.web.languages import lazy_gettext
from portal.web.rows import rows_drawn
from portal.web.svg import marked_drawn, paths_drawn, places_drawn, words_drawn

MINUS = "\N{MINUS SIGN}"
_TENTH = Decimal("0.1")


_MONTHS = (
    lazy_gettext("January"),
    lazy_gettext("February"),
    lazy_gettext("March"),
    lazy_gettext("April"),
    lazy_gettext("May"),
    lazy_gettext("June"),
    lazy_gettext("July"),
    lazy_gettext("August"),
    lazy_gettext("September"),
    lazy_gettext("October"),
    lazy_gettext("November"),
    lazy_gettext("December"),
)


_SHORT_MONTHS = (
    lazy_gettext("Jan"),
    lazy_gettext("Feb"),
    lazy_gettext("Mar"),
    lazy_gettext("Apr"),
    lazy_gettext("May"),
    lazy_gettext("Jun"),
    lazy_gettext("Jul"),
    lazy_gettext("Aug"),
    lazy_gettext("Sep"),
    lazy_gettext("Oct"),
    lazy_gettext("Nov"),
    lazy_gettext("Dec"),
)


_WEEKDAYS = (
    lazy_gettext("Monday"),
    lazy_gettext("Tuesday"),
    lazy_gettext("Wednesday"),
    lazy_gettext("Thursday"),
    lazy_gettext("Friday"),
    lazy_gettext("Saturday"),
    lazy_gettext("Sunday"),
)


def day(on: date) -> str:
    """Write a day without its year: 8 November."""
    return _("%(number)s %(month)s", number=str(on.day), month=_MONTHS[on.month - 1])


def day_short(on: date) -> str:
    """Write a day for tables and charts: 8 Nov."""
    return _("%(number)s %(month)s", number=str(on.day), month=_SHORT_MONTHS[on.month - 1])


def day_year(on: date) -> str:
    """Write a day with its year, for papers that are kept: 8 November 2026."""
    return _("%(day)s %(year)s", day=day(on), year=str(on.year))


def weekday(on: date) -> str:
    """Write a day with its weekday: Tuesday 3 November."""
    return _("%(weekday)s %(day)s", weekday=weekday_name(on), day=day(on))


def weekday_name(on: date) -> str:
    """Name the weekday alone: Tuesday."""
    return str(_WEEKDAYS[on.weekday()])


def clock_time(at: datetime | time) -> str:
    """Write a local time of day: 19:42. The caller has already turned it into local time."""
    return f"{at.hour:02d}:{at.minute:02d}"


def minus(number: float | Decimal) -> str:
    """Write a number with a real minus sign in front, so that it reads and lines up as one."""
    return str(number).replace("-", MINUS)


def number1(number: float | Decimal) -> str:
    """Write a mean with one decimal, halves rounded away from zero: 2.25 is 2.3."""
    rounded = Decimal(str(number)).quantize(_TENTH, rounding=ROUND_HALF_UP)
    return minus(abs(rounded) if rounded == 0 else rounded)


def listed(words: Sequence[str]) -> str:
    """Join words as people do: neck, low back and left hip."""
    *head, last = words or [""]
    if not head:
        return str(last)
    return _("%(head)s and %(last)s", head=", ".join(head), last=last)


def lower_first(words: str) -> str:
    """Begin a label in the middle of a sentence: Left low back becomes left low back."""
    return words[:1].lower() + words[1:]


def is_iso_day(value: object) -> bool:
    """Whether a date field can show this; a browser drops anything else, though it was typed."""
    try:
        date.fromisoformat(str(value))
    except ValueError:
        return False
    return len(str(value)) == len("2026-11-09")


def is_clock_time(value: object) -> bool:
    """Whether a browser's time field can show this text; it drops anything else."""
    shown = str(value)
    try:
        found = time.fromisoformat(shown)
    except ValueError:
        return False
    plain = found.replace(tzinfo=None)
    return shown in {plain.isoformat("minutes"), plain.isoformat("seconds")}


class _Environment(Environment):
    """Flask's templates, each with what all of them know in one plain dictionary.

    Jinja chains two, whose names it then compares in Python at each import of a macro.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return what a template knows; what is made known later is for templates read later."""
        return {**self.globals, **(d or {})}


def configure_jinja(app: Flask) -> None:
    """Give templates their rules and words; unknown names stop the page instead of printing."""
    app.jinja_environment = _Environment
    env = app.jinja_env
    env.undefined = StrictUndefined
    env.autoescape = _escapes
    env.trim_blocks = True
    env.lstrip_blocks = True
    env.policies["ext.i18n.trimmed"] = True
    env.tests["iso_day"] = is_iso_day
    env.tests["clock_time"] = is_clock_time
    for function in (
        day,
        day_short,
        day_year,
        weekday,
        weekday_name,
        clock_time,
        minus,
        number1,
        listed,
        lower_first,
        words_drawn,
        paths_drawn,
        marked_drawn,
        places_drawn,
        rows_drawn,
    ):
        env.filters[function.__name__] = function
    env.globals["asset"] = house_assets().url


def _escapes(template_name: str | None) -> bool:
    """Escape everywhere but in plain-text templates, which no browser reads as a page."""
    return template_name is None or not template_name.endswith(".txt")
