"""The five figures of the brief, and the sentences that say what they rest on."""

from portal.review.brief_shown import FigureShown, Line
from portal.review.trends import Baseline, Figures, Record
from portal.review.wording import (
    NOTHING,
    change_size,
    completion_words,
    direction,
    first_days,
    interference_drop,
    interference_words,
    late_words,
    level,
    number,
    overlap_sentence,
    own_view_words,
    percent_sentence,
    range_words,
    reason_sentence,
    verdict_words,
)
from portal.web.jinja import day_short
from portal.web.languages import gettext as _


def figures_of(record: Record, pgic: str = "") -> tuple[FigureShown, ...]:
    """Level with verdict, worst, interference, own view, diary days.

    `pgic` is the newest impression of change with its day, or nothing.
    """
    return (
        _level(record),
        _worst(record),
        _interference(record),
        _own_view(record, pgic),
        _diary_days(record),
    )


def _level(record: Record) -> FigureShown:
    recent = record.recent
    if record.change is None:
        lines = [Line(verdict_words(record.verdict), is_strong=True), Line(reason_sentence(record))]
        if recent.mean is None:
            lines.insert(1, Line(level(recent)))
    else:
        arrow = direction(record.change.drop)
        verdict, size = verdict_words(record.verdict), change_size(record.change)
        said = _("%(verdict)s: %(size)s", verdict=verdict, size=size)
        lines = [Line(said, arrow), Line(range_words(record.change))]
    label = _("Pain level, %(n)s days", n=recent.window.length)
    value = NOTHING if recent.mean is None else number(recent.mean)
    return FigureShown(label, value, "", tuple(lines))


def _before(record: Record) -> Figures | None:
    """The days before, where they are apart from the recent ones."""
    before = record.baseline
    if before is None or before.window.overlaps(record.recent.window):
        return None
    return before


def _worst(record: Record) -> FigureShown:
    recent, before = record.recent, _before(record)
    lines = [_high(recent, record.thresholds.high)]
    if before is not None and before.high_days is not None:
        words = _("before: %(n)s of %(of)s", n=before.high_days, of=before.entry_days)
        lines.append(Line(words))
    value = NOTHING if recent.worst is None else str(recent.worst)
    return FigureShown(_("Worst moment"), value, "", tuple(lines))


def _high(figures: Figures, high: int) -> Line:
    if figures.high_days is None:
        return Line(_("too few days"))
    return Line(
        _(
            "days at %(high)s or more: %(n)s of %(of)s",
            high=high,
            n=figures.high_days,
            of=figures.entry_days,
        )
    )


def _interference(record: Record) -> FigureShown:
    recent, before = record.recent, _before(record)
    lines = []
    drop = interference_drop(record)
    if drop is not None:
        arrow = direction(drop)
        lines.append(Line(interference_words(record), arrow))
    elif recent.interference is None:
        lines.append(Line(_("too few days")))
    if before is not None and before.interference is not None:
        lines.append(Line(_("before: %(n)s", n=number(before.interference))))
    value = NOTHING if recent.interference is None else number(recent.interference)
    return FigureShown(_("Gets in the way"), value, "", tuple(lines))


def _own_view(record: Record, pgic: str) -> FigureShown:
    view = record.own_view
    more = (Line(pgic),) if pgic else ()
    if view is None:
        lines = more or (Line(own_view_words(None)),)
        return FigureShown(_("Own view"), NOTHING, "", lines)
    since = Line(_("since last visit, on %(day)s", day=day_short(view.on)))
    return FigureShown(_("Own view"), own_view_words(view), "", (since, *more))


def _diary_days(record: Record) -> FigureShown:
    done = record.completion
    lines = []
    if done.asked:
        lines.append(Line(completion_words(done)))
    if done.late:
        lines.append(Line(late_words(done.late)))
    unit = _("of %(n)s", n=record.recent.window.length)
    return FigureShown(_("Diary days"), str(done.entry_days), unit, tuple(lines))


def basis_of(record: Record) -> str:
    """Which days are compared with which."""
    if record.change is None or record.baseline is None:
        if not record.needlings:
            return _("Lower is better.")
        return _("Settled days leave out the two after needling. Lower is better.")
    days, before = len(record.recent.settled), len(record.baseline.settled)
    if record.baseline_kind is Baseline.FIRST_TWO_WEEKS:
        return _(
            "%(n)s settled days (not the two after needling) against %(before)s in the %(first)s. "
            "Lower is better.",
            n=days,
            before=before,
            first=first_days(record),
        )
    return _(
        "%(n)s settled days (not the two after needling) against %(before)s before the first "
        "visit. Lower is better.",
        n=days,
        before=before,
    )


def finding_of(record: Record) -> str:
    """What else can be said of the change, in sentences: percent, and pairs of days."""
    said = (percent_sentence(record), overlap_sentence(record.overlap))
    return " ".join(words for words in said if words)
