"""The words and numbers of a calendar chart, placed so that none covers a dot or another word."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from operator import itemgetter

from portal.review.calendar_plan import DAYS, MARK_BASELINE, TOP, Plan, band_edges
from portal.review.drawing import ASCENT, DESCENT, Label, apart, text_width
from portal.review.trends import Figures, Record, VisitMark

WEEK = 7
GAP = 3.0
SLOTS = range(10)
CROSSED = 4.0
FAR_END = 1.5
CROWDED = 2.0
OUTSIDE = 20.0
BESIDE = 6.0
BOTH = 2
ABOVE = 0.8
EVERY = (1, 2, 4)


def axis_labels(plan: Plan) -> Iterator[Label]:
    """The ends of both scales, the strip's name and the dates."""
    yield from _roomy_axis(plan) if plan.shape.is_roomy else _narrow_axis(plan)
    yield from _dates(plan)


def _roomy_axis(plan: Plan) -> Iterator[Label]:
    words, x = plan.words, plan.shape.left - 8
    lines = [
        (f"{words.worst} 10", plan.y(10)),
        ("5", plan.y(5)),
        (f"{words.none} 0", plan.y(0)),
        (f"{words.completely} 10", plan.lower_y(10)),
        (f"{words.not_at_all} 0", plan.lower_y(0)),
        (words.written, plan.strip + 4),
    ]
    yield from (Label(text, x, y + 4, "end") for text, y in lines)
    yield Label(words.interference, plan.shape.left, plan.lower_top - 8, css="t-strong")


def _narrow_axis(plan: Plan) -> Iterator[Label]:
    words, x = plan.words, plan.shape.left - 4
    marks = [plan.y(10), plan.y(5), plan.y(0), plan.lower_y(10), plan.lower_y(0)]
    for text, y in zip(("10", "5", "0", "10", "0"), marks, strict=True):
        yield Label(text, x, y + 4, "end")
    yield from _scale_words(plan)
    heading = plan.bottom + 22
    yield Label(words.interference, plan.shape.left, heading, css="t-strong")
    if plan.is_caption_apart:
        yield Label(plan.ends, plan.shape.left, heading + 16)
    else:
        yield Label(plan.ends, plan.shape.right, heading, "end")
    yield Label(words.written, plan.shape.left, plan.strip - 5)


def _scale_words(plan: Plan) -> Iterator[Label]:
    yield slotted(plan, plan.words.worst, SLOTS.stop - 1, css="t-halo")
    yield slotted(plan, plan.words.none, 0, css="t-halo")


def _dates(plan: Plan) -> Iterator[Label]:
    """The first day of every week, or of every second or fourth where the room is small."""
    starts = [plan.window.first + timedelta(days=n) for n in range(0, DAYS, WEEK)]
    texts = [plan.words.day(on) for on in starts]
    widths = [text_width(text, font=plan.shape.font) for text in texts]
    room = WEEK * plan.shape.step
    weeks = next((n for n in EVERY if max(widths) + 8 < n * room), EVERY[-1])
    for on, text, width in list(zip(starts, texts, widths, strict=True))[::weeks]:
        x = min(max(plan.x(on), width / 2), plan.shape.width - width / 2)
        yield Label(text, x, plan.strip + 26, "middle")


def visit_labels(visits: Sequence[VisitMark], plan: Plan) -> list[Label]:
    """Each visit's number over its needle; neighbours without room share one, as in 3–4."""
    groups = [[visit] for visit in visits]
    labels = [_visit_label(group, plan) for group in groups]
    n = 1
    while n < len(groups):
        if labels[n - 1].box(plan.shape.font).right + GAP > labels[n].box(plan.shape.font).left:
            groups[n - 1 : n + 1] = [groups[n - 1] + groups[n]]
            labels[n - 1 : n + 1] = [_visit_label(groups[n - 1], plan)]
            n = max(1, n - 1)
        else:
            n += 1
    return labels


def _visit_label(group: Sequence[VisitMark], plan: Plan) -> Label:
    ends = (group[0].number, group[-1].number)
    text = str(ends[0]) if ends[0] == ends[1] else f"{ends[0]}–{ends[1]}"
    middle = (plan.x(group[0].on) + plan.x(group[-1].on)) / 2
    half = Label(text, 0, 0, css="t-s").box(plan.shape.font).width / 2
    x = min(max(middle, half), plan.shape.width - half)
    return Label(text, x, MARK_BASELINE, "middle", "t-s")


@dataclass(frozen=True, slots=True)
class _Note:
    """A remark that wants to stand near a score."""

    text: str
    css: str
    near: float
    is_in_band: bool = False


def notes(record: Record, steps: Sequence[Figures], plan: Plan) -> Iterator[Label]:
    """What baseline, band and recent level are, beside or among the days."""
    taken = [] if plan.shape.is_roomy else list(_scale_words(plan))
    placing = _Placing(plan, band_edges(record), _levels(record, steps), _dots(record, plan), taken)
    wanted = _band_notes(record, plan)
    if plan.shape.is_roomy:
        yield from end_labels(record, steps, plan)
    else:
        wanted = [*_level_notes(record, steps, plan), *wanted]
    for note in wanted:
        yield from placing.place(note)


def _levels(record: Record, steps: Sequence[Figures]) -> list[float]:
    """The scores at which a level line runs across the days."""
    found = [each.mean for each in (*steps, record.baseline) if each]
    return [float(mean) for mean in found if mean is not None]


def _dots(record: Record, plan: Plan) -> list[tuple[float, int]]:
    """Where each day's dot stands across the drawing, and at which score."""
    return [
        (plan.x(day.on), day.pain_average)
        for day in plan.window.of(record.days)
        if day.pain_average is not None
    ]


