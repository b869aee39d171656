"""The review in words: counts before percents, "about" and a range, and the reason.

Nothing here decides anything; it says what a Record found. Numbers are rounded once, by `tenth`.
"""

from decimal import Decimal
from fractions import Fraction

from portal.review.trends import (
    Baseline,
    Change,
    Completion,
    Figures,
    OwnView,
    Reason,
    Record,
    Swing,
    Thresholds,
    Verdict,
    tenth,
)
from portal.web.jinja import minus, number1
from portal.web.languages import gettext as _
from portal.web.languages import ngettext

NOTHING = "–"
FORTNIGHT = 14


def number(value: Fraction | float) -> str:
    """Write a figure with one decimal and a real minus sign."""
    return minus(tenth(value))


def direction(drop: Fraction | Decimal | float) -> str:
    """Which way the arrow points: "down" for less, "up" for more, "flat" where neither shows."""
    shown = drop if isinstance(drop, Decimal) else tenth(drop)
    return "down" if shown > 0 else "up" if shown < 0 else "flat"


def verdict_words(verdict: Verdict) -> str:
    """The verdict in the words of the clinic."""
    words = {
        Verdict.BETTER: _("better"),
        Verdict.WORSE: _("worse"),
        Verdict.ABOUT_THE_SAME: _("about the same"),
        Verdict.NOT_CLEAR_YET: _("not clear yet"),
        Verdict.NOT_ENOUGH_DAYS: _("not enough days"),
    }
    return words[verdict]


def reason_sentence(record: Record) -> str:
    """Why there are not enough days; empty where there are."""
    if record.reason is None:
        return ""
    needed = record.thresholds.settled_days
    before = len(record.baseline.settled) if record.baseline else 0
    words = {
        Reason.NO_BASELINE: _no_baseline(record),
        Reason.OVERLAP: _(
            "Too early: the days before and the last %(n)s days overlap.", n=_r(record)
        ),
        Reason.TOO_FEW_BEFORE: ngettext(
            "Too few days: %(num)s settled day in the %(first)s, %(needed)s are needed.",
            "Too few days: %(num)s settled days in the %(first)s, %(needed)s are needed.",
            before,
            first=baseline_label(record),
            needed=needed,
        ),
        Reason.TOO_FEW_RECENT: ngettext(
            "Too few days: %(num)s settled day in the last %(n)s, %(needed)s are needed.",
            "Too few days: %(num)s settled days in the last %(n)s, %(needed)s are needed.",
            len(record.recent.settled),
            n=_r(record),
            needed=needed,
        ),
    }
    return words[record.reason]


def _r(record: Record) -> int:
    return record.recent.window.length


def _no_baseline(record: Record) -> str:
    if record.needlings:
        return _("No baseline: the diary has no entries.")
    return _("No baseline: there was no visit with needling yet.")


def baseline_label(record: Record) -> str:
    """Which days stand for "before", in a few words."""
    if record.baseline_kind is Baseline.FIRST_TWO_WEEKS:
        return _("%(first)s of the diary", first=first_days(record))
    return _("before first visit")


def first_days(record: Record) -> str:
    """The first days of a diary, where they stand for "before"."""
    length = record.thresholds.window_days
    return _("first two weeks") if length == FORTNIGHT else _("first %(n)s days", n=length)


def points_words(points: Decimal) -> str:
    """A number of points of the 0 to 10 scale, as a clinic has set it: 1 point, 1.5 points."""
    return ngettext("%(points)s point", "%(points)s points", 1 if points == 1 else 2, points=points)


def change_range(change: Change) -> str:
    """How far pain moved and how far that may be off: about 2.7 points lower (1.5 to 4.0)."""
    return _("%(size)s (%(range)s)", size=change_size(change), range=_range(change))


def change_size(change: Change) -> str:
    """How far pain moved: about 2.7 points lower."""
    shown = tenth(change.drop)
    if shown == 0:
        return _("about no change")
    size = number(abs(change.drop))
    if shown > 0:
        return _("about %(n)s points lower", n=size)
    return _("about %(n)s points higher", n=size)


def range_words(change: Change) -> str:
    """How far a change may be off, and how sure that is: 95 % range 1.5 to 4.0.

    The interval reaches 1.96 standard errors to either side, which is 95 of 100.
    """
    return _("95 %% range %(range)s", range=_range(change))


def _range(change: Change) -> str:
    ends = sorted((abs(change.low), abs(change.high)))
    if tenth(change.drop) == 0 or tenth(change.low) * tenth(change.high) < 0:
        return _both_ways(change)
    return _("%(low)s to %(high)s", low=number(ends[0]), high=number(ends[1]))


def _both_ways(change: Change) -> str:
    """A range that holds no change: its ends are said apart, without a sign."""
    return _(
        "%(up)s higher to %(down)s lower",
        up=number(max(0.0, -change.low)),
        down=number(max(0.0, change.high)),
    )


def change_sentence(change: Change) -> str:
    """The change with the days it rests on; say `caution` under it."""
    return ngettext(
        "%(size)s (%(range)s), %(num)s settled day against %(before)s",
        "%(size)s (%(range)s), %(num)s settled days against %(before)s",
        change.days_recent,
        size=change_size(change),
        range=range_words(change),
        before=change.days_before,
    )


def caution() -> str:
    """The one line under every statement of change."""
    return _("Before and after, not proof that the needling did it.")


