"""The brief as a few neutral lines, to be pasted into any chart."""

from collections.abc import Iterator, Sequence

from portal.review.brief_assessments import assessments_line
from portal.review.brief_shown import Brief, FigureShown
from portal.review.wording import NOTHING, finding, level
from portal.web.jinja import lower_first
from portal.web.languages import gettext as _

MOST_APART = 3  # lines beside the nine that always stand; more share one


def brief_lines(brief: Brief) -> list[str]:
    """Eight to twelve lines; the same record as the page."""
    return [" ".join(line.split()) for line in _lines(brief)]


def _lines(brief: Brief) -> Iterator[str]:
    figure, *others = brief.figures
    yield f"{brief.name}. {brief.about}"
    if brief.history:
        yield brief.history
    yield f"{brief.visit} {brief.last_visit} {_response(brief)} {brief.ended}"
    yield f"{figure.label}: {level(brief.record.recent)}."
    yield _("Change: %(finding)s", finding=_sentence(finding(brief.record)))
    yield from _figures(brief, others)
    said = assessments_line(brief.assessed)
    if said:
        yield said
    yield from _waiting(brief)
    where = _("Where: %(places)s", places=brief.where.words)
    source = _(
        "From the patient’s own diary, scales 0 to 10, lower is better. %(settled)s %(caution)s",
        settled=_("Settled days leave out the two after needling.")
        if brief.record.needlings
        else "",
        caution=brief.caution,
    )
    yield from (where, source) if _has_room(brief) else (f"{where} {source}",)


def _response(brief: Brief) -> str:
    """How the days around the newest visit went that has enough entries around it."""
    visit = next((one for one in brief.visits if not one.response.unknown), None)
    if visit is None:
        return ""
    said = visit.response
    parts = [said.flare if said.back == NOTHING else _flare(said.flare, said.back)]
    if said.best != NOTHING:
        parts.append(_("best three days %(n)s", n=said.best))
    if said.soreness != NOTHING:
        parts.append(_("soreness up to %(n)s", n=said.soreness))
    if said.sore_until != NOTHING:
        parts.append(_("sore until %(day)s", day=said.sore_until))
    newest, words = brief.visits[0], ", ".join(parts)
    if newest.response.unknown not in {"", NOTHING}:
        why = _("visit %(n)s: %(why)s", n=newest.number, why=newest.response.unknown)
        words = f"{words}; {why}"
    return _("After visit %(n)s: %(said)s.", n=visit.number, said=words)


def _flare(flare: str, back: str) -> str:
    """How far pain rose after a visit, and when it was back."""
    if back.isdecimal():
        return _("flare %(flare)s, back on day %(back)s", flare=flare, back=back)
    return _("flare %(flare)s, %(back)s", flare=flare, back=back)


def _more(brief: Brief) -> int:
    """How many lines stand besides those that every brief has."""
    has_assessments = bool(assessments_line(brief.assessed))
    waits = bool(brief.flags or brief.settled)
    return sum(map(bool, (brief.history, waits, brief.questions, has_assessments)))


def _has_room(brief: Brief) -> bool:
    """Whether the last two lines may stand apart without passing twelve."""
    return _more(brief) < MOST_APART


def _figures(brief: Brief, others: Sequence[FigureShown]) -> Iterator[str]:
    """A line for each figure; the first two share one where there would be more than twelve."""
    lines = [_figure(figure) for figure in others]
    if _more(brief) > MOST_APART:
        first, second, *rest = lines
        lines = [f"{first} {second}", *rest]
    yield from lines


def _waiting(brief: Brief) -> Iterator[str]:
    """What waits for somebody of the clinic."""
    flags = " ".join(_flags(brief))
    if flags:
        yield flags
    if brief.questions:
        asked = " ".join(question.body for question in brief.questions)
        yield _("Questions: %(asked)s", asked=asked)


def _flags(brief: Brief) -> Iterator[str]:
    """Flags and calls that wait, and those acknowledged since the last review."""
    if brief.flags:
        flags = [f"{flag.short} ({flag.moment})" for flag in brief.flags]
        yield _("Not yet acknowledged: %(flags)s.", flags="; ".join(flags))
    yield from (f"{one.title}: {lower_first(one.words)}" for one in brief.settled)


def _sentence(words: str) -> str:
    return words if words.endswith(".") else f"{words}."


def _figure(figure: FigureShown) -> str:
    lines = "; ".join(line.words for line in figure.lines if line.words)
    value = f"{figure.value} {figure.unit}".strip()
    said = f"{figure.label}: {value}" + (f" ({lines})" if lines else "")
    return f"{said}."
