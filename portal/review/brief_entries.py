"""A version of a day as the practitioner may read it, every answer said."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from portal import clock
from portal.care.models import Patient
from portal.diary.flags import CALL, short_label
from portal.diary.models import Entry
from portal.review.brief_facts import FlagRow
from portal.review.brief_words import Clocks, act_words, place_label
from portal.review.wording import NOTHING
from portal.web.jinja import clock_time, day_short
from portal.web.languages import gettext as _


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer beyond the scores, with what was asked."""

    label: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryShown:
    """One version of a day; `is_old` where a newer version replaced it."""

    on: date
    version: int
    written: str
    marks: tuple[str, ...]
    scores: tuple[str, ...]
    answers: tuple[Answer, ...]
    is_old: bool


def entry_shown(
    entry: Entry,
    patient: Patient,
    *,
    places: Sequence[str],
    flags: Sequence[FlagRow],
    clocks: Clocks,
    is_old: bool,
) -> EntryShown:
    """Say one version of a day with every answer, and what was done about its flags and calls."""
    local = clock.local(entry.entered_at, patient.zone)
    scores = (entry.pain_average, entry.pain_worst, entry.interference, entry.soreness)
    return EntryShown(
        on=entry.about_on,
        version=entry.version,
        written=f"{day_short(local.date())}, {clock_time(local)}",
        marks=_marks(entry, is_old=is_old),
        scores=tuple(NOTHING if score is None else str(score) for score in scores),
        answers=(*_answers(entry, places), *_done(flags, clocks)),
        is_old=is_old,
    )


def _done(flags: Sequence[FlagRow], clocks: Clocks) -> Iterator[Answer]:
    """What was done about each flag and call that this version raised, in order of time."""
    for flag in flags:
        acts = [act_words(act, clocks, longest=max(1, len(act.note))) for act in flag.acts]
        if flag.acknowledged_at is None:
            acts.append(_("Not yet acknowledged."))
        label = _("Done about %(flag)s", flag=short_label(flag.code))
        yield Answer(label, " ".join(acts))


def _marks(entry: Entry, *, is_old: bool) -> tuple[str, ...]:
    said = {
        _("written later"): entry.is_late,
        _("correction"): entry.version > 1,
        _("taken out"): entry.withdrawn_at is not None,
        _("replaced"): is_old,
    }
    return tuple(words for words, is_true in said.items() if is_true)


def _answers(entry: Entry, places: Sequence[str]) -> Iterator[Answer]:
    flags = [*(code for code in entry.flags if code != "none"), *([CALL] if entry.call_me else [])]
    said = (
        (_("Flags"), ", ".join(short_label(code) for code in flags)),
        (_("Where"), ", ".join(place_label(region) for region in places)),
        (_("Needled"), entry.needled),
        (_("Grasp"), entry.grasp_felt),
        (_("Cramp lasted"), (entry.grasp_lasted or "").replace("-", " ")),
        (_("Change"), entry.change),
        (_("Sleep"), entry.sleep),
        (_("Medicine"), (entry.medicine or "").replace("-", " ")),
        (_("Managed"), entry.managed),
        (_("Note"), entry.note),
        (_("Reason"), entry.reason),
    )
    for label, words in said:
        if words is not None and words != "":
            yield Answer(label, str(words))
