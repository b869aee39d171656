"""The brief as a few neutral lines, to be pasted into any chart."""

from collections.abc import Iterator

from flask_babel import gettext as _

from portal.review.brief_shown import Brief, FigureShown
from portal.review.wording import finding


def brief_lines(brief: Brief) -> list[str]:
    """Eight to twelve lines; the same record as the page."""
    return [" ".join(line.split()) for line in _lines(brief)]


def _lines(brief: Brief) -> Iterator[str]:
    yield f"{brief.name}. {brief.about}"
    yield f"{brief.visit} {brief.last_visit} {brief.ended}"
    level, worst, interference, own_view, days = brief.figures
    yield _("%(label)s: %(value)s.", label=level.label, value=level.value)
    yield _("Change: %(finding)s", finding=_sentence(finding(brief.record)))
    yield _figure(worst)
    yield _figure(interference)
    yield _figure(own_view)
    yield _figure(days)
    if brief.flags:
        flags = [f"{flag.title} ({flag.written.rstrip('.')})" for flag in brief.flags]
        yield _("Open: %(flags)s.", flags="; ".join(flags))
    if brief.questions:
        asked = "; ".join(question.body for question in brief.questions)
        yield _("Questions: %(asked)s", asked=asked)
    yield _("Where: %(places)s", places=brief.where.words)
    yield _(
        "From the patient’s own diary, scales 0 to 10, lower is better. %(caution)s",
        caution=brief.caution,
    )


def _sentence(words: str) -> str:
    return words if words.endswith(".") else f"{words}."


def _figure(figure: FigureShown) -> str:
    lines = "; ".join(line.words for line in figure.lines if line.words)
    value = f"{figure.value} {figure.unit}".strip()
    said = f"{figure.label}: {value}" + (f" ({lines})" if lines else "")
    return f"{said}."