def finding(record: Record) -> str:
    """The change and its verdict in one phrase, or why there is none."""
    if record.change is None:
        return reason_sentence(record)
    return _(
        "%(change)s: %(verdict)s",
        change=change_sentence(record.change),
        verdict=verdict_words(record.verdict),
    )


def level(figures: Figures) -> str:
    """The mean of the settled days, or how few there are."""
    if figures.mean is not None:
        return number(figures.mean)
    return not_enough_to_average(len(figures.settled), figures.window.length)


def not_enough_to_average(days: int, length: int) -> str:
    """Say that so few days make no mean."""
    return ngettext(
        "%(num)s of %(of)s days: not enough to average",
        "%(num)s of %(of)s days: not enough to average",
        days,
        of=length,
    )


def high_days(figures: Figures, *, high: int) -> str:
    """On how many days the worst moment was high; empty under the minimum of days."""
    if figures.high_days is None:
        return ""
    return _(
        "days at %(high)s or more: %(n)s of %(of)s",
        high=high,
        n=figures.high_days,
        of=figures.entry_days,
    )


def overlap_sentence(overlap: Fraction | None) -> str:
    """On how many of ten pairs of days recent pain was lower (NAP); empty where not known."""
    if overlap is None:
        return ""
    tenths = int(10 * overlap + Fraction(1, 2))
    return _(
        "Any day before against any recent day: in about %(n)s of 10 such pairs recent pain was "
        "lower (ties count half).",
        n=tenths,
    )


def percent_sentence(record: Record) -> str:
    """The change as a percent of where it started, with the marks it passes.

    Empty where there is no change to say, or none that a tenth of a percent would show. Where
    the verdict is not clear, no mark is named: passing one would sound like a verdict.
    """
    if record.change is None:
        return ""
    if record.percent is None:
        return _("Pain started too low for a percent.")
    if tenth(record.percent) == 0:
        return ""
    size = number(abs(record.percent))
    if record.verdict is Verdict.NOT_CLEAR_YET:
        lower = _("%(n)s %% lower, but not clear yet.", n=size)
        return lower if record.percent > 0 else _("%(n)s %% higher, but not clear yet.", n=size)
    if record.percent < 0:
        return _("%(n)s %% higher.", n=size)
    return _lower_percent(record, record.percent, size)


def _lower_percent(record: Record, percent: Fraction, size: str) -> str:
    """A drop in percent with the highest mark it passes, or the one it does not."""
    marks = (record.thresholds.percent, record.thresholds.substantial_percent)
    passed = [str(mark) for mark in marks if percent >= Fraction(mark)]
    if not passed:
        return _("%(n)s %% lower, under the %(mark)s %% mark.", n=size, mark=marks[0])
    return _("%(n)s %% lower, at or past the %(mark)s %% mark.", n=size, mark=passed[-1])


def swing_sentence(swing: Swing) -> str:
    """How much pain moves from day to day; empty where there are too few days."""
    parts = []
    if swing.deviation is not None:
        parts.append(
            _("single days lie about %(n)s points from their mean (SD)", n=number(swing.deviation))
        )
    if swing.step is not None:
        parts.append(_("mean squared step to the next day %(n)s (MSSD)", n=number(swing.step)))
    return "; ".join(parts)


def completion_words(completion: Completion) -> str:
    """How many of the asked days were written about: asked for: 9 of 11."""
    if not completion.asked:
        return NOTHING
    return _(
        "asked for: %(n)s\N{NO-BREAK SPACE}of\N{NO-BREAK SPACE}%(of)s",
        n=completion.written,
        of=completion.asked,
    )


def late_words(late: int) -> str:
    """How many days were written about on a later day; empty for none."""
    if not late:
        return ""
    return ngettext("%(num)s written later", "%(num)s written later", late)


def interference_words(record: Record) -> str:
    """How much less or more pain got in the way; no verdict."""
    drop = interference_drop(record)
    if drop is None:
        return _("too few days")
    size = number1(abs(drop))
    words = {
        "down": _("%(n)s lower", n=size),
        "up": _("%(n)s higher", n=size),
        "flat": _("no change"),
    }
    return words[direction(drop)]


def interference_drop(record: Record) -> Decimal | None:
    """How much less pain got in the way, between the two means as they are shown.

    6.2 and 3.2 are 3.0 apart on the page, whatever was rounded to make them.
    """
    recent, baseline = record.recent.interference, record.baseline
    if record.interference_drop is None or recent is None or baseline is None:
        return None
    return tenth(baseline.interference or 0) - tenth(recent)


def own_view_words(view: OwnView | None) -> str:
    """The patient's own word on the time since before the last visit."""
    words = {"better": _("Better"), "same": _("Same"), "worse": _("Worse")}
    return words.get(view.change, view.change) if view else _("not asked yet")


def thresholds_in_force(thresholds: Thresholds) -> str:
    """The rules of the verdict as the review prints them."""
    return _(
        "In force: %(points)s, %(less)s with %(percent)s %%, %(window)s days, "
        "%(settled)s settled days.",
        points=points_words(thresholds.points),
        less=thresholds.points_with_percent,
        percent=thresholds.percent,
        window=thresholds.window_days,
        settled=thresholds.settled_days,
    )


def thresholds_source(thresholds: Thresholds) -> str:
    """Where the rules come from; a clinic's own stand beside the usual ones."""
    usual = _("2 points or 30 %: Farrar 2001 (Pain 94, 149).")
    if thresholds == Thresholds():
        return usual
    return _("Set by this clinic. Usual: %(usual)s", usual=usual)
