"""The brief on paper: the page's own HTML made ready for setting as a PDF."""

import re
from dataclasses import replace
from functools import cache
from importlib.util import find_spec

from markupsafe import escape

from portal.review.brief_shown import Brief
from portal.web.assets import house_assets
from portal.web.languages import gettext as _

_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_TOKEN = re.compile(r"(--[\w-]+):([^;}]+)")
_VAR = re.compile(r"var\((--[\w-]+)\)")
_HALO = re.compile(r"(?:paint-order|stroke(?:-width|-linejoin)?):[^;]+;?")
_SVG = re.compile(r"<svg\b[^>]*>")
_FACE = 'text{font-family:"Source Sans 3"}'


def is_possible() -> bool:
    """Whether the optional extra that makes PDF files is installed here."""
    return find_spec("weasyprint") is not None


def for_paper(brief: Brief) -> Brief:
    """Leave of each chart the drawing made for paper; everything else stays as on the screen."""
    charts = brief.charts
    paper = replace(charts, calendar=charts.calendar[-1:], around=charts.around[-1:])
    return replace(brief, charts=paper)


def pdf_of(html: str) -> bytes:
    """Set a page's HTML as a PDF; only where `is_possible`."""
    from portal.review.typeset import typeset  # noqa: PLC0415 - the extra is optional

    return typeset(with_styles(html))


def with_styles(html: str) -> str:
    """Give each drawing its own rules, for the engine shows it none of the page's.

    A drawing that repeats the words beside it says so, because PDF/UA knows no silent picture.
    """
    title = escape(_("Drawing. The words beside it say the same."))

    def whole(found: re.Match[str]) -> str:
        kind = "chart" if "chart" in found[0] else "minibody"
        silent = f"<title>{title}</title>" if 'aria-hidden="true"' in found[0] else ""
        return f"{found[0]}{silent}<style>{drawing_styles(kind)}</style>"

    return _SVG.sub(whole, html)


@cache
def drawing_styles(kind: str) -> str:
    """The rules of one kind of drawing, "chart" or "minibody", with every token said.

    Halos behind words are left out: the engine would draw them over the words.
    """
    sheet = house_assets().body(house_assets().url("paper.css"))
    css = sheet.plain.decode() if sheet else ""
    tokens = dict(_TOKEN.findall(css[: css.index("@media")]))
    rules = (_drawing_rule(selector.strip(), said) for selector, said in _RULE.findall(css))
    of_kind = "".join(rule for start, rule in rules if start == kind)
    return _FACE + _VAR.sub(lambda found: tokens[found[1]], of_kind)


def _drawing_rule(selector: str, said: str) -> tuple[str, str]:
    """Which kind of drawing a rule is for, and the rule as it reads from inside the drawing."""
    if selector == ".chart .on-usual":
        return "", ""
    if "paint-order" in said:
        said = _HALO.sub("", said)
    if selector.startswith(".chart"):
        return "chart", f"{selector}{{{said}}}"
    if selector.startswith(".minibody ") and not selector.endswith(("svg", "figcaption", "figure")):
        return "minibody", f"{selector.removeprefix('.minibody ')}{{{said}}}"
    return "", ""