def _band_notes(record: Record, plan: Plan) -> list[_Note]:
    edges = band_edges(record)
    if edges is None:
        return []
    room = plan.shape.right - plan.shape.left - 8
    long = plan.words.noticeable
    is_long = text_width(long, font=plan.shape.font, is_bold=True) <= room
    text = long if is_long else plan.words.noticeable_short
    return [_Note(text, "t-halo", edges[1], is_in_band=True)]


def _level_notes(record: Record, steps: Sequence[Figures], plan: Plan) -> list[_Note]:
    """The two levels: the higher one above its line, the lower one below."""
    found = sorted(_ends(record, steps, plan), key=lambda end: -end.mean)
    sides = (ABOVE, -ABOVE) if len(found) == BOTH else (ABOVE,)
    return [
        _Note(f"{end.text} {plan.words.number(end.mean)}", end.css, float(end.mean) + side)
        for end, side in zip(found, sides, strict=False)
    ]


@dataclass(frozen=True, slots=True)
class _End:
    """A level that is named: before, or the recent days."""

    mean: Fraction
    text: str
    css: str


def _ends(record: Record, steps: Sequence[Figures], plan: Plan) -> list[_End]:
    found = []
    if record.baseline and record.baseline.mean is not None:
        found.append(_End(record.baseline.mean, plan.words.baseline, "t-strong"))
    if steps[-1] == record.recent and record.recent.mean is not None:
        found.append(_End(record.recent.mean, plan.words.recent, "t-pain"))
    return found


@dataclass(frozen=True, slots=True)
class _Placing:
    """Finds each note a place halfway between two scores, where no dot can be."""

    plan: Plan
    band: tuple[float, float] | None
    levels: Sequence[float]
    dots: Sequence[tuple[float, int]]
    taken: list[Label]

    def place(self, note: _Note) -> Iterator[Label]:
        """The note where it meets no other, by the fewest lines and dots, if it has room."""
        ends = [
            (far, is_right, self._crowds(self._label(note, 0, is_right=is_right)))
            for far, is_right in ((0.0, True), (FAR_END, False))
        ]
        costs = [self._cost(note, slot) for slot in SLOTS]
        places = [
            (costs[slot] + crowds[slot] + far, slot, is_right)
            for slot in SLOTS
            for far, is_right, crowds in ends
        ]
        for _, slot, is_right in sorted(places, key=itemgetter(0)):
            label = self._label(note, slot, is_right=is_right)
            if self._is_free(label):
                self.taken.append(label)
                yield label
                return

    def _label(self, note: _Note, slot: int, *, is_right: bool) -> Label:
        css = f"{note.css} on-usual" if self._is_in_band(slot) else note.css
        return slotted(self.plan, note.text, slot, css=css, is_right=is_right)

    def _crowds(self, label: Label) -> list[float]:
        """For each slot, how many dots just above and below make the words hard to read."""
        box = label.box(self.plan.shape.font)
        dots = Counter(score for x, score in self.dots if box.left < x < box.right)
        return [CROWDED * (dots[slot] + dots[slot + 1]) for slot in SLOTS]

    def _cost(self, note: _Note, slot: int) -> float:
        """How far off the place is, and how many level lines run through it."""
        half = (ASCENT + DESCENT) / 2 * self.plan.shape.font * 10 / self.plan.shape.pain
        crossed = sum(abs(level - slot - 0.5) < half for level in self.levels)
        strays = self._strays(slot) if note.is_in_band else 0.0
        return abs(slot + 0.5 - note.near) + CROSSED * crossed + strays

    def _strays(self, slot: int) -> float:
        """How far from its band a name would stand: within, right beside an edge, or away."""
        if self.band is None or self._is_in_band(slot):
            return 0.0
        low, high = self.band
        return BESIDE if low - 1 <= slot + 0.5 <= high + 1 else OUTSIDE

    def _is_in_band(self, slot: int) -> bool:
        return self.band is not None and self.band[0] <= slot + 0.2 and slot + 0.8 <= self.band[1]

    def _is_free(self, label: Label) -> bool:
        font = self.plan.shape.font
        return not any(label.box(font).meets(other.box(font)) for other in self.taken)


def end_labels(record: Record, steps: Sequence[Figures], plan: Plan) -> Iterator[Label]:
    """The levels at the right end of their lines, pushed apart where they would touch."""
    words, x = plan.words, plan.shape.right + 0.55 * plan.shape.font
    ends = sorted(_ends(record, steps, plan), key=lambda end: -end.mean)
    heights = _end_heights([plan.y(float(end.mean)) for end in ends], plan)
    for end, y in zip(ends, heights, strict=True):
        yield Label(words.number(end.mean), x, y - 2, css=end.css)
        yield Label(end.text, x, y + plan.shape.font)
    lower = steps[-1].interference
    if lower is not None:
        yield Label(words.number(lower), x, plan.lower_y(float(lower)) + 4, css="t-strong")


def _end_heights(wanted: Sequence[float], plan: Plan) -> Sequence[float]:
    line = plan.shape.font + 2
    bounds = (TOP + line, plan.bottom - line)
    if len(wanted) == BOTH:
        return apart(wanted[0], wanted[1], gap=2.2 * line, within=bounds)
    return [min(max(y, bounds[0]), bounds[1]) for y in wanted]


def slotted(plan: Plan, text: str, slot: int, *, css: str, is_right: bool = False) -> Label:
    """A word halfway between this score and the next, at either end of the days."""
    font = plan.shape.font
    y = plan.y(slot + 0.5) + font * (ASCENT - DESCENT) / 2
    if is_right:
        return Label(text, plan.shape.right - 4, y, "end", css)
    return Label(text, plan.shape.left + 4, y, "start", css)
